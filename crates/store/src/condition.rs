//! What an operator should know of a database before anything is changed in it: whether it is there, whose schema it has,
//! and which settings of its durability are really in force on connections as ours are made.
//!
//! It judges nothing, and it neither makes a database nor migrates one.

use std::path::Path;

use identity::Timestamp;

use crate::migrate::{self, Migration, SchemaError};
use crate::postgres::PostgresUrl;
use crate::{OpenError, Store, postgres, sqlite};

/// A database as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How far its schema is.
    pub schema: SchemaState,
    /// The check value of the master key it was made with; none while it has none.
    pub master_key_check: Option<Vec<u8>>,
    /// What its settings are.
    pub engine: Engine,
}

/// How far a schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// There are no tables yet.
    Empty,
    /// It is this program's.
    Current,
    /// The next start brings it up to date.
    Older {
        /// The last migration that was applied.
        found: i64,
        /// This program's last one.
        known: i64,
    },
    /// This program leaves it alone.
    Unfit(SchemaError),
}

/// What each engine has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// SQLite.
    Sqlite(SqliteCondition),
    /// PostgreSQL.
    Postgres(PostgresCondition),
}

/// A file of SQLite's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteCondition {
    /// `PRAGMA journal_mode` of the file, in lowercase.
    pub journal_mode: String,
    /// `PRAGMA synchronous` on a connection made as the writing one is: 2 is FULL.
    pub synchronous: i64,
    /// Why it cannot be written now; none: it can.
    pub write_refused: Option<String>,
}

/// A server of PostgreSQL's, and our way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresCondition {
    /// Whether commits reach the disk (`fsync`).
    pub fsync: bool,
    /// Whether a page that a power cut tore can be mended (`full_page_writes`).
    pub full_page_writes: bool,
    /// `synchronous_commit` of our sessions.
    pub synchronous_commit: String,
    /// The isolation level of our transactions, in lowercase: `read committed`.
    pub isolation: String,
    /// The server's clock.
    pub clock: Timestamp,
    /// Whether this connection is encrypted.
    pub encrypted: bool,
    /// Whether the server's certificate was verified.
    pub verified: bool,
    /// Whether every host of the address is this machine.
    pub local: bool,
    /// How many connections there may be for us: the least of what server, database and role allow.
    pub connections: i64,
    /// How many one process opens at most.
    pub connections_wanted: i64,
}

impl Store {
    /// Looks at the SQLite database in this file; none: there is no file. Blocks for at most some seconds.
    ///
    /// # Errors
    /// [`OpenError`]: it is no database, or cannot be read.
    pub fn examine_sqlite(path: &Path) -> Result<Option<Condition>, OpenError> {
        sqlite::condition::examine(path)
    }

    /// Looks at the PostgreSQL database at this address.
    ///
    /// # Errors
    /// [`OpenError`]: it cannot be reached, or does not let us in.
    pub async fn examine_postgres(url: &PostgresUrl) -> Result<Condition, OpenError> {
        postgres::condition::examine(url).await
    }
}

/// What a list of applied migrations means; none: there is no list.
pub(crate) fn schema_state(
    history: &[Migration],
    applied: Option<&[(i64, Vec<u8>)]>,
    tables: i64,
) -> SchemaState {
    let Some(applied) = applied else {
        return if tables == 0 { SchemaState::Empty } else { SchemaState::Unfit(SchemaError::Foreign) };
    };
    match migrate::pending(history, applied) {
        Err(error) => SchemaState::Unfit(error),
        Ok([]) => SchemaState::Current,
        Ok([.., last]) => {
            SchemaState::Older { found: applied.last().map_or(0, |(number, _)| *number), known: last.number }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_where_nothing_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vestibule.db");
        assert_eq!(Store::examine_sqlite(&path).unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::write(&path, "").unwrap();
        let empty = Store::examine_sqlite(&path).unwrap().expect("a file");
        assert_eq!((empty.schema, empty.master_key_check), (SchemaState::Empty, None));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0, "not migrated");
    }

    #[test]
    fn a_schema_is_told_by_its_history() {
        let all: Vec<_> = migrate::SQLITE.iter().map(|it| (it.number, it.checksum())).collect();
        let (known, state) = (all.len(), |applied: &[_]| schema_state(migrate::SQLITE, Some(applied), 9));
        assert_eq!(state(&all), SchemaState::Current);
        let older = SchemaState::Older { found: 1, known: i64::try_from(known).unwrap() };
        assert_eq!(state(&all[..1]), older);
        assert_eq!(state(&[(1, vec![0])]), SchemaState::Unfit(SchemaError::Altered { number: 1 }));
        assert_eq!(schema_state(migrate::SQLITE, None, 0), SchemaState::Empty);
        assert_eq!(schema_state(migrate::SQLITE, None, 3), SchemaState::Unfit(SchemaError::Foreign));
    }
}
