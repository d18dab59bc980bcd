//! A store that writes down which parts of the port were used, so that a case cannot declare what it does not do.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

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
use identity::ports::{Change, Commit, Committed, SessionQuery, Store, StoreError, StoreResult};
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::secret::Digest;
use identity::session::{Session, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::ticket::Ticket;
use identity::user::address_change::AddressChange;
use identity::user::directory::{UserPage, UserQuery};
use identity::user::{Credentials, LoginKey, User, UserNumber};
use identity::{Door, Timestamp};
use uuid::Uuid;

/// The parts that were used: `user` for a method, `SetStatus` for a change that was applied,
/// `SetStatus/UserChanged` for one that missed.
pub(crate) type Parts = Arc<Mutex<BTreeSet<String>>>;

pub(crate) struct Watched {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) parts: Parts,
}

impl Watched {
    fn used(&self, part: impl Into<String>) {
        self.parts.lock().unwrap().insert(part.into());
    }
}

/// `SetStatus { .. }` is `SetStatus`.
fn variant(change: &Change) -> String {
    format!("{change:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

#[async_trait]
impl Store for Watched {
    async fn user(&self, number: UserNumber) -> StoreResult<Option<User>> {
        self.used("user");
        self.inner.user(number).await
    }

    async fn user_by_id(&self, id: Uuid) -> StoreResult<Option<User>> {
        self.used("user_by_id");
        self.inner.user_by_id(id).await
    }

    async fn user_by_name(&self, key: &LoginKey) -> StoreResult<Option<User>> {
        self.used("user_by_name");
        self.inner.user_by_name(key).await
    }

    async fn users(&self, after: UserNumber, limit: u32) -> StoreResult<Vec<User>> {
        self.used("users");
        self.inner.users(after, limit).await
    }

    async fn users_matching(&self, query: &UserQuery) -> StoreResult<UserPage> {
        self.used("users_matching");
        self.inner.users_matching(query).await
    }

    async fn has_had_users(&self) -> StoreResult<bool> {
        self.used("has_had_users");
        self.inner.has_had_users().await
    }

    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>> {
        self.used("credentials");
        self.inner.credentials(key).await
    }

    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<Session>, Arc<User>)>> {
        self.used("session_by_digest");
        self.inner.session_by_digest(digest).await
    }

    async fn session_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<Session>, Arc<User>, Memberships)>> {
        self.used("session_with_memberships");
        self.inner.session_with_memberships(digest).await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>> {
        self.used("session");
        self.inner.session(id).await
    }

    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>> {
        self.used("sessions");
        self.inner.sessions(of, query).await
    }

    async fn api_key_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>)>> {
        self.used("api_key_by_digest");
        self.inner.api_key_by_digest(digest).await
    }

    async fn api_key_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>, Memberships)>> {
        self.used("api_key_with_memberships");
        self.inner.api_key_with_memberships(digest).await
    }

    async fn api_keys(&self, of: UserNumber, door: &Door) -> StoreResult<Vec<ApiKey>> {
        self.used("api_keys");
        self.inner.api_keys(of, door).await
    }

    async fn api_keys_of(&self, of: UserNumber) -> StoreResult<Vec<ApiKey>> {
        self.used("api_keys_of");
        self.inner.api_keys_of(of).await
    }

    async fn api_key(&self, id: ApiKeyId) -> StoreResult<Option<ApiKey>> {
        self.used("api_key");
        self.inner.api_key(id).await
    }

    async fn organization_key_by_digest(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(ApiKey, Organization)>> {
        self.used("organization_key_by_digest");
        self.inner.organization_key_by_digest(digest).await
    }

    async fn organization_keys(&self, of: OrganizationId, door: &Door) -> StoreResult<Vec<ApiKey>> {
        self.used("organization_keys");
        self.inner.organization_keys(of, door).await
    }

    async fn organization(&self, id: OrganizationId) -> StoreResult<Option<Organization>> {
        self.used("organization");
        self.inner.organization(id).await
    }

    async fn organizations_named(&self, name: &str, limit: u32) -> StoreResult<Vec<Organization>> {
        self.used("organizations_named");
        self.inner.organizations_named(name, limit).await
    }

    async fn organizations(&self, after: OrganizationId, limit: u32) -> StoreResult<Vec<Organization>> {
        self.used("organizations");
        self.inner.organizations(after, limit).await
    }

    async fn memberships(&self, of: UserNumber) -> StoreResult<Memberships> {
        self.used("memberships");
        self.inner.memberships(of).await
    }

    async fn membership(&self, to: OrganizationId, of: UserNumber) -> StoreResult<Option<Membership>> {
        self.used("membership");
        self.inner.membership(to, of).await
    }

    async fn members(&self, of: OrganizationId) -> StoreResult<Vec<(Membership, User)>> {
        self.used("members");
        self.inner.members(of).await
    }

    async fn invitation(&self, id: InvitationId) -> StoreResult<Option<Invitation>> {
        self.used("invitation");
        self.inner.invitation(id).await
    }

    async fn invitation_by_digest(&self, digest: &Digest) -> StoreResult<Option<Invitation>> {
        self.used("invitation_by_digest");
        self.inner.invitation_by_digest(digest).await
    }

    async fn invitations(&self, to: OrganizationId) -> StoreResult<Vec<Invitation>> {
        self.used("invitations");
        self.inner.invitations(to).await
    }

    async fn ticket_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Ticket, User)>> {
        self.used("ticket_by_digest");
        self.inner.ticket_by_digest(digest).await
    }

    async fn address_change(&self, of: UserNumber) -> StoreResult<Option<AddressChange>> {
        self.used("address_change");
        self.inner.address_change(of).await
    }

    async fn external_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> StoreResult<Option<(ExternalIdentity, User)>> {
        self.used("external_identity");
        self.inner.external_identity(issuer, subject).await
    }

    async fn external_identities(&self, of: UserNumber) -> StoreResult<Vec<ExternalIdentity>> {
        self.used("external_identities");
        self.inner.external_identities(of).await
    }

    async fn flow_by_digest(&self, digest: &Digest) -> StoreResult<Option<Flow>> {
        self.used("flow_by_digest");
        self.inner.flow_by_digest(digest).await
    }

    async fn mails(&self, of: UserNumber, kind: MailKind, after: Timestamp) -> StoreResult<u64> {
        self.used("mails");
        self.inner.mails(of, kind, after).await
    }

    async fn signing_keys(&self, key_use: KeyUse) -> StoreResult<Vec<SigningKey>> {
        self.used("signing_keys");
        self.inner.signing_keys(key_use).await
    }

    async fn mail_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        self.used("mail_due");
        self.inner.mail_due(now, limit).await
    }

    async fn throttle(&self, bucket: &Bucket) -> StoreResult<Option<Throttle>> {
        self.used("throttle");
        self.inner.throttle(bucket).await
    }

    async fn knows_place(&self, place: &[u8; 32], since: Timestamp) -> StoreResult<bool> {
        self.used("knows_place");
        self.inner.knows_place(place, since).await
    }

    async fn refusal(&self, id: RefusalId) -> StoreResult<Option<Refused>> {
        self.used("refusal");
        self.inner.refusal(id).await
    }

    async fn refusals_left_out(&self) -> StoreResult<Vec<LeftOut>> {
        self.used("refusals_left_out");
        self.inner.refusals_left_out().await
    }

    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
        self.used("events");
        self.inner.events(after, limit).await
    }

    async fn events_matching(&self, query: &EventQuery) -> StoreResult<Vec<(i64, Event)>> {
        self.used("events_matching");
        self.inner.events_matching(query).await
    }

    async fn master_key_check(&self) -> StoreResult<Option<Vec<u8>>> {
        self.used("master_key_check");
        self.inner.master_key_check().await
    }

    async fn ping(&self) -> StoreResult<()> {
        self.used("ping");
        self.inner.ping().await
    }

    async fn commit(&self, commit: Commit) -> StoreResult<Committed> {
        let changes: Vec<String> = commit.changes.iter().map(variant).collect();
        let outcome = self.inner.commit(commit).await;
        self.used("commit");
        for change in changes {
            match &outcome {
                Ok(_) => self.used(change),
                Err(StoreError::Conflict(conflict)) => self.used(format!("{change}/{conflict:?}")),
                Err(_) => {}
            }
        }
        outcome
    }
}
