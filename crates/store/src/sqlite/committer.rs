//! The only connection that writes: how commits become a transaction in which each is applied or refused by itself,
//! and when the log is flushed, moved into the database and emptied. Not in which thread: that is the writer's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use identity::ports::{Committed, StoreError, StoreResult};
use rusqlite::{Connection, ErrorCode};

use super::{BUSY, unavailable};
use crate::constraints;
use crate::sql::{Guard, Step};

pub(super) type Outcome = StoreResult<Committed>;

/// Pages in the log from which on it is moved into the database.
const LOG: i32 = 1000;

/// The connection, and what it is set to.
pub(super) struct Committer {
    connection: Connection,
    /// Whether a transaction ends with a flush of the log.
    flushes: bool,
    /// Pages in the log.
    log: Arc<AtomicI32>,
    /// Whether the next transaction begins the log anew. SQLite flushes the head of it then, whatever it is told.
    new_log: bool,
    /// Whether the log holds what should be gone.
    wipe: bool,
}

impl Committer {
    pub(super) fn new(mut connection: Connection) -> rusqlite::Result<Self> {
        let log = Arc::new(AtomicI32::new(0));
        let pages = Arc::clone(&log);
        // In the place of SQLite's own hook, by which whoever commits would move the log and wait for the disk.
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, now| {
            pages.store(now, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { connection, flushes: true, log, new_log: true, wipe: false })
    }

    /// Applies every commit that can be applied, waiting for locks and for the disk. An error fails all of them: the
    /// database itself is at fault. `flush`: it is on the disk when this returns, with everything before it. Otherwise
    /// it is the system's to write; it outlives this process, and the machine when anything is flushed after it.
    pub(super) fn commit(&mut self, commits: &[&[Vec<Step>]], flush: bool) -> rusqlite::Result<Vec<Outcome>> {
        self.connection.busy_timeout(BUSY)?;
        let wipes = commits.iter().copied().flatten().flatten().any(|step| step.wipes);
        let outcomes = self.transaction(commits, flush)?;
        self.new_log = false;
        self.wipe |= wipes;
        if self.wipe {
            match self.empty_log() {
                Ok(emptied) => self.wipe = !emptied,
                Err(error) => {
                    tracing::warn!(%error, "the log could not be emptied; the next commit tries again");
                }
            }
        }
        Ok(outcomes)
    }

    /// Applies a commit without waiting for anything. `None`: something would have to be waited for, nothing was done.
    pub(super) fn commit_at_once(&mut self, changes: &[Vec<Step>]) -> Option<Outcome> {
        if self.new_log {
            return None;
        }
        self.connection.busy_timeout(Duration::ZERO).ok()?;
        match self.transaction(&[changes], false) {
            Ok(mut outcomes) => outcomes.pop(),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => None,
            Err(error) => Some(Err(unavailable(error))),
        }
    }

    /// Moves a long log into the database. Readers and other processes are not waited for: what they still read stays,
    /// and the next call goes on.
    pub(super) fn shorten_log(&mut self) {
        if self.log.load(Ordering::Relaxed) < LOG {
            return;
        }
        let moved =
            self.connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)").and_then(|mut statement| {
                statement.query_row([], |row| Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?))
            });
        match moved {
            Ok(all) => self.new_log |= all,
            Err(error) => {
                tracing::warn!(%error, "the log could not be moved into the database; it grows until it can");
            }
        }
    }

    /// Moves the log into the database, where deleted content is overwritten, and empties it. Tells whether it did: a
    /// reader in an old snapshot is not waited for, the next batch tries again.
    fn empty_log(&mut self) -> rusqlite::Result<bool> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        self.new_log = true;
        Ok(!busy?)
    }

    fn transaction(&mut self, commits: &[&[Vec<Step>]], flush: bool) -> rusqlite::Result<Vec<Outcome>> {
        self.set_flushing(flush)?;
        let outcomes = self.begun(commits);
        // Some errors, a full disk's among them, have SQLite roll the whole transaction back by itself.
        if outcomes.is_err()
            && !self.connection.is_autocommit()
            && let Err(error) = self.run("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
        outcomes
    }

    fn begun(&self, commits: &[&[Vec<Step>]]) -> rusqlite::Result<Vec<Outcome>> {
        self.run("BEGIN IMMEDIATE")?;
        let outcomes = match self.together(commits) {
            Ok(outcomes) => outcomes,
            Err(Failure::Database(error)) => return Err(error),
            Err(Failure::Commit(error)) => {
                self.run("ROLLBACK")?;
                if commits.len() == 1 {
                    return Ok(vec![Err(error)]);
                }
                self.run("BEGIN IMMEDIATE")?;
                commits.iter().map(|changes| self.in_savepoint(changes)).collect::<Result<_, _>>()?
            }
        };
        self.run("COMMIT")?;
        Ok(outcomes)
    }

    /// Applies all of them, as long as none is refused, which few are: a savepoint for each would keep a copy of each page
    /// that it changes.
    fn together(&self, commits: &[&[Vec<Step>]]) -> Result<Vec<Outcome>, Failure> {
        commits.iter().map(|changes| self.steps(changes).map(Ok)).collect()
    }

    /// Applies one commit of several, of which one is refused.
    fn in_savepoint(&self, changes: &[Vec<Step>]) -> rusqlite::Result<Outcome> {
        self.run("SAVEPOINT one")?;
        match self.steps(changes) {
            Ok(done) => {
                self.run("RELEASE one")?;
                Ok(Ok(done))
            }
            Err(Failure::Commit(error)) => {
                self.run("ROLLBACK TO one")?;
                self.run("RELEASE one")?;
                Ok(Err(error))
            }
            Err(Failure::Database(error)) => Err(error),
        }
    }

    fn steps(&self, changes: &[Vec<Step>]) -> Result<Committed, Failure> {
        let mut affected = Vec::with_capacity(changes.len());
        for change in changes {
            let mut last = 0;
            for step in change {
                let mut statement = self.connection.prepare_cached(step.sql.for_sqlite())?;
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

    /// One of the statements that make a transaction.
    fn run(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// With `NORMAL` SQLite flushes the log only when it moves it.
    fn set_flushing(&mut self, flush: bool) -> rusqlite::Result<()> {
        if self.flushes != flush {
            self.connection.pragma_update(None, "synchronous", if flush { "FULL" } else { "NORMAL" })?;
            self.flushes = flush;
        }
        Ok(())
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

#[cfg(test)]
mod tests;
