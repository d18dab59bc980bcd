//! The keyring.

use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey, SigningKeyId};
use identity::ports::{Change, Conflict, Store as _};
use identity::session::{EndReason, NewSession, Session};

use crate::world::{FAR, World, at, id, new_session, new_signing_key, new_ticket};

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

pub(super) async fn every_algorithm_and_use_reads_back(world: &World) {
    for key_use in KeyUse::ALL {
        let mut made: Vec<SigningKey> = Vec::new();
        for (n, algorithm) in (0..).zip(KeyAlgorithm::ALL) {
            let key = SigningKey { key_use, algorithm, begins: at(200 + n), ..new_signing_key() };
            world.apply(add(&key, made.first())).await;
            if let Some(previous) = made.first_mut() {
                previous.ends = Some(at(100));
            }
            made.insert(0, key);
        }
        assert_eq!(world.store.signing_keys(key_use).await.unwrap(), made);
    }
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

/// A key's own end counts, not its beginning, and never the newest one, which has none.
pub(super) async fn keys_that_ended_are_forgotten(world: &World) {
    let mut keys: Vec<SigningKey> = (0..4).map(|_| new_signing_key()).collect();
    keys.push(SigningKey { key_use: KeyUse::BixArena, ..new_signing_key() });
    world.apply(add(&keys[0], None)).await;
    for (n, end) in [(1, 599), (2, 600), (3, 601)] {
        let previous = Some((keys[n - 1].id, at(end)));
        world.apply(Change::AddSigningKey { key: keys[n].clone(), previous }).await;
        keys[n - 1].ends = Some(at(end));
    }
    world.apply(add(&keys[4], None)).await;
    let forget = Change::ForgetSigningKeys { before: at(600) };
    assert_eq!(world.apply(forget.clone()).await, 1);
    let left = [keys[3].clone(), keys[2].clone(), keys[1].clone()];
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), left);
    assert_eq!(world.store.signing_keys(KeyUse::BixArena).await.unwrap(), [keys[4].clone()]);
    assert_eq!(world.apply(forget).await, 0);
    assert_eq!(
        world.apply(Change::ForgetSigningKeys { before: FAR }).await,
        2,
        "of both uses, those that ended"
    );
}

/// What would live on without a key that could vouch for it ends when that key ended; what was over stays as it was.
pub(super) async fn nothing_outlives_a_forgotten_key(world: &World) {
    let ann = world.user("ann").await;
    let [one, two, active] = rotated(world).await;
    let signed = |key: &SigningKey, end: Option<i64>| NewSession {
        signing_key: Some(key.id),
        absolute_end: end.map(at),
        ..new_session(&ann, "probe")
    };
    let over = world.open_as(signed(&one, Some(99))).await;
    let endless = [world.open_as(signed(&one, None)).await, world.open_as(signed(&two, Some(1000))).await];
    let ended = world.open_as(signed(&one, None)).await;
    world.apply(Change::EndSession { session: ended.id, at: at(5), reason: EndReason::SignedOut }).await;
    let spared =
        [world.open_as(signed(&active, None)).await, world.open_as(new_session(&ann, "probe")).await];
    let tickets = [
        world.open_ticket(new_ticket(&ann), one.id).await,
        world.open_ticket(new_ticket(&ann), active.id).await,
    ];

    assert_eq!(world.apply(Change::ForgetSigningKeys { before: at(100) }).await, 0);
    assert_eq!(
        world.session(endless[0].id).await,
        endless[0],
        "they are accepted as long as their key is kept"
    );
    assert_eq!(world.apply(Change::ForgetSigningKeys { before: at(101) }).await, 2);
    assert_eq!(world.store.signing_keys(PROBE).await.unwrap(), [active]);
    for session in endless {
        let expected = Session { ended: Some((at(100), EndReason::KeyDropped)), ..session };
        assert_eq!(world.session(expected.id).await, expected);
    }
    assert_eq!(world.session(over.id).await, over);
    assert_eq!(world.session(ended.id).await.ended, Some((at(5), EndReason::SignedOut)));
    for session in spared {
        assert_eq!(world.session(session.id).await, session);
    }
    assert_eq!([world.has_ticket(&tickets[0]).await, world.has_ticket(&tickets[1]).await], [false, true]);
}
