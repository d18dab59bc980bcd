//! Many at once, on real threads and from two processes: the guards decide, not the order in which somebody read.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use identity::audit::{Event, EventKind};
use identity::ports::{
    Change, Commit, Committed, Conflict, SessionQuery, Store as _, StoreError, StoreResult,
};
use identity::session::EndReason;
use identity::throttle::Bucket;
use identity::user::{NewUser, Status, User, UserNumber};
use tokio::sync::Barrier;

use crate::watched::Watched;
use crate::world::{World, at, event, first_try, new_session, new_user, one_more};

/// Starts all of these together and waits for the last.
async fn together<T, F>(tasks: Vec<F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(tasks.len()));
    let tasks: Vec<_> = tasks
        .into_iter()
        .map(|task| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                task.await
            })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

/// Commits all of these together, by turns from two processes.
pub(super) async fn commit_together(world: &World, commits: Vec<Commit>) -> Vec<StoreResult<Committed>> {
    let stores = [Arc::clone(&world.store), world.another_process().await];
    let tasks =
        commits.into_iter().zip(stores.into_iter().cycle()).map(|(commit, store)| commit_by(store, commit));
    together(tasks.collect()).await
}

async fn commit_by(store: Arc<Watched>, commit: Commit) -> StoreResult<Committed> {
    store.commit(commit).await
}

pub(super) fn only(change: Change) -> Commit {
    Commit { changes: vec![change], events: vec![] }
}

fn open(user: &User, limit: Option<u32>) -> Commit {
    let version = user.credential_version;
    only(Change::OpenSession { session: new_session(user, "knox"), version, limit, replaces: None })
}

/// How many were applied; all others failed with this conflict.
pub(super) fn applied(outcomes: &[StoreResult<Committed>], conflict: Conflict) -> usize {
    for outcome in outcomes {
        match outcome {
            Ok(_) => {}
            Err(StoreError::Conflict(found)) if *found == conflict => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

/// Fifty logins, and in their midst a commit that ends all sessions: nothing lives afterwards.
async fn nothing_lives_after(world: &World, first: fn(&User) -> Change, reason: EndReason) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let mut commits: Vec<Commit> = (0..50).map(|_| open(&user, None)).collect();
        let end = Change::EndSessions { user: user.number, door: None, except: None, at: at(2), reason };
        commits.insert(25, Commit { changes: vec![first(&user), end], events: vec![] });
        let mut outcomes = commit_together(world, commits).await;

        outcomes.remove(25).unwrap();
        let opened = applied(&outcomes, Conflict::UserChanged);
        assert_eq!(world.live(&user, at(3)).await, []);
        let all = SessionQuery { live_at: None, after: None, limit: 100 };
        let sessions = world.store.sessions(user.number, all).await.unwrap();
        assert_eq!(sessions.len(), opened, "who was told so has a session, which was then ended");
        assert!(sessions.iter().all(|session| session.ended == Some((at(2), reason))));
        // One that read before it and comes after it.
        let late = world.store.commit(open(&user, None)).await;
        assert!(matches!(late, Err(StoreError::Conflict(Conflict::UserChanged))), "{late:?}");
    }
}

pub(super) async fn no_session_survives_a_suspension(world: &World) {
    let suspend = |user: &User| Change::SetStatus { user: user.number, status: Status::Suspended, at: at(8) };
    nothing_lives_after(world, suspend, EndReason::Suspended).await;
}

pub(super) async fn no_session_survives_a_new_password(world: &World) {
    let set = |user: &User| Change::SetPassword {
        user: user.number,
        version: user.credential_version,
        hash: "new".to_owned(),
        must_change: false,
        at: at(8),
    };
    nothing_lives_after(world, set, EndReason::PasswordReset).await;
}

pub(super) async fn the_session_limit_holds(world: &World) {
    let user = world.user("ann").await;
    let outcomes = commit_together(world, (0..50).map(|_| open(&user, Some(7))).collect()).await;
    assert_eq!(applied(&outcomes, Conflict::SessionLimit), 7);
    assert_eq!(world.live(&user, at(2)).await.len(), 7);
}

const ANN: Bucket = Bucket::User(UserNumber(1));

pub(super) async fn a_state_is_followed_by_one_try(world: &World) {
    let mut seen = None;
    for round in 1..=4 {
        let next = seen.map_or_else(|| first_try(at(9)), one_more);
        let reserve = || only(Change::Reserve { bucket: ANN, seen, next });
        let outcomes = commit_together(world, (0..200).map(|_| reserve()).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::ThrottleChanged), 1);
        seen = world.throttle(&ANN).await;
        assert_eq!(seen.map(|state| (state.failures, state.version)), Some((round, i64::from(round))));
    }
}

pub(super) async fn every_try_is_counted(world: &World) {
    let stores = [Arc::clone(&world.store), world.another_process().await];
    let tasks = stores.into_iter().cycle().take(20).map(reserve_until_counted);
    let versions: BTreeSet<i64> = together(tasks.collect()).await.into_iter().collect();
    assert!(versions.iter().copied().eq(1..=20), "two were counted on one version: {versions:?}");
    assert_eq!(world.throttle(&ANN).await.unwrap().failures, 20);
}

/// Reads, counts on what was read, and begins again when somebody else was first.
async fn reserve_until_counted(store: Arc<Watched>) -> i64 {
    loop {
        let seen = store.throttle(&ANN).await.unwrap();
        let next = seen.map_or_else(|| first_try(at(9)), one_more);
        match store.commit(only(Change::Reserve { bucket: ANN, seen, next })).await {
            Ok(_) => return next.version,
            Err(StoreError::Conflict(Conflict::ThrottleChanged)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

pub(super) async fn a_name_goes_to_one(world: &World) {
    let outcomes =
        commit_together(world, (0..20).map(|_| only(Change::CreateUser(new_user("ann")))).collect()).await;
    assert_eq!(applied(&outcomes, Conflict::LoginNameTaken), 1);
    assert_eq!(world.store.users(UserNumber(0), 100).await.unwrap().len(), 1);
}

/// Every fifth claims a name that is taken, every seventh breaks a rule of the schema; the others are kept.
pub(super) async fn a_commit_that_fails_takes_nobody_along(world: &World) {
    let ann = world.user("ann").await;
    let of = |n: usize| {
        let user = new_user(&format!("user-{n}"));
        match n {
            _ if n.is_multiple_of(5) => NewUser { username: new_user("ann").username, ..user },
            _ if n.is_multiple_of(7) => NewUser { id: ann.id, ..user },
            _ => user,
        }
    };
    let commit = |n: usize| Commit {
        changes: vec![Change::CreateUser(of(n))],
        events: vec![event(EventKind::UserCreated, &n.to_string())],
    };
    let outcomes = commit_together(world, (0..200).map(commit).collect()).await;

    let mut kept = BTreeSet::new();
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Err(StoreError::Conflict(Conflict::LoginNameTaken)) if n.is_multiple_of(5) => {}
            Err(StoreError::Unavailable(_)) if n.is_multiple_of(7) => {}
            Ok(_) if !n.is_multiple_of(5) && !n.is_multiple_of(7) => {
                kept.insert(n.to_string());
            }
            other => panic!("{n}: {other:?}"),
        }
    }
    let events = world.store.events(0, 1000).await.unwrap();
    let recorded: BTreeSet<String> = events.into_iter().map(|(_, event)| event.detail).collect();
    assert_eq!(recorded, kept);
    assert_eq!(world.store.users(UserNumber(0), 1000).await.unwrap().len(), kept.len() + 1);
}

pub(super) async fn a_session_is_ended_by_one(world: &World) {
    let ann = world.user("ann").await;
    let session = world.open(&ann, "knox").await.id;
    let end = || only(Change::EndSession { session, at: at(9), reason: EndReason::SignedOut });
    let outcomes = commit_together(world, (0..20).map(|_| end()).collect()).await;
    assert_eq!(applied(&outcomes, Conflict::SessionEnded), 1);
}

pub(super) async fn a_master_key_is_recorded_by_one(world: &World) {
    let record = |n| only(Change::RecordMasterKey { check: [n; 32] });
    let outcomes = commit_together(world, (0..20).map(record).collect()).await;
    assert_eq!(applied(&outcomes, Conflict::MasterKeyRecorded), 1);
    let winner = outcomes.iter().position(Result::is_ok).unwrap();
    let recorded = world.store.master_key_check().await.unwrap().unwrap();
    assert_eq!(usize::from(recorded[0]), winner);
}

pub(super) async fn two_processes_write_at_once(world: &World) {
    let stores = [Arc::clone(&world.store), world.another_process().await];
    let tasks = stores.into_iter().enumerate().map(|(process, store)| async move {
        for n in 0..50 {
            let user = new_user(&format!("user-{process}-{n}"));
            store.commit(only(Change::CreateUser(user))).await.unwrap();
        }
    });
    together(tasks.collect()).await;
    assert_eq!(world.store.users(UserNumber(0), 1000).await.unwrap().len(), 100);
}

/// And while they do, logins are recorded.
pub(super) async fn two_processes_forget_the_same_events(world: &World) {
    let recorded = |kind, count| Commit { changes: vec![], events: vec![event(kind, ""); count] };
    world.store.commit(recorded(EventKind::SignedIn, 200)).await.unwrap();
    let forget = Change::ForgetEvents { before: at(6), limit: 20 };
    let later = || {
        let events = vec![Event { at: at(7), ..event(EventKind::MailSent, "") }];
        Commit { changes: vec![], events }
    };
    let commits = (0..40).map(|n| if n % 2 == 0 { only(forget.clone()) } else { later() }).collect();
    for done in commit_together(world, commits).await {
        done.unwrap();
    }
    while world.apply(forget.clone()).await > 0 {}
    let left = world.store.events(0, 1000).await.unwrap();
    assert_eq!(left.len(), 20);
    assert!(left.iter().all(|(_, event)| event.kind == EventKind::MailSent));
}
