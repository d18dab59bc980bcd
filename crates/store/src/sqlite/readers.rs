//! Read-only connections: a query runs in the calling thread on a connection of its own.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use identity::ports::StoreResult;
use rusqlite::{Connection, OpenFlags};

use super::{connect, unavailable};

/// The connections nobody reads from at the moment. There are never more than threads that read at once.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// Runs a query on a connection. One that failed is closed, so that the next query begins afresh.
    pub(super) fn with<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> StoreResult<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(unavailable)?,
        };
        let answer = query(&connection).map_err(unavailable)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }
}
