//! What a file of SQLite's is like, found by a connection made as the writing one is.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, MAIN_DB, OpenFlags, OptionalExtension as _};

use super::{connect, promise};
use crate::condition::{Condition, Engine, SqliteCondition, schema_state};
use crate::{OpenError, master_key, migrate};

/// How long another program's lock is waited for: a commit holds it for milliseconds.
const BUSY: Duration = Duration::from_secs(2);

/// The tables, those of ours among them.
const TABLES: &str = "SELECT count(*), count(*) FILTER (WHERE name = 'schema_migrations'),
    count(*) FILTER (WHERE name = 'master_key') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

pub(crate) fn examine(path: &Path) -> Result<Option<Condition>, OpenError> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(OpenError::File { path: path.to_owned(), source }),
        Ok(_) => {}
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY)?;
    promise(&connection)?;
    let journal_mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let synchronous = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let counts = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (tables, history, keys): (i64, i64, i64) = connection.query_row(TABLES, [], counts)?;
    let applied = if history > 0 { Some(applied(&connection)?) } else { None };
    let master_key_check = if keys > 0 {
        connection.query_row(master_key::FIND.for_sqlite(), [], |row| row.get(0)).optional()?
    } else {
        None
    };
    let engine = SqliteCondition { journal_mode, synchronous, write_refused: write_refused(&connection)? };
    Ok(Some(Condition {
        schema: schema_state(migrate::SQLITE, applied.as_deref(), tables),
        master_key_check,
        engine: Engine::Sqlite(engine),
    }))
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
    connection
        .prepare("SELECT number, checksum FROM schema_migrations ORDER BY number")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Takes the lock that a commit takes, and changes nothing.
fn write_refused(connection: &Connection) -> rusqlite::Result<Option<String>> {
    if connection.is_readonly(MAIN_DB)? {
        return Ok(Some("it may only be read".to_owned()));
    }
    match connection.execute_batch("BEGIN IMMEDIATE") {
        Ok(()) => connection.execute_batch("ROLLBACK").map(|()| None),
        Err(error) => Ok(Some(error.to_string())),
    }
}
