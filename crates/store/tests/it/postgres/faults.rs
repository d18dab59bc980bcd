//! Transactions that stand in each other's way, sessions that others end, rows that nobody of ours wrote.

use std::sync::Arc;
use std::time::Duration;

use identity::ports::{Change, Commit, Store as _, StoreError};
use identity::user::{Status, UserNumber};

use super::{cluster, number, open, raw};
use crate::world::{at, create, first_try, name_bucket, names, new_session};

fn suspend(user: i64) -> Change {
    Change::SetStatus { user: UserNumber(user), status: Status::Suspended, at: at(8) }
}

/// Waits until somebody waits for a lock in this database.
async fn somebody_waits(client: &tokio_postgres::Client) {
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while number(client, waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The server ends the one of two that looks for a deadlock while there is one, which is ours: it is done again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_ended_for_a_deadlock_is_done_again() {
    let url = cluster::database();
    let (_, name) = url.rsplit_once('/').unwrap();
    // It looks once, so long after it began to wait that the other one waits by then.
    let patient = format!("ALTER DATABASE {name} SET deadlock_timeout = '3s'");
    raw(&url).await.batch_execute(&patient).await.unwrap();
    let store = Arc::new(open(&url).await);
    create(&*store, "ann").await.unwrap();
    create(&*store, "bob").await.unwrap();
    let (other, watch) = (raw(&url).await, raw(&url).await);
    other.batch_execute("SET deadlock_timeout = '1h'").await.unwrap();
    other.batch_execute("BEGIN; UPDATE users SET name = 'theirs' WHERE number = 2").await.unwrap();
    let commit = Commit { changes: vec![suspend(1), suspend(2)], events: vec![] };
    let ours = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(commit).await }
    });
    somebody_waits(&watch).await;
    other.batch_execute("UPDATE users SET name = 'theirs' WHERE number = 1; COMMIT").await.unwrap();
    assert_eq!(ours.await.unwrap().unwrap().affected, [1, 1]);
    for user in store.users(UserNumber(0), 9).await.unwrap() {
        assert_eq!(
            (user.name.as_str(), user.status, user.credential_version),
            ("theirs", Status::Suspended, 2)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_held_too_long_fails_the_commits_that_wait_and_no_later_one() {
    let url = cluster::database();
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    let other = raw(&url).await;
    other.batch_execute("BEGIN; UPDATE users SET name = 'x'").await.unwrap();
    let waiting = store.commit(Commit { changes: vec![suspend(1)], events: vec![] });
    let reading = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(names(&store).await, ["ann"], "readers do not wait");
        create(&store, "bob").await.unwrap();
    };
    let (outcome, ()) = tokio::join!(waiting, reading);
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    other.batch_execute("COMMIT").await.unwrap();
    store.commit(Commit { changes: vec![suspend(1)], events: vec![] }).await.unwrap();
}

/// A caller that goes away, as a client that closes its connection does, leaves no transaction behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_is_finished_though_nobody_waits_for_it() {
    let url = cluster::database();
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    let other = raw(&url).await;
    other.batch_execute("BEGIN; UPDATE users SET name = 'x'").await.unwrap();
    let commit = Commit { changes: vec![suspend(1)], events: vec![] };
    let given_up = tokio::time::timeout(Duration::from_millis(100), store.commit(commit)).await;
    assert!(given_up.is_err(), "the commit did not wait");
    other.batch_execute("COMMIT").await.unwrap();
    while store.user(UserNumber(1)).await.unwrap().unwrap().status != Status::Suspended {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_an_operator_ends_are_replaced() {
    let url = cluster::database();
    let store = open(&url).await;
    let other = raw(&url).await;
    for name in ["ann", "bob", "cid"] {
        create(&store, name).await.unwrap();
        assert_eq!(names(&store).await.last().map(String::as_str), Some(name));
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert!(number(&other, end).await > 0);
    }
}

/// A constraint's text quotes the row, which may hold a hash.
#[tokio::test]
async fn no_row_is_quoted_in_an_error() {
    let store = open(&cluster::database()).await;
    create(&store, "ann").await.unwrap();
    let user = store.user(UserNumber(1)).await.unwrap().unwrap();
    let open = |session| Commit {
        changes: vec![Change::OpenSession { session, version: 1, limit: None, replaces: None }],
        events: vec![],
    };
    let session = new_session(&user, "knox");
    store.commit(open(session.clone())).await.unwrap();
    let error = store.commit(open(session)).await.unwrap_err();
    let StoreError::Unavailable(source) = &error else { panic!("{error:?}") };
    let told = format!("{error} {error:?} {source} {source:?}");
    assert!(told.contains("sessions_id") && told.contains("23505"), "{told}");
    assert!(!told.contains("Key (") && !told.contains("\\\\x"), "{told}");
    assert!(source.source().is_none(), "the driver's error, with the row in it, is still there");
}

#[tokio::test]
async fn durability_is_on_though_the_database_says_otherwise() {
    let url = cluster::database();
    let other = raw(&url).await;
    let (_, name) = url.rsplit_once('/').unwrap();
    other.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
    other
        .batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_isolation = serializable"))
        .await
        .unwrap();
    let store = open(&url).await;
    other
        .batch_execute(
            "CREATE TABLE seen (setting TEXT);
             CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 INSERT INTO seen VALUES (current_setting('synchronous_commit')),
                     (current_setting('transaction_isolation'));
                 RETURN NEW; END $$;
             CREATE TRIGGER look AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION look();
             CREATE TRIGGER look AFTER INSERT ON throttles FOR EACH ROW EXECUTE FUNCTION look()",
        )
        .await
        .unwrap();
    create(&store, "ann").await.unwrap();
    let reserve = Change::Reserve { bucket: name_bucket(1), seen: None, next: first_try(at(10)) };
    store.commit(Commit { changes: vec![reserve], events: vec![] }).await.unwrap();
    let rows = other.query("SELECT setting FROM seen", &[]).await.unwrap();
    let seen: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(seen, ["on", "read committed"].repeat(2));
}

#[tokio::test]
async fn a_row_that_no_version_wrote_is_named_and_not_guessed_at() {
    let url = cluster::database();
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    raw(&url)
        .await
        .batch_execute("ALTER TABLE users DROP CONSTRAINT users_role_check; UPDATE users SET role = 'owner'")
        .await
        .unwrap();
    let outcome = store.user(UserNumber(1)).await;
    assert!(matches!(outcome, Err(StoreError::Corrupt("users.role"))), "{outcome:?}");
}
