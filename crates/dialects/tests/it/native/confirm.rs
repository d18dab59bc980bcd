//! What is sensitive asks for a login of the last ten minutes, and a password shown once more is one (ASVS 7.5.1).

use std::time::Duration;

use serde_json::json;

use super::{CONFIRM, KEYS, PASSWORD, ask, cookie_in, house, opens, problem, send, session, shown};

#[tokio::test]
async fn the_password_once_more_makes_the_login_fresh_by_another_cookie() {
    let server = house().await;
    let old = session(&server, "john").await;
    server.advance(Duration::from_mins(10));
    let me = ask(&server, &old, "GET", super::ME).send().await.json();
    assert_eq!(me["session"]["fresh"], json!(false));
    let refused = send(&server, &old, KEYS, json!({"name": "laptop"})).await;
    insta::assert_snapshot!(refused, @r#"
    403 Forbidden
    content-type: application/problem+json

    {"type":"about:blank","title":"Forbidden","status":403,"detail":"This wants a login of the last ten minutes: confirm the password, or sign in anew.","code":"fresh_login_required"}
    "#);

    let answer = send(&server, &old, CONFIRM, json!({"password": PASSWORD})).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200 OK
    content-type: application/json
    set-cookie: vestibule=[64 HEX]; Max-Age=2592000; Expires=Sun, 01 Feb 2026 12:10:00 GMT; Path=/; HttpOnly; SameSite=Lax

    {"id":"[UUID]","number":1,"username":"john","email":"john@example.org","email_verified":true,"name":"","role":"user","has_password":true,"must_change_password":false,"session":{"id":"[UUID]","signed_in_at":"2026-01-02T12:10:00Z","fresh":true}}
    "#);
    let new = cookie_in(&answer);
    assert_eq!((opens(&server, &old).await, opens(&server, &new).await), (401, 200));
    assert_eq!(send(&server, &new, KEYS, json!({"name": "laptop"})).await.status, 201);
}

/// Guessing with a stolen session is guessing: the session goes on, and the guesses are throttled with the logins.
#[tokio::test]
async fn a_wrong_password_leaves_the_session_and_is_throttled() {
    let server = house().await;
    let session = session(&server, "john").await;
    for _ in 0..5 {
        let answer = send(&server, &session, CONFIRM, json!({"password": "wrong"})).await;
        assert_eq!(problem(&answer), (403, "old_password_wrong".to_owned()));
        assert_eq!(answer.header("set-cookie"), None);
    }
    let answer = send(&server, &session, CONFIRM, json!({"password": PASSWORD})).await;
    assert_eq!(problem(&answer), (429, "throttled".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(opens(&server, &session).await, 200);
}
