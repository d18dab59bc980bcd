//! contracts 3.2, nos. 7 and 8: PUT `/auth/current/password` and `/auth/{user-id}/password`.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use testkit::{Answer, TestServer};

use super::{CHANGE, PASSWORD, ask, house, jwt, login, opens, sign_in, violations};

const NEW: &str = "battery staple";

async fn change(server: &TestServer, token: &str, path: &str, old: &str, new: &str) -> Answer {
    ask(server, token, "PUT", path).json(&json!({"old-password": old, "new-password": new})).send().await
}

/// No. 7: 204; the session that asks and, by default, the others live on.
#[tokio::test]
async fn the_own_password_is_changed() {
    let server = house().await;
    let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
    let answer = change(&server, &first.jwt, CHANGE, PASSWORD, NEW).await;
    assert_snapshot!(answer, @"204 No Content");
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 401);
    assert_eq!(sign_in(&server, "ann", NEW).await.status, 200);
    for token in [&first.jwt, &second.jwt, &first.api_token] {
        assert_eq!(opens(&server, token).await, 200);
    }
    let mails = server.mails().await;
    assert_eq!(
        mails.iter().map(|mail| mail.kind).collect::<Vec<_>>(),
        [identity::mail::MailKind::PasswordChanged]
    );
}

/// No. 7: the document's form, urlencoded.
#[tokio::test]
async fn a_form_changes_it_too() {
    let server = house().await;
    let token = jwt(&server, "ann").await;
    let form = "old-password=correct+horse&new-password=b%C3%BCttery+staple";
    let answer =
        ask(&server, &token, "PUT", CHANGE).body("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(answer.status, 204, "{answer}");
    assert_eq!(sign_in(&server, "ann", "b\u{fc}ttery staple").await.status, 200);
}

/// design, "Decided once": `logout-all` ends the others, by every door, and the account's API token.
#[tokio::test]
async fn the_others_are_ended_when_asked() {
    for (flag, others) in [("true", 401), ("1", 401), ("false", 200), ("0", 200)] {
        let server = house().await;
        let knox = json!({"username": "ann", "password": PASSWORD});
        let knox = server.anonymous().post("/auth/login/").json(&knox).send().await.json()["token"].clone();
        let knox = format!("Token {}", knox.as_str().expect("a token"));
        let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
        let answer = change(&server, &first.jwt, &format!("{CHANGE}?logout-all={flag}"), PASSWORD, NEW).await;
        assert_eq!(answer.status, 204, "{answer}");
        assert_eq!(opens(&server, &first.jwt).await, 200);
        for token in [&second.jwt, &first.api_token] {
            assert_eq!(opens(&server, token).await, others, "{flag}");
        }
        assert_eq!(server.bearing(&knox).get("/auth/user/").send().await.status, others);
        let again = super::login_in(&sign_in(&server, "ann", NEW).await);
        assert_eq!(again.api_token == first.api_token, others == 200, "another one is given out");
    }
}

/// A wrong old password is 403, so that no client drops its session; it counts with the failed logins.
#[tokio::test]
async fn a_wrong_old_password_is_403() {
    let server = house().await;
    let token = jwt(&server, "ann").await;
    assert_snapshot!(change(&server, &token, CHANGE, "wrong horse", NEW).await, @r#"
    403 Forbidden
    content-type: application/json

    {"status":"PERMISSION_DENIED","error":"permission denied: old password is wrong"}
    "#);
    for _ in 0..4 {
        assert_eq!(change(&server, &token, CHANGE, "wrong horse", NEW).await.status, 403);
    }
    let answer = change(&server, &token, CHANGE, PASSWORD, NEW).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("5")));
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 429);
    server.advance(Duration::from_secs(5));
    assert_eq!(change(&server, &token, CHANGE, PASSWORD, NEW).await.status, 204);
}

/// No. 7: both are required, of 6 to 72 characters; the installation may want more.
#[tokio::test]
async fn the_limits_are_the_documents() {
    let server = house().await;
    let token = jwt(&server, "ann").await;
    for (body, expected) in [
        (
            json!({}),
            json!(["#: missing properties: \"old-password\"", "#: missing properties: \"new-password\""]),
        ),
        (json!({"old-password": PASSWORD}), json!(["#: missing properties: \"new-password\""])),
        (
            json!({"old-password": "12345", "new-password": "x".repeat(73)}),
            json!([
                "#/old-password: length must be >= 6, but got 5",
                "#/new-password: length must be <= 72, but got 73"
            ]),
        ),
        (
            json!({"old-password": null, "new-password": 123_456}),
            json!([
                "#/old-password: expected string, but got null",
                "#/new-password: expected string, but got number"
            ]),
        ),
        (
            json!({"old-password": PASSWORD, "new-password": "1234567"}),
            json!(["#/new-password: length must be >= 8"]),
        ),
        (
            json!({"old-password": PASSWORD, "new-password": "password1"}),
            json!(["#/new-password: must not be a common password"]),
        ),
        (
            json!({"old-password": PASSWORD, "new-password": "Probe-2024"}),
            json!(["#/new-password: must not be made of the names of the user or the service"]),
        ),
        (
            json!({"old-password": PASSWORD, "new-password": "correcthorse"}),
            json!(["#/new-password: must not be easy to guess"]),
        ),
    ] {
        let answer = ask(&server, &token, "PUT", CHANGE).json(&body).send().await;
        assert_eq!(violations(&answer, "body"), expected, "{body}");
    }
    let short = "old-password=correct+horse&new-password=1234567";
    let answer =
        ask(&server, &token, "PUT", CHANGE).body("application/x-www-form-urlencoded", short).send().await;
    assert_eq!(violations(&answer, "formData"), json!(["#/new-password: length must be >= 8"]));
    let answer = change(&server, &token, &format!("{CHANGE}?logout-all=yes"), PASSWORD, NEW).await;
    assert_eq!(violations(&answer, "query"), json!(["#/logout-all: expected boolean, but got string"]));
    let longest: String = "gr\u{fc}\u{df}e \u{fc}bers \u{f6}de moor, ".repeat(4).chars().take(72).collect();
    assert_eq!(change(&server, &token, CHANGE, PASSWORD, &longest).await.status, 204);
}

/// No. 7: `current` is no user's number; somebody must ask.
#[tokio::test]
async fn nobody_changes_a_password() {
    let server = house().await;
    for path in [CHANGE, "/frontend/api/v1/auth/1/password"] {
        let body = json!({"old-password": PASSWORD, "new-password": NEW});
        let answer = server.anonymous().ask("PUT", path).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, Some("Bearer")));
    }
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 200);
}

/// No. 8: a sub-user's, knowing the old one; `logout-all` ends the sub-user's sessions.
#[tokio::test]
async fn a_sub_users_password_is_changed() {
    let server = house().await;
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    server
        .user_with("sub", PASSWORD, |account| {
            account.role = identity::user::Role::Sub;
            account.parent = Some(ann.number);
        })
        .await;
    let (parent, sub) = (jwt(&server, "ann").await, jwt(&server, "sub").await);
    let path = "/frontend/api/v1/auth/2/password";
    assert_eq!(change(&server, &parent, path, "wrong horse", NEW).await.status, 403);
    assert_eq!(change(&server, &parent, path, PASSWORD, NEW).await.status, 204);
    assert_eq!(opens(&server, &sub).await, 200);
    assert_eq!(change(&server, &parent, &format!("{path}?logout-all=true"), NEW, PASSWORD).await.status, 204);
    assert_eq!((opens(&server, &sub).await, opens(&server, &parent).await), (401, 200));
    // One's own number is oneself.
    assert_eq!(change(&server, &parent, "/frontend/api/v1/auth/1/password", PASSWORD, NEW).await.status, 204);
    assert_eq!(opens(&server, &parent).await, 200);
}

/// No. 8: who is nobody's sub-user, or somebody else's, is not there; numbers begin with 1.
#[tokio::test]
async fn others_passwords_are_not_changed() {
    let server = house().await;
    let bob = server.user("bob", PASSWORD).await;
    server
        .user_with("sub", PASSWORD, |account| {
            account.role = identity::user::Role::Sub;
            account.parent = Some(bob.number);
        })
        .await;
    let token = jwt(&server, "ann").await;
    for number in ["2", "3", "99", "9223372036854775807"] {
        let answer =
            change(&server, &token, &format!("/frontend/api/v1/auth/{number}/password"), PASSWORD, NEW).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (404, "{\"status\":\"NOT_FOUND\",\"error\":\"not found: no such user\"}\n"),
            "{number}"
        );
    }
    for (number, expected) in [
        ("0", "#/user-id: must be >= 1 but found 0"),
        ("-1", "#/user-id: must be >= 1 but found -1"),
        ("x", "#/user-id: expected integer, but got string"),
        ("1.5", "#/user-id: expected integer, but got number"),
    ] {
        let answer =
            change(&server, &token, &format!("/frontend/api/v1/auth/{number}/password"), PASSWORD, NEW).await;
        assert_eq!(violations(&answer, "path"), json!([expected]));
    }
    assert_eq!(sign_in(&server, "sub", PASSWORD).await.status, 200);
}

/// An administrator sees everybody, and still changes no password but a sub-user's of the own.
#[tokio::test]
async fn an_administrator_changes_no_others_password() {
    let server = house().await;
    server.user_with("adm", PASSWORD, |account| account.role = identity::user::Role::Admin).await;
    let token = jwt(&server, "adm").await;
    let answer = change(&server, &token, "/frontend/api/v1/auth/1/password", PASSWORD, NEW).await;
    assert_eq!(answer.status, 403, "{answer}");
}
