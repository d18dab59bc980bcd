//! Logins that are refused, and in which words.

use identity::user::Status;
use serde_json::json;
use testkit::{CHEAP_HASHES, TestServer};

use super::{LOGIN, PASSWORD, form, house, house_with, problem, sign_in};

/// security 1, enumeration; ASVS 6.3.8: one answer for whoever cannot sign in.
#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_an_inactive_user_get_one_answer() {
    let server = house().await;
    for (name, status) in [("sue", Status::Suspended), ("pat", Status::Pending)] {
        server.user_with(name, PASSWORD, |account| account.status = status).await;
    }
    let mut answers = Vec::new();
    for (name, password) in [
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("john", "wrong"),
        ("john", ""),
        ("sue", PASSWORD),
        ("pat", PASSWORD),
    ] {
        answers.push(sign_in(&server, name, password).await.to_string());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    insta::assert_snapshot!(answers[0], @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer realm="vestibule"

    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"This name and password do not fit.","code":"invalid_credentials"}
    "#);
}

#[tokio::test]
async fn too_many_failures_wait_and_say_how_long() {
    let server = house().await;
    for _ in 0..5 {
        sign_in(&server, "john", "wrong").await;
    }
    insta::assert_snapshot!(sign_in(&server, "john", PASSWORD).await, @r#"
    429 Too Many Requests
    content-type: application/problem+json
    retry-after: 5

    {"type":"about:blank","title":"Too Many Requests","status":429,"detail":"Too many tries. Try again later.","code":"throttled"}
    "#);
}

#[tokio::test]
async fn where_passwords_are_not_taken_that_is_told() {
    let server = house_with(&format!("[password]\n{CHEAP_HASHES}sign_in = false\n")).await;
    let refused = problem(&sign_in(&server, "john", PASSWORD).await);
    assert_eq!(refused, (403, "password_sign_in_disabled".to_owned()));
}

/// It can be met here: nobody who must choose a new password is shut out.
#[tokio::test]
async fn who_must_choose_a_new_password_is_let_in_and_told() {
    let server = TestServer::with(&format!("[password]\n{CHEAP_HASHES}must_change_blocks = true\n"));
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let answer = sign_in(&server, "ann", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["must_change_password"]), (200, &json!(true)));
}

#[tokio::test]
async fn only_json_that_is_documented_is_read() {
    let server = house().await;
    let login = |kind: &'static str, text: &str| server.anonymous().post(LOGIN).body(kind, text).send();
    let good = form("john", PASSWORD).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json-seq", ""] {
        assert_eq!(problem(&login(kind, &good).await), (415, "media_type".to_owned()), "{kind}");
    }
    let bare = server.anonymous().post(LOGIN).send().await;
    assert_eq!(problem(&bare).0, 415);
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"identifier": "john"}"#,
        r#"{"identifier": "john", "password": null}"#,
        r#"{"identifier": "john", "password": 7}"#,
        r#"{"identifier": "john", "password": "hunter2", "remember": true}"#,
        r#"{"identifier": "john", "password": "hunter2", "password": "hunter3"}"#,
        "{\"identifier\": \"john\", \"password\": \"hunter2\"} x",
    ] {
        let answer = login("application/json", text).await;
        assert_eq!(problem(&answer), (400, "request_malformed".to_owned()), "{text}");
        assert!(!answer.body.contains("hunter2") && !answer.body.contains("john"), "{answer}");
    }
    let deep = login("application/json", &"[".repeat(5000)).await;
    assert_eq!(problem(&deep), (400, "json_too_deep".to_owned()));
    assert_eq!(login("Application/JSON; charset=utf-8", &good).await.status, 200);
    let long = form("john", &"x".repeat(70_000)).to_string();
    assert_eq!(problem(&login("application/json", &long).await), (413, "body_too_large".to_owned()));
    let long = form("john", &"x".repeat(5000)).to_string();
    assert_eq!(problem(&login("application/json", &long).await), (400, "password_too_long".to_owned()));
}
