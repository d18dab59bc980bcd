//! contracts 1.2, GET and POST `/api/v1/auth/` that go well.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use testkit::{CHEAP_HASHES, TestServer};

use super::{AUTH, PASSWORD, ask, form, house, house_with, session, session_in, sign_in, who};

/// 1.2 GET: required keys, no provider is an empty list, the time in seconds.
#[tokio::test]
async fn the_ways_in_are_told() {
    let server = house().await;
    assert_snapshot!(server.anonymous().get(AUTH).send().await, @r#"
    200 OK
    content-type: application/json
    vary: Accept, Cookie
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"username_password_enabled":true,"oidc_providers":[],"session_timeout":1209600}
    "#);
    let head = server.anonymous().ask("HEAD", AUTH).send().await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
}

/// 1.2 GET: `username_password_enabled` is false where passwords are switched off, and a login is 403.
#[tokio::test]
async fn without_passwords_it_is_told_and_refused() {
    let server = house_with(&format!("[password]\n{CHEAP_HASHES}sign_in = false\n")).await;
    let answer = server.anonymous().get(AUTH).send().await;
    assert_eq!(answer.json()["username_password_enabled"], false);
    let answer = sign_in(&server, "john", PASSWORD).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body, r#"{"detail":"Username and password login is disabled."}"#);
}

/// 1.2 POST: 201, both keys, and the cookie with its attributes.
#[tokio::test]
async fn a_login_opens_a_session() {
    let server = house().await;
    let answer = sign_in(&server, "john", PASSWORD).await;
    let session = session_in(&answer);
    assert_eq!(session.len(), 32);
    assert!(session.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{session}");
    assert_snapshot!(answer.to_string().replace(&session, "[32 of a-z0-9]"), @r#"
    201 Created
    content-type: application/json
    vary: Accept, Cookie
    set-cookie: sessionid=[32 of a-z0-9]; expires=Fri, 16 Jan 2026 12:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"new_password_required":false,"pk":1}
    "#);
    assert_eq!(who(&server, &session).await.status, 200);
    let stored = server.stored_bytes();
    assert!(
        !stored.windows(session.len()).any(|bytes| bytes == session.as_bytes()),
        "only a digest is stored"
    );
}

/// decision 8: `session_timeout`, `Max-Age`, `expires` and the session's real life are one; use does not prolong it.
#[tokio::test]
async fn the_cookie_lives_as_long_as_the_session() {
    let server = house_with("[dialects.syntho]\nsession_lifetime = \"90m\"\n").await;
    assert_eq!(server.anonymous().get(AUTH).send().await.json()["session_timeout"], 5400);
    let answer = sign_in(&server, "john", PASSWORD).await;
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("; expires=Fri, 02 Jan 2026 13:30:00 GMT; HttpOnly; Max-Age=5400;"), "{cookie}");
    let session = session_in(&answer);
    server.advance(Duration::from_secs(5399));
    assert_eq!(who(&server, &session).await.status, 200);
    server.advance(Duration::from_secs(1));
    assert_eq!(who(&server, &session).await.status, 401);
}

/// 1.2: `Secure` where the server is reached by https, also on what takes the cookie away.
#[tokio::test]
async fn the_cookie_is_secure_where_the_site_is() {
    let server = TestServer::with("public_url = \"https://login.example.org\"\n");
    server.user("john", PASSWORD).await;
    let answer = sign_in(&server, "john", PASSWORD).await;
    assert!(answer.header("set-cookie").expect("a cookie").ends_with("; SameSite=Lax; Secure"));
    let answer = ask(&server, "unknown", "GET", AUTH).send().await;
    assert!(
        answer.header("set-cookie").expect("a cookie").ends_with("; Max-Age=0; Path=/; SameSite=Lax; Secure")
    );
}

/// 1.2: `new_password_required` for a password that is to be changed; `must_change_blocks` does not refuse here.
#[tokio::test]
async fn a_password_that_is_to_be_changed_is_told() {
    let server = TestServer::with(&format!("[password]\n{CHEAP_HASHES}must_change_blocks = true\n"));
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let answer = sign_in(&server, "ann", PASSWORD).await;
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_str()),
        (201, r#"{"new_password_required":true,"pk":1}"#)
    );
}

/// 1.2: the address in any case, white space around it dropped; a number is a text; other members are ignored.
#[tokio::test]
async fn a_body_is_read_as_the_framework_reads_it() {
    let server = TestServer::start();
    server.user_from_before("john", "12345678").await;
    for body in [
        json!({"email": "  JOHN@Example.org ", "password": "12345678"}),
        json!({"email": "john@example.org", "password": 12_345_678}),
        json!({"email": "john@example.org", "password": "12345678", "username": "ann", "new": []}),
    ] {
        let answer = server.anonymous().post(AUTH).json(&body).send().await;
        assert_eq!(answer.status, 201, "{body}: {answer}");
    }
}

/// security 1, session-fixation: the session that came along is another afterwards, and the old one opens nothing.
#[tokio::test]
async fn a_login_takes_the_place_of_the_session_that_came_along() {
    let server = house().await;
    let old = session(&server, "john").await;
    let elsewhere = session(&server, "john").await;
    let answer = ask(&server, &old, "POST", AUTH).json(&form("john", PASSWORD)).send().await;
    let new = session_in(&answer);
    assert_ne!(new, old);
    assert_eq!(who(&server, &old).await.status, 401);
    assert_eq!(who(&server, &new).await.status, 200);
    assert_eq!(who(&server, &elsewhere).await.status, 200);

    let failed = ask(&server, &new, "POST", AUTH).json(&form("john", "another one")).send().await;
    assert_eq!((failed.status.as_u16(), failed.header("set-cookie")), (400, None));
    assert_eq!(who(&server, &new).await.status, 200, "a login that fails ends nothing");
}

/// 6: OPTIONS tells the framework's metadata.
#[tokio::test]
async fn options_are_answered() {
    let server = house().await;
    let answer = server.anonymous().ask("OPTIONS", AUTH).send().await;
    assert_eq!(
        answer.body,
        r#"{"name":"Auth","description":"","renders":["application/json"],"parses":["application/json"]}"#
    );
    assert_eq!(answer.header("allow"), Some("GET, POST, DELETE, HEAD, OPTIONS"));
}
