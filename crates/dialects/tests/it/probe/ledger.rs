//! contracts 8.8 and decision 9: a JWT is dead as soon as its session is, and an API token while its owner may not act.

use std::time::Duration;

use identity::keyring::KeyUse;
use serde_json::json;

use super::{PASSWORD, UNAUTHENTICATED, ask, house, house_with, login, opens, session_id};

/// The command line's `session revoke` and `user logout`.
#[tokio::test]
async fn what_the_operator_ends_is_ended() {
    let server = house().await;
    let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    let id = session_id(&first.jwt).parse().expect("a UUID");
    server
        .identity
        .sessions
        .revoke(&server.operator(), identity::session::SessionId(id))
        .await
        .expect("revoked");
    assert_eq!((opens(&server, &first.jwt).await, opens(&server, &second.jwt).await), (401, 200));
    server.identity.sessions.end_all_of(&server.operator(), &ann).await.expect("ended");
    assert_eq!((opens(&server, &second.jwt).await, opens(&server, &second.api_token).await), (401, 200));
    assert_eq!(ask(&server, &second.jwt, "GET", super::SESSION).send().await.body, UNAUTHENTICATED);
}

/// knox's `logoutall` with `scope = "account"`.
#[tokio::test]
async fn what_another_door_ends_is_ended() {
    for (scope, left) in [("dialect", 200), ("account", 401)] {
        let server = house_with(&format!("[dialects.knox]\nscope = \"{scope}\"\n")).await;
        let super::Login { jwt, api_token } = login(&server, "ann").await;
        let knox = json!({"username": "ann", "password": PASSWORD});
        let knox = server.anonymous().post("/auth/login/").json(&knox).send().await.json()["token"].clone();
        let knox = server.bearing(format!("Token {}", knox.as_str().expect("a token")));
        assert_eq!(knox.post("/auth/logoutall/").send().await.status, 200);
        assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (left, 200), "{scope}");
        login(&server, "ann").await;
    }
}

/// A suspension ends the sessions for good and stops the API tokens for its time.
#[tokio::test]
async fn a_suspension_stops_everything() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let made = ask(&server, &jwt, "POST", super::API_TOKEN).send().await.json()["token"].clone();
    let made = made.as_str().expect("a token");
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    server.identity.accounts.suspend(&server.operator(), &ann).await.expect("suspended");
    for token in [&jwt, &api_token, made] {
        let answer = ask(&server, token, "GET", super::CURRENT).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (401, "{\"status\":\"UNAUTHENTICATED\",\"error\":\"unauthenticated: user is not active\"}\n")
        );
    }
    let by_cookie =
        server.anonymous().get(super::CURRENT).header("cookie", format!("jwt={jwt}")).send().await;
    assert_eq!((by_cookie.status.as_u16(), by_cookie.header("set-cookie")), (401, Some(super::CLEARED)));
    server.identity.accounts.activate(&server.operator(), &ann).await.expect("active");
    for (token, expected) in [(jwt.as_str(), 401), (&api_token, 200), (made, 200)] {
        assert_eq!(opens(&server, token).await, expected);
    }
    assert_eq!(login(&server, "ann").await.api_token, api_token);
}

/// A user who is gone.
#[tokio::test]
async fn a_deleted_user_is_nobody() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    server.identity.accounts.delete(&server.operator(), &ann).await.expect("deleted");
    assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (401, 401));
}

/// `signing-key rotate`: the old key's tokens live on, `--now` ends them.
#[tokio::test]
async fn a_dropped_key_takes_its_tokens_along() {
    let server = house().await;
    let first = login(&server, "ann").await;
    let rotate = |now| {
        let server = &server;
        async move {
            server.identity.keyring.rotate(&server.operator(), KeyUse::Probe, now).await.expect("rotated")
        }
    };
    rotate(false).await;
    let second = login(&server, "ann").await;
    assert_eq!((opens(&server, &first.jwt).await, opens(&server, &second.jwt).await), (200, 200));
    rotate(true).await;
    assert_eq!((opens(&server, &first.jwt).await, opens(&server, &second.jwt).await), (401, 401));
    assert_eq!(opens(&server, &first.api_token).await, 200);
}

/// A use is written down, of a session and of an API token.
#[tokio::test]
async fn a_use_is_written_down() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    server.advance(Duration::from_mins(5));
    assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (200, 200));
    server.identity.sessions.flush().await.expect("written");
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    let sessions =
        server.identity.sessions.list(&server.operator(), ann.number, false).await.expect("a list");
    assert_eq!(sessions[0].last_seen.since(sessions[0].created), Duration::from_mins(5));
}
