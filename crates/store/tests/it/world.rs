//! A fresh database, and short words for what the cases do with it.

mod made;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use identity::api_key::{ApiKey, ApiKeyId, KeyOwner, NewApiKey};
use identity::audit::trail::EventQuery;
use identity::audit::{Event, EventKind};
use identity::federation::{ExternalIdentity, NewExternalIdentity};
use identity::flow::{Flow, NewFlow};
use identity::keyring::{KeyUse, SigningKey, SigningKeyId};
use identity::mail::MailKind;
use identity::mail::queue::QueuedMail;
use identity::organization::{
    Invitation, InvitationId, Membership, NewInvitation, Organization, OrganizationId, OrganizationRole,
};
use identity::ports::{Change, Commit, Committed, Conflict, SessionQuery, Store, StoreError, StoreResult};
use identity::secret::Digest;
use identity::session::{NewSession, Session, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::ticket::{NewTicket, Ticket};
use identity::user::address_change::AddressChange;
use identity::user::directory::{SortField, UserQuery};
use identity::user::{NewUser, User, UserNumber};
use identity::{Door, Timestamp};
use store::{Condition, PostgresUrl};
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres::cluster;
use crate::watched::{Parts, Watched};

pub(crate) use made::*;

/// A fresh database of some engine, opened.
pub(crate) struct World {
    pub(crate) store: Arc<Watched>,
    parts: Parts,
    at: At,
    /// The digests of the tickets that were opened by [`World::open_ticket`]: there is no list of them to read.
    tickets: Mutex<Vec<Digest>>,
    /// The same of the flows of [`World::open_flow`].
    flows: Mutex<Vec<Digest>>,
}

/// Where its database is.
enum At {
    /// A file in a folder, which is removed with the world.
    Sqlite(TempDir),
    Postgres(PostgresUrl),
}

impl At {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(match self {
            Self::Sqlite(folder) => store::Store::open_sqlite(&folder.path().join("vestibule.db")).unwrap(),
            Self::Postgres(url) => store::Store::open_postgres(url).await.unwrap(),
        })
    }
}

/// A world on SQLite.
pub(crate) async fn sqlite() -> World {
    World::new(At::Sqlite(tempfile::tempdir().unwrap())).await
}

/// A world on PostgreSQL.
pub(crate) async fn postgres() -> World {
    World::new(At::Postgres(PostgresUrl::parse(&cluster::database()).unwrap())).await
}

/// Everything that can be seen of a database, for comparison.
#[derive(Debug, PartialEq)]
struct State {
    users: Vec<(User, Option<String>)>,
    sessions: Vec<Session>,
    api_keys: Vec<ApiKey>,
    tickets: Vec<Ticket>,
    address_changes: Vec<AddressChange>,
    organizations: Vec<(Organization, Vec<Membership>, Vec<Invitation>)>,
    external_identities: Vec<ExternalIdentity>,
    flows: Vec<Flow>,
    signing_keys: Vec<SigningKey>,
    mail: (Vec<QueuedMail>, Vec<u64>),
    throttles: Vec<Option<Throttle>>,
    places: Vec<bool>,
    events: Vec<(i64, Event)>,
    master_key: Option<Vec<u8>>,
}

impl World {
    async fn new(at: At) -> Self {
        let parts = Parts::default();
        let store = Arc::new(Watched { inner: at.open().await, parts: Arc::clone(&parts) });
        Self { store, parts, at, tickets: Mutex::default(), flows: Mutex::default() }
    }

    /// The same database, opened once more, as another process does.
    pub(crate) async fn another_process(&self) -> Arc<Watched> {
        Arc::new(Watched { inner: self.at.open().await, parts: Arc::clone(&self.parts) })
    }

    /// The database as it is found by who does not open it.
    pub(crate) async fn examined(&self) -> Condition {
        match &self.at {
            At::Sqlite(folder) => {
                let found = store::Store::examine_sqlite(&folder.path().join("vestibule.db"));
                found.unwrap().expect("it is there")
            }
            At::Postgres(url) => store::Store::examine_postgres(url).await.unwrap(),
        }
    }

    /// The parts of the port that were used.
    pub(crate) fn parts(&self) -> BTreeSet<String> {
        self.parts.lock().unwrap().clone()
    }

    /// Applies one change and tells how many rows it hit.
    pub(crate) async fn apply(&self, change: Change) -> u64 {
        let done = self.commit(vec![change]).await.unwrap();
        assert_eq!(done.len(), 1, "one number a change");
        done[0]
    }

    pub(crate) async fn commit(&self, changes: Vec<Change>) -> StoreResult<Vec<u64>> {
        Ok(self.store.commit(Commit { changes, events: vec![] }).await?.affected)
    }

    /// The conflict with which this change fails its commit. Of the commit, which holds another change before it
    /// and an event, nothing is kept.
    pub(crate) async fn refused(&self, change: Change) -> Conflict {
        let error = self.fail(change).await;
        let StoreError::Conflict(conflict) = error else { panic!("no conflict: {error:?}") };
        conflict
    }

    /// The same for a change that breaks a rule of the schema that no conflict is named for.
    pub(crate) async fn unavailable(&self, change: Change) {
        let error = self.fail(change).await;
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }

    async fn fail(&self, change: Change) -> StoreError {
        let before = self.state().await;
        let told = format!("{change:?}");
        let companion = Change::Reserve { bucket: name_bucket(0xEE), seen: None, next: first_try(at(0)) };
        let commit = Commit {
            changes: vec![companion.clone(), change],
            events: vec![event(EventKind::SignedIn, "of a commit that fails")],
        };
        let error = self.store.commit(commit).await.expect_err(&told);
        assert_eq!(self.state().await, before, "something of a failed commit was kept: {told}");
        error
    }

    async fn state(&self) -> State {
        let store = &*self.store.inner;
        let mut state = State {
            users: vec![],
            sessions: vec![],
            api_keys: vec![],
            tickets: vec![],
            address_changes: vec![],
            organizations: vec![],
            external_identities: vec![],
            flows: vec![],
            signing_keys: vec![],
            mail: (store.mail_due(FAR, 1000).await.unwrap(), vec![]),
            throttles: vec![],
            places: vec![],
            events: store.events(0, 1000).await.unwrap(),
            master_key: store.master_key_check().await.unwrap(),
        };
        for organization in store.organizations(OrganizationId(Uuid::nil()), 1000).await.unwrap() {
            for door in ["knox", "probe"] {
                let keys = store.organization_keys(organization.id, &Door::new(door)).await.unwrap();
                state.api_keys.extend(keys);
            }
            let members = store.members(organization.id).await.unwrap();
            let invitations = store.invitations(organization.id).await.unwrap();
            let members = members.into_iter().map(|(membership, _)| membership).collect();
            state.organizations.push((organization, members, invitations));
        }
        for key_use in KeyUse::ALL {
            state.signing_keys.extend(store.signing_keys(key_use).await.unwrap());
        }
        for user in store.users(UserNumber(0), 1000).await.unwrap() {
            let key = user.login_keys().remove(0);
            let hash = store.credentials(&key).await.unwrap().unwrap().password;
            state.users.push((user, hash));
        }
        for n in 1..10 {
            let query = SessionQuery { live_at: None, after: None, limit: 1000 };
            state.sessions.extend(store.sessions(UserNumber(n), query).await.unwrap());
            state.address_changes.extend(store.address_change(UserNumber(n)).await.unwrap());
            state.external_identities.extend(store.external_identities(UserNumber(n)).await.unwrap());
            for door in ["knox", "probe"] {
                state.api_keys.extend(store.api_keys(UserNumber(n), &Door::new(door)).await.unwrap());
            }
            for kind in MailKind::ALL {
                state.mail.1.push(store.mails(UserNumber(n), kind, at(-1)).await.unwrap());
            }
            state.throttles.push(store.throttle(&Bucket::User(UserNumber(n))).await.unwrap());
        }
        let tickets = self.tickets.lock().unwrap().clone();
        for digest in tickets {
            state.tickets.extend(store.ticket_by_digest(&digest).await.unwrap().map(|(ticket, _)| ticket));
        }
        let flows = self.flows.lock().unwrap().clone();
        for digest in flows {
            state.flows.extend(store.flow_by_digest(&digest).await.unwrap());
        }
        for n in [1, 2, 3, 0xEE] {
            state.throttles.push(store.throttle(&name_bucket(n)).await.unwrap());
            state.throttles.push(store.throttle(&Bucket::Place([n; 32])).await.unwrap());
            state.places.push(store.knows_place(&[n; 32], at(-1)).await.unwrap());
        }
        state
    }

    /// Makes the active user `new_user(name)` describes.
    pub(crate) async fn user(&self, name: &str) -> User {
        self.make(new_user(name)).await
    }

    pub(crate) async fn make(&self, user: NewUser) -> User {
        let id = user.id;
        self.apply(Change::CreateUser(user)).await;
        self.store.inner.user_by_id(id).await.unwrap().unwrap()
    }

    /// The user as stored now.
    pub(crate) async fn now(&self, user: &User) -> User {
        self.store.inner.user(user.number).await.unwrap().unwrap()
    }

    pub(crate) async fn hash(&self, name: &str) -> Option<String> {
        self.store.inner.credentials(&key(name)).await.unwrap().unwrap().password
    }

    /// Opens a session that never ends by itself.
    pub(crate) async fn open(&self, user: &User, door: &'static str) -> Session {
        self.open_as(new_session(user, door)).await
    }

    pub(crate) async fn open_as(&self, session: NewSession) -> Session {
        let version = self.store.inner.user(session.user).await.unwrap().unwrap().credential_version;
        let id = session.id;
        self.apply(Change::OpenSession { session, version, limit: None, replaces: None }).await;
        self.session(id).await
    }

    /// The session as stored now.
    pub(crate) async fn session(&self, id: SessionId) -> Session {
        self.store.inner.session(id).await.unwrap().unwrap()
    }

    /// The user's sessions that live then.
    pub(crate) async fn live(&self, user: &User, at: Timestamp) -> Vec<SessionId> {
        let query = SessionQuery { live_at: Some(at), after: None, limit: 1000 };
        let sessions = self.store.inner.sessions(user.number, query).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect()
    }

    /// Makes an API key at this door.
    pub(crate) async fn key(&self, user: &User, door: &'static str) -> ApiKey {
        self.key_as(new_key(user, door)).await
    }

    pub(crate) async fn key_as(&self, key: NewApiKey) -> ApiKey {
        let KeyOwner::User(owner) = key.key.owner else { panic!("not a user's") };
        let user = self.store.inner.user(owner).await.unwrap().unwrap();
        let digest = key.digest.clone();
        self.apply(Change::OpenApiKey { key, version: user.credential_version, limit: 1000 }).await;
        self.stored_key(&digest).await
    }

    /// The key with this secret as stored now.
    pub(crate) async fn stored_key(&self, digest: &Digest) -> ApiKey {
        ApiKey::clone(&self.store.inner.api_key_by_digest(digest).await.unwrap().unwrap().0)
    }

    /// Makes an organization.
    pub(crate) async fn organization(&self, name: &str) -> Organization {
        let organization = new_organization(name);
        self.apply(Change::CreateOrganization(organization.clone())).await;
        organization
    }

    /// Makes a user as stored now a member.
    pub(crate) async fn member(
        &self,
        organization: &Organization,
        user: &User,
        role: OrganizationRole,
    ) -> Membership {
        let new = new_membership(organization, &self.now(user).await, role);
        self.apply(Change::OpenMembership(new.clone())).await;
        new.membership
    }

    /// Makes an invitation.
    pub(crate) async fn invite(&self, new: NewInvitation) -> Invitation {
        self.apply(Change::OpenInvitation(new.clone())).await;
        new.invitation
    }

    /// The invitation as stored now.
    pub(crate) async fn stored_invitation(&self, invitation: &Invitation) -> Option<Invitation> {
        self.store.inner.invitation(invitation.id).await.unwrap()
    }

    /// Opens a ticket that is signed with this key.
    pub(crate) async fn open_ticket(&self, ticket: NewTicket, signing_key: SigningKeyId) -> Ticket {
        let user = self.store.inner.user(ticket.ticket.user).await.unwrap().unwrap();
        let opened = ticket.ticket.clone();
        self.tickets.lock().unwrap().push(ticket.digest.clone());
        let (version, status) = (user.credential_version, user.status);
        self.apply(Change::OpenTicket { ticket, signing_key, version, status }).await;
        opened
    }

    /// Whether there is still a ticket with the digest that [`new_ticket`] gives.
    pub(crate) async fn has_ticket(&self, ticket: &Ticket) -> bool {
        self.store.inner.ticket_by_digest(&digest_of(ticket.id.0)).await.unwrap().is_some()
    }

    /// Links this user to a provider.
    pub(crate) async fn link(&self, identity: NewExternalIdentity) -> ExternalIdentity {
        let user = self.store.inner.user_by_id(identity.user).await.unwrap().unwrap();
        let NewExternalIdentity { id, user: _, issuer, subject, created } = identity.clone();
        self.apply(Change::LinkIdentity { identity, version: user.credential_version }).await;
        ExternalIdentity { id, user: user.number, issuer, subject, created }
    }

    /// Begins a login by a provider.
    pub(crate) async fn open_flow(&self, new: NewFlow) -> Flow {
        let opened = new.flow.clone();
        self.flows.lock().unwrap().push(new.digest.clone());
        self.apply(Change::OpenFlow(new)).await;
        opened
    }

    /// The flow as stored now, by the digest that [`new_flow`] gives.
    pub(crate) async fn stored_flow(&self, flow: &Flow) -> Option<Flow> {
        self.store.inner.flow_by_digest(&digest_of(flow.id.0)).await.unwrap()
    }

    pub(crate) async fn throttle(&self, bucket: &Bucket) -> Option<Throttle> {
        self.store.inner.throttle(bucket).await.unwrap()
    }
}

/// Makes a user and records that, in one commit. The id is not one of another process.
pub(crate) async fn create(store: &dyn Store, name: &str) -> StoreResult<Committed> {
    let mut id = [0; 16];
    id.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    let user = NewUser { id: Uuid::from_bytes(id), ..new_user(name) };
    let events = vec![event(EventKind::UserCreated, name)];
    store.commit(Commit { changes: vec![Change::CreateUser(user)], events }).await
}

/// The usernames, in order of number.
pub(crate) async fn names(store: &dyn Store) -> Vec<String> {
    let users = store.users(UserNumber(0), 10_000).await.unwrap();
    users.into_iter().filter_map(|user| user.username).collect()
}

/// The directory's first page, in order of number.
pub(crate) fn everybody() -> UserQuery {
    UserQuery {
        household: None,
        statuses: vec![],
        sort: SortField::Number,
        descending: false,
        offset: 0,
        limit: 1000,
    }
}

/// Every read of the port, and what became of it.
pub(crate) async fn failures_of_reads(store: &dyn Store) -> Vec<(&'static str, Option<StoreError>)> {
    let session = SessionId(id());
    let nowhere = OrganizationId(Uuid::nil());
    let query = SessionQuery { live_at: Some(at(0)), after: None, limit: 9 };
    vec![
        ("ping", store.ping().await.err()),
        ("user", store.user(UserNumber(1)).await.err()),
        ("user_by_id", store.user_by_id(id()).await.err()),
        ("user_by_name", store.user_by_name(&key("ann")).await.err()),
        ("users", store.users(UserNumber(0), 9).await.err()),
        ("users_matching", store.users_matching(&everybody()).await.err()),
        ("has_had_users", store.has_had_users().await.err()),
        ("credentials", store.credentials(&key("ann")).await.err()),
        ("session", store.session(session).await.err()),
        ("session_by_digest", store.session_by_digest(&digest(session)).await.err()),
        ("sessions", store.sessions(UserNumber(1), query).await.err()),
        ("api_key_by_digest", store.api_key_by_digest(&digest(session)).await.err()),
        ("api_keys_of", store.api_keys_of(UserNumber(1)).await.err()),
        ("api_keys", store.api_keys(UserNumber(1), &Door::new("probe")).await.err()),
        ("api_key", store.api_key(ApiKeyId(id())).await.err()),
        ("organization_key_by_digest", store.organization_key_by_digest(&digest(session)).await.err()),
        ("organization_keys", store.organization_keys(nowhere, &Door::new("probe")).await.err()),
        ("organization", store.organization(nowhere).await.err()),
        ("organizations_named", store.organizations_named("Acme", 2).await.err()),
        ("organizations", store.organizations(nowhere, 9).await.err()),
        ("memberships", store.memberships(UserNumber(1)).await.err()),
        ("membership", store.membership(nowhere, UserNumber(1)).await.err()),
        ("members", store.members(nowhere).await.err()),
        ("invitation", store.invitation(InvitationId(id())).await.err()),
        ("invitation_by_digest", store.invitation_by_digest(&digest(session)).await.err()),
        ("invitations", store.invitations(nowhere).await.err()),
        ("ticket_by_digest", store.ticket_by_digest(&digest(session)).await.err()),
        ("address_change", store.address_change(UserNumber(1)).await.err()),
        ("external_identity", store.external_identity("https://op.example", "1").await.err()),
        ("external_identities", store.external_identities(UserNumber(1)).await.err()),
        ("flow_by_digest", store.flow_by_digest(&digest(session)).await.err()),
        ("mails", store.mails(UserNumber(1), MailKind::VerifyEmail, at(0)).await.err()),
        ("signing_keys", store.signing_keys(KeyUse::Probe).await.err()),
        ("mail_due", store.mail_due(at(0), 9).await.err()),
        ("throttle", store.throttle(&name_bucket(1)).await.err()),
        ("knows_place", store.knows_place(&[1; 32], at(0)).await.err()),
        ("events", store.events(0, 9).await.err()),
        ("events_matching", store.events_matching(&EventQuery::newest(9)).await.err()),
        ("master_key_check", store.master_key_check().await.err()),
    ]
}
