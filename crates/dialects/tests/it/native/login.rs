//! A login, who asks, and the end of it.

use std::time::Duration;

use testkit::TestServer;

use super::{
    CLEARED, LOGIN, LOGOUT, ME, PASSWORD, PROVIDERS, ask, cookie_in, form, house, opens, session, shown,
    sign_in,
};

#[tokio::test]
async fn a_name_and_a_password_give_a_session_in_a_cookie() {
    let server = house().await;
    let answer = sign_in(&server, "john", PASSWORD).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200 OK
    content-type: application/json
    set-cookie: vestibule=[64 HEX]; Max-Age=2592000; Expires=Sun, 01 Feb 2026 12:00:00 GMT; Path=/; HttpOnly; SameSite=Lax

    {"id":"[UUID]","number":1,"username":"john","email":"john@example.org","email_verified":true,"name":"","role":"user","has_password":true,"must_change_password":false,"session":{"id":"[UUID]","signed_in_at":"2026-01-02T12:00:00Z","fresh":true}}
    "#);
    let me = ask(&server, &cookie_in(&answer), "GET", ME).send().await;
    assert_eq!(me.json(), answer.json());
    let by_address = sign_in(&server, "John@Example.org", PASSWORD).await;
    assert_eq!(by_address.status, 200);
}

/// ASVS 3.3.1, 3.3.3: the prefix where a browser takes it, and no other cookie there.
#[tokio::test]
async fn on_https_the_cookie_is_bound_to_the_host() {
    let server = super::house_with("public_url = \"https://login.example\"\n").await;
    let answer = sign_in(&server, "john", PASSWORD).await;
    let cookie = answer.header("set-cookie").expect("a cookie");
    let value = cookie.strip_prefix("__Host-vestibule=").and_then(|rest| rest.split(';').next());
    let value = value.expect("the prefixed name").to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    for (name, status) in [("__Host-vestibule", 200), ("vestibule", 401)] {
        let me = server.anonymous().get(ME).header("cookie", format!("{name}={value}"));
        assert_eq!(me.send().await.status, status, "{name}");
    }
}

/// security 1, session-fixation: what was held before a login is no good after it, and neither is what was planted.
#[tokio::test]
async fn a_login_ends_the_session_that_came_with_it() {
    let server = house().await;
    server.user("ann", PASSWORD).await;
    let old = session(&server, "john").await;
    let planted = "0".repeat(64);
    for (cookie, name) in [(old.as_str(), "john"), (planted.as_str(), "ann")] {
        let answer = ask(&server, cookie, "POST", LOGIN).json(&form(name, PASSWORD)).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        assert_ne!(cookie_in(&answer), cookie);
        assert_eq!(opens(&server, cookie).await, 401);
        assert_eq!(opens(&server, &cookie_in(&answer)).await, 200);
    }
}

#[tokio::test]
async fn a_logout_ends_the_session_and_is_the_same_for_everybody() {
    let server = house().await;
    let (session, other) = (session(&server, "john").await, session(&server, "john").await);
    let nobody = server.anonymous().post(LOGOUT).send().await;
    let first = ask(&server, &session, "POST", LOGOUT).send().await;
    let again = ask(&server, &session, "POST", LOGOUT).send().await;
    for answer in [&nobody, &first, &again] {
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (204, Some(CLEARED)));
    }
    assert_eq!((opens(&server, &session).await, opens(&server, &other).await), (401, 200));
}

/// A neighbouring site may have planted a second cookie: who signs out means their own.
#[tokio::test]
async fn a_logout_ends_every_session_that_comes_with_it() {
    let server = house().await;
    let (one, two) = (session(&server, "john").await, session(&server, "john").await);
    let both = format!("vestibule={one}; vestibule={two}");
    let refused = server.anonymous().get(ME).header("cookie", &both).send().await;
    assert_eq!((refused.status.as_u16(), refused.header("set-cookie")), (401, Some(CLEARED)));
    server.anonymous().post(LOGOUT).header("cookie", &both).send().await;
    assert_eq!((opens(&server, &one).await, opens(&server, &two).await), (401, 401));
}

/// ASVS 7.3.1, 7.3.2: seven days unused, thirty at most.
#[tokio::test]
async fn a_session_ends_unused_and_ends_at_last() {
    let server = house().await;
    let day = Duration::from_hours(24);
    let unused = session(&server, "john").await;
    server.advance(7 * day - Duration::from_secs(1));
    assert_eq!(opens(&server, &unused).await, 200);
    server.identity.sessions.flush().await.expect("written down");
    server.advance(7 * day);
    assert_eq!(opens(&server, &unused).await, 401);

    let used = session(&server, "john").await;
    for _ in 0..5 {
        server.advance(6 * day - Duration::from_secs(1));
        assert_eq!(opens(&server, &used).await, 200);
        server.identity.sessions.flush().await.expect("written down");
    }
    server.advance(Duration::from_secs(5));
    assert_eq!(opens(&server, &used).await, 401);
}

#[tokio::test]
async fn a_suspended_users_session_is_refused_by_its_name() {
    let server = TestServer::start();
    let john = server.user("john", PASSWORD).await;
    let session = session(&server, "john").await;
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    insta::assert_snapshot!(ask(&server, &session, "GET", ME).send().await, @r#"
    403 Forbidden
    content-type: application/problem+json
    set-cookie: vestibule=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax

    {"type":"about:blank","title":"Forbidden","status":403,"detail":"This account cannot be used.","code":"user_inactive"}
    "#);
}

#[tokio::test]
async fn the_ways_in_are_told_to_everybody() {
    let server = house().await;
    insta::assert_snapshot!(server.anonymous().get(PROVIDERS).send().await, @r#"
    200 OK
    content-type: application/json

    {"password":true,"providers":[]}
    "#);
}
