//! Several doors, one house: every login is on one ledger, and a credential opens its own door only (contracts 0, 3 and
//! 4; 8.8).

use serde_json::{Value, json};
use testkit::{Answer, TestServer};

const PASSWORD: &str = "correct horse";

/// A server on which `john` may sign in by every door.
async fn house(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

async fn token(server: &TestServer) -> String {
    let login = json!({"username": "john", "password": PASSWORD});
    let answer = server.anonymous().post("/auth/login/").json(&login).send().await;
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn session(server: &TestServer) -> String {
    let answer = server.anonymous().post("/api/v1/auth/").json(&form()).send().await;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.strip_prefix("sessionid="));
    cookie.and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
}

fn form() -> Value {
    json!({"email": "john@example.org", "password": PASSWORD})
}

async fn by_token(server: &TestServer, token: &str, method: &str, path: &str) -> Answer {
    server.bearing(format!("Token {token}")).ask(method, path).send().await
}

async fn by_session(server: &TestServer, session: &str, method: &str, path: &str) -> Answer {
    server.anonymous().ask(method, path).header("cookie", format!("sessionid={session}")).send().await
}

/// Whether a knox token and a syntho session open their doors.
async fn open(server: &TestServer, token: &str, session: &str) -> (bool, bool) {
    let knox = by_token(server, token, "GET", "/auth/user/").await.status;
    let syntho = by_session(server, session, "GET", "/api/v1/users/me/").await.status;
    assert!([200, 401].contains(&knox.as_u16()) && [200, 401].contains(&syntho.as_u16()), "{knox} {syntho}");
    (knox == 200, syntho == 200)
}

/// contracts 0.4: `scope` decides how far knox's `logoutall` reaches.
#[tokio::test]
async fn logging_out_everywhere_reaches_as_far_as_its_scope() {
    for (scope, left) in [("dialect", true), ("account", false)] {
        let server = house(&format!("[dialects.knox]\nscope = \"{scope}\"\n")).await;
        let (token, session) = (token(&server).await, session(&server).await);
        assert_eq!(open(&server, &token, &session).await, (true, true));
        by_token(&server, &token, "POST", "/auth/logoutall/").await;
        assert_eq!(open(&server, &token, &session).await, (false, left), "{scope}");
    }
}

/// 8.8: signing out by one door leaves the other alone, whatever `scope` says.
#[tokio::test]
async fn signing_out_ends_one_session_by_one_door() {
    for scope in ["dialect", "account"] {
        let settings = format!("[dialects.knox]\nscope = {scope:?}\n[dialects.syntho]\nscope = {scope:?}\n");
        let server = house(&settings).await;
        let (token, session) = (token(&server).await, session(&server).await);
        by_session(&server, &session, "DELETE", "/api/v1/auth/").await;
        assert_eq!(open(&server, &token, &session).await, (true, false));

        let session = self::session(&server).await;
        by_token(&server, &token, "POST", "/auth/logout/").await;
        assert_eq!(open(&server, &token, &session).await, (false, true));
    }
}

/// design, "Decided once": a changed password ends the others by every door when asked.
#[tokio::test]
async fn a_password_changed_by_one_door_ends_the_sessions_of_the_other() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    let change = |end: bool, old: &str, new: &str| {
        let body = json!({"old_password": old, "new_password": new, "end_other_sessions": end});
        let ask = server.anonymous().post("/api/v1/users/me/password/");
        ask.header("cookie", format!("sessionid={session}")).json(&body).send()
    };
    assert_eq!(change(false, PASSWORD, "battery staple").await.status, 204);
    assert_eq!(open(&server, &token, &session).await, (true, true));
    assert_eq!(change(true, "battery staple", PASSWORD).await.status, 204);
    assert_eq!(open(&server, &token, &session).await, (false, true));
}

/// contracts 0.3: each dialect reads its own credentials, and one of another is no good there.
#[tokio::test]
async fn a_credential_opens_its_own_door_only() {
    let server = house("").await;
    let (token, session) = (token(&server).await, session(&server).await);
    assert_eq!(open(&server, &session, &token).await, (false, false));
    // The cookie means nothing to knox and the header nothing to syntho, alone or beside the right one.
    assert_eq!(by_session(&server, &session, "GET", "/auth/user/").await.status, 401);
    assert_eq!(by_token(&server, &token, "GET", "/api/v1/users/me/").await.status, 401);
    let both = server.bearing(format!("Token {token}")).ask("GET", "/api/v1/users/me/");
    assert_eq!(both.header("cookie", format!("sessionid={session}")).send().await.status, 200);
    // A cookie with another door's secret is a stale one.
    let login = server.anonymous().post("/api/v1/auth/").header("cookie", format!("sessionid={token}"));
    assert_eq!(login.json(&form()).send().await.status, 401);
    assert_eq!(open(&server, &token, &session).await, (true, true));
}

/// Suspension, and the operator's other words, hold by every door.
#[tokio::test]
async fn what_the_operator_ends_is_ended_by_every_door() {
    let server = house("").await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let (token, session) = (token(&server).await, session(&server).await);
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    assert_eq!(open(&server, &token, &session).await, (false, false));
    server.identity.accounts.activate(&server.operator(), &john).await.expect("active");
    assert_eq!(open(&server, &token, &session).await, (false, false));

    let (token, session) = (self::token(&server).await, self::session(&server).await);
    let sessions =
        server.identity.sessions.list(&server.operator(), john.number, false).await.expect("a list");
    let mut doors: Vec<&str> = sessions.iter().map(|session| session.door.as_str()).collect();
    doors.sort_unstable();
    assert_eq!(doors, ["knox", "syntho"]);
    server.identity.sessions.end_all_of(&server.operator(), &john).await.expect("ended");
    assert_eq!(open(&server, &token, &session).await, (false, false));
}

/// Failures are counted for the account, not for the door.
#[tokio::test]
async fn guesses_by_one_door_count_at_the_other() {
    let server = house("").await;
    let wrong = json!({"email": "john@example.org", "password": "wrong one"});
    for _ in 0..5 {
        assert_eq!(server.anonymous().post("/api/v1/auth/").json(&wrong).send().await.status, 400);
    }
    let login = json!({"username": "john", "password": PASSWORD});
    assert_eq!(server.anonymous().post("/auth/login/").json(&login).send().await.status, 429);
}
