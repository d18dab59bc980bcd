//! contracts 1.2, DELETE `/api/v1/auth/`, and 1.3, stale sessions.

use std::time::Duration;

use insta::assert_snapshot;

use super::{AUTH, CLEARED, ME, NOT_PROVIDED, ask, house, session, who};

/// 1.2 DELETE: 200, this session only, the cookie taken away.
#[tokio::test]
async fn signing_out_ends_this_session_only() {
    let server = house().await;
    let (one, other) = (session(&server, "john").await, session(&server, "john").await);
    let answer = ask(&server, &one, "DELETE", AUTH).json_text("not looked at").send().await;
    assert_snapshot!(answer, @r#"
    200 OK
    content-type: application/json
    vary: Accept, Cookie
    set-cookie: sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"status":"OK"}
    "#);
    assert_eq!(who(&server, &one).await.status, 401);
    assert_eq!(who(&server, &other).await.status, 200);
}

/// 1.2 DELETE: anonymous sign-out is 401 with the challenge.
#[tokio::test]
async fn signing_out_without_a_session_is_401() {
    let server = house().await;
    let answer = server.anonymous().ask("DELETE", AUTH).send().await;
    assert_snapshot!(answer, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept, Cookie
    www-authenticate: Bearer realm="api"
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"detail":"Authentication credentials were not provided."}
    "#);
    let session = session(&server, "john").await;
    ask(&server, &session, "DELETE", AUTH).send().await;
    let again = ask(&server, &session, "DELETE", AUTH).send().await;
    assert_eq!((again.status.as_u16(), again.header("set-cookie")), (401, Some(CLEARED)));
    assert_eq!((again.body.as_str(), again.fault), (NOT_PROVIDED, Some("credential_invalid")));
}

/// 1.3: a stale session makes an anonymous request, and the answer takes the cookie away.
#[tokio::test]
async fn a_stale_session_is_nobody_and_taken_away() {
    let server = house().await;
    let expired = session(&server, "john").await;
    server.advance(Duration::from_hours(336));
    for stale in [expired.as_str(), "unknown", "ILL-FORMED!"] {
        for (method, status) in [("GET", 200), ("HEAD", 200), ("OPTIONS", 200)] {
            let answer = ask(&server, stale, method, AUTH).send().await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("set-cookie")),
                (status, Some(CLEARED)),
                "{method}"
            );
        }
        let answer = ask(&server, stale, "GET", ME).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, Some(CLEARED)), "{stale}");
    }
    // An empty cookie, which some clients keep of one that was taken away, is none.
    for empty in ["", "\"\""] {
        let answer = ask(&server, empty, "GET", AUTH).send().await;
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// 1.3 and security 1, disabled-user: whoever is suspended is nobody here, at once and for good.
#[tokio::test]
async fn a_suspended_users_session_opens_nothing() {
    let server = house().await;
    let session = session(&server, "john").await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    let answer = who(&server, &session).await;
    assert_eq!((answer.status.as_u16(), answer.fault), (401, Some("user_inactive")));
    assert_eq!((answer.body.as_str(), answer.header("set-cookie")), (NOT_PROVIDED, Some(CLEARED)));
    server.identity.accounts.activate(&server.operator(), &john).await.expect("active");
    assert_eq!(who(&server, &session).await.status, 401, "what was ended stays ended");
}
