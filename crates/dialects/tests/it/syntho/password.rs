//! Our `POST /api/v1/users/me/password/`.

use insta::assert_snapshot;
use serde_json::json;
use testkit::{CHEAP_HASHES, TestServer};

use super::{CHANGE, NOT_PROVIDED, PASSWORD, ask, house, house_with, session, session_in, sign_in, who};

const NEW: &str = "battery staple";

/// The answer to `new_password_required`: the session lives on, and the requirement is met.
#[tokio::test]
async fn a_required_password_is_set() {
    let server = TestServer::start();
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let ann = session(&server, "ann").await;
    let change = json!({"old_password": PASSWORD, "new_password": NEW});
    assert_snapshot!(ask(&server, &ann, "POST", CHANGE).json(&change).send().await, @r"
    204 No Content
    vary: Accept, Cookie
    allow: POST, OPTIONS
    ");
    assert_eq!(who(&server, &ann).await.status, 200);
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 400);
    assert_eq!(sign_in(&server, "ann", NEW).await.json()["new_password_required"], false);
}

#[tokio::test]
async fn other_sessions_end_when_asked() {
    let server = house().await;
    let (one, other) = (session(&server, "john").await, session(&server, "john").await);
    let change = json!({"old_password": PASSWORD, "new_password": NEW});
    assert_eq!(ask(&server, &one, "POST", CHANGE).json(&change).send().await.status, 204);
    assert_eq!(who(&server, &other).await.status, 200);
    let change = json!({"old_password": NEW, "new_password": PASSWORD, "end_other_sessions": true});
    assert_eq!(ask(&server, &one, "POST", CHANGE).json(&change).send().await.status, 204);
    assert_eq!(who(&server, &other).await.status, 401);
    assert_eq!(who(&server, &one).await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_told() {
    let server = house_with(&format!("[password]\n{CHEAP_HASHES}min_length = 12\n")).await;
    let john = session(&server, "john").await;
    let long = "x".repeat(65);
    let huge = "x".repeat(4097);
    let wrong = r#"{"old_password":["Your old password was entered incorrectly. Please enter it again."]}"#;
    for (body, expected) in [
        (
            json!({}),
            r#"{"old_password":["This field is required."],"new_password":["This field is required."]}"#,
        ),
        (json!({"old_password": "x", "new_password": NEW}), wrong),
        (
            json!({"old_password": PASSWORD, "new_password": "short"}),
            r#"{"new_password":["Ensure this field has at least 8 characters."]}"#,
        ),
        (
            json!({"old_password": PASSWORD, "new_password": "elevenchars"}),
            r#"{"new_password":["Ensure this field has at least 12 characters."]}"#,
        ),
        (
            json!({"old_password": PASSWORD, "new_password": "password1234"}),
            r#"{"new_password":["This password is too common."]}"#,
        ),
        (
            json!({"old_password": PASSWORD, "new_password": "john@example.org"}),
            r#"{"new_password":["The password is too similar to the user's names or to the name of this service."]}"#,
        ),
        (
            json!({"old_password": PASSWORD, "new_password": "correcthorse"}),
            r#"{"new_password":["This password is too easy to guess."]}"#,
        ),
        (
            json!({"old_password": PASSWORD, "new_password": long}),
            r#"{"new_password":["Ensure this field has no more than 64 characters."]}"#,
        ),
        (
            json!({"old_password": huge, "new_password": NEW}),
            r#"{"old_password":["Ensure this field has no more than 4096 bytes."]}"#,
        ),
    ] {
        let answer = ask(&server, &john, "POST", CHANGE).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, expected));
    }
    assert_eq!(sign_in(&server, "john", PASSWORD).await.status, 201);
}

/// A stolen session is no better place to guess at the password.
#[tokio::test]
async fn guessing_at_the_old_password_is_throttled_with_logins() {
    let server = house().await;
    let john = session(&server, "john").await;
    let guess = json!({"old_password": "guess", "new_password": NEW});
    for _ in 0..5 {
        assert_eq!(ask(&server, &john, "POST", CHANGE).json(&guess).send().await.status, 400);
    }
    let answer = ask(&server, &john, "POST", CHANGE).json(&guess).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("5")));
    assert_eq!(sign_in(&server, "john", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn nobody_changes_a_password() {
    let server = house().await;
    let change = json!({"old_password": PASSWORD, "new_password": NEW});
    let answer = server.anonymous().post(CHANGE).json(&change).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, NOT_PROVIDED));
    assert!(!session_in(&sign_in(&server, "john", PASSWORD).await).is_empty());
}
