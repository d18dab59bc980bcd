//! API keys.

use identity::api_key::{ApiKey, ApiKeyId, Grant, NewApiKey};
use identity::ports::{Change, Conflict, Store as _};
use identity::session::EndReason;
use identity::user::{NewUser, Permission, Permissions, Role, Status, User, UserNumber};
use identity::{Door, Timestamp};
use uuid::Uuid;

use crate::world::{World, at, digest_of, id, new_key, new_user, standing_key};

const PROBE: Door = Door::new("probe");
const NOBODY: UserNumber = UserNumber(999);

fn open(key: NewApiKey, limit: u32) -> Change {
    Change::OpenApiKey { key, version: 1, limit }
}

fn end(key: ApiKeyId, seconds: i64, reason: EndReason) -> Change {
    Change::EndApiKey { key, at: at(seconds), reason }
}

fn update(key: ApiKeyId, expires: Option<Timestamp>) -> Change {
    let grant = Grant { granted: Permissions::NONE, withheld: only(&[Permission::WriteMedia]) };
    Change::UpdateApiKey { key, grant, expires, at: at(7) }
}

fn only(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

async fn listed(world: &World, user: &User) -> Vec<ApiKeyId> {
    let keys = world.store.api_keys(user.number, &PROBE).await.unwrap();
    keys.into_iter().map(|key| key.id).collect()
}

pub(super) async fn a_key_reads_back_as_made(world: &World) {
    let ann = world.user("ann").await;
    let NewApiKey { key, digest } = standing_key(&ann, "probe");
    let full = ApiKey {
        grant: Grant {
            granted: only(&[Permission::ReadProfile, Permission::WriteSubUser]),
            withheld: Permissions::of(Role::Root),
        },
        updated: at(2),
        expires: Some(at(100)),
        last_used: Some(at(3)),
        sealed: Some(vec![0, 1, 255]),
        ..key
    };
    let bare = ApiKey { name: String::new(), sealed: None, ..new_key(&ann, "probe").key };
    let mut expected = Vec::new();
    for (key, digest) in [(full, digest), (bare.clone(), digest_of(bare.id.0))] {
        let new = NewApiKey { key: key.clone(), digest: digest.clone() };
        assert_eq!(world.apply(open(new, 9)).await, 1);
        let (found, owner) = world.store.api_key_by_digest(&digest).await.unwrap().unwrap();
        assert_eq!((&*found, owner.id), (&key, ann.id));
        expected.push(key);
        assert_eq!(world.store.api_keys(ann.number, &PROBE).await.unwrap(), expected, "oldest first");
    }
    assert!(world.now(&ann).await == ann, "making a key changes nothing of its owner");
}

/// Not those that were ended, nor an organization's, nor somebody else's.
pub(super) async fn the_keys_of_a_user_are_told_by_door_and_age(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let mut keys = Vec::new();
    for door in ["probe", "knox", "probe", "knox"] {
        keys.push(world.key(&ann, door).await);
        world.key(&bob, door).await;
    }
    world.apply(end(keys[0].id, 5, EndReason::Revoked)).await;
    let expected = [keys[1].clone(), keys[3].clone(), keys[2].clone()];
    assert_eq!(world.store.api_keys_of(ann.number).await.unwrap(), expected);
    assert_eq!(world.store.api_keys_of(NOBODY).await.unwrap(), []);
}

pub(super) async fn nothing_is_found_by_what_is_no_key(world: &World) {
    let ann = world.user("ann").await;
    let key = world.key(&ann, "probe").await;
    let mut other = digest_of(key.id.0);
    other.bytes.pop();
    for unknown in [other, digest_of(Uuid::max())] {
        assert!(world.store.api_key_by_digest(&unknown).await.unwrap().is_none());
    }
    assert_eq!(world.store.api_keys(NOBODY, &PROBE).await.unwrap(), []);
    assert_eq!(world.store.api_keys(ann.number, &Door::new("knox")).await.unwrap(), []);
}

pub(super) async fn only_an_active_user_with_the_version_read_gets_a_key(world: &World) {
    let ann = world.user("ann").await;
    for version in [0, 2] {
        let change = Change::OpenApiKey { key: new_key(&ann, "probe"), version, limit: 9 };
        assert_eq!(world.refused(change).await, Conflict::UserChanged);
    }
    for status in [Status::Pending, Status::Suspended] {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        assert_eq!(world.refused(open(new_key(&user, "probe"), 9)).await, Conflict::UserChanged);
    }
    let nobody = User { number: NOBODY, ..ann.clone() };
    assert_eq!(world.refused(open(new_key(&nobody, "probe"), 9)).await, Conflict::UserChanged);
    world.apply(Change::DeleteUser { user: ann.number, at: at(2), retired: vec![] }).await;
    for version in [1, 2] {
        let change = Change::OpenApiKey { key: new_key(&ann, "probe"), version, limit: 9 };
        assert_eq!(world.refused(change).await, Conflict::UserChanged);
    }
}

pub(super) async fn the_limit_counts_keys_of_one_user_and_door_that_were_not_ended(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    // None of these counts: other user, other door, ended.
    world.key(&bob, "probe").await;
    world.key(&ann, "knox").await;
    let ended = world.key(&ann, "probe").await;
    world.apply(end(ended.id, 5, EndReason::EndedByOwner)).await;
    assert_eq!(world.refused(open(new_key(&ann, "probe"), 0)).await, Conflict::ApiKeyLimit);
    // These do: the standing one, one past its end.
    world.key_as(standing_key(&ann, "probe")).await;
    let NewApiKey { key, digest } = new_key(&ann, "probe");
    world.key_as(NewApiKey { key: ApiKey { expires: Some(at(2)), ..key }, digest }).await;
    assert_eq!(world.refused(open(new_key(&ann, "probe"), 2)).await, Conflict::ApiKeyLimit);
    world.apply(open(new_key(&ann, "probe"), 3)).await;
    assert_eq!(world.refused(open(new_key(&ann, "probe"), 3)).await, Conflict::ApiKeyLimit);
    let first = listed(world, &ann).await[0];
    world.apply(end(first, 5, EndReason::EndedByOwner)).await;
    world.apply(open(new_key(&ann, "probe"), 3)).await;
}

pub(super) async fn an_account_has_one_standing_key_at_a_door(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let first = world.key_as(standing_key(&ann, "probe")).await;
    assert_eq!(world.refused(open(standing_key(&ann, "probe"), 9)).await, Conflict::StandingKeyExists);
    world.key_as(standing_key(&ann, "knox")).await;
    world.key_as(standing_key(&bob, "probe")).await;
    world.key(&ann, "probe").await;
    world.key(&ann, "probe").await;
    world.apply(end(first.id, 5, EndReason::EndedByOwner)).await;
    world.key_as(standing_key(&ann, "probe")).await;
    assert_eq!(world.refused(open(standing_key(&ann, "probe"), 9)).await, Conflict::StandingKeyExists);
}

pub(super) async fn an_id_and_a_secret_make_one_key(world: &World) {
    let ann = world.user("ann").await;
    let first = world.key(&ann, "probe").await;
    let NewApiKey { key, digest } = new_key(&ann, "knox");
    let same_id = NewApiKey { key: ApiKey { id: first.id, ..key.clone() }, digest };
    let same_secret = NewApiKey { key, digest: digest_of(first.id.0) };
    for second in [same_id, same_secret] {
        world.unavailable(open(second, 9)).await;
    }
}

pub(super) async fn a_key_is_changed_until_it_is_ended(world: &World) {
    let ann = world.user("ann").await;
    let key = world.key(&ann, "probe").await;
    let other = world.key(&ann, "probe").await;
    for expires in [Some(at(50)), None] {
        assert_eq!(world.apply(update(key.id, expires)).await, 1);
        let grant = Grant { granted: Permissions::NONE, withheld: only(&[Permission::WriteMedia]) };
        let expected = ApiKey { grant, expires, updated: at(7), ..key.clone() };
        assert_eq!(world.stored_key(&digest_of(key.id.0)).await, expected);
    }
    assert_eq!(world.stored_key(&digest_of(other.id.0)).await, other);
    // One past its end is changed too.
    world.apply(update(key.id, Some(at(1)))).await;
    world.apply(update(key.id, None)).await;

    world.apply(end(key.id, 9, EndReason::EndedByOwner)).await;
    for ended in [key.id, ApiKeyId(id())] {
        assert_eq!(world.refused(update(ended, None)).await, Conflict::ApiKeyEnded);
    }
}

pub(super) async fn a_key_is_ended_once_and_its_secret_is_wiped(world: &World) {
    let ann = world.user("ann").await;
    let NewApiKey { key, digest } = new_key(&ann, "probe");
    let expired = world.key_as(NewApiKey { key: ApiKey { expires: Some(at(2)), ..key }, digest }).await;
    let other = world.key(&ann, "probe").await;
    assert_eq!(world.apply(end(expired.id, 5, EndReason::EndedByOwner)).await, 1);
    let ended = Some((at(5), EndReason::EndedByOwner));
    let expected = ApiKey { ended, sealed: None, ..expired.clone() };
    let digest = digest_of(expired.id.0);
    assert_eq!(world.stored_key(&digest).await, expected);
    assert_eq!(listed(world, &ann).await, [other.id]);

    for gone in [expired.id, ApiKeyId(id())] {
        assert_eq!(world.refused(end(gone, 6, EndReason::Revoked)).await, Conflict::ApiKeyEnded);
    }
    assert_eq!(world.stored_key(&digest).await, expected);
    assert_eq!(world.stored_key(&digest_of(other.id.0)).await, other);
}

pub(super) async fn the_standing_keys_are_ended_at_every_door(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let end_standing = |user| Change::EndStandingKeys { user, at: at(9), reason: EndReason::PasswordReset };
    let early = world.key_as(standing_key(&ann, "probe")).await;
    world.apply(end(early.id, 5, EndReason::EndedByOwner)).await;
    let standing =
        [world.key_as(standing_key(&ann, "probe")).await, world.key_as(standing_key(&ann, "knox")).await];
    let spared = [world.key(&ann, "probe").await, world.key_as(standing_key(&bob, "probe")).await];

    assert_eq!(world.apply(end_standing(ann.number)).await, 2);
    for key in standing {
        let ended = Some((at(9), EndReason::PasswordReset));
        let found = world.stored_key(&digest_of(key.id.0)).await;
        assert_eq!(found, ApiKey { ended, sealed: None, ..key });
    }
    for key in spared {
        assert_eq!(world.stored_key(&digest_of(key.id.0)).await, key);
    }
    let early = world.stored_key(&digest_of(early.id.0)).await;
    assert_eq!(early.ended, Some((at(5), EndReason::EndedByOwner)));
    assert!(world.now(&ann).await == ann, "logins under way go on");
    assert_eq!(world.apply(end_standing(ann.number)).await, 0);
    assert_eq!(world.apply(end_standing(NOBODY)).await, 0);
}

pub(super) async fn a_use_of_a_key_moves_forward_and_never_back(world: &World) {
    let ann = world.user("ann").await;
    let key = world.key(&ann, "probe").await;
    let touch = |seconds| Change::TouchApiKey { key: key.id, at: at(seconds) };
    for (second, expected) in [(30, 30), (40, 40), (20, 40), (40, 40), (50, 50)] {
        world.apply(touch(second)).await;
        let expected = ApiKey { last_used: Some(at(expected)), ..key.clone() };
        assert_eq!(world.stored_key(&digest_of(key.id.0)).await, expected);
    }
    assert_eq!(world.apply(Change::TouchApiKey { key: ApiKeyId(id()), at: at(9) }).await, 0);
}

pub(super) async fn a_deleted_users_keys_are_ended_and_wiped(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let early = world.key(&ann, "probe").await;
    world.apply(end(early.id, 5, EndReason::EndedByOwner)).await;
    let live = world.key(&ann, "probe").await;
    let others = world.key(&bob, "probe").await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    for (key, ended) in [(early, (at(5), EndReason::EndedByOwner)), (live, (at(9), EndReason::UserDeleted))] {
        let (found, owner) = world.store.api_key_by_digest(&digest_of(key.id.0)).await.unwrap().unwrap();
        assert_eq!(*found, ApiKey { ended: Some(ended), sealed: None, name: String::new(), ..key });
        assert_eq!((owner.id, owner.deleted), (ann.id, Some(at(9))));
    }
    assert_eq!(listed(world, &ann).await, []);
    assert_eq!(world.stored_key(&digest_of(others.id.0)).await, others);
}
