//! What a commit can change, one variant each, with the guard that it stands or falls by.

#[cfg(doc)]
use super::Conflict;
use crate::api_key::{ApiKeyId, Grant, NewApiKey};
use crate::federation::{ExternalIdentityId, NewExternalIdentity};
use crate::flow::{FlowId, NewFlow};
use crate::keyring::{KeyUse, SigningKey, SigningKeyId};
use crate::mail::MailId;
use crate::mail::queue::NewMail;
use crate::op::Timestamp;
use crate::organization::{
    Admission, InvitationId, MembershipId, NewInvitation, NewMembership, Organization, OrganizationId,
    OrganizationRole,
};
use crate::refusal::Refused;
use crate::session::{EndReason, NewSession, SessionId, Touch};
use crate::surface::Door;
use crate::throttle::{Bucket, Throttle};
use crate::ticket::{NewTicket, TicketId};
use crate::user::address_change::{AddressChange, Side};
use crate::user::{Email, LoginKey, NewUser, PersonName, Status, UserNumber};

/// One guarded change.
#[derive(Debug, Clone)]
pub enum Change {
    /// Makes a user and claims the login names. Misses: [`Conflict::LoginNameTaken`],
    /// [`Conflict::LoginNameRetired`].
    CreateUser(NewUser),
    /// Claims the making of the first user; goes before its [`Change::CreateUser`]. Of any number of commits that claim it
    /// one is applied, by whichever process. Misses: [`Conflict::UserExists`] when a user was ever made, one deleted since
    /// included.
    ClaimFirstUser,
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
    /// Makes a membership of a user who may be made in the same commit, and uses up the invitation that it comes by,
    /// under the lock of the user's row. Misses: [`Conflict::UserChanged`] when the user is not active or the credential
    /// version is not the one read, [`Conflict::MembershipExists`], [`Conflict::InvitationGone`].
    Admit(Admission),
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
    /// Clears every count of a user but for the tries in flight, and forgets the places that the user is known at. Never
    /// misses.
    ClearAllThrottles {
        /// Whose.
        user: UserNumber,
    },
    /// Counts a failure at a place that is known, which was reserved elsewhere; nothing where the place is not known. Never
    /// misses.
    CountAtPlace {
        /// Where.
        place: [u8; 32],
        /// When.
        at: Timestamp,
        /// The count begins anew when its last failure was then or before.
        anew_since: Timestamp,
    },
    /// Notes that a user has signed in from a place. Never misses.
    NotePlace {
        /// Where: what belongs to this user alone.
        place: [u8; 32],
        /// Who.
        user: UserNumber,
        /// When.
        at: Timestamp,
    },
    /// Forgets places that nobody signed in from since, and counts at places that nobody tried since. Never misses.
    ForgetPlaces {
        /// Older than this.
        before: Timestamp,
    },
    /// Forgets counts of unknown names that nobody tried since. Never misses.
    ForgetThrottles {
        /// Older than this.
        before: Timestamp,
    },
    /// Forgets the oldest of the audit events from before this time. Never misses: what another process forgot meanwhile is
    /// gone as well.
    ForgetEvents {
        /// Older than this.
        before: Timestamp,
        /// At most so many.
        limit: u32,
    },
    /// Keeps a refusal, and of those of its rule no more than so many, the latest: first of its network, then of all. One
    /// that is kept already stays as it is. Never misses.
    KeepRefusal {
        /// The refusal.
        refused: Box<Refused>,
        /// So many of its rule and network.
        of_network: u32,
        /// So many of its rule.
        of_rule: u32,
    },
    /// Counts refusals of a rule that were not kept. Never misses.
    CountLeftOut {
        /// The rule's name.
        rule: &'static str,
        /// How many.
        count: u64,
        /// When.
        at: Timestamp,
    },
    /// Forgets refusals, and counts of those that were left out. Never misses.
    ForgetRefusals {
        /// Older than this.
        before: Timestamp,
    },
    /// Writes down the check value of the master key, once. Misses: [`Conflict::MasterKeyRecorded`].
    RecordMasterKey {
        /// [`crate::MasterKey::check`].
        check: [u8; 32],
    },
}
