//! contracts 3.5: one user, shown and renamed.

use identity::user::{Role, UserNumber};
use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::{Answer, TestServer};

use super::{CURRENT, PASSWORD, USER, ask, house, jwt, login, violations};

async fn at(server: &TestServer, token: &str, id: impl std::fmt::Display) -> Answer {
    ask(server, token, "GET", &format!("{USER}/{id}")).send().await
}

async fn rename(server: &TestServer, token: &str, path: &str, body: &Value) -> Answer {
    ask(server, token, "PUT", path).json(body).send().await
}

/// Somebody of each kind beside `ann`: 2 `adm`, 3 `root`, 4 `bob`, 5 ann's sub-user, 6 bob's.
async fn town() -> TestServer {
    let server = house().await;
    let make = async |name: &str, role: Role, parent: Option<i64>| {
        server
            .user_with(name, PASSWORD, |account| {
                account.role = role;
                account.parent = parent.map(UserNumber);
            })
            .await
    };
    make("adm", Role::Admin, None).await;
    make("root", Role::Root, None).await;
    make("bob", Role::User, None).await;
    make("annsub", Role::Sub, Some(1)).await;
    make("bobsub", Role::Sub, Some(4)).await;
    server
}

/// The caller, key by key; what there is not is left out.
#[tokio::test]
async fn the_current_user_is_shown() {
    let server = town().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let answer = ask(&server, &jwt, "GET", CURRENT).send().await;
    assert_snapshot!(answer, @r#"
    200 OK
    content-type: application/json

    {"additional-emails":null,"created":"2026-01-02T12:00:00Z","email":"ann@example.org","first-name":"","id":1,"last-name":"","permissions":{"read:billing":{"name":"read:billing","scopes":[]},"read:invite":{"name":"read:invite","scopes":[]},"read:media":{"name":"read:media","scopes":[]},"read:profile":{"name":"read:profile","scopes":[]},"read:statistics":{"name":"read:statistics","scopes":[]},"read:sub-user":{"name":"read:sub-user","scopes":[]},"write:billing":{"name":"write:billing","scopes":[]},"write:invite":{"name":"write:invite","scopes":[]},"write:media":{"name":"write:media","scopes":[]},"write:sub-user":{"name":"write:sub-user","scopes":[]}},"role":"user","status":"active","updated":"2026-01-02T12:00:00Z","username":"ann"}
    "#);
    assert_eq!(at(&server, &jwt, 1).await.body, answer.body);
    assert_eq!(ask(&server, &api_token, "GET", CURRENT).send().await.body, answer.body);
    let sub = super::jwt(&server, "annsub").await;
    assert_snapshot!(ask(&server, &sub, "GET", CURRENT).send().await.body, @r#"{"additional-emails":null,"created":"2026-01-02T12:00:00Z","email":"annsub@example.org","first-name":"","id":5,"last-name":"","parent":{"email":"ann@example.org","id":1,"role":"user","status":"active","username":"ann"},"permissions":{"read:media":{"name":"read:media","scopes":[]},"read:profile":{"name":"read:profile","scopes":[]},"read:statistics":{"name":"read:statistics","scopes":[]},"write:media":{"name":"write:media","scopes":[]}},"role":"sub","status":"active","updated":"2026-01-02T12:00:00Z","username":"annsub"}"#);
}

/// 3.5: without a credential somebody anonymous; with a bad one, 401.
#[tokio::test]
async fn nobody_is_anonymous() {
    let server = house().await;
    assert_snapshot!(server.anonymous().get(CURRENT).send().await, @r#"
    200 OK
    content-type: application/json

    {"additional-emails":null,"id":0,"permissions":{},"status":"anonymous"}
    "#);
    assert_eq!(super::opens(&server, "x").await, 401);
    assert_eq!(super::opens(&server, "a.b.c").await, 401);
    assert_eq!(server.anonymous().get(&format!("{USER}/1")).send().await.status, 401);
    assert_eq!(server.anonymous().ask("PUT", CURRENT).json(&json!({})).send().await.status, 401);
}

/// Who sees whom: oneself and one's own sub-users; administrators everybody. Others are not there.
#[tokio::test]
async fn one_sees_whom_one_may() {
    let server = town().await;
    for (name, seen) in [
        ("ann", vec![1, 5]),
        ("bob", vec![4, 6]),
        ("annsub", vec![5]),
        ("adm", vec![1, 2, 3, 4, 5, 6]),
        ("root", vec![1, 2, 3, 4, 5, 6]),
    ] {
        let jwt = jwt(&server, name).await;
        for number in 1..8 {
            let answer = at(&server, &jwt, number).await;
            let expected = if seen.contains(&number) { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{name} sees {number}");
        }
    }
    let ann = jwt(&server, "ann").await;
    let not_there = "{\"status\":\"NOT_FOUND\",\"error\":\"not found: no such user\"}\n";
    assert_eq!(
        (at(&server, &ann, 6).await.body, at(&server, &ann, 99).await.body),
        (not_there.to_owned(), not_there.to_owned())
    );
}

/// Numbers begin with 1; `current` is none.
#[tokio::test]
async fn a_number_is_a_number() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for (number, expected) in [
        ("0", "#/user-id: must be >= 1 but found 0"),
        ("x", "#/user-id: expected integer, but got string"),
        ("1e0", "#/user-id: expected integer, but got number"),
        ("9223372036854775808", "#/user-id: must be <= 9223372036854775807 but found 9223372036854775808"),
    ] {
        assert_eq!(violations(&at(&server, &jwt, number).await, "path"), json!([expected]));
        let answer = rename(&server, &jwt, &format!("{USER}/{number}"), &json!({})).await;
        assert_eq!(violations(&answer, "path"), json!([expected]));
    }
}

/// PUT: what is not named stays.
#[tokio::test]
async fn a_name_is_changed_as_far_as_is_named() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for (body, first, last) in [
        (json!({"first-name": "Ann Mary", "last-name": "van der Berg"}), "Ann Mary", "van der Berg"),
        (json!({"first-name": "Anna"}), "Anna", "van der Berg"),
        (json!({"last-name": ""}), "Anna", ""),
        (json!({}), "Anna", ""),
        (json!({"first-name": "\u{fc}".repeat(255), "id": 7, "role": "root"}), &"\u{fc}".repeat(255), ""),
    ] {
        let answer = rename(&server, &jwt, CURRENT, &body).await;
        assert_eq!(answer.status, 200, "{answer}");
        let user = answer.json();
        assert_eq!((&user["first-name"], &user["last-name"]), (&json!(first), &json!(last)));
        assert_eq!((&user["id"], &user["role"]), (&json!(1), &json!("user")));
        assert_eq!(ask(&server, &jwt, "GET", CURRENT).send().await.json(), user);
    }
    let answer =
        rename(&server, &jwt, CURRENT, &json!({"first-name": null, "last-name": "x".repeat(256)})).await;
    assert_eq!(
        violations(&answer, "body"),
        json!([
            "#/first-name: expected string, but got null",
            "#/last-name: length must be <= 255, but got 256"
        ])
    );
}

/// Who renames whom: oneself and one's own sub-users; administrators everybody but root.
#[tokio::test]
async fn one_renames_whom_one_may() {
    let server = town().await;
    for (name, statuses) in [
        ("ann", [200, 404, 404, 404, 200, 404]),
        ("annsub", [404, 404, 404, 404, 200, 404]),
        ("adm", [200, 200, 403, 200, 200, 200]),
        ("root", [200, 200, 200, 200, 200, 200]),
    ] {
        let jwt = jwt(&server, name).await;
        for (number, expected) in (1..).zip(statuses) {
            let body = json!({"first-name": name});
            let answer = rename(&server, &jwt, &format!("{USER}/{number}"), &body).await;
            assert_eq!(answer.status, expected, "{name} renames {number}: {answer}");
        }
    }
}
