//! contracts 3.3 and decision 9, POST `/auth/sign-in` that is refused.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::CHEAP_HASHES;

use super::{PASSWORD, SIGN_IN, WRONG, form, house, house_with, login, sign_in, violations};

/// decision 9: wrong credentials are 401 with the error object.
#[tokio::test]
async fn wrong_credentials_are_401() {
    let server = house().await;
    assert_snapshot!(sign_in(&server, "ann", "wrong horse").await, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer

    {"status":"UNAUTHENTICATED","error":"unauthenticated: wrong email or password"}
    "#);
}

/// 8.11: an unknown address, a wrong or missing password and a user who may not sign in have one answer.
#[tokio::test]
async fn every_cause_has_one_answer() {
    let server = house().await;
    server.user_with("pen", PASSWORD, |account| account.status = identity::user::Status::Pending).await;
    server.user_with("sus", PASSWORD, |account| account.status = identity::user::Status::Suspended).await;
    for (name, password) in
        [("ann", "wrong horse"), ("nobody", PASSWORD), ("pen", PASSWORD), ("sus", PASSWORD)]
    {
        let answer = sign_in(&server, name, password).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, WRONG), "{name}");
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// 3.3: `password` is not required: without it a login fails like any other, and counts like one.
#[tokio::test]
async fn a_missing_password_is_a_wrong_one() {
    let server = house().await;
    for _ in 0..5 {
        let answer = server.anonymous().post(SIGN_IN).json(&json!({"email": "ann@example.org"})).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, WRONG));
    }
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 429);
}

/// 3.3: each limit, at both of its sides; lengths count characters, and passwords are never trimmed.
#[tokio::test]
async fn the_limits_are_the_documents() {
    let server = house().await;
    let email = |length: usize| format!("a@{}", "b".repeat(length - 2).replace("bbbbbbbb", "bbbbbbb."));
    for (body, expected) in [
        (json!({"email": email(4), "password": PASSWORD}), "#/email: length must be >= 5, but got 4"),
        (json!({"email": email(256), "password": PASSWORD}), "#/email: length must be <= 255, but got 256"),
        (form("ann", "12345"), "#/password: length must be >= 6, but got 5"),
        (form("ann", &"\u{fc}".repeat(73)), "#/password: length must be <= 72, but got 73"),
        (form("ann", ""), "#/password: length must be >= 6, but got 0"),
    ] {
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
        assert_eq!(violations(&answer, "body"), json!([expected]), "{body}");
    }
    for body in [
        json!({"email": email(5), "password": PASSWORD}),
        json!({"email": email(255), "password": PASSWORD}),
        form("ann", "123456"),
        form("ann", "      "),
        form("ann", &"\u{fc}".repeat(72)),
    ] {
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, WRONG), "{body}");
        server.advance(Duration::from_hours(24));
    }
}

/// 3.3: a password of blanks, or with blanks around it, is what it is.
#[tokio::test]
async fn a_password_is_not_trimmed() {
    let server = house().await;
    server.user("bob", "  two blanks ").await;
    assert_eq!(sign_in(&server, "bob", "  two blanks ").await.status, 200);
    assert_eq!(sign_in(&server, "bob", "two blanks").await.status, 401);
}

/// 3.3, 3.7: types, nulls and formats; all that is wrong is told at once.
#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let server = house().await;
    let body = json!({
        "email": "x", "password": 1, "logout-other": "true", "long-term-token": null,
        "current-user": "ann", "ret-url": false
    });
    assert_snapshot!(server.anonymous().post(SIGN_IN).json(&body).send().await, @r##"
    400 Bad Request
    content-type: application/json

    {"status":"INVALID_ARGUMENT","error":"invalid argument: validation failed","context":{"body":["#/current-user: \"ann\" is not valid \"email\"","#/email: length must be >= 5, but got 1","#/email: \"x\" is not valid \"email\"","#/logout-other: expected boolean, but got string","#/long-term-token: expected boolean, but got null","#/password: expected string, but got number","#/ret-url: expected null or string, but got boolean"]}}
    "##);
}

/// 3.3: what may be null, and what may not.
#[tokio::test]
async fn null_is_for_what_may_be_null() {
    let server = house().await;
    for (key, expected) in [
        ("email", Some("#/email: expected string, but got null")),
        ("password", Some("#/password: expected string, but got null")),
        ("logout-other", Some("#/logout-other: expected boolean, but got null")),
        ("long-term-token", Some("#/long-term-token: expected boolean, but got null")),
        ("current-user", None),
        ("ret-url", None),
    ] {
        let mut body = form("ann", PASSWORD);
        body[key] = Value::Null;
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
        match expected {
            Some(text) => assert_eq!(violations(&answer, "body"), json!([text])),
            None => assert_eq!(answer.status, 200, "{key}"),
        }
    }
}

/// 8.10: other keys are ignored, whatever they hold.
#[tokio::test]
async fn unknown_keys_are_ignored() {
    let server = house().await;
    let mut body = form("ann", PASSWORD);
    body["Password"] = json!({"a": [1, null, 1.5, true]});
    body["username"] = json!([]);
    assert_eq!(server.anonymous().post(SIGN_IN).json(&body).send().await.status, 200);
}

/// 3.7: a secret is never repeated, other values are cut.
#[tokio::test]
async fn no_secret_is_repeated() {
    let server = house().await;
    let body = json!({"email": "ann", "password": "topsecret".repeat(9)});
    let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
    assert!(!answer.body.contains("topsecret"), "{answer}");
    let body = json!({"email": "<\"\u{7}".repeat(50), "password": PASSWORD});
    let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
    let told = violations(&answer, "body")[0].as_str().expect("a text").to_owned();
    assert!(
        told.starts_with("#/email: \"<\\\"\\u0007<\\\"")
            && told.ends_with("\u{2026}\" is not valid \"email\"")
    );
    assert!(told.chars().count() < 300, "{told}");
}

/// 8.11: failures are throttled, with the seconds to wait; a good login within is refused, too.
#[tokio::test]
async fn many_failures_are_429() {
    let server = house().await;
    for _ in 0..5 {
        assert_eq!(sign_in(&server, "ann", "wrong horse").await.status, 401);
    }
    assert_snapshot!(sign_in(&server, "ann", PASSWORD).await, @r#"
    429 Too Many Requests
    content-type: application/json
    retry-after: 5

    {"status":"RESOURCE_EXHAUSTED","error":"resource exhausted: too many failures, try again later"}
    "#);
    server.advance(Duration::from_secs(5));
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 200);
}

/// `[password] sign_in = false` and `must_change_blocks = true`.
#[tokio::test]
async fn the_installation_may_refuse() {
    let server = house_with(&format!("[password]\n{CHEAP_HASHES}sign_in = false\n")).await;
    assert_snapshot!(sign_in(&server, "ann", PASSWORD).await, @r#"
    403 Forbidden
    content-type: application/json

    {"status":"PERMISSION_DENIED","error":"permission denied: password sign-in is disabled"}
    "#);
    let server = house_with(&format!("[password]\n{CHEAP_HASHES}must_change_blocks = true\n")).await;
    server.user_with("bob", PASSWORD, |account| account.must_change_password = true).await;
    assert_snapshot!(sign_in(&server, "bob", PASSWORD).await, @r#"
    403 Forbidden
    content-type: application/json

    {"status":"PERMISSION_DENIED","error":"permission denied: a new password is required"}
    "#);
    login(&server, "ann").await;
}
