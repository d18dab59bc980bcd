//! Wire to command, outcome to wire.

use identity::federation::Provider;
use identity::user::{PersonName, Role, User};
use identity::{Caller, ChangePassword, DelegatedAccount, PasswordSignIn, SignedIn, Surface, WithPassword};
use web::drf::field::{BooleanField, CharField, Malformed, fields};
use web::drf::json::Value;

use super::{routes, wire};

/// contracts 1.2, `SessionForm`. Lengths are in code points; a password is never trimmed (contracts 8.3).
const EMAIL: CharField = CharField::email("email").max(255);
const PASSWORD: CharField = CharField::new("password").trim(false).min(8).max(64);
/// One that was set by another door may be shorter or longer than this door's.
const OLD_PASSWORD: CharField = CharField::new("old_password").trim(false);
const NEW_PASSWORD: CharField = CharField::new("new_password").trim(false).min(8).max(64);
const END_OTHER_SESSIONS: BooleanField = BooleanField::optional("end_other_sessions");
/// contracts 1.4.
const FIRST_NAME: CharField = CharField::new("first_name").optional().max(150);
const LAST_NAME: CharField = CharField::new("last_name").optional().max(150);
const IS_ADMIN: BooleanField = BooleanField::optional("is_admin");

pub(super) fn sign_in(body: &Value, presented: Option<Caller>) -> Result<PasswordSignIn, Malformed> {
    fields(body, |object, errors| {
        let email = EMAIL.read(object, errors);
        let password = PASSWORD.read(object, errors);
        Some(PasswordSignIn {
            name: email?.as_str().to_owned(),
            password: password?.as_str().to_owned(),
            presented,
            end_others: false,
        })
    })
}

pub(super) fn change_password(body: &Value) -> Result<ChangePassword, Malformed> {
    fields(body, |object, errors| {
        let old = OLD_PASSWORD.read(object, errors);
        let new = NEW_PASSWORD.read(object, errors);
        let end_others = END_OTHER_SESSIONS.read(object, errors);
        Some(ChangePassword::new(old?.as_str(), new?.as_str(), end_others?))
    })
}

pub(super) fn new_user(body: &Value) -> Result<DelegatedAccount, Malformed> {
    fields(body, |object, errors| {
        let first = FIRST_NAME.read(object, errors);
        let last = LAST_NAME.read(object, errors);
        let email = EMAIL.read(object, errors);
        let is_admin = IS_ADMIN.read(object, errors);
        let name = PersonName::parts(first?.as_str(), last?.as_str());
        Some(DelegatedAccount {
            email: email?.as_str().to_owned(),
            name,
            role: if is_admin? { Role::Admin } else { Role::User },
        })
    })
}

/// contracts 1.2: no provider is an empty list, and the time is in seconds. Where there is one provider it need not be
/// named to begin with it.
pub(super) fn login_methods<'a>(
    passwords: bool,
    providers: &'a [Provider],
    surface: &Surface,
) -> wire::LoginMethods<'a> {
    let listed = |provider: &'a Provider| {
        let id = provider.id.as_str();
        let named = if providers.len() > 1 { format!("?provider={id}") } else { String::new() };
        wire::OidcProvider { provider: id, url: format!("{}{named}", routes::AUTHENTICATE) }
    };
    wire::LoginMethods {
        username_password_enabled: passwords,
        oidc_providers: providers.iter().map(listed).collect(),
        session_timeout: surface.absolute.map_or(0, |life| life.as_secs()),
    }
}

pub(super) fn signed_in(signed_in: &SignedIn) -> wire::SignedIn {
    wire::SignedIn { new_password_required: signed_in.user.must_change_password, pk: signed_in.user.number.0 }
}

pub(super) fn user(user: &User) -> wire::User<'_> {
    wire::User {
        pk: user.number.0,
        first_name: user.name.given(),
        last_name: user.name.family(),
        full_name: user.name.as_str(),
        email: user.email.as_deref().unwrap_or_default(),
    }
}

pub(super) fn user_with_password(made: &WithPassword) -> wire::UserWithPassword<'_> {
    wire::UserWithPassword {
        user: user(&made.user),
        password: made.generated.as_ref().map_or("", |password| password.expose()),
    }
}
