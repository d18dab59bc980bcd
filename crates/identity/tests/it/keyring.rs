//! The keys of internal tokens: published before they sign, accepted for as long as their tokens live, one ring for all
//! processes of a database.

use std::time::Duration;

use identity::ErrorKind;
use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey};
use serde_json::Value;
use testkit::TestServer;

const USE: KeyUse = KeyUse::BixArena;
const EDDSA: &str = "[dialects.bixarena]\nalgorithm = \"EdDSA\"\n";

async fn published(server: &TestServer) -> Vec<Value> {
    let set = server.identity.keyring.published(&server.operator(), USE).await.expect("a set");
    let set: Value = serde_json::from_str(&set).expect("JSON");
    set["keys"].as_array().expect("keys").clone()
}

async fn kids(server: &TestServer) -> Vec<String> {
    published(server).await.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

async fn tend(server: &TestServer) {
    server.identity.keyring.tend(&server.operator(), USE).await.expect("tended");
}

async fn rotate(server: &TestServer, now: bool) -> SigningKey {
    server.identity.keyring.rotate(&server.operator(), USE, now).await.expect("rotated")
}

#[tokio::test]
async fn a_published_key_bears_kid_use_and_alg() {
    for (algorithm, kty) in [("EdDSA", "OKP"), ("ES256", "EC"), ("RS256", "RSA")] {
        let server = TestServer::with(&format!("[dialects.bixarena]\nalgorithm = {algorithm:?}\n"));
        let keys = published(&server).await;
        assert_eq!(keys.len(), 1);
        let key = keys.first().expect("one");
        assert_eq!((&key["alg"], &key["kty"], &key["use"]), (&algorithm.into(), &kty.into(), &"sig".into()));
        assert!(key["kid"].as_str().is_some_and(|kid| kid.parse::<uuid::Uuid>().is_ok()), "{key}");
        for private in ["d", "p", "q", "k", "dp", "dq", "qi"] {
            assert!(key.get(private).is_none(), "{key}");
        }
    }
}

#[tokio::test]
async fn the_next_key_is_published_before_it_signs_and_the_last_until_its_tokens_have_ended() {
    let server = TestServer::with(EDDSA);
    tend(&server).await;
    let first = kids(&server).await;
    let next = rotate(&server, false).await;
    let waits = next.begins.since(next.created);
    assert!(
        waits >= 2 * identity::keyring::ring::Keyring::KEPT_BY_OTHERS,
        "others have seen it by then: {waits:?}"
    );
    assert_eq!(kids(&server).await, [vec![next.id.to_string()], first.clone()].concat());
    // Nothing need be done at the hour itself; what is kept of the old one ends with its last token.
    server.advance(waits + Duration::from_mins(10));
    assert_eq!(kids(&server).await.len(), 2);
    server.advance(Duration::from_mins(2));
    assert_eq!(kids(&server).await, [next.id.to_string()]);
}

#[tokio::test]
async fn keys_change_on_schedule_once() {
    let server = TestServer::with(&format!("{EDDSA}rotate_every = \"7d\"\n"));
    tend(&server).await;
    let first = kids(&server).await;
    server.advance(Duration::from_hours(7 * 24) - Duration::from_mins(16));
    tend(&server).await;
    assert_eq!(kids(&server).await, first, "not yet");
    server.advance(Duration::from_mins(2));
    for _ in 0..3 {
        tend(&server).await;
    }
    assert_eq!(kids(&server).await.len(), 2);
    let keys = server.identity.keyring.list().await.expect("keys");
    let next = keys.iter().find(|key| key.key_use == USE && key.ends.is_none()).expect("the next");
    assert!(next.begins > server.operator().now);
}

#[tokio::test]
async fn another_algorithm_is_another_key() {
    let server = TestServer::with(EDDSA);
    tend(&server).await;
    let server = server.restarted_with("[dialects.bixarena]\nalgorithm = \"ES256\"\n");
    tend(&server).await;
    tend(&server).await;
    let algorithms: Vec<Value> = published(&server).await.iter().map(|key| key["alg"].clone()).collect();
    assert_eq!(algorithms, ["ES256", "EdDSA"]);
}

#[tokio::test]
async fn a_key_that_is_dropped_is_gone_at_the_next_look_of_every_process() {
    let server = TestServer::with(EDDSA);
    let other = server.restarted_with(EDDSA);
    tend(&server).await;
    rotate(&server, false).await;
    assert_eq!(kids(&other).await.len(), 2);
    let only = rotate(&server, true).await;
    assert!(only.begins <= server.operator().now, "it signs at once");
    for process in [&server, &other] {
        assert_eq!(kids(process).await, [only.id.to_string()]);
    }
    assert_eq!(server.identity.keyring.list().await.expect("keys").len(), 1);
}

#[tokio::test]
async fn the_keys_of_a_use_are_made_once_by_however_many_processes() {
    let server = TestServer::with(EDDSA);
    let processes: Vec<TestServer> = (0..3).map(|_| server.restarted_with(EDDSA)).collect();
    let tending = processes.iter().map(tend);
    futures_util::future::join_all(tending).await;
    assert_eq!(kids(&server).await.len(), 1);
    let rotating = processes.iter().map(|process| {
        let op = process.operator();
        async move { process.identity.keyring.rotate(&op, USE, false).await }
    });
    let outcomes = futures_util::future::join_all(rotating).await;
    let good = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(good >= 1);
    assert!(
        outcomes
            .iter()
            .filter_map(|outcome| outcome.as_ref().err())
            .all(|error| error.kind() == ErrorKind::Conflict)
    );
    assert_eq!(kids(&server).await.len(), 1 + good);
}

/// Keys are of no use to who has the database and not the master key.
#[tokio::test]
async fn keys_are_sealed_at_rest_and_outlive_a_restart() {
    let server = TestServer::with(EDDSA);
    tend(&server).await;
    let kid = kids(&server).await;
    assert_eq!(kids(&server.restarted_with(EDDSA)).await, kid);
    // The version, the algorithm and the octet string's head of PKCS#8 (RFC 8410 section 7).
    let head = [0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22];
    assert!(!server.stored_bytes().windows(head.len()).any(|bytes| bytes == head));
}

#[test]
fn an_algorithm_and_its_word_are_one() {
    for algorithm in KeyAlgorithm::ALL {
        assert_eq!(KeyAlgorithm::from_word(algorithm.as_str()), Some(algorithm));
    }
    assert_eq!(KeyAlgorithm::Rs256 { bits: 3072 }.name(), "RS256");
}
