//! People and their own keys of every door, from one place.

use std::time::Duration;

use identity::api_key::ApiKeyId;
use identity::api_key::keys::{KeySurface, MakeApiKey, ShownKey};
use identity::audit::EventKind;
use identity::{Caller, Door, ErrorKind, Op, Result, SecretForm};
use testkit::TestServer;
use uuid::Uuid;

use super::{PASSWORD, caller, house, op_of, refused, told};

fn keys(door: &'static str) -> KeySurface {
    let form = SecretForm::Hex { prefix: "k_".to_owned(), digits: 64 };
    KeySurface { door: Door::new(door), form, shown_again: false }
}

async fn make(server: &TestServer, caller: &Caller, door: &'static str) -> Result<ShownKey> {
    let make = MakeApiKey { name: door.to_owned(), ..MakeApiKey::default() };
    server.identity.api_keys.create_own(&op_of(server, caller), &keys(door), caller, make).await
}

/// security 2, no. 48.
#[tokio::test]
async fn keys_of_every_door_are_seen_and_ended_from_one() {
    let (server, _) = house().await;
    server.user("ann", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    let ann = caller(&server, "ann", PASSWORD).await;
    let before = server.events().await.len();
    let mut made = Vec::new();
    for door in ["b", "a", "b"] {
        server.advance(Duration::from_millis(1));
        made.push(make(&server, &john, door).await.expect("made").key.id);
    }
    let anns = make(&server, &ann, "a").await.expect("made").key.id;
    let api_keys = &server.identity.api_keys;
    let op = op_of(&server, &john);
    let listed = async || -> Vec<ApiKeyId> {
        api_keys.list_own(&op, &john).await.expect("a list").iter().map(|key| key.id).collect()
    };
    assert_eq!(listed().await, [made[1], made[0], made[2]]);

    for foreign in [anns, ApiKeyId(Uuid::nil())] {
        assert_eq!(refused(api_keys.end_own(&op, &john, foreign).await), ErrorKind::ApiKeyNotFound);
    }
    api_keys.end_own(&op, &john, made[0]).await.expect("ended");
    assert_eq!(refused(api_keys.end_own(&op, &john, made[0]).await), ErrorKind::ApiKeyNotFound);
    assert_eq!(listed().await, [made[1], made[2]]);
    let told = told(&server, before).await;
    assert_eq!(told.iter().filter(|(kind, _)| *kind == EventKind::ApiKeyCreated).count(), 4);
    assert_eq!(told.last(), Some(&(EventKind::ApiKeyEnded, "ended_by_owner".to_owned())));
}

/// ASVS 7.5.1: a session that was left open makes no key that outlives it, and neither does a key.
/// security 2, no. 14.
#[tokio::test]
async fn a_key_is_made_by_a_fresh_login_only() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    server.advance(Duration::from_secs(599));
    let secret = make(&server, &john, "a").await.expect("fresh still").secret.expect("shown once");
    server.advance(Duration::from_secs(1));
    assert_eq!(refused(make(&server, &john, "a").await), ErrorKind::FreshLoginRequired);

    let op = Op { ..server.visitor(&keys("a").door) };
    let by_key = server.identity.api_keys.check(&op, &keys("a").door, &secret).await.expect("live");
    assert_eq!(refused(make(&server, &by_key, "a").await), ErrorKind::FreshLoginRequired);
}
