//! What the core needs from outside, and nothing about how it is done.
//!
//! Reads are plain calls. A write is one [`Commit`]: the list of changes that one step of a use case decided on,
//! with its audit events, applied atomically. Each change is guarded; a guard that misses fails the whole commit
//! with a named [`Conflict`], and nothing of it is kept.

mod change;
mod conflict;

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::api_key::{ApiKey, ApiKeyId};
use crate::audit::Event;
use crate::audit::trail::EventQuery;
use crate::federation::ExternalIdentity;
use crate::flow::Flow;
use crate::keyring::{KeyUse, SigningKey};
use crate::mail::MailKind;
use crate::mail::queue::QueuedMail;
use crate::op::Timestamp;
use crate::organization::{Invitation, InvitationId, Membership, Memberships, Organization, OrganizationId};
use crate::refusal::{LeftOut, RefusalId, Refused};
use crate::secret::{Digest, Sha256Digest};
use crate::session::caller::Remembered;
use crate::session::stay::Stamp;
use crate::session::{Session, SessionId};
use crate::surface::Door;
use crate::throttle::{Bucket, Throttle};
use crate::ticket::Ticket;
use crate::user::address_change::AddressChange;
use crate::user::directory::{UserPage, UserQuery};
use crate::user::{Credentials, LoginKey, User, UserNumber};

pub use change::Change;
pub use conflict::{Conflict, StoreError, StoreResult};

/// Random bytes from a generator fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The ledger. A method that returns has seen everything that any process had committed when it was called.
#[async_trait]
pub trait Store: Send + Sync {
    /// The user with this number, unless deleted.
    async fn user(&self, number: UserNumber) -> StoreResult<Option<User>>;
    /// The user with this id, unless deleted.
    async fn user_by_id(&self, id: Uuid) -> StoreResult<Option<User>>;
    /// The user who claimed this name, as username or as e-mail address.
    async fn user_by_name(&self, key: &LoginKey) -> StoreResult<Option<User>>;
    /// Up to `limit` users with numbers above `after`, in order of number.
    async fn users(&self, after: UserNumber, limit: u32) -> StoreResult<Vec<User>>;
    /// One page of the users that match, and how many match in all.
    async fn users_matching(&self, query: &UserQuery) -> StoreResult<UserPage>;
    /// Whether a user was ever made, one deleted since included.
    async fn has_had_users(&self) -> StoreResult<bool>;
    /// What a login by this name is checked against.
    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>>;
    /// The session this secret belongs to, in whatever state, with its owner, even a deleted one.
    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<Session>, Arc<User>)>>;
    /// The same, where it is known without a query and proven to be what one would say. `None` says nothing.
    fn session_known_by(&self, _: &Sha256Digest) -> Option<Remembered<Session>> {
        None
    }
    /// Whether what was known with this stamp is proven to be still so. False says nothing.
    fn is_still(&self, _: &Stamp) -> bool {
        false
    }
    /// [`Store::session_by_digest`], with what the owner belongs to, as [`Store::memberships`] says it: one question, where each
    /// is a way to the database.
    async fn session_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<Session>, Arc<User>, Memberships)>>;
    /// The session with this id, in whatever state.
    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>>;
    /// Up to `limit` sessions of a user in order of age, oldest first, from those after `after`; all of them,
    /// or only the ones live at `live_at`.
    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>>;
    /// The user's API key that this secret belongs to, in whatever state, with its owner, even a deleted one.
    async fn api_key_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>)>>;
    /// The same, where it is known without a query and proven to be what one would say. `None` says nothing.
    fn api_key_known_by(&self, _: &Sha256Digest) -> Option<Remembered<ApiKey>> {
        None
    }
    /// [`Store::api_key_by_digest`], with what the owner belongs to, in one question as well.
    async fn api_key_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>, Memberships)>>;
    /// The API keys of a user at a door that were not ended, expired ones too, oldest first; at most
    /// [`crate::api_key::keys::LIMIT`] and the standing one.
    async fn api_keys(&self, of: UserNumber, door: &Door) -> StoreResult<Vec<ApiKey>>;
    /// The API keys of a user at every door that were not ended, expired ones too, by door and oldest first.
    async fn api_keys_of(&self, of: UserNumber) -> StoreResult<Vec<ApiKey>>;
    /// The API key with this id, a user's or an organization's, in whatever state.
    async fn api_key(&self, id: ApiKeyId) -> StoreResult<Option<ApiKey>>;
    /// The organization's API key that this secret belongs to, in whatever state.
    async fn organization_key_by_digest(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(ApiKey, Organization)>>;
    /// The API keys of an organization at a door that were not ended, expired ones too, oldest first; at most
    /// [`crate::api_key::keys::LIMIT`].
    async fn organization_keys(&self, of: OrganizationId, door: &Door) -> StoreResult<Vec<ApiKey>>;
    /// The organization with this id.
    async fn organization(&self, id: OrganizationId) -> StoreResult<Option<Organization>>;
    /// Up to `limit` organizations of exactly this name, oldest first.
    async fn organizations_named(&self, name: &str, limit: u32) -> StoreResult<Vec<Organization>>;
    /// Up to `limit` organizations made after this one, oldest first.
    async fn organizations(&self, after: OrganizationId, limit: u32) -> StoreResult<Vec<Organization>>;
    /// What a user belongs to, oldest membership first.
    async fn memberships(&self, of: UserNumber) -> StoreResult<Memberships>;
    /// The same, where it is known without a query and proven to be what one would say. `None` says nothing.
    fn memberships_known_of(&self, _: UserNumber) -> Option<Memberships> {
        None
    }
    /// A user's belonging to an organization.
    async fn membership(&self, to: OrganizationId, of: UserNumber) -> StoreResult<Option<Membership>>;
    /// Who belongs to an organization, oldest membership first.
    async fn members(&self, of: OrganizationId) -> StoreResult<Vec<(Membership, User)>>;
    /// The invitation with this id, followed or expired too.
    async fn invitation(&self, id: InvitationId) -> StoreResult<Option<Invitation>>;
    /// The invitation this code belongs to, followed or expired too.
    async fn invitation_by_digest(&self, digest: &Digest) -> StoreResult<Option<Invitation>>;
    /// The invitations to an organization, followed and expired ones too, oldest first.
    async fn invitations(&self, to: OrganizationId) -> StoreResult<Vec<Invitation>>;
    /// The ticket this secret belongs to, expired or not, with its owner.
    async fn ticket_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Ticket, User)>>;
    /// The change of address that a user asked for and that is not through, expired or not.
    async fn address_change(&self, of: UserNumber) -> StoreResult<Option<AddressChange>>;
    /// Whose identity this is at a provider, with the user, even a suspended one.
    async fn external_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> StoreResult<Option<(ExternalIdentity, User)>>;
    /// A user's links to providers, oldest first.
    async fn external_identities(&self, of: UserNumber) -> StoreResult<Vec<ExternalIdentity>>;
    /// The login under way that this `state` belongs to, expired or not.
    async fn flow_by_digest(&self, digest: &Digest) -> StoreResult<Option<Flow>>;
    /// How many messages of this kind were queued for a user after this time, whatever became of them.
    async fn mails(&self, of: UserNumber, kind: MailKind, after: Timestamp) -> StoreResult<u64>;
    /// The keys of a use, newest first.
    async fn signing_keys(&self, key_use: KeyUse) -> StoreResult<Vec<SigningKey>>;
    /// Up to `limit` messages that are due now and that nobody delivers at the moment, the longest due first.
    async fn mail_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<QueuedMail>>;
    /// The failure count of this bucket.
    async fn throttle(&self, bucket: &Bucket) -> StoreResult<Option<Throttle>>;
    /// Whether somebody signed in from this place then or later.
    async fn knows_place(&self, place: &[u8; 32], since: Timestamp) -> StoreResult<bool>;
    /// The refusal with this id.
    async fn refusal(&self, id: RefusalId) -> StoreResult<Option<Refused>>;
    /// How many refusals were not kept, by rule.
    async fn refusals_left_out(&self) -> StoreResult<Vec<LeftOut>>;
    /// Up to `limit` audit events numbered above `after`, in order.
    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>>;
    /// The audit events that fit, with their numbers: newest first, and of those of one time the last one recorded.
    async fn events_matching(&self, query: &EventQuery) -> StoreResult<Vec<(i64, Event)>>;
    /// The check value of the master key that this database was made with; `None` for a new database.
    async fn master_key_check(&self) -> StoreResult<Option<Vec<u8>>>;
    /// Whether the database answers at all.
    async fn ping(&self) -> StoreResult<()>;

    /// Applies every change and records every event, or nothing. When it returns, all of it is durable; only a commit
    /// of nothing but [`Change::Reserve`] need not outlive the machine until another one has returned.
    async fn commit(&self, commit: Commit) -> StoreResult<Committed>;
}

/// Which sessions of a user to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionQuery {
    /// Only those that live at this time; `None`: the ended ones too.
    pub live_at: Option<Timestamp>,
    /// Continue behind this session.
    pub after: Option<SessionId>,
    /// At most this many.
    pub limit: u32,
}

/// One step of a use case: what changes, and what is told about it.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Applied in order.
    pub changes: Vec<Change>,
    /// Recorded with them.
    pub events: Vec<Event>,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// For each change, how many rows its last statement hit; the number of sessions that
    /// [`Change::EndSessions`] ended, for one.
    pub affected: Vec<u64>,
}
