//! `POST /auth/login/` that succeeds (contracts 2.1).

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;

use super::{
    BASES, PASSWORD, house, house_with, john_logs_in, login, statuses, token, token_in, who, without_token,
};

/// contracts 2.1, "200", "key order on the wire", "response type"; 2, both base paths.
#[tokio::test]
async fn a_login_answers_expiry_and_token_at_both_bases() {
    let server = house().await;
    for base in BASES {
        let login = json!({"username": "john", "password": PASSWORD});
        let answer = server.anonymous().post(&format!("{base}/auth/login/")).json(&login).send().await;
        allow_duplicates!(assert_snapshot!(without_token(&answer, "", 64), @r#"
        200 OK
        content-type: application/json
        vary: Accept
        allow: POST, OPTIONS

        {"expiry":null,"token":"[64 hex digits]"}
        "#));
    }
}

/// contracts 2.1, the example's bytes.
#[tokio::test]
async fn the_example_of_the_document_works() {
    let server = house().await;
    server.user_from_before("jane", "password").await;
    let body = "{\n  \"username\": \"jane\",\n  \"password\": \"password\"\n}";
    let answer = server.anonymous().post("/auth/login/").json_text(body).send().await;
    assert_eq!(answer.status, 200);
}

/// contracts 2.1, "DIFF token, real"; decision 7.
#[tokio::test]
async fn a_token_has_the_documented_length_when_set() {
    let server = house_with("[dialects.knox]\ntoken_length = 40\n").await;
    assert_snapshot!(without_token(&john_logs_in(&server).await, "", 40), @r#"
    200 OK
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"expiry":null,"token":"[40 hex digits]"}
    "#);
}

/// contracts 2.1, "side effect": more than one token at once.
#[tokio::test]
async fn every_login_makes_a_new_token_and_older_ones_stay_valid() {
    let server = house().await;
    let (first, second, third) = (token(&server).await, token(&server).await, token(&server).await);
    assert!(first != second && second != third && first != third);
    assert_eq!(statuses(&server, &[&first, &second, &third]).await, [200, 200, 200]);
}

/// contracts 2.1, "401": a foreign scheme is ignored.
#[tokio::test]
async fn a_foreign_scheme_sent_along_is_ignored() {
    let server = house().await;
    let login = json!({"username": "john", "password": PASSWORD});
    for foreign in ["Bearer x", "Basic am9objp4", "Tokens x", ""] {
        let answer = server.bearing(foreign).post("/auth/login/").json(&login).send().await;
        assert_eq!(answer.status, 200, "{foreign:?}");
    }
}

/// A valid token sent along with good credentials is no hindrance, and stays what it was.
#[tokio::test]
async fn a_valid_token_sent_along_changes_nothing() {
    let server = house().await;
    let old = token(&server).await;
    let login = json!({"username": "john", "password": PASSWORD});
    let answer = server.bearing(format!("Token {old}")).post("/auth/login/").json(&login).send().await;
    let new = token_in(&answer);
    assert_ne!(old, new);
    assert_eq!(statuses(&server, &[&old, &new]).await, [200, 200]);
}

/// contracts 2.1, "cookies"; decisions 3 and 7: login neither reads nor sets a cookie.
#[tokio::test]
async fn a_login_reads_and_sets_no_cookie() {
    let server = house().await;
    let session = token(&server).await;
    let login = json!({"username": "john", "password": PASSWORD});
    for cookie in [format!("sessionid={session}"), "csrftoken=x; sessionid=unknown".to_owned()] {
        let ask = server.anonymous().post("/auth/login/").header("cookie", cookie).json(&login);
        let answer = ask.send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// contracts 6, "unknown body keys".
#[tokio::test]
async fn unknown_keys_are_ignored() {
    let server = house().await;
    let login = json!({"remember": {"me": [true]}, "username": "john", "password": PASSWORD, "token": null});
    assert_eq!(server.anonymous().post("/auth/login/").json(&login).send().await.status, 200);
}

/// contracts 2.1, "400 wrong type": numbers are coerced to text.
#[tokio::test]
async fn a_number_is_read_as_its_text() {
    let server = house().await;
    server.user_from_before("seven", "1234567890").await;
    let login = json!({"username": "seven", "password": 1_234_567_890});
    assert_eq!(server.anonymous().post("/auth/login/").json(&login).send().await.status, 200);
}

/// contracts 2.1, "415": only the media type counts, not its spelling or a charset.
#[tokio::test]
async fn a_charset_and_capitals_in_the_media_type_do_not_matter() {
    let server = house().await;
    let body = json!({"username": "john", "password": PASSWORD}).to_string();
    for media_type in ["application/json; charset=utf-8", "Application/JSON", "application/json;"] {
        let answer = server.anonymous().post("/auth/login/").body(media_type, body.clone()).send().await;
        assert_eq!(answer.status, 200, "{media_type}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

/// contracts 2.1, "406": whatever covers JSON is met; 7.2: the client's `?format=json` too.
#[tokio::test]
async fn every_accept_that_covers_json_is_met() {
    let server = house().await;
    let body = json!({"username": "john", "password": PASSWORD});
    for accept in ["application/json", "*/*", "application/*", "text/html, application/json;q=0.1"] {
        let answer =
            server.anonymous().post("/auth/login/").header("accept", accept).json(&body).send().await;
        assert_eq!(answer.status, 200, "{accept}");
    }
    let answer = server.anonymous().post("/api/auth/login/?format=json").json(&body).send().await;
    assert_eq!(answer.status, 200);
}

/// Decision 7: only a digest is stored, so neither the token nor its bytes stand in the database.
#[tokio::test]
async fn a_token_is_stored_as_a_digest_only() {
    let server = house().await;
    let token = token(&server).await;
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).expect("ASCII"), 16).expect("hex");
    let bytes: Vec<u8> = token.as_bytes().chunks(2).map(byte).collect();
    let stored = server.stored_bytes();
    let holds = |needle: &[u8]| stored.windows(needle.len()).any(|window| window == needle);
    let digest = identity::Secret::presented(&token).expect("a token").digest();
    assert!(holds(&digest.bytes), "the digest is not where it was looked for");
    assert!(!holds(token.as_bytes()) && !holds(&bytes));
}

/// The session in the ledger bears what the operator is to see of it.
#[tokio::test]
async fn a_login_is_one_row_of_the_ledger() {
    let server = house().await;
    let login = json!({"username": "john", "password": PASSWORD});
    let ask = server.anonymous().at([203, 0, 113, 7]).post("/auth/login/").header("user-agent", "Client/1.0");
    ask.json(&login).send().await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let sessions =
        server.identity.sessions.list(&server.operator(), john.number, true).await.expect("a list");
    let [session] = sessions.as_slice() else { panic!("one session is wanted: {sessions:?}") };
    assert_eq!(session.door.as_str(), "knox");
    assert_eq!((session.address.as_str(), session.user_agent.as_str()), ("203.0.113.7", "Client/1.0"));
    assert_eq!((session.idle_end, session.absolute_end, session.ended), (None, None, None));
}

/// What another process does holds at the next request, and the other way round (design, "Storage").
#[tokio::test]
async fn a_token_works_at_every_process_on_the_database() {
    let server = house().await;
    let other = server.restarted_with("");
    let (here, there) = (token(&server).await, token(&other).await);
    assert_eq!(statuses(&server, &[&here, &there]).await, [200, 200]);
    assert_eq!(statuses(&other, &[&here, &there]).await, [200, 200]);
    assert_eq!(super::logout(&other, &here).await.status, 200);
    assert_eq!(who(&server, &here).await.status, 401);
    assert_eq!(login(&other, "john", PASSWORD).await.status, 200);
}
