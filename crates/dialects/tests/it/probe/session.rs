//! contracts 3.2, nos. 3 to 5, and 3.6: the own sessions, listed, shown and ended.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{
    PASSWORD, SESSION, SIGN_IN, ask, form, house, house_with, jwt, login, opens, session_id, violations,
};

/// 3.2: the list, oldest first, item by item.
#[tokio::test]
async fn the_own_sessions_are_listed() {
    let server = house().await;
    server.user("bob", PASSWORD).await;
    let first = jwt(&server, "ann").await;
    jwt(&server, "bob").await;
    server.advance(Duration::from_secs(90));
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Mobile/15E148";
    let mut body = form("ann", PASSWORD);
    body["long-term-token"] = json!(false);
    let second = server.anonymous().at([198, 51, 100, 7]).post(SIGN_IN).header("user-agent", phone);
    let second = super::login_in(&second.json(&body).send().await).jwt;
    let answer = ask(&server, &first, "GET", SESSION).send().await;
    let text =
        answer.to_string().replace(&session_id(&first), "[first]").replace(&session_id(&second), "[second]");
    assert_snapshot!(text, @r#"
    200 OK
    content-type: application/json

    {"sessions":[{"created":"2026-01-02T12:00:00Z","expire":"2026-01-16T12:00:00Z","id":"[first]","remote-ip":"192.0.2.1","ua-type":"unknown","user-agent":""},{"created":"2026-01-02T12:01:30Z","expire":"2026-01-02T15:01:30Z","id":"[second]","remote-ip":"198.51.100.7","ua-type":"mobile","user-agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Mobile/15E148"}]}
    "#);
}

/// 3.2: no session is `null`.
#[tokio::test]
async fn no_session_is_null() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    assert_eq!(ask(&server, &jwt, "DELETE", SESSION).send().await.status, 204);
    assert_eq!(ask(&server, &api_token, "GET", SESSION).send().await.body, "{\"sessions\":null}\n");
}

/// 3.2, no. 4: all of them, with the one that asks; the API token lives on.
#[tokio::test]
async fn all_are_ended_at_once() {
    let server = house().await;
    let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
    server.user("bob", PASSWORD).await;
    let other = jwt(&server, "bob").await;
    let answer = ask(&server, &first.jwt, "DELETE", SESSION).send().await;
    assert_snapshot!(answer, @r#"
    204 No Content
    set-cookie: jwt=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
    "#);
    for (token, expected) in [(&first.jwt, 401), (&second.jwt, 401), (&first.api_token, 200), (&other, 200)] {
        assert_eq!(opens(&server, token).await, expected);
    }
}

/// 3.2, no. 5: another one, and the one that asks.
#[tokio::test]
async fn one_is_ended() {
    let server = house().await;
    let (first, second) = (jwt(&server, "ann").await, jwt(&server, "ann").await);
    let end = |token: String, id: String| {
        let server = &server;
        async move { ask(server, &token, "DELETE", &format!("{SESSION}/{id}")).send().await }
    };
    let answer = end(first.clone(), session_id(&second)).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert_eq!((opens(&server, &first).await, opens(&server, &second).await), (200, 401));
    let again = end(first.clone(), session_id(&second)).await;
    assert_eq!(again.status, 404, "it is ended already");
    assert_eq!(end(first.clone(), session_id(&first)).await.status, 204);
    assert_eq!(opens(&server, &first).await, 401);
}

/// 3.6: one is shown.
#[tokio::test]
async fn one_is_shown() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let answer = ask(&server, &jwt, "GET", &format!("{SESSION}/{}", session_id(&jwt))).send().await;
    let list = ask(&server, &jwt, "GET", SESSION).send().await.json();
    assert_eq!((answer.status.as_u16(), answer.json()), (200, list["sessions"][0].clone()));
}

/// 3.2: what is somebody else's, ended, or past its end is not there; what is no UUID cannot be.
#[tokio::test]
async fn others_sessions_are_not_there() {
    let server = house().await;
    server.user("bob", PASSWORD).await;
    let (mine, other) = (jwt(&server, "ann").await, jwt(&server, "bob").await);
    for method in ["GET", "DELETE"] {
        let answer = ask(&server, &mine, method, &format!("{SESSION}/{}", session_id(&other))).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (404, "{\"status\":\"NOT_FOUND\",\"error\":\"not found: no such session\"}\n")
        );
        for nothing in ["x", "00000000000000000000000000000000", "%7B", "current"] {
            let answer = ask(&server, &mine, method, &format!("{SESSION}/{nothing}")).send().await;
            let told = violations(&answer, "path")[0].as_str().expect("a text").to_owned();
            assert!(told.starts_with("#/session-id: ") && told.ends_with(" is not valid \"uuid\""), "{told}");
        }
        assert_eq!(ask(&server, &mine, method, &format!("{SESSION}/%ff")).send().await.status, 404);
    }
    assert_eq!(opens(&server, &other).await, 200);
}

/// decision 4: `scope` decides whether the sessions of other doors are among them. Those may have no end.
#[tokio::test]
async fn the_list_reaches_as_far_as_its_scope() {
    for (scope, doors) in [("dialect", 1), ("account", 2)] {
        let server = house_with(&format!("[dialects.probe]\nscope = \"{scope}\"\n")).await;
        let knox = json!({"username": "ann", "password": PASSWORD});
        let knox = server.anonymous().post("/auth/login/").json(&knox).send().await.json()["token"].clone();
        let knox = format!("Token {}", knox.as_str().expect("a token"));
        let jwt = jwt(&server, "ann").await;
        let sessions = ask(&server, &jwt, "GET", SESSION).send().await.json()["sessions"].clone();
        let sessions = sessions.as_array().expect("a list").clone();
        assert_eq!(sessions.len(), doors, "{scope}");
        let without_end = |session: &&Value| session.get("expire").is_none();
        assert_eq!(sessions.iter().filter(without_end).count(), doors - 1);
        assert_eq!(ask(&server, &jwt, "DELETE", SESSION).send().await.status, 204);
        let left = server.bearing(knox).get("/auth/user/").send().await.status;
        assert_eq!(left.as_u16(), if doors == 1 { 200 } else { 401 }, "{scope}");
    }
}

/// HEAD is as GET, without the body.
#[tokio::test]
async fn head_is_answered() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let answer = ask(&server, &jwt, "HEAD", SESSION).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
}
