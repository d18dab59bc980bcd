//! Wire to command, outcome to wire.

use identity::api_key::ApiKey;
use identity::api_key::keys::{KeySurface, MakeApiKey};
use identity::federation::{ExternalIdentity, Provider};
use identity::session::{Session, SessionId};
use identity::user::User;
use identity::user::address_change::AddressChanged;
use identity::{Caller, Op, PasswordSignIn, Timestamp};
use web::time::rfc3339;

use super::{HouseDoor, Native, NewKeyFault, wire};

pub(super) fn sign_in(login: &wire::Login, presented: Option<Caller>) -> PasswordSignIn {
    PasswordSignIn {
        name: login.identifier.clone(),
        password: login.password.0.to_string(),
        presented,
        end_others: false,
    }
}

pub(super) fn me<'a>(op: &Op, user: &'a User, caller: &Caller) -> wire::Me<'a> {
    let session = caller.session().map(|session| current(session, caller.is_fresh(op)));
    wire::Me { session, ..who(user) }
}

/// Who has just signed in.
pub(super) fn signed_in<'a>(user: &'a User, session: &Session) -> wire::Me<'a> {
    wire::Me { session: Some(current(session, true)), ..who(user) }
}

fn who(user: &User) -> wire::Me<'_> {
    wire::Me {
        id: user.id,
        number: user.number.0,
        username: user.username.as_deref(),
        email: user.email.as_deref(),
        email_verified: user.email_verified,
        name: user.name.as_str(),
        role: user.role.as_str(),
        has_password: user.has_password,
        must_change_password: user.must_change_password,
        session: None,
    }
}

fn current(session: &Session, fresh: bool) -> wire::CurrentSession {
    wire::CurrentSession { id: session.id.0, signed_in_at: rfc3339(session.created), fresh }
}

pub(super) fn sessions<'a>(
    sessions: &'a [Session],
    current: Option<SessionId>,
    native: &'a Native,
) -> wire::Sessions<'a> {
    let session = |session: &'a Session| wire::Session {
        id: session.id.0,
        door: session.door.as_str(),
        door_title: title(native, session.door.as_str()),
        device: told(&session.user_agent),
        address: told(&session.address),
        created: rfc3339(session.created),
        last_seen: rfc3339(session.last_seen),
        expires: session.expires().map(rfc3339),
        current: Some(session.id) == current,
    };
    wire::Sessions { sessions: sessions.iter().map(session).collect() }
}

/// What a door is; one that this build does not have goes by its name.
fn title<'a>(native: &'a Native, name: &'a str) -> &'a str {
    native.doors.iter().find(|door| door.name == name).map_or(name, |door| door.title)
}

fn told(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Which key is to be made, and by which door's measure; a sentence where that cannot be.
pub(super) fn new_key<'a>(
    new: &wire::NewKey,
    native: &'a Native,
) -> Result<(&'a KeySurface, MakeApiKey), &'static str> {
    native.new_key(&new.name, new.door.as_deref(), new.expires_in_days).map_err(|fault| match fault {
        NewKeyFault::Name => "name: 1 to 100 characters in one line are wanted.",
        NewKeyFault::Life => "expires_in_days: 1 to 3650 days are wanted.",
        NewKeyFault::Door => "door: there are no keys by this door.",
    })
}

pub(super) fn keys<'a>(keys: &'a [ApiKey], native: &'a Native, now: Timestamp) -> wire::Keys<'a> {
    let door = |(door, _): (&HouseDoor, _)| wire::KeyDoor { door: door.name, door_title: door.title };
    wire::Keys {
        keys: keys.iter().map(|made| key(made, native, now)).collect(),
        doors: native.doors_with_keys().map(door).collect(),
    }
}

pub(super) fn key<'a>(key: &'a ApiKey, native: &'a Native, now: Timestamp) -> wire::Key<'a> {
    wire::Key {
        id: key.id.0,
        door: key.door.as_str(),
        door_title: title(native, key.door.as_str()),
        name: &key.name,
        created: rfc3339(key.created),
        last_used: key.last_used.map(rfc3339),
        expires: key.expires.map(rfc3339),
        expired: key.is_expired(now),
    }
}

pub(super) fn identities<'a>(
    identities: &'a [ExternalIdentity],
    providers: &'a [Provider],
) -> wire::Identities<'a> {
    let identity = |identity: &'a ExternalIdentity| {
        let provider = providers.iter().find(|provider| provider.issuer == identity.issuer);
        wire::Identity {
            id: identity.id.0,
            provider: provider.map(|provider| provider.id.as_str()),
            provider_name: provider.map(|provider| provider.name.as_str()),
            issuer: &identity.issuer,
            subject: &identity.subject,
            created: rfc3339(identity.created),
        }
    };
    wire::Identities { identities: identities.iter().map(identity).collect() }
}

pub(super) fn email_confirmed(agreed: AddressChanged) -> wire::EmailConfirmed {
    wire::EmailConfirmed { changed: agreed == AddressChanged::Done }
}

pub(super) fn providers<'a>(password: bool, providers: &'a [Provider]) -> wire::Providers<'a> {
    let provider = |provider: &'a Provider| wire::Provider { id: provider.id.as_str(), name: &provider.name };
    wire::Providers { password, providers: providers.iter().map(provider).collect() }
}
