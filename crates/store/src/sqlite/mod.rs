//! SQLite: readers in the calling thread, one connection that writes, and one thread that makes waiting commits durable
//! together.

mod committer;
pub(crate) mod condition;
mod readers;
pub(crate) mod remembered;
mod wal_index;
mod writer;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use identity::ports::{Committed, StoreError, StoreResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, ToSql, TransactionBehavior};

use self::readers::Readers;
use self::remembered::{Known, Reading, Remembered};
use self::wal_index::WalIndex;
use self::writer::Writer;
use crate::OpenError;
use crate::migrate::{self, SchemaError};
use crate::sql::{Row, Sql, Step, Value};

/// How long a statement waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
/// How long until a lock that SQLite does not wait for is tried again.
const PAUSE: Duration = Duration::from_millis(10);
/// Prepared statements kept a connection: more than there are texts.
const STATEMENTS: usize = 128;

/// An open SQLite database.
pub(crate) struct Sqlite {
    readers: Readers,
    writer: Writer,
    /// None where nothing can be proven; then every check reads.
    remembered: Option<Box<Remembered>>,
}

impl Sqlite {
    /// Opens the file, makes it when there is none, and brings its schema up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let refused = |source| OpenError::File { path: path.to_owned(), source };
        make_private(path).map_err(refused)?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| match error
            .sqlite_error_code()
        {
            Some(ErrorCode::CannotOpen) => refused(std::io::Error::other(error)),
            _ => error.into(),
        })?;
        // SQLite opens a file that may only be read all the same.
        if connection.is_readonly(MAIN_DB)? {
            return Err(refused(std::io::ErrorKind::PermissionDenied.into()));
        }
        refuse_foreign(&connection)?;
        write_ahead(&connection)?;
        promise(&connection)?;
        migrate(&mut connection)?;
        // As SQLite spells it: the index is beside the file that a link leads to.
        let index = connection.path().and_then(|path| WalIndex::beside(Path::new(path)));
        Ok(Self {
            readers: Readers::new(path.to_owned()),
            writer: Writer::start(connection)?,
            remembered: index.map(|index| Box::new(Remembered::new(index))),
        })
    }

    /// What is known without a query, and just proven to be true.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.remembered.as_ref()?.now(&self.readers)
    }

    /// Asked before a query whose answer is to be remembered.
    pub(crate) fn reading(&self) -> Option<Reading<'_>> {
        self.remembered.as_ref()?.reading()
    }

    pub(crate) fn query(&self, sql: &'static Sql, values: &[Value]) -> StoreResult<Vec<Row>> {
        self.readers.with(|connection| {
            let mut statement = connection.prepare_cached(sql.for_sqlite())?;
            let columns = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let mut values = Vec::with_capacity(columns);
                for index in 0..columns {
                    values.push(from_sqlite(row.get_ref(index)?));
                }
                found.push(Row::from(values));
            }
            Ok(found)
        })
    }

    pub(crate) async fn commit(&self, changes: Vec<Vec<Step>>) -> StoreResult<Committed> {
        self.writer.commit(changes).await
    }
}

/// The database holds password hashes: nobody but its owner reads it. SQLite gives its other files the same mode.
///
/// A file that is there is not touched: closing any handle to it would take away the locks that this process holds
/// on it (fcntl(2), "Advisory record locking").
fn make_private(path: &Path) -> std::io::Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Nobody finds the new file, and locks it, before its handle is closed.
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Switches the write-ahead log on. Of two processes that make a new file together SQLite refuses one here at once,
/// without the wait for a lock that it has everywhere else.
fn write_ahead(connection: &Connection) -> Result<(), OpenError> {
    let mut waited = Duration::ZERO;
    loop {
        let mode = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", mode) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && waited < BUSY => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            Ok(mode) if mode == "wal" => return Ok(()),
            // SQLite stays as it was, without an error, where the file system cannot do it.
            Ok(_) => return Err(OpenError::NoWriteAheadLog),
            Err(error) => return Err(error.into()),
        }
    }
}

/// What the writing connection promises beyond SQLite's defaults.
fn promise(connection: &Connection) -> rusqlite::Result<()> {
    // A commit is on the disk when it returns; the committer tells which need not be.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What a savepoint must be able to undo stays out of the folder for temporary files.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is deleted is overwritten: a deleted user's name does not stay in free space.
    connection.pragma_update(None, "secure_delete", true)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "trusted_schema", false)?;
    // Plans do not depend on bound values, so a statement is compiled once and not anew for each set of values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Another program's database is left as it is.
fn refuse_foreign(connection: &Connection) -> Result<(), OpenError> {
    let count = "SELECT count(*), count(*) FILTER (WHERE name = 'schema_migrations') FROM sqlite_schema";
    let (tables, ours): (i64, i64) = connection.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if tables > 0 && ours == 0 { Err(SchemaError::Foreign.into()) } else { Ok(()) }
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    // Immediate: of two processes that start together one migrates, the other waits and finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute(migrate::SQLITE_TABLE, [])?;
    let applied: Vec<(i64, Vec<u8>)> = transaction
        .prepare("SELECT number, checksum FROM schema_migrations ORDER BY number")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for migration in migrate::pending(migrate::SQLITE, &applied)? {
        transaction.execute_batch(migration.sql)?;
        transaction.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES (?1, ?2, ?3)",
            rusqlite::params![migration.number, migration.name, migration.checksum()],
        )?;
    }
    Ok(transaction.commit()?)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Self::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Self::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Blob(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
        })
    }
}

fn from_sqlite(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
        // STRICT tables without REAL columns hold none.
        ValueRef::Real(_) => Value::Null,
    }
}

fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

#[cfg(test)]
mod tests;
