//! How long a token lives (contracts 2.3: `TOKEN_TTL`, `AUTO_REFRESH` and what belongs to it, `TOKEN_PREFIX`).

use std::time::Duration;

use insta::assert_snapshot;
use testkit::TestServer;

use super::{house, house_with, john_logs_in, statuses, token, who, without_token};

const TTL: &str = "[dialects.knox]\ntoken_ttl = \"10m\"\n";
const REFRESH: &str = "[dialects.knox]\ntoken_ttl = \"10m\"\nauto_refresh = true\n";

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

const MILLISECOND: Duration = Duration::from_millis(1);

/// Uses the token, then lets the background job write the use down.
async fn uses(server: &TestServer, token: &str) -> u16 {
    let status = who(server, token).await.status.as_u16();
    server.identity.sessions.flush().await.expect("written");
    status
}

/// contracts 2.3, `TOKEN_TTL`: `expiry` in DRF's form; the clock stands at noon of 2026-01-02.
#[tokio::test]
async fn the_expiry_is_told_in_the_frameworks_form() {
    let server = house_with("[dialects.knox]\ntoken_ttl = \"10h\"\n").await;
    assert_snapshot!(without_token(&john_logs_in(&server).await, "", 64), @r#"
    200 OK
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"expiry":"2026-01-02T22:00:00Z","token":"[64 hex digits]"}
    "#);
    server.advance(Duration::from_millis(7_050));
    let expiry = john_logs_in(&server).await.json()["expiry"].clone();
    assert_eq!(expiry, "2026-01-02T22:00:07.050000Z");
}

/// contracts 2.3, `TOKEN_TTL` of `None`; knox's view tests: the expiry is present also when null.
#[tokio::test]
async fn a_token_without_a_ttl_never_ends() {
    let server = house().await;
    let token = token(&server).await;
    server.advance(Duration::from_hours(24 * 365 * 20));
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 2.2, "unknown, expired or already used"; knox's view tests: expired tokens fail.
#[tokio::test]
async fn a_token_ends_with_its_expiry_and_no_use_moves_it() {
    let server = house_with(TTL).await;
    let token = token(&server).await;
    server.advance(minutes(5));
    assert_eq!(uses(&server, &token).await, 200);
    server.advance(minutes(5) - MILLISECOND);
    assert_eq!(uses(&server, &token).await, 200);
    server.advance(MILLISECOND);
    assert_snapshot!(who(&server, &token).await, @r#"
    401 Unauthorized
    content-type: application/json
    vary: Accept
    www-authenticate: Token
    allow: GET, HEAD, OPTIONS

    {"detail":"Invalid token."}
    "#);
    assert_eq!(super::logout(&server, &token).await.status, 401);
}

/// contracts 2.1, "401": an expired token sent along with a login.
#[tokio::test]
async fn an_expired_token_sent_along_with_a_login_is_401() {
    let server = house_with(TTL).await;
    let token = token(&server).await;
    server.advance(minutes(10));
    let login = serde_json::json!({"username": "john", "password": super::PASSWORD});
    let answer = server.bearing(format!("Token {token}")).post("/auth/login/").json(&login).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, r#"{"detail":"Invalid token."}"#));
}

/// contracts 2.3, `AUTO_REFRESH`: each use moves the end to now and the TTL.
#[tokio::test]
async fn use_prolongs_a_token_with_auto_refresh() {
    let server = house_with(REFRESH).await;
    let (used, unused) = (token(&server).await, token(&server).await);
    for _ in 0..6 {
        server.advance(minutes(8));
        assert_eq!(uses(&server, &used).await, 200);
    }
    assert_eq!(who(&server, &unused).await.status, 401);
    server.advance(minutes(10));
    assert_eq!(who(&server, &used).await.status, 401);
}

/// contracts 2.3, `AUTO_REFRESH`: only if that moves the end by more than `MIN_REFRESH_INTERVAL`.
#[tokio::test]
async fn a_use_within_the_minimum_interval_prolongs_nothing() {
    let server = house_with(REFRESH).await;
    let (within, beyond) = (token(&server).await, token(&server).await);
    server.advance(minutes(1));
    assert_eq!(uses(&server, &within).await, 200);
    server.advance(MILLISECOND);
    assert_eq!(uses(&server, &beyond).await, 200);
    server.advance(minutes(9) - MILLISECOND);
    assert_eq!(statuses(&server, &[&within, &beyond]).await, [401, 200]);
}

/// contracts 2.3, `MIN_REFRESH_INTERVAL` is a setting.
#[tokio::test]
async fn the_minimum_interval_can_be_set() {
    let server = house_with(&format!("{REFRESH}min_refresh_interval = \"5m\"\n")).await;
    let token = token(&server).await;
    server.advance(minutes(5));
    assert_eq!(uses(&server, &token).await, 200);
    server.advance(minutes(5));
    assert_eq!(who(&server, &token).await.status, 401);
}

/// contracts 2.3, `AUTO_REFRESH_MAX_TTL`: the cap is counted from the creation.
#[tokio::test]
async fn no_use_prolongs_a_token_beyond_the_maximum() {
    let server = house_with(&format!("{REFRESH}auto_refresh_max_ttl = \"15m\"\n")).await;
    let token = token(&server).await;
    server.advance(minutes(8));
    assert_eq!(uses(&server, &token).await, 200);
    server.advance(minutes(7) - MILLISECOND);
    assert_eq!(uses(&server, &token).await, 200);
    server.advance(MILLISECOND);
    assert_eq!(who(&server, &token).await.status, 401);
}

/// contracts 2.3, `AUTO_REFRESH`: the first `expiry` is the TTL, not the maximum.
#[tokio::test]
async fn a_token_with_a_maximum_begins_with_the_ttl() {
    let server = house_with(&format!("{REFRESH}auto_refresh_max_ttl = \"15m\"\n")).await;
    assert_eq!(john_logs_in(&server).await.json()["expiry"], "2026-01-02T12:10:00Z");
}

/// design, "Storage": with little life left a use is written at once, so that no other process ends the session.
#[tokio::test]
async fn a_use_shortly_before_the_end_is_written_at_once() {
    let server = house_with(REFRESH).await;
    let (soon, early) = (token(&server).await, token(&server).await);
    server.advance(minutes(8));
    assert_eq!(who(&server, &early).await.status, 200);
    server.advance(MILLISECOND);
    assert_eq!(who(&server, &soon).await.status, 200);
    server.advance(minutes(2));
    // Nothing was flushed: the first use was two minutes before the end and is known to the first process only.
    assert_eq!(statuses(&server.restarted_with(REFRESH), &[&soon, &early]).await, [200, 401]);
}

/// design, "Storage": the last use of a token is told to the operator, to the minute.
#[tokio::test]
async fn the_last_use_is_written_down() {
    let server = house().await;
    let token = token(&server).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let last_seen = async || {
        let sessions = server.identity.sessions.list(&server.operator(), john.number, false).await;
        let session = sessions.expect("a list").remove(0);
        session.last_seen.since(session.created)
    };
    server.advance(minutes(1) - MILLISECOND);
    uses(&server, &token).await;
    assert_eq!(last_seen().await, Duration::ZERO);
    server.advance(minutes(4));
    uses(&server, &token).await;
    assert_eq!(last_seen().await, minutes(5) - MILLISECOND);
}

/// contracts 2.3, `TOKEN_PREFIX`; knox's view tests: token prefix cases.
#[tokio::test]
async fn a_prefix_is_put_before_new_tokens() {
    let server = house_with("[dialects.knox]\ntoken_prefix = \"vestibule_\"\n").await;
    let answer = john_logs_in(&server).await;
    assert_snapshot!(without_token(&answer, "vestibule_", 64), @r#"
    200 OK
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"expiry":null,"token":"vestibule_[64 hex digits]"}
    "#);
    assert_eq!(who(&server, &super::token_in(&answer)).await.status, 200);
}

/// contracts 2.3, `TOKEN_PREFIX`: tokens made before the prefix was set stay valid; so do those of another length.
#[tokio::test]
async fn tokens_from_before_a_change_of_their_form_stay_valid() {
    let server = house().await;
    let plain = token(&server).await;
    let server = server.restarted_with("[dialects.knox]\ntoken_prefix = \"a-\"\n");
    let prefixed = token(&server).await;
    let server = server.restarted_with("[dialects.knox]\ntoken_prefix = \"b-\"\ntoken_length = 40\n");
    let short = token(&server).await;
    let lengths = [plain.len(), prefixed.len(), short.len()];
    assert_eq!(lengths, [64, 66, 42]);
    assert_eq!(statuses(&server, &[&plain, &prefixed, &short]).await, [200, 200, 200]);
}

/// contracts 2.3, `TOKEN_TTL`: a changed TTL holds for new tokens; older ones keep the end they were told.
#[tokio::test]
async fn a_token_keeps_the_end_it_was_told() {
    let server = house().await;
    let endless = token(&server).await;
    let server = server.restarted_with(REFRESH);
    let refreshed = token(&server).await;
    let server = server.restarted_with(TTL);
    let fixed = token(&server).await;
    let server = server.restarted_with(REFRESH);
    server.advance(minutes(5));
    for token in [&endless, &refreshed, &fixed] {
        assert_eq!(uses(&server, token).await, 200);
    }
    server.advance(minutes(5));
    assert_eq!(statuses(&server, &[&endless, &refreshed, &fixed]).await, [200, 200, 401]);
}
