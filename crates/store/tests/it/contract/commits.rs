//! What holds for every commit, whatever is in it.

use identity::audit::EventKind;
use identity::ports::{Change, Commit, Committed, Conflict, Store as _};
use identity::session::{EndReason, SessionId};
use identity::user::{NewUser, PersonName, Status, UserNumber};

use crate::world::{World, at, event, first_try, id, name_bucket, new_session, new_user};

pub(super) async fn a_commit_tells_rows_for_each_change(world: &World) {
    let ann = world.user("ann").await;
    for door in ["knox", "probe"] {
        world.open(&ann, door).await;
    }
    let changes = vec![
        Change::SetStatus { user: ann.number, status: Status::Suspended, at: at(8) },
        Change::EndSessions {
            user: ann.number,
            door: None,
            except: None,
            at: at(9),
            reason: EndReason::Suspended,
        },
        Change::ReserveSucceeded { bucket: name_bucket(1) },
        Change::CreateUser(new_user("bob")),
    ];
    let events = vec![event(EventKind::UserSuspended, ""), event(EventKind::UserCreated, "")];
    let done = world.store.commit(Commit { changes, events }).await.unwrap();
    assert_eq!(done, Committed { affected: vec![1, 2, 0, 1] });
    assert_eq!(world.store.events(0, 9).await.unwrap().len(), 2);
}

pub(super) async fn an_empty_commit_is_applied(world: &World) {
    assert_eq!(world.store.commit(Commit::default()).await.unwrap(), Committed::default());
}

pub(super) async fn a_null_character_in_a_text_is_replaced(world: &World) {
    let user = NewUser { name: PersonName::whole("A\0nn"), ..new_user("ann") };
    assert_eq!(world.make(user).await.name.as_str(), "A\u{FFFD}nn");
}

pub(super) async fn a_change_sees_the_ones_before_it(world: &World) {
    let user = new_user("ann");
    let owner = identity::user::User { number: UserNumber(2), ..world.user("bob").await };
    let open = Change::OpenSession {
        session: new_session(&owner, "knox"),
        version: 1,
        limit: Some(1),
        replaces: None,
    };
    assert_eq!(world.commit(vec![Change::CreateUser(user), open]).await.unwrap(), [1, 1]);
}

pub(super) async fn a_miss_undoes_what_was_before_it(world: &World) {
    let ann = world.user("ann").await;
    let session = world.open(&ann, "knox").await;
    let changes = vec![
        Change::CreateUser(new_user("bob")),
        Change::SetStatus { user: ann.number, status: Status::Suspended, at: at(8) },
        Change::EndSession { session: session.id, at: at(9), reason: EndReason::Revoked },
        Change::Reserve { bucket: name_bucket(1), seen: None, next: first_try(at(9)) },
        Change::RecordMasterKey { check: [1; 32] },
        Change::EndSession { session: SessionId(id()), at: at(9), reason: EndReason::Revoked },
        Change::CreateUser(new_user("cid")),
    ];
    let before = world.now(&ann).await;
    let commit = Commit { changes, events: vec![event(EventKind::SessionEnded, "")] };
    let error = world.store.commit(commit).await.unwrap_err();
    assert!(matches!(error, identity::ports::StoreError::Conflict(Conflict::SessionEnded)), "{error:?}");

    assert!(world.store.users(UserNumber(0), 9).await.unwrap() == [before]);
    assert_eq!(world.session(session.id).await, session);
    assert_eq!(world.throttle(&name_bucket(1)).await, None);
    assert_eq!(world.store.master_key_check().await.unwrap(), None);
    assert_eq!(world.store.events(0, 9).await.unwrap(), []);
}

pub(super) async fn what_one_process_committed_the_other_reads_next(world: &World) {
    let (one, other) = (&world.store, world.another_process().await);
    for round in 1..20_i64 {
        let (writer, reader) = if round % 2 == 0 { (one, &other) } else { (&other, one) };
        assert!(reader.user(UserNumber(round)).await.unwrap().is_none());
        let commit = Commit {
            changes: vec![Change::CreateUser(new_user(&format!("user-{round}")))],
            events: vec![event(EventKind::UserCreated, "")],
        };
        writer.commit(commit).await.unwrap();
        assert!(reader.user(UserNumber(round)).await.unwrap().is_some());
        assert_eq!(reader.users(UserNumber(round - 1), 9).await.unwrap().len(), 1);
        assert_eq!(reader.events(round - 1, 9).await.unwrap().len(), 1);
        reader.ping().await.unwrap();
    }
}
