//! The ledger of sessions.

use identity::keyring::SigningKeyId;
use identity::ports::{Change, Conflict, SessionQuery, Store as _};
use identity::session::{EndReason, NewSession, Session, SessionId, Touch};
use identity::user::{NewUser, Permission, Permissions, Status, User, UserNumber};
use identity::{Door, Timestamp};
use uuid::Uuid;

use crate::world::{World, at, digest, id, new_session, new_user};

const KNOX: Door = Door::new("knox");
const NOBODY: UserNumber = UserNumber(999);

fn open(session: NewSession, version: i64, limit: Option<u32>) -> Change {
    Change::OpenSession { session, version, limit, replaces: None }
}

fn end(session: SessionId, seconds: i64, reason: EndReason) -> Change {
    Change::EndSession { session, at: at(seconds), reason }
}

fn end_all(user: UserNumber, door: Option<Door>) -> Change {
    Change::EndSessions { user, door, except: None, at: at(9), reason: EndReason::Revoked }
}

fn end_all_but(user: UserNumber, door: Option<Door>, except: SessionId) -> Change {
    Change::EndSessions { user, door, except: Some(except), at: at(9), reason: EndReason::PasswordChanged }
}

fn touch(session: SessionId, last_seen: Timestamp, idle_end: Option<Timestamp>) -> Change {
    Change::TouchSession(Touch { session, last_seen, idle_end })
}

const ALL: SessionQuery = SessionQuery { live_at: None, after: None, limit: 100 };

pub(super) async fn a_session_reads_back_as_opened(world: &World) {
    let ann = world.user("ann").await;
    let full = NewSession {
        idle_end: Some(at(100)),
        absolute_end: Some(at(200)),
        address: "2001:db8::1".to_owned(),
        user_agent: "curl/8 \u{1F980}".to_owned(),
        permissions: Some([Permission::ReadProfile, Permission::WriteMedia].into_iter().collect()),
        signing_key: Some(SigningKeyId(id())),
        ..new_session(&ann, "knox")
    };
    let bare = NewSession { address: String::new(), user_agent: String::new(), ..new_session(&ann, "probe") };
    let none = NewSession { permissions: Some(Permissions::NONE), ..new_session(&ann, "probe") };
    for new in [full, bare, none] {
        let secret = new.digest.clone();
        assert_eq!(world.apply(open(new.clone(), 1, None)).await, 1);
        let expected = Session::from(new);
        assert_eq!(expected.last_seen, expected.created);
        let (found, owner) = world.store.session_by_digest(&secret).await.unwrap().unwrap();
        assert_eq!((&*found, owner.id), (&expected, ann.id));
        assert_eq!(world.store.session(expected.id).await.unwrap(), Some(expected.clone()));
        let listed = world.store.sessions(ann.number, ALL).await.unwrap();
        assert_eq!(listed.last(), Some(&expected));
    }
}

pub(super) async fn nothing_is_found_by_what_opens_no_session(world: &World) {
    let ann = world.user("ann").await;
    let session = world.open(&ann, "knox").await;
    let mut other = digest(session.id);
    other.bytes.pop();
    for unknown in [other, digest(SessionId(Uuid::max()))] {
        assert!(world.store.session_by_digest(&unknown).await.unwrap().is_none());
    }
    assert_eq!(world.store.session(SessionId(Uuid::max())).await.unwrap(), None);
    assert_eq!(world.store.sessions(NOBODY, ALL).await.unwrap(), []);
}

pub(super) async fn opening_is_recorded_with_the_user(world: &World) {
    let ann = world.user("ann").await;
    world.open_as(NewSession { created: at(42), ..new_session(&ann, "knox") }).await;
    let expected = User { last_sign_in: Some(at(42)), ..ann.clone() };
    assert!(world.store.user(ann.number).await.unwrap() == Some(expected), "and nothing else changes");
}

pub(super) async fn only_an_active_user_with_the_version_read_opens_a_session(world: &World) {
    let ann = world.user("ann").await;
    for version in [0, 2] {
        let refused = world.refused(open(new_session(&ann, "knox"), version, None)).await;
        assert_eq!(refused, Conflict::UserChanged);
    }
    for status in [Status::Pending, Status::Suspended] {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        let refused = world.refused(open(new_session(&user, "knox"), 1, None)).await;
        assert_eq!(refused, Conflict::UserChanged, "{status:?}");
    }
    let nobody = User { number: NOBODY, ..ann.clone() };
    assert_eq!(world.refused(open(new_session(&nobody, "knox"), 1, None)).await, Conflict::UserChanged);
    world.apply(Change::DeleteUser { user: ann.number, at: at(2), retired: vec![] }).await;
    for version in [1, 2] {
        let refused = world.refused(open(new_session(&ann, "knox"), version, None)).await;
        assert_eq!(refused, Conflict::UserChanged);
    }
}

pub(super) async fn the_limit_counts_live_sessions_of_one_user_and_door(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let now = |user, door| NewSession { created: at(50), ..new_session(user, door) };
    let over = |idle: Option<i64>, absolute: Option<i64>| NewSession {
        idle_end: idle.map(at),
        absolute_end: absolute.map(at),
        ..new_session(&ann, "knox")
    };
    // None of these counts: other user, other door, ended, past an end, at an end.
    world.open(&bob, "knox").await;
    world.open(&ann, "probe").await;
    let ended = world.open(&ann, "knox").await;
    world.apply(end(ended.id, 2, EndReason::SignedOut)).await;
    for session in
        [over(Some(49), None), over(None, Some(50)), over(Some(90), Some(50)), over(Some(50), None)]
    {
        world.open_as(session).await;
    }
    assert_eq!(world.refused(open(now(&ann, "knox"), 1, Some(0))).await, Conflict::SessionLimit);
    // These do.
    world.open_as(over(Some(51), Some(60))).await;
    world.apply(open(now(&ann, "knox"), 1, Some(2))).await;
    assert_eq!(world.refused(open(now(&ann, "knox"), 1, Some(2))).await, Conflict::SessionLimit);
    // No limit is none, and one that is freed is free.
    world.apply(open(now(&ann, "knox"), 1, None)).await;
    let live = world.live(&ann, at(50)).await;
    world.apply(end(*live.last().unwrap(), 50, EndReason::SignedOut)).await;
    world.apply(open(now(&ann, "knox"), 1, Some(3))).await;
}

pub(super) async fn a_session_takes_the_place_of_another(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let replace = |user: &User, replaces, limit| Change::OpenSession {
        session: NewSession { created: at(5), ..new_session(user, "knox") },
        version: 1,
        limit,
        replaces: Some(replaces),
    };
    let old = world.open(&ann, "knox").await;
    let other = world.open(&ann, "probe").await;
    // The place that it frees counts.
    assert_eq!(world.apply(replace(&ann, old.id, Some(1))).await, 1);
    let ended = Session { ended: Some((at(5), EndReason::Replaced)), ..old.clone() };
    assert_eq!(world.session(old.id).await, ended);
    assert_eq!(world.session(other.id).await, other);
    assert_eq!(world.live(&ann, at(9)).await.len(), 2);

    // One that has ended, or never was, is no miss and stays as it is; whose it was does not matter.
    world.apply(replace(&bob, old.id, None)).await;
    assert_eq!(world.session(old.id).await, ended);
    world.apply(replace(&bob, SessionId(id()), None)).await;
    world.apply(replace(&bob, other.id, None)).await;
    assert_eq!(world.session(other.id).await.ended, Some((at(5), EndReason::Replaced)));

    // A login that is refused ends nothing; `refused` compares.
    let last = *world.live(&ann, at(9)).await.last().unwrap();
    assert_eq!(world.refused(replace(&bob, last, Some(0))).await, Conflict::SessionLimit);
    let stale = Change::OpenSession {
        session: new_session(&bob, "knox"),
        version: 7,
        limit: None,
        replaces: Some(last),
    };
    assert_eq!(world.refused(stale).await, Conflict::UserChanged);
}

pub(super) async fn an_id_and_a_secret_open_one_session(world: &World) {
    let ann = world.user("ann").await;
    let first = world.open(&ann, "knox").await;
    let same_id = NewSession { id: first.id, ..new_session(&ann, "knox") };
    let same_secret = NewSession { digest: digest(first.id), ..new_session(&ann, "probe") };
    for second in [same_id, same_secret] {
        world.unavailable(open(second, 1, None)).await;
    }
}

pub(super) async fn a_session_is_ended_once(world: &World) {
    let ann = world.user("ann").await;
    let session = world.open(&ann, "knox").await;
    let other = world.open(&ann, "knox").await;
    assert_eq!(world.apply(end(session.id, 5, EndReason::SignedOut)).await, 1);
    let expected = Session { ended: Some((at(5), EndReason::SignedOut)), ..session.clone() };
    let (found, _) = world.store.session_by_digest(&digest(session.id)).await.unwrap().unwrap();
    assert_eq!(*found, expected);

    assert_eq!(world.refused(end(session.id, 6, EndReason::Revoked)).await, Conflict::SessionEnded);
    assert_eq!(world.store.session(session.id).await.unwrap(), Some(expected));
    assert_eq!(world.refused(end(SessionId(id()), 6, EndReason::Revoked)).await, Conflict::SessionEnded);
    assert_eq!(world.session(other.id).await, other);
}

pub(super) async fn every_reason_reads_back(world: &World) {
    let ann = world.user("ann").await;
    for reason in EndReason::ALL {
        let session = world.open(&ann, "knox").await;
        world.apply(end(session.id, 5, reason)).await;
        assert_eq!(world.store.session(session.id).await.unwrap().unwrap().ended, Some((at(5), reason)));
    }
}

pub(super) async fn all_sessions_of_a_user_are_ended(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let early = world.open(&ann, "knox").await;
    world.apply(end(early.id, 5, EndReason::SignedOut)).await;
    for door in ["knox", "knox", "probe"] {
        world.open(&ann, door).await;
    }
    let others = world.open(&bob, "knox").await;

    assert_eq!(world.apply(end_all(ann.number, None)).await, 3);
    for session in world.store.sessions(ann.number, ALL).await.unwrap() {
        let first = session.id == early.id;
        let expected = if first { (at(5), EndReason::SignedOut) } else { (at(9), EndReason::Revoked) };
        assert_eq!(session.ended, Some(expected));
    }
    assert_eq!(world.now(&ann).await.credential_version, 2);
    assert_eq!(world.session(others.id).await, others);
    assert_eq!(world.now(&bob).await.credential_version, 1);

    assert_eq!(world.apply(end_all(ann.number, None)).await, 0);
    assert_eq!(world.apply(end_all(NOBODY, None)).await, 0);
}

pub(super) async fn the_sessions_of_one_door_are_ended(world: &World) {
    let ann = world.user("ann").await;
    for door in ["knox", "probe", "knox"] {
        world.open(&ann, door).await;
    }
    assert_eq!(world.apply(end_all(ann.number, Some(KNOX))).await, 2);
    for session in world.store.sessions(ann.number, ALL).await.unwrap() {
        assert_eq!(session.ended.is_some(), session.door == KNOX);
    }
    assert_eq!(world.now(&ann).await.credential_version, 1, "logins by other doors go on");
    assert_eq!(world.apply(end_all(ann.number, Some(KNOX))).await, 0);
    assert_eq!(world.apply(end_all(NOBODY, Some(KNOX))).await, 0);
}

pub(super) async fn all_sessions_but_one_are_ended(world: &World) {
    let ann = world.user("ann").await;
    let mut open = Vec::new();
    for door in ["knox", "probe", "knox"] {
        open.push(world.open(&ann, door).await);
    }
    assert_eq!(world.apply(end_all_but(ann.number, Some(KNOX), open[0].id)).await, 1);
    assert_eq!(world.live(&ann, at(10)).await, [open[0].id, open[1].id]);
    assert_eq!(world.now(&ann).await.credential_version, 1);

    assert_eq!(world.apply(end_all_but(ann.number, None, open[0].id)).await, 1);
    assert_eq!(world.session(open[0].id).await, open[0]);
    assert_eq!(world.live(&ann, at(10)).await, [open[0].id]);
    let refused = world.refused(self::open(new_session(&ann, "knox"), 1, None)).await;
    assert_eq!(refused, Conflict::UserChanged, "what was in flight is not excepted");

    // One that is not there excepts nothing.
    assert_eq!(world.apply(end_all_but(ann.number, None, SessionId(id()))).await, 1);
    assert_eq!(world.live(&ann, at(10)).await, []);
}

pub(super) async fn nothing_in_flight_survives_the_end_of_all(world: &World) {
    let ann = world.user("ann").await;
    world.apply(end_all(ann.number, Some(KNOX))).await;
    world.apply(open(new_session(&ann, "knox"), 1, None)).await;
    world.apply(end_all(ann.number, None)).await;
    assert_eq!(world.refused(open(new_session(&ann, "knox"), 1, None)).await, Conflict::UserChanged);
    assert_eq!(world.live(&ann, at(10)).await, []);
}

pub(super) async fn a_deleted_users_sessions_are_found_and_ended(world: &World) {
    let ann = world.user("ann").await;
    let session = world.open(&ann, "knox").await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(2), retired: vec![] }).await;
    // What is left of it tells nothing of where she was and with what.
    let session = Session { address: String::new(), user_agent: String::new(), ..session };
    let (found, owner) = world.store.session_by_digest(&digest(session.id)).await.unwrap().unwrap();
    assert_eq!((&*found, owner.id, owner.deleted), (&session, ann.id, Some(at(2))));
    assert_eq!(world.store.session(session.id).await.unwrap(), Some(session.clone()));
    assert_eq!(world.store.sessions(ann.number, ALL).await.unwrap(), [session]);
    assert_eq!(world.apply(end_all(ann.number, None)).await, 1);
}

pub(super) async fn a_use_moves_forward_and_never_back(world: &World) {
    let ann = world.user("ann").await;
    let idle = NewSession { idle_end: Some(at(100)), ..new_session(&ann, "knox") };
    let idle = world.open_as(idle).await;
    let still = world.open(&ann, "knox").await;
    let seen = |session: Session| (session.last_seen, session.idle_end);

    for (use_at, end_at, expected) in [
        (30, Some(130), (30, 130)),
        (40, None, (40, 130)),
        (20, Some(120), (40, 130)),
        (20, Some(140), (40, 140)),
        (50, Some(120), (50, 140)),
    ] {
        assert_eq!(world.apply(touch(idle.id, at(use_at), end_at.map(at))).await, 1);
        let found = world.store.session(idle.id).await.unwrap().unwrap();
        assert_eq!(seen(found), (at(expected.0), Some(at(expected.1))));
    }
    let moved = Session { last_seen: at(50), idle_end: Some(at(140)), ..idle };
    assert_eq!(world.session(moved.id).await, moved, "nothing else moves");

    world.apply(touch(still.id, at(30), Some(at(130)))).await;
    assert_eq!(seen(world.session(still.id).await), (at(30), None), "without an idle end none appears");
    assert_eq!(world.apply(touch(SessionId(id()), at(30), None)).await, 0);
}

pub(super) async fn a_use_revives_nothing(world: &World) {
    let ann = world.user("ann").await;
    let idle = |absolute| NewSession {
        idle_end: Some(at(100)),
        absolute_end: absolute,
        ..new_session(&ann, "knox")
    };
    let ended = world.open_as(idle(None)).await;
    world.apply(end(ended.id, 20, EndReason::SignedOut)).await;
    assert_eq!(world.apply(touch(ended.id, at(30), Some(at(130)))).await, 0);
    assert_eq!(world.session(ended.id).await.last_seen, ended.last_seen);

    let past_idle = world.open_as(idle(None)).await;
    assert_eq!(world.apply(touch(past_idle.id, at(100), Some(at(200)))).await, 0);
    let past_absolute = world.open_as(idle(Some(at(60)))).await;
    assert_eq!(world.apply(touch(past_absolute.id, at(60), Some(at(160)))).await, 0);
    for session in [past_idle, past_absolute] {
        assert_eq!(world.store.session(session.id).await.unwrap().as_ref(), Some(&session));
        // A use that was in time and is written down late counts.
        assert_eq!(world.apply(touch(session.id, at(59), None)).await, 1);
    }
}

pub(super) async fn sessions_are_paged_by_age(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let mut ids = Vec::new();
    for door in ["probe", "knox", "knox", "probe", "knox"] {
        ids.push(world.open(&ann, door).await.id);
        world.open(&bob, door).await;
    }
    world.apply(end(ids[1], 5, EndReason::SignedOut)).await;
    for (live_at, after, limit, expected) in [
        (None, None, 100, vec![0, 1, 2, 3, 4]),
        (None, None, 2, vec![0, 1]),
        (None, Some(1), 2, vec![2, 3]),
        (None, Some(4), 2, vec![]),
        (Some(9), None, 100, vec![0, 2, 3, 4]),
        (Some(9), None, 2, vec![0, 2]),
        (Some(9), Some(0), 2, vec![2, 3]),
        (Some(9), Some(3), 2, vec![4]),
        (None, None, 0, vec![]),
    ] {
        let query = SessionQuery { live_at: live_at.map(at), after: after.map(|n: usize| ids[n]), limit };
        let page = world.store.sessions(ann.number, query).await.unwrap();
        let found: Vec<SessionId> = page.into_iter().map(|session| session.id).collect();
        let expected: Vec<SessionId> = expected.into_iter().map(|n: usize| ids[n]).collect();
        assert_eq!(found, expected, "{query:?}");
    }
}

pub(super) async fn a_session_lives_until_its_first_end(world: &World) {
    let ann = world.user("ann").await;
    let ends = [(None, None), (Some(10), None), (None, Some(20)), (Some(10), Some(20)), (Some(30), Some(20))];
    let mut all = Vec::new();
    for (idle, absolute) in ends {
        let session = NewSession {
            idle_end: idle.map(at),
            absolute_end: absolute.map(at),
            ..new_session(&ann, "knox")
        };
        all.push(world.open_as(session).await);
    }
    for second in [9, 10, 19, 20, 29, 30] {
        let query = SessionQuery { live_at: Some(at(second)), ..ALL };
        let listed = world.store.sessions(ann.number, query).await.unwrap();
        let alive = |session: &&Session| session.state(at(second)) == identity::session::State::Live;
        let expected: Vec<Session> = all.iter().filter(alive).cloned().collect();
        assert_eq!(listed, expected, "at {second}");
    }
}
