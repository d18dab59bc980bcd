//! What is flushed and what is not, what waits and what does not. That commits are applied or refused is the contract's.

use std::path::PathBuf;

use identity::Timestamp;
use identity::ports::Conflict;
use identity::throttle::{Bucket, Throttle};
use identity::user::UserNumber;
use rusqlite::OpenFlags;

use super::*;
use crate::throttles;

struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
    committer: Committer,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vestibule.db");
        std::fs::File::create(&path).unwrap();
        let mut connection = super::super::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        super::super::write_ahead(&connection).unwrap();
        super::super::promise(&connection).unwrap();
        super::super::migrate(&mut connection).unwrap();
        Self { _folder: folder, path, committer: Committer::new(connection).unwrap() }
    }

    /// With a log that was begun.
    fn begun() -> Self {
        let mut this = Self::new();
        this.committer.commit(&[&failed(1)], true).unwrap()[0].as_ref().unwrap();
        this
    }

    fn synchronous(&self) -> i64 {
        self.committer.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap()
    }

    fn count(&self) -> i64 {
        let count = "SELECT count(*) FROM throttles";
        self.committer.connection.query_row(count, [], |row| row.get(0)).unwrap()
    }
}

const NORMAL: i64 = 1;
const FULL: i64 = 2;

fn reserved(user: i64) -> Vec<Vec<Step>> {
    let (zero, one) = (Timestamp::from_millis(0), Timestamp::from_millis(1));
    let next = Throttle {
        failures: 1,
        in_a_row: 1,
        in_flight: 1,
        in_flight_until: one,
        last_failure: zero,
        version: 1,
    };
    vec![throttles::reserve(&Bucket::User(UserNumber(user)), None, &next)]
}

fn failed(user: i64) -> Vec<Vec<Step>> {
    vec![throttles::failed(&Bucket::User(UserNumber(user)), Timestamp::from_millis(2))]
}

#[test]
fn what_settles_a_try_is_flushed_after_a_reservation_that_is_not() {
    let mut fixture = Fixture::begun();
    assert_eq!(fixture.synchronous(), FULL);
    for user in 1..3 {
        assert!(matches!(fixture.committer.commit_at_once(&reserved(user)), Some(Ok(_))));
        assert_eq!(fixture.synchronous(), NORMAL);
        assert!(matches!(fixture.committer.commit(&[&failed(user)], true).as_deref(), Ok([Ok(_)])));
        assert_eq!(fixture.synchronous(), FULL);
    }
    assert_eq!(fixture.count(), 2);
}

#[test]
fn only_a_commit_of_nothing_but_reservations_is_not_flushed() {
    let provisional = |commit: &[Vec<Step>]| commit.iter().flatten().all(|step| step.provisional);
    assert!(provisional(&reserved(1)));
    let bucket = Bucket::User(UserNumber(1));
    let others = [
        throttles::succeeded(&bucket),
        throttles::failed(&bucket, Timestamp::from_millis(0)),
        throttles::released(&bucket),
        throttles::clear(&bucket),
    ];
    for other in others {
        assert!(!provisional(&[reserved(1).remove(0), other]));
    }
}

#[test]
fn nobody_waits_for_a_lock_in_the_thread_that_answers_requests() {
    let mut fixture = Fixture::begun();
    let other = Connection::open(&fixture.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(fixture.committer.commit_at_once(&reserved(1)).is_none());
    other.execute_batch("COMMIT").unwrap();
    assert!(matches!(fixture.committer.commit_at_once(&reserved(1)), Some(Ok(_))));
    assert_eq!(fixture.count(), 1);
}

/// SQLite flushes the head of a new log.
#[test]
fn nobody_waits_for_the_disk_in_the_thread_that_answers_requests() {
    let mut fixture = Fixture::new();
    assert!(fixture.committer.commit_at_once(&reserved(1)).is_none());
    fixture.committer.commit(&[&reserved(1)], false).unwrap()[0].as_ref().unwrap();
    assert!(matches!(fixture.committer.commit_at_once(&reserved(2)), Some(Ok(_))));

    fixture.committer.log.store(LOG, Ordering::Relaxed);
    fixture.committer.shorten_log();
    assert!(fixture.committer.commit_at_once(&reserved(3)).is_none());
    assert_eq!(fixture.count(), 2);
}

#[test]
fn a_reservation_that_misses_leaves_no_transaction_open() {
    let mut fixture = Fixture::begun();
    for _ in 0..2 {
        assert!(matches!(fixture.committer.commit_at_once(&reserved(1)), Some(Ok(_))));
        let missed = fixture.committer.commit_at_once(&reserved(1));
        assert!(matches!(missed, Some(Err(StoreError::Conflict(Conflict::ThrottleChanged)))), "{missed:?}");
        assert!(fixture.committer.connection.is_autocommit());
        fixture.committer.connection.execute_batch("DELETE FROM throttles").unwrap();
    }
}

#[test]
fn of_several_commits_the_one_that_misses_is_undone_alone() {
    let mut fixture = Fixture::begun();
    for user in [1, 10] {
        // The last of it misses: what it did before is undone too.
        let misses: Vec<_> = reserved(user + 1).into_iter().chain(reserved(user)).collect();
        let (first, last) = (reserved(user), reserved(user + 2));
        let outcomes = fixture.committer.commit(&[&first, &misses, &last], true).unwrap();
        let [Ok(_), Err(StoreError::Conflict(Conflict::ThrottleChanged)), Ok(_)] = outcomes.as_slice() else {
            panic!("{outcomes:?}")
        };
        assert!(fixture.committer.connection.is_autocommit());
    }
    assert_eq!(fixture.count(), 4);
    let outcomes = fixture.committer.commit(&[&reserved(5), &reserved(6)], true).unwrap();
    assert!(matches!(outcomes.as_slice(), [Ok(_), Ok(_)]), "{outcomes:?}");
    assert_eq!(fixture.count(), 6);
}

#[test]
fn a_long_log_is_moved_into_the_database_and_no_short_one() {
    let mut fixture = Fixture::begun();
    let moved = |fixture: &Fixture| -> i64 {
        let other = Connection::open(&fixture.path).unwrap();
        // Looks, and does nothing.
        other.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(2)).unwrap()
    };
    fixture.committer.shorten_log();
    assert_eq!(moved(&fixture), 0);
    let mut user = 0;
    while fixture.committer.log.load(Ordering::Relaxed) < LOG {
        user += 1;
        fixture.committer.commit(&[&reserved(user)], true).unwrap()[0].as_ref().unwrap();
    }
    assert_eq!(moved(&fixture), 0, "it is moved when it is told");
    fixture.committer.shorten_log();
    assert!(moved(&fixture) >= i64::from(LOG));
    fixture.committer.commit(&[&reserved(user + 1)], true).unwrap()[0].as_ref().unwrap();
    assert!(fixture.committer.log.load(Ordering::Relaxed) < LOG, "it begins anew");
}
