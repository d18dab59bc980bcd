//! The keyring.

use identity::keyring::{KeyUse, SigningKey, SigningKeyId};
use identity::ports::{Change, Conflict, Store as _};
use identity::session::{EndReason, NewSession, Session};

use crate::world::{World, at, id, new_session, new_signing_key, new_ticket};

const PROBE: KeyUse = KeyUse::Probe;

fn add(key: &SigningKey, previous: Option<&SigningKey>) -> Change {
    let previous = previous.map(|old| (old.id, at(100)));
    Change::AddSigningKey { key: key.clone(), previous }
}

fn hold(key: SigningKeyId) -> Change {
    Change::HoldSigningKey { key }
}

fn drop_keys() -> Change {
    Change::DropSigningKeys { key_use: PROBE, at: at(9) }
}

/// Three keys that were made one after the other: what became of the first two, and the one that signs.
async fn rotated(world: &World) -> [SigningKey; 3] {
    let [one, two, three] = [new_signing_key(), new_signing_key(), new_signing_key()];
    world.apply(add(&one, None)).await;
    world.apply(add(&two, Some(&one))).await;
    world.apply(add(&three, Some(&two))).await;
    let retired = |key| SigningKey { ends: Some(at(100)), ..key };
    [retired(one), retired(two), three]
}

pub(super) async fn keys_read_back_newest_first(world: &World) {
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), []);
    let [one, two, three] = rotated(world).await;
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), [three, two, one]);
}

pub(super) async fn the_key_that_signs_is_followed_by_who_read_it(world: &World) {
    let new = new_signing_key();
    // There is none yet.
    assert_eq!(world.refused(add(&new, Some(&new_signing_key()))).await, Conflict::SigningKeyChanged);
    let [_, old, active] = rotated(world).await;
    for stale in [None, Some(&old), Some(&new)] {
        assert_eq!(world.refused(add(&new, stale)).await, Conflict::SigningKeyChanged);
    }
    assert_eq!(world.apply(add(&new, Some(&active))).await, 1);
    let keys = world.store.signing_keys(PROBE).await.unwrap();
    let signing: Vec<_> = keys.iter().filter(|key| key.ends.is_none()).collect();
    assert_eq!(signing, [&new], "one signs");
}

pub(super) async fn an_id_makes_one_signing_key(world: &World) {
    let [old, _, active] = rotated(world).await;
    world.unavailable(add(&SigningKey { ends: None, ..old }, Some(&active))).await;
}

pub(super) async fn a_key_is_held_while_it_signs(world: &World) {
    let [_, old, active] = rotated(world).await;
    let before = world.store.signing_keys(PROBE).await.unwrap();
    assert_eq!(world.apply(hold(active.id)).await, 1);
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), before, "holding changes nothing");
    for other in [old.id, SigningKeyId(id())] {
        assert_eq!(world.refused(hold(other)).await, Conflict::SigningKeyChanged);
    }
}

pub(super) async fn what_a_dropped_key_signed_goes_with_it(world: &World) {
    let ann = world.user("ann").await;
    let [one, two, active] = rotated(world).await;
    let signed = |key: Option<&SigningKey>| NewSession {
        signing_key: key.map(|key| key.id),
        ..new_session(&ann, "probe")
    };
    let mut dropped = Vec::new();
    for key in [&one, &two, &one] {
        dropped.push(world.open_as(signed(Some(key))).await);
    }
    let before = world.open_as(signed(Some(&one))).await;
    let end = Change::EndSession { session: before.id, at: at(5), reason: EndReason::SignedOut };
    world.apply(end).await;
    let spared = [world.open_as(signed(Some(&active))).await, world.open_as(signed(None)).await];
    let tickets = [
        world.open_ticket(new_ticket(&ann), one.id).await,
        world.open_ticket(new_ticket(&ann), two.id).await,
        world.open_ticket(new_ticket(&ann), active.id).await,
    ];

    assert_eq!(world.apply(drop_keys()).await, 2);
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), [active]);
    for session in dropped {
        let expected = Session { ended: Some((at(9), EndReason::KeyDropped)), ..session };
        assert_eq!(world.session(expected.id).await, expected);
    }
    assert_eq!(world.session(before.id).await.ended, Some((at(5), EndReason::SignedOut)));
    for session in spared {
        assert_eq!(world.session(session.id).await, session);
    }
    let mut left = Vec::new();
    for ticket in &tickets {
        left.push(world.has_ticket(ticket).await);
    }
    assert_eq!(left, [false, false, true]);
    assert_eq!(world.now(&ann).await.credential_version, ann.credential_version);
    assert_eq!(world.apply(drop_keys()).await, 0);
}
