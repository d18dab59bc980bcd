//! What SQLite adds to the contract: files, the schema's history, locks, and a disk that may be full.

mod child;
mod disk;
mod durability;
mod faults;
mod files;
mod schema;

use std::path::{Path, PathBuf};

use identity::audit::EventKind;
use identity::ports::{Change, Commit, Committed, Store as _, StoreResult};
use identity::user::{NewUser, UserNumber};
use store::Store;

use crate::world::{event, new_user};

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

/// Makes a user and records that, in one commit. The id is not one of another process.
async fn create(store: &Store, name: &str) -> StoreResult<Committed> {
    let mut id = [0; 16];
    id.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    let user = NewUser { id: uuid::Uuid::from_bytes(id), ..new_user(name) };
    let events = vec![event(EventKind::UserCreated, name)];
    store.commit(Commit { changes: vec![Change::CreateUser(user)], events }).await
}

/// The usernames, in order of number.
async fn names(store: &Store) -> Vec<String> {
    let users = store.users(UserNumber(0), 10_000).await.unwrap();
    users.into_iter().filter_map(|user| user.username).collect()
}
