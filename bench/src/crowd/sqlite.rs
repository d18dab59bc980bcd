//! Rows into a file of SQLite that nobody else has open.

use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::{Cell, Sink};

/// Nobody reads meanwhile, and what a power cut spoils is made anew: so no journal, no flush, and every page that is
/// written to again is found in memory. References are right by construction.
const FAST: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; \
                    PRAGMA cache_size = -2000000; BEGIN EXCLUSIVE";
/// As the server left it.
const DONE: &str = "COMMIT; PRAGMA journal_mode = WAL";

pub(super) fn fill(
    file: &Path,
    write: impl FnOnce(&mut dyn Sink) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(FAST)?;
    write(&mut Filled(&connection))?;
    connection.execute_batch(DONE)?;
    Ok(())
}

struct Filled<'a>(&'a Connection);

impl Sink for Filled<'_> {
    fn write(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Cell>>,
    ) -> anyhow::Result<()> {
        let places = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
        let mut insert = self.0.prepare(&sql)?;
        for row in rows {
            insert.execute(params_from_iter(row))?;
        }
        Ok(())
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
