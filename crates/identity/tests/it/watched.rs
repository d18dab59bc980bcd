//! A store that writes down what the core asks of it, and may hold up logins about to be settled.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use identity::api_key::{ApiKey, ApiKeyId};
use identity::audit::Event;
use identity::audit::trail::EventQuery;
use identity::federation::upstream::{
    AuthorizationRequest, Claims, Redemption, Upstream, UpstreamError, UpstreamFault,
};
use identity::federation::{ExternalIdentity, ProviderId};
use identity::flow::Flow;
use identity::keyring::{KeyUse, SigningKey};
use identity::mail::MailKind;
use identity::mail::queue::QueuedMail;
use identity::organization::{
    Invitation, InvitationId, Membership, Memberships, Organization, OrganizationId,
};
use identity::ports::{Commit, Committed, SessionQuery, Store, StoreResult};
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::secret::Digest;
use identity::session::{Session, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::ticket::Ticket;
use identity::user::address_change::AddressChange;
use identity::user::directory::{UserPage, UserQuery};
use identity::user::{Credentials, LoginKey, User, UserNumber};
use identity::{Door, Identity, MasterKey, Parts, Policy, Secret, Timestamp};
use password::{Backend, Cost, HashPool, PoolSettings};
use testkit::{SeededEntropy, TestServer};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// The server's store, watched.
pub(crate) struct Watched {
    server: Arc<TestServer>,
    calls: Mutex<Vec<String>>,
    settled: Semaphore,
}

/// Where no provider is configured.
struct Nobody;

impl Nobody {
    fn knows(provider: &ProviderId) -> UpstreamError {
        let reason = "not configured".to_owned();
        UpstreamError { provider: provider.clone(), fault: UpstreamFault::Unknown, reason }
    }
}

#[async_trait]
impl Upstream for Nobody {
    async fn authorization_url(
        &self,
        _: Timestamp,
        provider: &ProviderId,
        _: &AuthorizationRequest<'_>,
    ) -> Result<String, UpstreamError> {
        Err(Self::knows(provider))
    }

    async fn redeem(
        &self,
        _: Timestamp,
        provider: &ProviderId,
        _: &Redemption<'_>,
    ) -> Result<Claims, UpstreamError> {
        Err(Self::knows(provider))
    }

    async fn logout_url(
        &self,
        _: Timestamp,
        provider: &ProviderId,
        _: &str,
    ) -> Result<Option<String>, UpstreamError> {
        Err(Self::knows(provider))
    }

    async fn inspect(
        &self,
        _: Timestamp,
        provider: &ProviderId,
        _: &Secret,
    ) -> Result<Claims, UpstreamError> {
        Err(Self::knows(provider))
    }
}

/// Hashes that cost next to nothing.
pub(crate) const CHEAP: PoolSettings = PoolSettings {
    cost: Cost { memory_kib: 8, iterations: 1, parallelism: 1 },
    backend: Backend::portable(),
    threads: 2,
    queue: 256,
    idle: Duration::from_secs(1),
};

impl Watched {
    pub(crate) fn on(server: &Arc<TestServer>) -> Arc<Self> {
        Self::letting_pass(Semaphore::MAX_PERMITS, server)
    }

    /// Only so many logins come to open a session; all others wait on the last step until [`Watched::let_all_pass`].
    pub(crate) fn letting_pass(logins: usize, server: &Arc<TestServer>) -> Arc<Self> {
        let settled = Semaphore::new(logins);
        Arc::new(Self { server: Arc::clone(server), calls: Mutex::default(), settled })
    }

    /// Nobody waits any longer.
    pub(crate) fn let_all_pass(&self) {
        self.settled.close();
    }

    /// A core on this store.
    pub(crate) fn identity(self: &Arc<Self>, hash_pool: HashPool) -> Identity {
        Identity::new(Parts {
            store: Arc::clone(self) as Arc<dyn Store>,
            entropy: Arc::new(SeededEntropy::new(2)),
            hash_pool,
            policy: Policy::default(),
            master_key: MasterKey::new([7; 32]),
            captcha: None,
            providers: Vec::new(),
            upstream: Arc::new(Nobody),
        })
    }

    /// What was asked since the last time, in order: reads by their name, commits by their changes and events.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().expect("not poisoned"))
    }

    /// Waits until so many calls began like this.
    pub(crate) async fn saw(&self, call: &str, times: usize) {
        let begins_so = |seen: &&String| seen.starts_with(call);
        let seen = || self.calls.lock().expect("not poisoned").iter().filter(begins_so).count();
        while seen() < times {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
    }

    fn note(&self, call: impl Into<String>) {
        self.calls.lock().expect("not poisoned").push(call.into());
    }
}

fn in_words(commit: &Commit) -> String {
    let changes = commit.changes.iter().map(|change| {
        let text = format!("{change:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    });
    let events = commit.events.iter().map(|event| event.kind.as_str().to_owned());
    changes.chain(events).collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl Store for Watched {
    async fn user(&self, number: UserNumber) -> StoreResult<Option<User>> {
        self.note("user");
        self.server.store().user(number).await
    }

    async fn user_by_id(&self, id: Uuid) -> StoreResult<Option<User>> {
        self.note("user_by_id");
        self.server.store().user_by_id(id).await
    }

    async fn user_by_name(&self, key: &LoginKey) -> StoreResult<Option<User>> {
        self.note("user_by_name");
        self.server.store().user_by_name(key).await
    }

    async fn users(&self, after: UserNumber, limit: u32) -> StoreResult<Vec<User>> {
        self.note("users");
        self.server.store().users(after, limit).await
    }

    async fn has_had_users(&self) -> StoreResult<bool> {
        self.note("has_had_users");
        self.server.store().has_had_users().await
    }

    async fn credentials(&self, key: &LoginKey) -> StoreResult<Option<Credentials>> {
        let credentials = self.server.store().credentials(key).await;
        self.note("credentials");
        credentials
    }

    async fn session_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<Session>, Arc<User>)>> {
        self.note("session_by_digest");
        self.server.store().session_by_digest(digest).await
    }

    async fn session_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<Session>, Arc<User>, Memberships)>> {
        self.note("session_with_memberships");
        self.server.store().session_with_memberships(digest).await
    }

    async fn session(&self, id: SessionId) -> StoreResult<Option<Session>> {
        self.note("session");
        self.server.store().session(id).await
    }

    async fn sessions(&self, of: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>> {
        self.note("sessions");
        self.server.store().sessions(of, query).await
    }

    async fn users_matching(&self, query: &UserQuery) -> StoreResult<UserPage> {
        self.note("users_matching");
        self.server.store().users_matching(query).await
    }

    async fn api_key_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>)>> {
        self.note("api_key_by_digest");
        self.server.store().api_key_by_digest(digest).await
    }

    async fn api_key_with_memberships(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>, Memberships)>> {
        self.note("api_key_with_memberships");
        self.server.store().api_key_with_memberships(digest).await
    }

    async fn api_keys(&self, of: UserNumber, door: &Door) -> StoreResult<Vec<ApiKey>> {
        self.note("api_keys");
        self.server.store().api_keys(of, door).await
    }

    async fn api_keys_of(&self, of: UserNumber) -> StoreResult<Vec<ApiKey>> {
        self.note("api_keys_of");
        self.server.store().api_keys_of(of).await
    }

    async fn api_key(&self, id: ApiKeyId) -> StoreResult<Option<ApiKey>> {
        self.note("api_key");
        self.server.store().api_key(id).await
    }

    async fn organization_key_by_digest(
        &self,
        digest: &Digest,
    ) -> StoreResult<Option<(ApiKey, Organization)>> {
        self.note("organization_key_by_digest");
        self.server.store().organization_key_by_digest(digest).await
    }

    async fn organization_keys(&self, of: OrganizationId, door: &Door) -> StoreResult<Vec<ApiKey>> {
        self.note("organization_keys");
        self.server.store().organization_keys(of, door).await
    }

    async fn organization(&self, id: OrganizationId) -> StoreResult<Option<Organization>> {
        self.note("organization");
        self.server.store().organization(id).await
    }

    async fn organizations_named(&self, name: &str, limit: u32) -> StoreResult<Vec<Organization>> {
        self.note("organizations_named");
        self.server.store().organizations_named(name, limit).await
    }

    async fn organizations(&self, after: OrganizationId, limit: u32) -> StoreResult<Vec<Organization>> {
        self.note("organizations");
        self.server.store().organizations(after, limit).await
    }

    async fn memberships(&self, of: UserNumber) -> StoreResult<Memberships> {
        self.note("memberships");
        self.server.store().memberships(of).await
    }

    async fn membership(&self, to: OrganizationId, of: UserNumber) -> StoreResult<Option<Membership>> {
        self.note("membership");
        self.server.store().membership(to, of).await
    }

    async fn members(&self, of: OrganizationId) -> StoreResult<Vec<(Membership, User)>> {
        self.note("members");
        self.server.store().members(of).await
    }

    async fn invitation(&self, id: InvitationId) -> StoreResult<Option<Invitation>> {
        self.note("invitation");
        self.server.store().invitation(id).await
    }

    async fn invitation_by_digest(&self, digest: &Digest) -> StoreResult<Option<Invitation>> {
        self.note("invitation_by_digest");
        self.server.store().invitation_by_digest(digest).await
    }

    async fn invitations(&self, to: OrganizationId) -> StoreResult<Vec<Invitation>> {
        self.note("invitations");
        self.server.store().invitations(to).await
    }

    async fn ticket_by_digest(&self, digest: &Digest) -> StoreResult<Option<(Ticket, User)>> {
        self.note("ticket_by_digest");
        self.server.store().ticket_by_digest(digest).await
    }

    async fn address_change(&self, of: UserNumber) -> StoreResult<Option<AddressChange>> {
        self.note("address_change");
        self.server.store().address_change(of).await
    }

    async fn external_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> StoreResult<Option<(ExternalIdentity, User)>> {
        self.note("external_identity");
        self.server.store().external_identity(issuer, subject).await
    }

    async fn external_identities(&self, of: UserNumber) -> StoreResult<Vec<ExternalIdentity>> {
        self.note("external_identities");
        self.server.store().external_identities(of).await
    }

    async fn flow_by_digest(&self, digest: &Digest) -> StoreResult<Option<Flow>> {
        self.note("flow_by_digest");
        self.server.store().flow_by_digest(digest).await
    }

    async fn mails(&self, of: UserNumber, kind: MailKind, after: Timestamp) -> StoreResult<u64> {
        self.note("mails");
        self.server.store().mails(of, kind, after).await
    }

    async fn signing_keys(&self, key_use: KeyUse) -> StoreResult<Vec<SigningKey>> {
        self.note("signing_keys");
        self.server.store().signing_keys(key_use).await
    }

    async fn mail_due(&self, now: Timestamp, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        self.note("mail_due");
        self.server.store().mail_due(now, limit).await
    }

    async fn throttle(&self, bucket: &Bucket) -> StoreResult<Option<Throttle>> {
        self.note("throttle");
        self.server.store().throttle(bucket).await
    }

    async fn knows_place(&self, place: &[u8; 32], since: Timestamp) -> StoreResult<bool> {
        self.note("knows_place");
        self.server.store().knows_place(place, since).await
    }

    async fn refusal(&self, id: RefusalId) -> StoreResult<Option<Refused>> {
        self.note("refusal");
        self.server.store().refusal(id).await
    }

    async fn refusals_left_out(&self) -> StoreResult<Vec<LeftOut>> {
        self.note("refusals_left_out");
        self.server.store().refusals_left_out().await
    }

    async fn events(&self, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
        self.note("events");
        self.server.store().events(after, limit).await
    }

    async fn events_matching(&self, query: &EventQuery) -> StoreResult<Vec<(i64, Event)>> {
        self.note("events_matching");
        self.server.store().events_matching(query).await
    }

    async fn master_key_check(&self) -> StoreResult<Option<Vec<u8>>> {
        self.note("master_key_check");
        self.server.store().master_key_check().await
    }

    async fn ping(&self) -> StoreResult<()> {
        self.note("ping");
        self.server.store().ping().await
    }

    async fn commit(&self, commit: Commit) -> StoreResult<Committed> {
        let words = in_words(&commit);
        let opens = words.starts_with("OpenSession");
        self.note(words);
        if opens && let Ok(pass) = self.settled.acquire().await {
            pass.forget();
        }
        let done = self.server.store().commit(commit).await;
        if opens && done.is_ok() {
            self.note("a session is open");
        }
        done
    }
}
