//! What the core needs from outside, and nothing about how it is done.
//!
//! Reads are plain calls. A write is one [`Commit`]: the list of changes that one step of a use case decided on,
//! with its audit events, applied atomically. Each change is guarded; a guard that misses fails the whole commit
//! with a named [`Conflict`], and nothing of it is kept.

mod conflict;

use async_trait::async_trait;
use uuid::Uuid;

use crate::api_key::{ApiKey, ApiKeyId, Grant, NewApiKey};
use crate::audit::Event;
use crate::federation::{ExternalIdentity, ExternalIdentityId, NewExternalIdentity};
use crate::flow::{Flow, FlowId, NewFlow};
use crate::keyring::{KeyUse, SigningKey, SigningKeyId};
use crate::mail::queue::{NewMail, QueuedMail};
use crate::mail::{MailId, MailKind};
use crate::op::Timestamp;
use crate::organization::{
    Invitation, InvitationId, Membership, MembershipId, NewInvitation, NewMembership, Organization,
    OrganizationId, OrganizationRole,
};
use crate::secret::Digest;
use crate::session::{EndReason, NewSession, Session, SessionId, Touch};
use crate::surface::Door;
use crate::throttle::{Bucket, Throttle};
use crate::ticket::{NewTicket, Ticket, TicketId};
use crate::user::address_change::{AddressChange, Side};
use crate::user::directory::{UserPage, UserQuery};
use crate::user::{Credentials, Email, LoginKey, NewUser, PersonName, Status, User, UserNumber};

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
    /// What a login by this name is checked against.
    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>>;
    /// The session this secret belongs to, in whatever state, with its owner, even a deleted one.
    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Session, User)>>;
    /// The session with this id, in whatever state.
    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>>;
    /// Up to `limit` sessions of a user in order of age, oldest first, from those after `after`; all of them,
    /// or only the ones live at `live_at`.
    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>>;
    /// The user's API key that this secret belongs to, in whatever state, with its owner, even a deleted one.
    async fn api_key_by_digest(&self, digest: &Digest) -> StoreResult<Option<(ApiKey, User)>>;
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
    async fn memberships(&self, of: UserNumber) -> StoreResult<Vec<(Organization, Membership)>>;
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
    /// Up to `limit` audit events numbered above `after`, in order.
    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>>;
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

/// One guarded change.
#[derive(Debug, Clone)]
pub enum Change {
    /// Makes a user and claims the login names. Misses: [`Conflict::LoginNameTaken`],
    /// [`Conflict::LoginNameRetired`].
    CreateUser(NewUser),
    /// Holds the lock of an acting user's row, for changes that this user makes to others. Misses:
    /// [`Conflict::UserChanged`] when the user is not active or the credential version is not the one read.
    HoldUser {
        /// Who acts.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
    },
    /// Sets a password and raises the credential version, which ends the right of everything in flight that read
    /// the old one. Misses: [`Conflict::UserChanged`].
    SetPassword {
        /// Whose.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
        /// The new PHC string.
        hash: String,
        /// Whether a new password must be chosen at the next login that can ask for it.
        must_change: bool,
        /// When.
        at: Timestamp,
    },
    /// Sets what to call a user. Misses: [`Conflict::UserChanged`].
    SetName {
        /// Whose.
        user: UserNumber,
        /// The name.
        name: PersonName,
        /// When.
        at: Timestamp,
    },
    /// Sets the address and raises the credential version; the old one is free again. Misses:
    /// [`Conflict::UserChanged`], [`Conflict::LoginNameTaken`], [`Conflict::LoginNameRetired`].
    SetEmail {
        /// Whose.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
        /// The old address' key, unless the username has the same.
        release: Option<LoginKey>,
        /// The address.
        email: Email,
        /// Whether its key is to be claimed: not when the username has the same.
        claim: bool,
        /// Whether it counts as verified.
        verified: bool,
        /// Keyed digest of the new name, to be refused when retired.
        digest: [u8; 32],
        /// When.
        at: Timestamp,
    },
    /// Begins a change of address under the lock of the user's row; one under way before is over, with its tickets.
    /// Misses: [`Conflict::UserChanged`] when the user is not active or the credential version is not the one read.
    OpenAddressChange {
        /// The change.
        change: AddressChange,
        /// The credential version that was read.
        version: i64,
    },
    /// One of two sides agrees to a change of address while both are waited for. Misses: [`Conflict::TicketGone`].
    AgreeToAddress {
        /// Whose address.
        user: UserNumber,
        /// Who agrees.
        side: Side,
        /// When.
        at: Timestamp,
    },
    /// Ends a change of address that waits for this side only. Misses: [`Conflict::TicketGone`].
    CloseAddressChange {
        /// Whose address.
        user: UserNumber,
        /// Who agrees.
        side: Side,
        /// When.
        at: Timestamp,
    },
    /// Marks the address as verified, activates a pending user, sets the password of the sign-up if there is one, and
    /// raises the credential version. Misses: [`Conflict::UserChanged`], also when the user is suspended.
    VerifyEmail {
        /// Whose.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
        /// The PHC string that holds from now on; `None`: it stays.
        password: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Replaces a hash by one of the same password with today's cost, if it still is the one that was read. Never
    /// misses: somebody else's renewal serves as well.
    RenewHash {
        /// Whose.
        user: UserNumber,
        /// The PHC string that was read.
        from: String,
        /// The new one.
        to: String,
    },
    /// Sets the status; anything but `active` raises the credential version. Misses: [`Conflict::UserChanged`].
    SetStatus {
        /// Whose.
        user: UserNumber,
        /// The new status.
        status: Status,
        /// When.
        at: Timestamp,
    },
    /// Deletes a user: names, hash, address, one that was wanted, the devices of all sessions, the secrets and names of API keys, tickets,
    /// memberships, invitations to the user's names, those the user followed and live ones the user made, and mail that
    /// waits are wiped, number and id stay taken for ever, and the names are retired as keyed digests. Misses:
    /// [`Conflict::UserChanged`].
    DeleteUser {
        /// Who.
        user: UserNumber,
        /// When.
        at: Timestamp,
        /// Keyed digests of the login names.
        retired: Vec<[u8; 32]>,
    },
    /// Opens a session under the lock of its user's row. Misses: [`Conflict::UserChanged`] when the user is not
    /// active or the credential version is not the one read, [`Conflict::SessionLimit`].
    OpenSession {
        /// The session.
        session: NewSession,
        /// The credential version that was read.
        version: i64,
        /// How many live sessions of this user and door there may be, this one included.
        limit: Option<u32>,
        /// A session that ends with the opening, as [`EndReason::Replaced`], before sessions are counted. That it
        /// has ended already is no miss.
        replaces: Option<SessionId>,
    },
    /// Ends one session that was not ended yet, expired or not. Misses: [`Conflict::SessionEnded`].
    EndSession {
        /// Which.
        session: SessionId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
    /// Ends the sessions of a user that were not ended yet, expired or not, under the lock of the user's row.
    /// Without a door it also raises the credential version, so that no login in flight survives it. Never misses.
    EndSessions {
        /// Whose.
        user: UserNumber,
        /// By this door only.
        door: Option<Door>,
        /// All but this one.
        except: Option<SessionId>,
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
    /// Moves last-seen and the idle end forward, never back, only while the session lives. Never misses.
    TouchSession(Touch),
    /// Makes an API key under the lock of its user's row. Misses: [`Conflict::UserChanged`] when the user is not active
    /// or the credential version is not the one read, [`Conflict::ApiKeyLimit`], [`Conflict::StandingKeyExists`].
    OpenApiKey {
        /// The key.
        key: NewApiKey,
        /// The credential version that was read.
        version: i64,
        /// How many keys that were not ended this user may have at the door, this one included.
        limit: u32,
    },
    /// Changes what a key may do and when it ends. Misses: [`Conflict::ApiKeyEnded`].
    UpdateApiKey {
        /// Which.
        key: ApiKeyId,
        /// What it may do.
        grant: Grant,
        /// When it ends by itself.
        expires: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// Ends a key that was not ended yet, expired or not, and wipes its sealed secret. Misses:
    /// [`Conflict::ApiKeyEnded`].
    EndApiKey {
        /// Which.
        key: ApiKeyId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
    /// Ends the standing keys of a user at every door, and wipes their sealed secrets. Never misses.
    EndStandingKeys {
        /// Whose.
        user: UserNumber,
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
    /// Moves last-used forward, never back. Never misses.
    TouchApiKey {
        /// Which.
        key: ApiKeyId,
        /// When it was used.
        at: Timestamp,
    },
    /// Makes a ticket under the lock of its user's row. Misses: [`Conflict::UserChanged`] when the user's status or
    /// credential version is not the one read.
    OpenTicket {
        /// The ticket.
        ticket: NewTicket,
        /// The key its token is signed with.
        signing_key: SigningKeyId,
        /// The credential version that was read.
        version: i64,
        /// The status that was read.
        status: Status,
    },
    /// Uses a ticket up. Misses: [`Conflict::TicketGone`] when it was used, has ended or is expired.
    RedeemTicket {
        /// Which.
        ticket: TicketId,
        /// When.
        at: Timestamp,
    },
    /// Ends every ticket of a user. Never misses.
    EndTickets {
        /// Whose.
        user: UserNumber,
    },
    /// Links a user to a provider, under the lock of the user's row. Misses: [`Conflict::UserChanged`] when the user is
    /// not active or the credential version is not the one read, [`Conflict::IdentityTaken`].
    LinkIdentity {
        /// The link.
        identity: NewExternalIdentity,
        /// The credential version that was read; of a user made in the same commit, [`crate::user::FIRST_VERSION`].
        version: i64,
    },
    /// Takes a link to a provider away, under the lock of the user's row. Misses: [`Conflict::UserChanged`] when the user
    /// is not active or the credential version is not the one read, [`Conflict::IdentityGone`] when there is no such link,
    /// or none of those that are to remain.
    UnlinkIdentity {
        /// Which.
        identity: ExternalIdentityId,
        /// Whose.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
        /// Another link of the user's, which must be there still; `None`: something else lets the user in.
        keeps: Option<ExternalIdentityId>,
    },
    /// Begins a login by a provider. Never misses.
    OpenFlow(NewFlow),
    /// Takes a login under way: nobody else comes back to it. Misses: [`Conflict::FlowGone`] when it was taken or has
    /// expired.
    TakeFlow {
        /// Which.
        flow: FlowId,
        /// When.
        at: Timestamp,
    },
    /// Notes whom our own page hands over to a login that waits there, under the lock of the user's row. Misses:
    /// [`Conflict::UserChanged`] when the user is not active or the credential version is not the one read,
    /// [`Conflict::FlowGone`] when the login is not there, has expired, or somebody else was handed over.
    HandOver {
        /// Which login.
        flow: FlowId,
        /// Whom.
        user: UserNumber,
        /// The credential version that was read.
        version: i64,
        /// When.
        at: Timestamp,
    },
    /// Forgets logins that were over before this time. Never misses.
    ForgetFlows {
        /// Older than this.
        before: Timestamp,
    },
    /// Sees to it that a key still signs until the commit is through. Goes before every other change: the key's row is
    /// locked first wherever it is. Misses: [`Conflict::SigningKeyChanged`].
    HoldSigningKey {
        /// Which.
        key: SigningKeyId,
    },
    /// Makes the key that signs from its beginning on. Misses: [`Conflict::SigningKeyChanged`] when the newest one is
    /// not the one read.
    AddSigningKey {
        /// The key.
        key: SigningKey,
        /// The newest one so far, and until when its tokens are accepted.
        previous: Option<(SigningKeyId, Timestamp)>,
    },
    /// Drops every key of a use but the newest: its sessions end, its tickets are gone, its secret is wiped. Never
    /// misses.
    DropSigningKeys {
        /// Of which use.
        key_use: KeyUse,
        /// When.
        at: Timestamp,
    },
    /// Forgets keys whose last token ended before this time; their secrets are wiped. Never misses.
    ForgetSigningKeys {
        /// Older than this.
        before: Timestamp,
    },
    /// Makes an organization to which nobody belongs yet. Never misses.
    CreateOrganization(Organization),
    /// Makes a membership under the lock of the user's row. Misses: [`Conflict::UserChanged`] when the user is not active
    /// or the credential version is not the one read, [`Conflict::MembershipExists`].
    OpenMembership(NewMembership),
    /// Sees to it that a membership's role is the one read until the commit is through. Misses:
    /// [`Conflict::MembershipChanged`].
    HoldMembership {
        /// Which.
        membership: MembershipId,
        /// The role that was read.
        role: OrganizationRole,
    },
    /// Gives a member another role. Misses: [`Conflict::MembershipChanged`].
    SetMembershipRole {
        /// Which.
        membership: MembershipId,
        /// The role.
        role: OrganizationRole,
        /// When.
        at: Timestamp,
    },
    /// Takes a member out of an organization. Misses: [`Conflict::MembershipChanged`].
    EndMembership {
        /// Which.
        membership: MembershipId,
    },
    /// Makes an invitation; an expired one to the same organization and address is forgotten. Misses:
    /// [`Conflict::InvitationExists`].
    OpenInvitation(NewInvitation),
    /// Uses an invitation up. Misses: [`Conflict::InvitationGone`].
    RedeemInvitation {
        /// Which.
        invitation: InvitationId,
        /// Who follows it.
        user: UserNumber,
        /// When.
        at: Timestamp,
    },
    /// Forgets an invitation, followed or not. Misses: [`Conflict::InvitationGone`].
    WithdrawInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// Forgets invitations that expired before this time and were not followed. Never misses.
    ForgetInvitations {
        /// Older than this.
        before: Timestamp,
    },
    /// Makes an API key of an organization under the lock of the organization's row. Misses: [`Conflict::ApiKeyLimit`].
    OpenOrganizationKey {
        /// The key.
        key: NewApiKey,
        /// Whose.
        organization: OrganizationId,
        /// How many keys that were not ended it may have at the door, this one included.
        limit: u32,
    },
    /// Queues a message.
    QueueMail(NewMail),
    /// Takes a message for delivery. Misses: [`Conflict::MailTaken`] when somebody else did.
    ClaimMail {
        /// Which.
        mail: MailId,
        /// How often it was taken before.
        tries: u32,
        /// When others may take it if nothing was heard of it.
        until: Timestamp,
    },
    /// The message left: its content is wiped. Never misses.
    MailSent {
        /// Which.
        mail: MailId,
        /// When.
        at: Timestamp,
    },
    /// The message did not leave and is due again later, unless somebody else took it meanwhile. Never misses.
    MailLater {
        /// Which.
        mail: MailId,
        /// How often it was taken, this time included.
        tries: u32,
        /// When it is due.
        due: Timestamp,
    },
    /// The message will never leave: its content is wiped. Never misses.
    MailFailed {
        /// Which.
        mail: MailId,
        /// When.
        at: Timestamp,
    },
    /// Forgets tickets and changes of address that expired before this time, and messages that left or failed before it. Never misses.
    ForgetMail {
        /// Older than this.
        before: Timestamp,
    },
    /// Counts a try as a failure before it is made. Misses: [`Conflict::ThrottleChanged`] when the count is no
    /// longer the one that was read.
    Reserve {
        /// Where it counts.
        bucket: Bucket,
        /// The state that was read.
        seen: Option<Throttle>,
        /// The state with this try in it.
        next: Throttle,
    },
    /// The try was good: clears the count but for the tries still in flight. Never misses.
    ReserveSucceeded {
        /// Where it counts.
        bucket: Bucket,
    },
    /// The try was bad: it stays counted. Never misses.
    ReserveFailed {
        /// Where it counts.
        bucket: Bucket,
        /// When it failed.
        at: Timestamp,
    },
    /// The try was not made: it is taken back, nothing else. Never misses.
    ReserveReleased {
        /// Where it counts.
        bucket: Bucket,
    },
    /// Clears the count but for the tries in flight. Never misses.
    ClearThrottle {
        /// Which.
        bucket: Bucket,
    },
    /// Forgets counts of unknown names that nobody tried since. Never misses.
    ForgetThrottles {
        /// Older than this.
        before: Timestamp,
    },
    /// Writes down the check value of the master key, once. Misses: [`Conflict::MasterKeyRecorded`].
    RecordMasterKey {
        /// [`crate::MasterKey::check`].
        check: [u8; 32],
    },
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// For each change, how many rows its last statement hit; the number of sessions that
    /// [`Change::EndSessions`] ended, for one.
    pub affected: Vec<u64>,
}
