//! The store port on SQLite and PostgreSQL: guarded commits, migrations, one SQL text a statement.
//!
//! The map: one module a noun with its statements ([`users`], [`sessions`], [`api_keys`], [`tickets`],
//! [`address_changes`], [`external_identities`], [`organizations`], [`invitations`], [`flows`], [`signing_keys`], [`mail`],
//! [`throttles`], [`refusals`], [`audit`], [`master_key`]), [`changes`] which of them make up a change, [`db`] the seam to
//! the engines [`sqlite`] and [`postgres`], [`condition`] what an operator should know of a database, [`migrate`] the
//! schema's history, [`constraints`] how engines spell a violated one. It
//! decides nothing: the guards repeat in SQL what `identity` decided, so that races are settled where the data is.

mod address_changes;
mod api_keys;
mod audit;
mod changes;
mod condition;
mod constraints;
mod db;
mod external_identities;
mod flows;
mod invitations;
mod mail;
mod master_key;
mod migrate;
mod organizations;
mod postgres;
mod refusals;
mod sessions;
mod signing_keys;
mod sql;
mod sqlite;
mod throttles;
mod tickets;
mod users;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use identity::api_key::{ApiKey, ApiKeyId};
use identity::audit::Event;
use identity::audit::trail::EventQuery;
use identity::federation::ExternalIdentity;
use identity::flow::Flow;
use identity::keyring::{KeyUse, SigningKey};
use identity::mail::MailKind;
use identity::mail::queue::QueuedMail;
use identity::organization::{
    Invitation, InvitationId, Membership, Memberships, Organization, OrganizationId,
};
use identity::ports::{Commit, Committed, SessionQuery, StoreResult};
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::secret::{Digest, Sha256Digest};
use identity::session::{Session, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::ticket::Ticket;
use identity::user::address_change::AddressChange;
use identity::user::directory::{UserPage, UserQuery};
use identity::user::{Credentials, LoginKey, User, UserNumber};
use identity::{Door, Remembered, Stamp, Timestamp};
use uuid::Uuid;

pub use crate::condition::{Condition, Engine, PostgresCondition, SchemaState, SqliteCondition};
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

    async fn users_matching(&self, query: &UserQuery) -> StoreResult<UserPage> {
        users::directory::page(&self.db, query).await
    }

    async fn has_had_users(&self) -> StoreResult<bool> {
        users::has_had_any(&self.db).await
    }

    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>> {
        users::credentials(&self.db, key).await
    }

    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<Session>, Arc<User>)>> {
        sessions::by_digest(&self.db, digest).await
    }

    fn session_known_by(&self, digest: &Sha256Digest) -> Option<Remembered<Session>> {
        self.db.known()?.session(digest)
    }

    fn is_still(&self, stamp: &Stamp) -> bool {
        self.db.known().is_some_and(|known| known.is_still(stamp))
    }

    async fn session_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<Session>, Arc<User>, Memberships)>> {
        sessions::with_memberships(&self.db, digest).await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>> {
        sessions::by_id(&self.db, id).await
    }

    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>> {
        sessions::page(&self.db, of, query).await
    }

    async fn api_key_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>)>> {
        api_keys::by_digest(&self.db, digest).await
    }

    fn api_key_known_by(&self, digest: &Sha256Digest) -> Option<Remembered<ApiKey>> {
        self.db.known()?.api_key(digest)
    }

    async fn api_key_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>, Memberships)>> {
        api_keys::with_memberships(&self.db, digest).await
    }

    async fn api_keys(&self, of: UserNumber, door: &Door) -> StoreResult<Vec<ApiKey>> {
        api_keys::of_door(&self.db, of, door).await
    }

    async fn api_keys_of(&self, of: UserNumber) -> StoreResult<Vec<ApiKey>> {
        api_keys::of_user(&self.db, of).await
    }

    async fn api_key(&self, id: ApiKeyId) -> StoreResult<Option<ApiKey>> {
        api_keys::by_id(&self.db, id).await
    }

    async fn organization_key_by_digest(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(ApiKey, Organization)>> {
        api_keys::of_organization_by_digest(&self.db, digest).await
    }

    async fn organization_keys(&self, of: OrganizationId, door: &Door) -> StoreResult<Vec<ApiKey>> {
        api_keys::of_organization(&self.db, of, door).await
    }

    async fn organization(&self, id: OrganizationId) -> StoreResult<Option<Organization>> {
        organizations::by_id(&self.db, id).await
    }

    async fn organizations_named(&self, name: &str, limit: u32) -> StoreResult<Vec<Organization>> {
        organizations::named(&self.db, name, limit).await
    }

    async fn organizations(&self, after: OrganizationId, limit: u32) -> StoreResult<Vec<Organization>> {
        organizations::page(&self.db, after, limit).await
    }

    async fn memberships(&self, of: UserNumber) -> StoreResult<Memberships> {
        organizations::of_user(&self.db, of).await
    }

    fn memberships_known_of(&self, of: UserNumber) -> Option<Memberships> {
        self.db.known()?.memberships(of)
    }

    async fn membership(&self, to: OrganizationId, of: UserNumber) -> StoreResult<Option<Membership>> {
        organizations::membership(&self.db, to, of).await
    }

    async fn members(&self, of: OrganizationId) -> StoreResult<Vec<(Membership, User)>> {
        organizations::members(&self.db, of).await
    }

    async fn invitation(&self, id: InvitationId) -> StoreResult<Option<Invitation>> {
        invitations::by_id(&self.db, id).await
    }

    async fn invitation_by_digest(&self, digest: &Digest) -> StoreResult<Option<Invitation>> {
        invitations::by_digest(&self.db, digest).await
    }

    async fn invitations(&self, to: OrganizationId) -> StoreResult<Vec<Invitation>> {
        invitations::of_organization(&self.db, to).await
    }

    async fn ticket_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Ticket, User)>> {
        tickets::by_digest(&self.db, digest).await
    }

    async fn address_change(&self, of: UserNumber) -> StoreResult<Option<AddressChange>> {
        address_changes::of_user(&self.db, of).await
    }

    async fn external_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> StoreResult<Option<(ExternalIdentity, User)>> {
        external_identities::by_subject(&self.db, issuer, subject).await
    }

    async fn external_identities(&self, of: UserNumber) -> StoreResult<Vec<ExternalIdentity>> {
        external_identities::of_user(&self.db, of).await
    }

    async fn flow_by_digest(&self, digest: &Digest) -> StoreResult<Option<Flow>> {
        flows::by_digest(&self.db, digest).await
    }

    async fn mails(&self, of: UserNumber, kind: MailKind, after: Timestamp) -> StoreResult<u64> {
        mail::count(&self.db, of, kind, after).await
    }

    async fn signing_keys(&self, key_use: KeyUse) -> StoreResult<Vec<SigningKey>> {
        signing_keys::of_use(&self.db, key_use).await
    }

    async fn mail_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        mail::due(&self.db, now, limit).await
    }

    async fn throttle(&self, bucket: &Bucket) -> StoreResult<Option<Throttle>> {
        throttles::find(&self.db, bucket).await
    }

    async fn knows_place(&self, place: &[u8; 32], since: Timestamp) -> StoreResult<bool> {
        throttles::knows_place(&self.db, place, since).await
    }

    async fn refusal(&self, id: RefusalId) -> StoreResult<Option<Refused>> {
        refusals::find(&self.db, id).await
    }

    async fn refusals_left_out(&self) -> StoreResult<Vec<LeftOut>> {
        refusals::left_out(&self.db).await
    }

    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
        audit::page(&self.db, after, limit).await
    }

    async fn events_matching(&self, query: &EventQuery) -> StoreResult<Vec<(i64, Event)>> {
        audit::matching(&self.db, query).await
    }

    async fn master_key_check(&self) -> StoreResult<Option<Vec<u8>>> {
        master_key::find(&self.db).await
    }

    async fn ping(&self) -> StoreResult<()> {
        self.db.query_one(&PING, &[]).await.map(drop)
    }

    async fn commit(&self, commit: Commit) -> StoreResult<Committed> {
        let count = commit.changes.len();
        let mut steps: Vec<Vec<Step>> = commit.changes.iter().map(changes::steps).collect();
        steps.push(commit.events.iter().map(audit::record).collect());
        let mut done = self.db.commit(steps).await?;
        done.affected.truncate(count);
        Ok(done)
    }
}
