//! contracts 5.1, GET `/.well-known/jwks.json`; 8.9: keys outlive a rotation and a restart.

use std::time::Duration;

use identity::keyring::KeyUse;
use insta::assert_snapshot;
use serde_json::Value;
use testkit::token::{header, verified};

use super::{House, JWKS, SITE, house, house_with};

async fn kids(house: &House) -> Vec<String> {
    let set = house.server.anonymous().get(JWKS).send().await.json();
    let keys = set["keys"].as_array().expect("keys");
    keys.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

/// The seed's shape, with `use` beside it (decision 10).
#[tokio::test]
async fn clause_5_1_the_keys_are_published() {
    let house = house_with("").await;
    let answer = house.server.anonymous().get(JWKS).send().await;
    let key = answer.json()["keys"][0].clone();
    let text = |name: &str| key[name].as_str().expect("a text").to_owned();
    assert_eq!(text("n").len(), 342, "2048 bits");
    let shown = answer.to_string().replace(&text("n"), "[N]").replace(&text("kid"), "[UUID]");
    assert_snapshot!(shown, @r#"
    200 OK
    content-type: application/json

    {"keys":[{"kty":"RSA","n":"[N]","e":"AQAB","kid":"[UUID]","alg":"RS256","use":"sig"}]}
    "#);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let at_root = house.server.anonymous().get("/.well-known/jwks.json").send().await;
    assert_eq!(at_root.body, answer.body);
    let house = house_with("rsa_bits = 3072\n").await;
    let key = house.server.anonymous().get(JWKS).send().await.json()["keys"][0].clone();
    assert_eq!(key["n"].as_str().map(str::len), Some(512));
}

/// Nothing private, whatever the algorithm; and never a key that signs what only we read.
#[tokio::test]
async fn nothing_else_is_published() {
    for (algorithm, members) in [
        ("RS256", &["alg", "e", "kid", "kty", "n", "use"] as &[&str]),
        ("ES256", &["alg", "crv", "kid", "kty", "use", "x", "y"]),
        ("EdDSA", &["alg", "crv", "kid", "kty", "use", "x"]),
    ] {
        let house = house_with(&format!("algorithm = {algorithm:?}")).await;
        house.server.user("john", "correct horse").await;
        let form = serde_json::json!({"email": "john@example.org", "password": "correct horse"});
        house.server.anonymous().post("/frontend/api/v1/auth/sign-in").json(&form).send().await;
        let set = house.server.anonymous().get(JWKS).send().await.json();
        let keys = set["keys"].as_array().expect("keys");
        assert_eq!(keys.len(), 1);
        let mut names: Vec<&str> = keys[0].as_object().expect("a key").keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, members);
        assert_eq!(keys[0]["alg"], algorithm);
    }
}

/// 8.9: the next key is published before it signs, and what the old one has signed is good until it ends.
#[tokio::test]
async fn a_rotation_spoils_no_token() {
    let house = house().await;
    let session = house.session("ann").await;
    let old = header(&house.token(&session).await)["kid"].clone();
    let now = house.server.operator();
    let next = house.server.identity.keyring.rotate(&now, KeyUse::BixArena, false).await.expect("rotated");
    let next = Value::from(next.id.to_string());
    assert_eq!(kids(&house).await.len(), 2, "published at once");
    let set = house.server.anonymous().get(JWKS).send().await.body;
    let mut changed = None;
    for minute in 0..40 {
        // Somebody uses the session now and then, and keeps what was published at the beginning.
        let token = house.token(&session).await;
        let signer = header(&token)["kid"].clone();
        let now = house.server.operator().now;
        assert!(verified(&token, &set, SITE, "vestibule", now).is_ok(), "minute {minute}");
        assert_eq!(house.bears(&token).await, 200);
        if signer == next && changed.is_none() {
            changed = Some((minute, token));
        }
        assert_eq!(signer == old, changed.is_none(), "it signs once and for all");
        house.server.advance(Duration::from_mins(1));
    }
    let (minute, _) = changed.expect("the next key signs");
    assert!(minute >= 10, "everybody has asked again by then: {minute}");
    assert_eq!(
        kids(&house).await,
        [next.as_str().expect("a kid")],
        "the old one is gone with its last token"
    );
}

/// A token that the old key signed in its last minute is good to its end.
#[tokio::test]
async fn the_old_keys_last_token_is_good_to_its_end() {
    let house = house().await;
    let session = house.session("ann").await;
    house.token(&session).await;
    let now = house.server.operator();
    let next = house.server.identity.keyring.rotate(&now, KeyUse::BixArena, false).await.expect("rotated");
    house.server.advance(next.begins.since(now.now) - Duration::from_secs(1));
    let last = house.token(&session).await;
    assert_ne!(header(&last)["kid"], next.id.to_string());
    house.server.advance(Duration::from_secs(599));
    let set = house.server.anonymous().get(JWKS).send().await.body;
    assert!(verified(&last, &set, SITE, "vestibule", house.server.operator().now).is_ok());
    assert_eq!(house.bears(&last).await, 200);
}

/// 8.9: a restart keeps keys, sessions and tokens.
#[tokio::test]
async fn a_restart_keeps_the_keys() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let published = kids(&house).await;
    let settings = format!("[dialects.bixarena]\n{}", super::EDDSA);
    let again = House { server: house.server.restarted_with(&settings), provider: house.provider };
    assert_eq!(kids(&again).await, published);
    assert_eq!((again.opens(&session).await, again.bears(&token).await), (200, 200));
}

/// `vestibule signing-key rotate --now`: what a leaked key signed is refused at once.
#[tokio::test]
async fn a_dropped_key_is_good_for_nothing() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let now = house.server.operator();
    let next = house.server.identity.keyring.rotate(&now, KeyUse::BixArena, true).await.expect("rotated");
    // The first thing that this process hears of it.
    assert_eq!(house.bears(&token).await, 401);
    assert_eq!(kids(&house).await, [next.id.to_string()]);
    assert_eq!(house.opens(&session).await, 200, "the session is no token");
    assert_eq!(house.bears(&house.token(&session).await).await, 200);
}
