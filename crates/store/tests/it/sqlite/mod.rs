//! What SQLite adds to the contract: files, the schema's history, locks, and a disk that may be full.

mod child;
mod disk;
mod durability;
mod faults;
mod files;
mod remembered;
mod schema;
mod wiping;

use std::path::{Path, PathBuf};

use store::Store;

use crate::world::{create, names};

/// A folder that is removed with the test, and a database file in it that is not made yet.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn database(&self) -> PathBuf {
        self.0.path().join("vestibule.db")
    }
}

fn open(path: &Path) -> Store {
    Store::open_sqlite(path).unwrap()
}

/// A connection of another program.
fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

/// The database's companion file: `-wal` or `-shm`.
fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
