//! Limits: failed logins, tokens of one user, hashes at once, the size of a body (contracts 2.3, 8.11; decision 5).

use std::time::Duration;

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::TestServer;

use super::{PASSWORD, WRONG, house, house_with, john_logs_in, login, logout, token, who};

async fn fails(server: &TestServer, times: usize) {
    for _ in 0..times {
        assert_eq!(login(server, "john", "wrong").await.body, WRONG);
    }
}

/// contracts 2.3, "throttling"; 8.11: limits on failed logins, with this system's error shape.
#[tokio::test]
async fn the_sixth_login_after_five_failures_waits_whatever_its_password() {
    let server = house().await;
    fails(&server, 5).await;
    let waits = john_logs_in(&server).await;
    assert_snapshot!(waits, @r#"
    429 Too Many Requests
    content-type: application/json
    vary: Accept
    retry-after: 5
    allow: POST, OPTIONS

    {"detail":"Request was throttled. Expected available in 5 seconds."}
    "#);
    assert_eq!(login(&server, "john", "wrong").await.to_string(), waits.to_string());
    assert_eq!(waits.fault, Some("throttled"));
}

/// contracts 2.3, "throttling": the seconds are rounded up, and what they promise is kept.
#[tokio::test]
async fn a_login_after_the_promised_wait_is_let_through() {
    let server = house().await;
    fails(&server, 5).await;
    server.advance(Duration::from_millis(4_001));
    let answer = john_logs_in(&server).await;
    assert_eq!(answer.body, r#"{"detail":"Request was throttled. Expected available in 1 second."}"#);
    assert_eq!(answer.header("retry-after"), Some("1"));
    server.advance(Duration::from_millis(999));
    assert_eq!(john_logs_in(&server).await.status, 200);
}

/// contracts 8.11: each further failure makes the next wait longer, three times for the address that failed, up to an hour.
#[tokio::test]
async fn each_further_failure_makes_the_wait_longer() {
    let server = house().await;
    fails(&server, 5).await;
    for wait in [5, 15, 45, 135, 405, 1215, 3600, 3600] {
        let answer = login(&server, "john", "wrong").await;
        assert_eq!(answer.header("retry-after"), Some(wait.to_string().as_str()));
        server.advance(Duration::from_secs(wait));
        fails(&server, 1).await;
    }
}

/// contracts 8.11: a good login clears the count, one that is refused by the wait does not.
#[tokio::test]
async fn a_good_login_clears_the_count() {
    let server = house().await;
    fails(&server, 4).await;
    assert_eq!(john_logs_in(&server).await.status, 200);
    fails(&server, 5).await;
    assert_eq!(john_logs_in(&server).await.status, 429);
}

/// contracts 8.11: the failures of an account are counted together, by whatever name, base, address or process.
#[tokio::test]
async fn failures_count_together_however_they_come() {
    let server = house().await;
    let other = server.restarted_with("");
    for (number, name) in ["john", "JOHN", "john@example.org", " John ", "\u{ff4a}ohn"].iter().enumerate() {
        let (server, path) =
            if number % 2 == 0 { (&server, "/auth/login/") } else { (&other, "/api/auth/login/") };
        let asker = server.anonymous().at([203, 0, 113, u8::try_from(number).expect("few")]);
        let login = json!({"username": name, "password": "wrong"});
        assert_eq!(asker.post(path).json(&login).send().await.body, WRONG);
    }
    assert_eq!(john_logs_in(&server).await.status, 429);
    assert_eq!(john_logs_in(&other).await.status, 429);
}

/// contracts 8.11: the wait is the account's own; tokens that were given out still work.
#[tokio::test]
async fn a_wait_stops_neither_open_tokens_nor_other_accounts() {
    let server = house().await;
    server.user("jane", PASSWORD).await;
    let token = token(&server).await;
    fails(&server, 5).await;
    assert_eq!(john_logs_in(&server).await.status, 429);
    assert_eq!(login(&server, "jane", PASSWORD).await.status, 200);
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 8.11, same answer for an unknown user: a name that nobody has is throttled alike.
#[tokio::test]
async fn an_unknown_name_waits_like_a_known_one() {
    let server = house().await;
    for _ in 0..5 {
        assert_eq!(login(&server, "nobody", "wrong").await.body, WRONG);
    }
    fails(&server, 5).await;
    let unknown = login(&server, "Nobody", "wrong").await;
    assert_eq!(unknown.status, 429);
    assert_eq!(unknown.to_string(), login(&server, "john", "wrong").await.to_string());
}

/// What is refused before a password is looked at is no failed login.
#[tokio::test]
async fn malformed_logins_are_not_counted() {
    let server = house().await;
    for body in ["{", "{\"username\":\"john\"}", "{\"username\":\"john\",\"password\":null}", "[]", "", "1"] {
        let answer = server.anonymous().post("/auth/login/").json_text(body).send().await;
        assert_eq!(answer.status, 400);
    }
    assert_eq!(john_logs_in(&server).await.status, 200);
}

/// contracts 2.3, `TOKEN_LIMIT_PER_USER`; knox's view tests: token limit exceeded.
#[tokio::test]
async fn a_login_beyond_the_token_limit_is_403() {
    let server = house_with("[dialects.knox]\ntoken_limit_per_user = 2\n").await;
    server.user("jane", PASSWORD).await;
    let (first, _second) = (token(&server).await, token(&server).await);
    assert_snapshot!(john_logs_in(&server).await, @r#"
    403 Forbidden
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"error":"Maximum amount of tokens allowed per user exceeded."}
    "#);
    assert_eq!(login(&server, "john", "wrong").await.body, WRONG, "only the right password is told");
    assert_eq!(login(&server, "jane", PASSWORD).await.status, 200, "another user has a limit of her own");
    logout(&server, &first).await;
    assert_eq!(john_logs_in(&server).await.status, 200, "a logout makes room");
}

/// contracts 2.3, `TOKEN_LIMIT_PER_USER`: expired tokens do not count.
#[tokio::test]
async fn expired_tokens_do_not_count_towards_the_limit() {
    let server = house_with("[dialects.knox]\ntoken_limit_per_user = 1\ntoken_ttl = \"10m\"\n").await;
    token(&server).await;
    server.advance(Duration::from_mins(10) - Duration::from_millis(1));
    assert_eq!(john_logs_in(&server).await.status, 403);
    server.advance(Duration::from_millis(1));
    assert_eq!(john_logs_in(&server).await.status, 200);
}

/// contracts 2.3, `TOKEN_LIMIT_PER_USER`: tokens that never end count too, as knox 5.1 has it.
#[tokio::test]
async fn never_ending_tokens_count_towards_the_limit() {
    let server = house().await;
    token(&server).await;
    let limited = server.restarted_with("[dialects.knox]\ntoken_limit_per_user = 1\ntoken_ttl = \"10m\"\n");
    assert_eq!(john_logs_in(&limited).await.status, 403);
}

/// Decision 4: sessions of other doors are not this dialect's tokens.
#[tokio::test]
async fn sessions_of_other_doors_do_not_count_towards_the_limit() {
    let server = house_with("[dialects.knox]\ntoken_limit_per_user = 1\n").await;
    super::secret_of_another_door(&server).await;
    assert_eq!(john_logs_in(&server).await.status, 200);
    assert_eq!(john_logs_in(&server).await.status, 403);
}

/// A right password that the limit refuses is no failed guess.
#[tokio::test]
async fn a_login_beyond_the_token_limit_is_not_counted_as_a_failure() {
    let server = house_with("[dialects.knox]\ntoken_limit_per_user = 1\n").await;
    token(&server).await;
    for _ in 0..7 {
        assert_eq!(john_logs_in(&server).await.status, 403);
    }
}

/// Decision 5: 413 in this dialect's shape, by `[limits] body_bytes`; a body of just that size is read.
#[tokio::test]
async fn a_body_beyond_the_limit_is_413() {
    let server = house_with("[limits]\nbody_bytes = 1024\n").await;
    let login = json!({"username": "john", "password": PASSWORD}).to_string();
    let fits = format!("{login:1024}");
    assert_eq!(server.anonymous().post("/auth/login/").json_text(fits.clone()).send().await.status, 200);
    let answer = server.anonymous().post("/auth/login/").json_text(fits + " ").send().await;
    assert_snapshot!(answer, @r#"
    413 Payload Too Large
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS
    connection: close

    {"detail":"Request body exceeds 1024 bytes."}
    "#);
}

/// Decision 5; security 1, hash-cost: who finds the hashing queue full is told so with `Retry-After`.
#[tokio::test]
async fn a_full_hashing_queue_is_503() {
    // A hash takes longer than all the rest of these logins; one is computed and one may wait.
    let narrow = "[password]\nmemory_kib = 65536\niterations = 6\nhash_threads = 1\nhash_queue = 1\n";
    let server = TestServer::with(narrow);
    let ask = |number: u8, name: &'static str| {
        let login = json!({"username": name, "password": "wrong"});
        server.anonymous().at([203, 0, 113, number]).post("/auth/login/").json(&login).send()
    };
    let (one, two, three, four) = tokio::join!(ask(1, "ann"), ask(2, "ben"), ask(3, "cid"), ask(4, "dot"));
    let (served, refused): (Vec<_>, Vec<_>) =
        [one, two, three, four].into_iter().partition(|answer| answer.status == 400);
    assert!(!served.is_empty() && !refused.is_empty(), "{} of four were served", served.len());
    for answer in refused {
        let seconds = answer.header("retry-after").expect("a wait").to_owned();
        assert!((1..=30).contains(&seconds.parse::<u32>().expect("whole seconds")), "{seconds}");
        let shown = answer.to_string().replace(&format!("after: {seconds}"), "after: [seconds]");
        allow_duplicates!(assert_snapshot!(shown, @r#"
        503 Service Unavailable
        content-type: application/json
        vary: Accept
        retry-after: [seconds]
        allow: POST, OPTIONS

        {"detail":"Service temporarily unavailable, try again later."}
        "#));
        assert_eq!(answer.fault, Some("overloaded"));
    }
}
