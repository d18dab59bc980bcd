//! The one thread that writes. It takes the commits that wait and makes them durable together: one transaction and
//! one flush to the disk for all of them, each in a savepoint, so that one that misses its guard takes nobody along.

use std::time::Duration;

use identity::ports::{Committed, StoreError, StoreResult};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{BUSY, unavailable};
use crate::constraints;
use crate::sql::{Guard, Step};

/// Commits that wait; more than these wait in their callers.
const QUEUE: usize = 1024;
/// Commits made durable together at most, so that the first does not wait for ever.
const BATCH: usize = 256;

type Outcome = StoreResult<Committed>;

struct Job {
    changes: Vec<Vec<Step>>,
    answer: oneshot::Sender<Outcome>,
}

/// A handle to the writing thread, which ends with it.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(&connection, waiting))?;
        Ok(Self { jobs })
    }

    pub(super) async fn commit(&self, changes: Vec<Vec<Step>>) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writing thread has ended".into());
        self.jobs.send(Job { changes, answer }).await.map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Job>) {
    let mut wipe = false;
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        wipe |= batch.iter().flat_map(|job| job.changes.iter().flatten()).any(|step| step.wipes);
        write(connection, batch, &mut wipe);
    }
}

/// Moves the log into the database, where deleted content is overwritten, and empties it. Tells whether it did: a
/// reader in an old snapshot is not waited for, the next batch tries again.
fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(BUSY)?;
    Ok(!busy?)
}

/// Writes a batch and answers everybody in it, after the flush and never before. `wipe`: whether the log holds what
/// should be gone.
fn write(connection: &Connection, batch: Vec<Job>, wipe: &mut bool) {
    match make_durable(connection, &batch) {
        Ok(outcomes) => {
            if *wipe {
                match empty_log(connection) {
                    Ok(emptied) => *wipe = !emptied,
                    Err(error) => {
                        tracing::warn!(%error, "the log could not be emptied; the next commit tries again");
                    }
                }
            }
            for (job, outcome) in batch.into_iter().zip(outcomes) {
                // A caller that has gone away needs no answer; what it asked for is done.
                let _ = job.answer.send(outcome);
            }
        }
        Err(error) => {
            // Some errors, a full disk's among them, have SQLite roll the whole transaction back by itself.
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "a failed batch could not be rolled back");
            }
            let told = error.to_string();
            for job in batch {
                let _ = job.answer.send(Err(StoreError::Unavailable(told.clone().into())));
            }
        }
    }
}

/// Applies every commit of the batch that can be applied. An error fails all of them: the database itself is at fault.
fn make_durable(connection: &Connection, batch: &[Job]) -> rusqlite::Result<Vec<Outcome>> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let outcomes = batch.iter().map(|job| apply(connection, &job.changes)).collect::<Result<_, _>>()?;
    connection.execute_batch("COMMIT")?;
    Ok(outcomes)
}

/// Applies one commit in its savepoint.
fn apply(connection: &Connection, changes: &[Vec<Step>]) -> rusqlite::Result<Outcome> {
    connection.execute_batch("SAVEPOINT one")?;
    match steps(connection, changes) {
        Ok(done) => {
            connection.execute_batch("RELEASE one")?;
            Ok(Ok(done))
        }
        Err(Failure::Commit(error)) => {
            connection.execute_batch("ROLLBACK TO one; RELEASE one")?;
            Ok(Err(error))
        }
        Err(Failure::Database(error)) => Err(error),
    }
}

/// Why a commit was not applied.
enum Failure {
    /// Something in it: a guard missed, or the schema refuses a value. The others go on.
    Commit(StoreError),
    /// The database.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{ConstraintViolation, TooBig, TypeMismatch};
        let rusqlite::Error::SqliteFailure(cause, message) = &error else { return Self::Database(error) };
        if let Some(conflict) = message.as_deref().and_then(constraints::from_sqlite) {
            Self::Commit(conflict.into())
        } else if matches!(cause.code, ConstraintViolation | TooBig | TypeMismatch) {
            Self::Commit(unavailable(error))
        } else {
            Self::Database(error)
        }
    }
}

fn steps(connection: &Connection, changes: &[Vec<Step>]) -> Result<Committed, Failure> {
    let mut affected = Vec::with_capacity(changes.len());
    for change in changes {
        let mut last = 0;
        for step in change {
            let mut statement = connection.prepare_cached(step.sql.for_sqlite())?;
            last = statement.execute(rusqlite::params_from_iter(&step.values))?;
            match step.guard {
                Guard::One(conflict) if last != 1 => return Err(Failure::Commit(conflict.into())),
                Guard::One(_) | Guard::Any => {}
            }
        }
        affected.push(u64::try_from(last).unwrap_or(u64::MAX));
    }
    Ok(Committed { affected })
}
