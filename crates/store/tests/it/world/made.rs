//! New things, with plain values.

use std::sync::atomic::{AtomicU64, Ordering};

use identity::api_key::{ApiKey, ApiKeyId, Bounds, Grant, KeyOwner, NewApiKey};
use identity::audit::{Event, EventKind};
use identity::federation::{ExternalIdentityId, NewExternalIdentity, ProviderId};
use identity::flow::{Flow, FlowId, NewFlow};
use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey, SigningKeyId};
use identity::mail::queue::NewMail;
use identity::mail::{MailId, MailKind};
use identity::organization::joining::KeptJoining;
use identity::organization::{
    Invitation, InvitationId, Membership, MembershipId, NewInvitation, NewMembership, Organization,
    OrganizationId, OrganizationRole,
};
use identity::secret::{Digest, DigestKind};
use identity::session::{NewSession, SessionId};
use identity::throttle::{Bucket, Throttle};
use identity::ticket::{NewTicket, Purpose, Ticket, TicketId};
use identity::user::{Email, LoginKey, NewUser, PersonName, Role, Status, User, Username};
use identity::{Door, RequestId, Timestamp};
use sha2::Digest as _;
use uuid::Uuid;

/// A time, in seconds after an arbitrary one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
}

/// A time that never comes.
pub(crate) const FAR: Timestamp = Timestamp::from_millis(i64::MAX / 2);

/// An id that was not given out before and is greater than those that were.
pub(crate) fn id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::SeqCst)) << 8)
}

pub(crate) fn key(name: &str) -> LoginKey {
    LoginKey::of(name).unwrap()
}

/// A user with this username, the address `NAME@example.org` and the hash `hash of NAME`.
pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        id: id(),
        username: Some(Username::new(name).unwrap()),
        email: Some(Email::new(&format!("{name}@example.org")).unwrap()),
        email_verified: false,
        name: PersonName::default(),
        role: Role::User,
        status: Status::Active,
        parent: None,
        password: Some(format!("hash of {name}")),
        must_change_password: false,
        created: at(0),
        name_digests: vec![],
    }
}

pub(crate) fn new_session(user: &User, door: &'static str) -> NewSession {
    let id = SessionId(id());
    NewSession {
        id,
        user: user.number,
        door: Door::new(door),
        digest: digest(id),
        created: at(1),
        idle_end: None,
        absolute_end: None,
        address: "192.0.2.7".to_owned(),
        user_agent: "test".to_owned(),
        permissions: None,
        signing_key: None,
    }
}

/// The digest that [`new_session`] gives a session.
pub(crate) fn digest(id: SessionId) -> Digest {
    digest_of(id.0)
}

/// The digest that something new with this id gets.
pub(crate) fn digest_of(id: Uuid) -> Digest {
    Digest { kind: DigestKind::Sha256, bytes: sha2::Sha256::digest(id.as_bytes()).to_vec() }
}

/// A key that never ends by itself, with the secret `sealed ID`.
pub(crate) fn new_key(user: &User, door: &'static str) -> NewApiKey {
    let id = id();
    let key = ApiKey {
        id: ApiKeyId(id),
        owner: KeyOwner::User(user.number),
        door: Door::new(door),
        standing: false,
        name: "laptop".to_owned(),
        grant: Grant::default(),
        bounds: Bounds::default(),
        created: at(1),
        updated: at(1),
        expires: None,
        last_used: None,
        ended: None,
        sealed: Some(format!("sealed {id}").into_bytes()),
    };
    NewApiKey { key, digest: digest_of(id) }
}

/// A key of an organization.
pub(crate) fn new_organization_key(organization: &Organization, door: &'static str) -> NewApiKey {
    let id = id();
    let key = ApiKey {
        id: ApiKeyId(id),
        owner: KeyOwner::Organization(organization.id),
        door: Door::new(door),
        standing: false,
        name: "build server".to_owned(),
        grant: Grant::default(),
        bounds: Bounds { role: Some(OrganizationRole::Admin), ..Bounds::default() },
        created: at(1),
        updated: at(1),
        expires: None,
        last_used: None,
        ended: None,
        sealed: None,
    };
    NewApiKey { key, digest: digest_of(id) }
}

pub(crate) fn new_organization(name: &str) -> Organization {
    let id = OrganizationId(id());
    Organization { id, name: name.to_owned(), registerable: false, created: at(1), updated: at(1) }
}

/// A membership of a user as read, which need not be the first one.
pub(crate) fn new_membership(
    organization: &Organization,
    user: &User,
    role: OrganizationRole,
) -> NewMembership {
    let id = MembershipId(id());
    let membership = Membership {
        id,
        organization: organization.id,
        user: user.number,
        role,
        created: at(1),
        updated: at(1),
    };
    NewMembership { membership, version: user.credential_version, first: false }
}

/// An invitation of `NAME@example.org`, good from second 1 to second 600.
pub(crate) fn new_invitation(organization: &Organization, inviter: &User, name: &str) -> NewInvitation {
    let id = id();
    let invitation = Invitation {
        id: InvitationId(id),
        organization: organization.id,
        address: Email::new(&format!("{name}@example.org")).unwrap(),
        role: OrganizationRole::User,
        inviter: Some(inviter.number),
        created: at(1),
        expires: at(600),
        used: None,
        at_page: false,
    };
    NewInvitation { invitation, digest: digest_of(id) }
}

/// The same as the account's standing key.
pub(crate) fn standing_key(user: &User, door: &'static str) -> NewApiKey {
    let NewApiKey { key, digest } = new_key(user, door);
    NewApiKey { key: ApiKey { standing: true, ..key }, digest }
}

/// A ticket to choose another password, good from second 1 to second 600.
pub(crate) fn new_ticket(user: &User) -> NewTicket {
    let id = id();
    let ticket = Ticket {
        id: TicketId(id),
        user: user.number,
        purpose: Purpose::RestorePassword,
        address: key("somebody@example.org"),
        password: None,
        created: at(1),
        expires: at(600),
    };
    NewTicket { ticket, digest: digest_of(id) }
}

/// A key that signs, with the secret `sealed ID`.
pub(crate) fn new_signing_key() -> SigningKey {
    let id = id();
    SigningKey {
        id: SigningKeyId(id),
        key_use: KeyUse::Probe,
        algorithm: KeyAlgorithm::Hs256,
        sealed: format!("sealed {id}").into_bytes(),
        created: at(1),
        begins: at(2),
        ends: None,
    }
}

/// A link of this user to the provider `https://op.example`.
pub(crate) fn new_identity(user: Uuid, subject: &str) -> NewExternalIdentity {
    NewExternalIdentity {
        id: ExternalIdentityId(id()),
        user,
        issuer: "https://op.example".to_owned(),
        subject: subject.to_owned(),
        created: at(1),
    }
}

/// A login by the provider `acme` that is under way from second 1 to second 600.
pub(crate) fn new_flow() -> NewFlow {
    let id = id();
    let flow = Flow {
        id: FlowId(id),
        provider: ProviderId::new("acme").unwrap(),
        door: Door::new("bixarena"),
        browser: Digest {
            kind: DigestKind::Sha256,
            bytes: id.as_bytes().repeat(2).into_iter().rev().collect(),
        },
        return_to: "/arena?a=b#c".to_owned(),
        joining: KeptJoining::default(),
        created: at(1),
        expires: at(600),
        links: None,
        hand_over: None,
    };
    NewFlow { flow, digest: digest_of(id) }
}

/// A message about this user with the content `sealed ID`.
pub(crate) fn new_mail(user: &User, kind: MailKind) -> NewMail {
    let id = id();
    let sealed = format!("sealed {id}").into_bytes();
    NewMail { id: MailId(id), kind, user: Some(user.number), sealed, created: at(1) }
}

pub(crate) fn name_bucket(n: u8) -> Bucket {
    Bucket::UnknownName([n; 32])
}

/// The count of a bucket after the first reservation.
pub(crate) fn first_try(now: Timestamp) -> Throttle {
    Throttle { failures: 1, in_a_row: 1, in_flight: 1, in_flight_until: now, last_failure: now, version: 1 }
}

/// The count after one more.
pub(crate) fn one_more(seen: Throttle) -> Throttle {
    let Throttle { failures, in_a_row, in_flight, version, .. } = seen;
    Throttle {
        failures: failures + 1,
        in_a_row: in_a_row + 1,
        in_flight: in_flight + 1,
        version: version + 1,
        ..seen
    }
}

pub(crate) fn event(kind: EventKind, detail: &str) -> Event {
    Event {
        at: at(5),
        kind,
        user: None,
        actor: "system".to_owned(),
        by: None,
        door: None,
        session: None,
        address: String::new(),
        request: RequestId(id()),
        detail: detail.to_owned(),
    }
}
