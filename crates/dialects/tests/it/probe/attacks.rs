//! security 1, none-algorithm: tokens that were not given out here, made by somebody who knows how they look, and by somebody who has
//! even stolen the signing key.

use std::time::Duration;

use identity::mail::MailKind;
use identity::ports::Entropy as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{SeededEntropy, TestServer};

use super::{
    CHANGE, CURRENT, PASSWORD, RESTORE, RESTORE_VERIFY, SIGN_UP, UNAUTHENTICATED, VERIFY, ask, base64url,
    claims, form, house, jwt, mailed, opens, person, session_id, to_base64url,
};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// RFC 2104, for keys of at most a block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<_>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn signed(key: &[u8], header: &str, claims: &Value) -> String {
    let input =
        format!("{}.{}", to_base64url(header.as_bytes()), to_base64url(claims.to_string().as_bytes()));
    let tag = hmac(key, input.as_bytes());
    format!("{input}.{}", to_base64url(&tag))
}

/// The key that signed this: the test's random numbers are known, so it is among them.
fn stolen_key(jwt: &str) -> Vec<u8> {
    let (input, tag) = jwt.rsplit_once('.').expect("a token");
    let entropy = SeededEntropy::new(1);
    for _ in 0..1000 {
        let mut key = vec![0; 32];
        entropy.fill(&mut key);
        if hmac(&key, input.as_bytes()) == base64url(tag) {
            return key;
        }
    }
    panic!("the signing key is one of the first thousand random numbers")
}

async fn refused(server: &TestServer, token: &str, what: &str) {
    let answer = ask(server, token, "GET", CURRENT).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, UNAUTHENTICATED), "{what}: {token}");
    let answer = server.anonymous().get(CURRENT).header("cookie", format!("jwt={token}")).send().await;
    assert_eq!(answer.status, 401, "{what}, as a cookie");
}

/// What follows is signed as the server signs: the same claims, signed by the stolen key, are the same token.
#[tokio::test]
async fn the_stolen_key_is_the_right_one() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    assert_eq!(signed(&stolen_key(&jwt), HEADER, &claims(&jwt)), jwt);
}

/// RFC 8725 section 3.1: one algorithm, and one header, byte for byte.
#[tokio::test]
async fn no_other_header_is_taken() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let (key, claims) = (stolen_key(&jwt), claims(&jwt));
    for header in [
        r#"{"alg":"none","typ":"JWT"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"HS512","typ":"JWT"}"#,
        r#"{"alg":"RS256","typ":"JWT"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"jwt"}"#,
        r#"{"alg":"HS256","typ":"ticket+jwt"}"#,
        r#"{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}"#,
        r#"{"alg":"HS256","typ":"JWT","jku":"https://evil.example/keys"}"#,
        r#"{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}"#,
        r#"{"alg":"HS256","typ":"JWT","crit":["exp"]}"#,
        r#"{"alg":"HS256","typ":"JWT","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"HS256","typ":"JWT","zip":"DEF"}"#,
        r#"{"alg":"HS256","alg":"none","typ":"JWT"}"#,
        " {\"alg\":\"HS256\",\"typ\":\"JWT\"}",
        "",
    ] {
        let token = signed(&key, header, &claims);
        refused(&server, &token, header).await;
        let (unsigned, _) = token.rsplit_once('.').expect("a token");
        refused(&server, &format!("{unsigned}."), header).await;
    }
    assert_eq!(opens(&server, &jwt).await, 200);
}

/// Another key, a bent signature, a bent payload.
#[tokio::test]
async fn no_other_signature_is_taken() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for key in [vec![], vec![0; 32], PASSWORD.as_bytes().to_vec(), vec![1; 64]] {
        refused(&server, &signed(&key, HEADER, &claims(&jwt)), "another key").await;
    }
    let (input, tag) = jwt.rsplit_once('.').expect("a token");
    for bent in [
        String::new(),
        format!("{tag}="),
        format!("{tag}A"),
        tag.chars().take(42).collect(),
        tag.to_uppercase(),
    ] {
        refused(&server, &format!("{input}.{bent}"), "a bent signature").await;
    }
    let mut other = claims(&jwt);
    other["sub"] = json!("00000000-0000-0000-0000-000000000000");
    let payload = to_base64url(other.to_string().as_bytes());
    let header = jwt.split('.').next().expect("a header");
    refused(&server, &format!("{header}.{payload}.{tag}"), "a bent payload").await;
    for nonsense in ["..", "...", "a..b", ".a.", &format!("{jwt}.{tag}"), &"a.b.".repeat(2000)] {
        let answer = ask(&server, nonsense, "GET", CURRENT).send().await;
        assert_eq!(answer.status, 401, "{nonsense}");
    }
}

/// decision 9: who has stolen the signing key forges nothing: the `jti` is random, and its digest is the ledger's.
#[tokio::test]
async fn a_stolen_key_alone_forges_nothing() {
    let server = house().await;
    server.user("bob", PASSWORD).await;
    let (mine, bobs) = (jwt(&server, "ann").await, jwt(&server, "bob").await);
    let key = stolen_key(&mine);
    let with = |change: &[(&str, Value)]| {
        let mut claims = claims(&mine);
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        signed(&key, HEADER, &claims)
    };
    let sid = json!(session_id(&bobs));
    for (what, change) in [
        ("bob's session", vec![("sid", sid.clone())]),
        ("bob's session and user", vec![("sid", sid.clone()), ("sub", claims(&bobs)["sub"].clone())]),
        ("a guessed jti", vec![("sid", sid), ("jti", json!("0".repeat(32)))]),
        ("an empty jti", vec![("jti", json!(""))]),
        ("no text as jti", vec![("jti", json!(null))]),
        ("no session", vec![("sid", json!("00000000-0000-0000-0000-000000000000"))]),
        ("no UUID", vec![("sid", json!("x"))]),
        ("another audience", vec![("aud", json!("bixarena"))]),
        ("the audience of a ticket", vec![("aud", json!("update_password"))]),
        ("no audience", vec![("aud", json!(null))]),
        ("another issuer", vec![("iss", json!("https://evil.example"))]),
        ("the issuer of tickets", vec![("iss", json!("vestibule"))]),
        ("a token of the past", vec![("exp", json!(1_767_355_100))]),
        ("a text as its end", vec![("exp", json!("never"))]),
    ] {
        refused(&server, &with(&change), what).await;
    }
    assert_eq!(
        opens(&server, &with(&[])).await,
        200,
        "what is refused above is refused for what was changed"
    );
}

/// The end in the token is not what counts: who moves it has won nothing.
#[tokio::test]
async fn a_moved_end_moves_nothing() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let mut claims = claims(&jwt);
    claims["exp"] = json!(4_000_000_000_i64);
    let longer = signed(&stolen_key(&jwt), HEADER, &claims);
    assert_eq!(opens(&server, &longer).await, 200, "the session lives");
    server.advance(Duration::from_hours(14 * 24));
    refused(&server, &longer, "a session past its end").await;
}

/// RFC 8725 section 3.11: a ticket is no session, and a session no ticket.
#[tokio::test]
async fn tickets_and_sessions_are_not_taken_for_each_other() {
    let server = TestServer::with("[dialects.probe]\nsign_up = true\n");
    server.user("ann", PASSWORD).await;
    let jwt = jwt(&server, "ann").await;
    person(&server, SIGN_UP).json(&form("eve", PASSWORD)).send().await;
    let (_, verify) = mailed(&server, MailKind::VerifyEmail).await;
    person(&server, RESTORE).json(&json!({"email": "ann@example.org"})).send().await;
    let (_, restore) = mailed(&server, MailKind::RestorePassword).await;
    let update = person(&server, RESTORE_VERIFY).json(&json!({"password-restore-token": restore}));
    let update = update.send().await.json()["password-update-token"].as_str().expect("a token").to_owned();
    for ticket in [&verify, &restore, &update] {
        refused(&server, ticket, "a ticket").await;
    }
    // In the stolen key's hands, too: with the other kind's header, claims and both.
    let key = stolen_key(&jwt);
    for ticket in [&verify, &restore, &update] {
        refused(&server, &signed(&key, HEADER, &claims(ticket)), "a ticket in the dress of a session").await;
    }
    let dressed = signed(&key, r#"{"alg":"HS256","typ":"ticket+jwt"}"#, &claims(&jwt));
    for token in [&jwt, &dressed] {
        for (path, name) in [(VERIFY, "verify-token"), (RESTORE_VERIFY, "password-restore-token")] {
            let answer = person(&server, path).json(&json!({name: token})).send().await;
            assert_eq!(answer.status, 400, "{path}");
        }
        let body = json!({"password-update-token": token, "new-password": "battery staple"});
        assert_eq!(server.anonymous().ask("PUT", CHANGE).json(&body).send().await.status, 400);
    }
    assert_eq!(opens(&server, &jwt).await, 200);
    let used = person(&server, VERIFY).json(&json!({"verify-token": verify})).send().await;
    assert_eq!(used.status, 200, "none of this has used it up");
}

/// 8.11: an answer, a log line or the database holds no password that was sent.
#[tokio::test]
async fn no_password_is_kept() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let body = json!({"old-password": "topsecret-wrong", "new-password": "topsecret-new"});
    let answer = ask(&server, &jwt, "PUT", CHANGE).json(&body).send().await;
    assert!(!answer.to_string().contains("topsecret"), "{answer}");
    let stored = server.stored_bytes();
    assert!(!stored.windows(9).any(|bytes| bytes == b"topsecret"));
}
