//! contracts 1.4, `/api/v1/users/`, and our `/api/v1/users/me/`.

use identity::user::{PersonName, Role};
use insta::assert_snapshot;
use serde_json::json;
use testkit::TestServer;

use super::{ME, NOT_PROVIDED, PASSWORD, USERS, ask, house, session, sign_in, who};

/// A server with an administrator and a user.
async fn staffed() -> TestServer {
    let server = TestServer::start();
    server.user_with("ada", PASSWORD, |account| account.role = Role::Admin).await;
    server.user_with("john", PASSWORD, |account| account.name = PersonName::whole("John van Doe")).await;
    server
}

/// 1.4: all users for administrators, oneself for everybody else; the shape of a user.
#[tokio::test]
async fn users_are_listed_as_far_as_one_may_see() {
    let server = staffed().await;
    let ada = session(&server, "ada").await;
    assert_snapshot!(ask(&server, &ada, "GET", USERS).send().await, @r#"
    200 OK
    content-type: application/json
    vary: Accept, Cookie
    allow: GET, POST, HEAD, OPTIONS

    [{"pk":1,"first_name":"","last_name":"","full_name":"","email":"ada@example.org"},{"pk":2,"first_name":"John van","last_name":"Doe","full_name":"John van Doe","email":"john@example.org"}]
    "#);
    let john = session(&server, "john").await;
    let seen = ask(&server, &john, "GET", USERS).send().await;
    assert_eq!(seen.json().as_array().expect("a list").len(), 1);
    assert_eq!(seen.json()[0], who(&server, &john).await.json());
}

/// 1.4: a user and a password that signs in and is to be changed.
#[tokio::test]
async fn an_administrator_makes_a_user() {
    let server = staffed().await;
    let ada = session(&server, "ada").await;
    let new =
        json!({"first_name": " Eve ", "last_name": "Poe", "email": "eve@example.org", "is_admin": true});
    let answer = ask(&server, &ada, "POST", USERS).json(&new).send().await;
    let password = answer.json()["password"].as_str().expect("a password").to_owned();
    assert_eq!(password.len(), 28);
    assert_snapshot!(answer.to_string().replace(&password, "[28 digits]"), @r#"
    201 Created
    content-type: application/json
    vary: Accept, Cookie
    allow: GET, POST, HEAD, OPTIONS

    {"pk":3,"first_name":"Eve","last_name":"Poe","full_name":"Eve Poe","email":"eve@example.org","password":"[28 digits]"}
    "#);
    let eve = sign_in(&server, "eve", &password).await;
    assert_eq!(eve.json()["new_password_required"], true);
    assert_eq!(server.identity.accounts.find("3").await.expect("eve").role, Role::Admin);

    let answer = ask(&server, &ada, "POST", USERS).json(&json!({"email": "max@example.org"})).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()["full_name"].as_str()), (201, Some("")));
    assert_eq!(server.identity.accounts.find("4").await.expect("max").role, Role::User);
}

/// 1.4: limits of the fields.
#[tokio::test]
async fn what_is_wrong_with_a_new_user_is_told() {
    let server = staffed().await;
    let ada = session(&server, "ada").await;
    let long = "x".repeat(151);
    for (body, expected) in [
        (json!({}), r#"{"email":["This field is required."]}"#),
        (
            json!({"first_name": long, "last_name": null, "email": "x", "is_admin": "perhaps"}),
            concat!(
                r#"{"first_name":["Ensure this field has no more than 150 characters."],"#,
                r#""last_name":["This field may not be null."],"email":["Enter a valid email address."],"#,
                r#""is_admin":["Must be a valid boolean."]}"#
            ),
        ),
        (json!({"email": "JOHN@example.org"}), r#"{"email":["This field must be unique."]}"#),
        // An address to the framework, none to the core.
        (json!({"email": "\"a b\"@localhost"}), r#"{"email":["Enter a valid email address."]}"#),
    ] {
        let answer = ask(&server, &ada, "POST", USERS).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, expected), "{body}");
    }
}

/// 1.4: nobody but an administrator makes users.
#[tokio::test]
async fn whoever_is_no_administrator_makes_nobody() {
    let server = staffed().await;
    let john = session(&server, "john").await;
    let answer = ask(&server, &john, "POST", USERS).json(&json!({"email": "eve@example.org"})).send().await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body, r#"{"detail":"You do not have permission to perform this action."}"#);
    let answer = server.anonymous().post(USERS).json(&json!({"email": "eve@example.org"})).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, NOT_PROVIDED));
    assert_eq!(server.identity.accounts.list().await.expect("users").len(), 2);
}

/// 1.1: these operations want a credential.
#[tokio::test]
async fn nobody_sees_users() {
    let server = house().await;
    for (method, path) in [("GET", USERS), ("HEAD", USERS), ("OPTIONS", USERS), ("GET", ME), ("OPTIONS", ME)]
    {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn a_user_without_an_address_has_an_empty_one() {
    let server = staffed().await;
    server.user_with("nick", PASSWORD, |account| account.email = None).await;
    let ada = session(&server, "ada").await;
    let users = ask(&server, &ada, "GET", USERS).send().await;
    assert_eq!(users.json()[2]["email"], "");
}
