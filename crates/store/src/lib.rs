//! The store port on SQLite and PostgreSQL: guarded commits, migrations, one SQL text a statement.
//!
//! The map: one module a noun with its statements ([`users`], [`sessions`], [`throttles`], [`audit`],
//! [`master_key`]), [`db`] the seam to the engines [`sqlite`] and [`postgres`], [`migrate`] the schema's history,
//! [`constraints`] how engines spell a violated one. It decides nothing: the guards repeat in SQL what `identity`
//! decided, so that races are settled where the data is.

mod audit;
mod constraints;
mod db;
mod master_key;
mod migrate;
mod postgres;
mod sessions;
mod sql;
mod sqlite;
mod throttles;
mod users;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use identity::audit::Event;
use identity::ports::{Change, Commit, Committed, SessionQuery, StoreResult};
use identity::secret::Digest;
use identity::session::{Session, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::user::{Credentials, LoginKey, User, UserNumber};
use uuid::Uuid;

pub use crate::migrate::SchemaError;
pub use crate::postgres::PostgresUrl;

use crate::db::Db;
use crate::postgres::Postgres;
use crate::sql::{Sql, Step};
use crate::sqlite::Sqlite;

/// An open database.
pub struct Store {
    db: Db,
}

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be made or written.
    #[error("the database file {} cannot be written: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its schema is not one of ours.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The engine refuses it.
    #[error("the database cannot be opened: {0}")]
    Engine(#[from] rusqlite::Error),
    /// The file system cannot hold a write-ahead log.
    #[error("the file system cannot hold a write-ahead log: put the database on a local disk")]
    NoWriteAheadLog,
    /// The server is not there, or does not let us in.
    #[error("the database at {place} {told}")]
    Server {
        /// Host, port and database, without the password.
        place: String,
        /// What it does instead, and the remedy.
        told: String,
    },
    /// The machine gives no thread.
    #[error("the writing thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl OpenError {
    fn server(place: impl Into<String>, told: impl Into<String>) -> Self {
        Self::Server { place: place.into(), told: told.into() }
    }
}

impl Store {
    /// Opens the SQLite database in this file, makes it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], each with a sentence for the operator.
    pub fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { db: Db::Sqlite(Sqlite::open(path)?) })
    }

    /// Opens the PostgreSQL database at this address, which must exist, and brings its schema up to date. When it
    /// goes away later, everything is [`identity::ports::StoreError::Unavailable`] until it is back.
    ///
    /// # Errors
    /// [`OpenError`], each with a sentence for the operator.
    pub async fn open_postgres(url: &PostgresUrl) -> Result<Self, OpenError> {
        Ok(Self { db: Db::Postgres(Box::new(Postgres::open(url).await?)) })
    }
}

/// Reads from a table: an engine can answer a bare `SELECT 1` without its database.
static PING: Sql = Sql::new("SELECT number FROM schema_migrations WHERE number = 1");

#[async_trait]
impl identity::ports::Store for Store {
    async fn user(&self, number: UserNumber) -> StoreResult<Option<User>> {
        users::by_number(&self.db, number).await
    }

    async fn user_by_id(&self, id: Uuid) -> StoreResult<Option<User>> {
        users::by_id(&self.db, id).await
    }

    async fn user_by_name(&self, key: &LoginKey) -> StoreResult<Option<User>> {
        users::by_name(&self.db, key).await
    }

    async fn users(&self, after: UserNumber, limit: u32) -> StoreResult<Vec<User>> {
        users::page(&self.db, after, limit).await
    }

    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>> {
        users::credentials(&self.db, key).await
    }

    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Session, User)>> {
        sessions::by_digest(&self.db, digest).await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>> {
        sessions::by_id(&self.db, id).await
    }

    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>> {
        sessions::page(&self.db, of, query).await
    }

    async fn throttle(&self, bucket: &Bucket) -> StoreResult<Option<Throttle>> {
        throttles::find(&self.db, bucket).await
    }

    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
        audit::page(&self.db, after, limit).await
    }

    async fn master_key_check(&self) -> StoreResult<Option<Vec<u8>>> {
        master_key::find(&self.db).await
    }

    async fn ping(&self) -> StoreResult<()> {
        self.db.query_one(&PING, &[]).await.map(drop)
    }

    async fn commit(&self, commit: Commit) -> StoreResult<Committed> {
        let changes = commit.changes.len();
        let mut steps: Vec<Vec<Step>> = commit.changes.iter().map(steps).collect();
        steps.push(commit.events.iter().map(audit::record).collect());
        let mut done = self.db.commit(steps).await?;
        done.affected.truncate(changes);
        Ok(done)
    }
}

/// The guarded statements of one change.
fn steps(change: &Change) -> Vec<Step> {
    match change {
        Change::CreateUser(user) => users::create(user),
        Change::HoldUser { user, version } => users::hold(*user, *version),
        Change::SetPassword { user, version, hash, must_change } => {
            users::set_password(*user, *version, hash, *must_change)
        }
        Change::RenewHash { user, from, to } => users::renew_hash(*user, from, to),
        Change::SetStatus { user, status } => users::set_status(*user, *status),
        Change::DeleteUser { user, at, retired } => users::delete(*user, *at, retired),
        Change::OpenSession { session, version, limit, replaces } => {
            sessions::open(session, *version, *limit, *replaces)
        }
        Change::EndSession { session, at, reason } => sessions::end(*session, *at, *reason),
        Change::EndSessions { user, door, except, at, reason } => {
            sessions::end_all(*user, door.as_ref(), *except, *at, *reason)
        }
        Change::TouchSession(touch) => sessions::touch(*touch),
        Change::Reserve { bucket, seen, next } => throttles::reserve(bucket, seen.as_ref(), next),
        Change::ReserveSucceeded { bucket } => throttles::succeeded(bucket),
        Change::ReserveFailed { bucket, at } => throttles::failed(bucket, *at),
        Change::ReserveReleased { bucket } => throttles::released(bucket),
        Change::ClearThrottle { bucket } => throttles::clear(bucket),
        Change::ForgetThrottles { before } => throttles::forget(*before),
        Change::RecordMasterKey { check } => master_key::record(check),
    }
}
