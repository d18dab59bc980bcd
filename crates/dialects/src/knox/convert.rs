//! Wire to command, outcome to wire.

use identity::{Caller, PasswordSignIn, SignedIn};
use web::drf::field::{CharField, FieldErrors, mapping};
use web::drf::json::Value;
use web::drf::time;

use super::wire::{LoginAnswer, UserAnswer};

/// contracts 2.1: the name is trimmed, the password is not.
const USERNAME: CharField = CharField::new("username");
const PASSWORD: CharField = CharField::new("password").trim(false);

/// What is wrong with a login's body.
pub(super) enum Malformed {
    /// It is no object; the text says what it is.
    NoObject(String),
    /// Some of its fields.
    Fields(FieldErrors),
}

pub(super) fn sign_in(body: &Value, presented: Option<Caller>) -> Result<PasswordSignIn, Malformed> {
    let object = mapping(body).map_err(Malformed::NoObject)?;
    let mut errors = FieldErrors::default();
    let name = USERNAME.read(object, &mut errors);
    let password = PASSWORD.read(object, &mut errors);
    match (name, password) {
        (Some(name), Some(password)) if errors.is_empty() => Ok(PasswordSignIn {
            name: name.as_str().to_owned(),
            password: password.as_str().to_owned(),
            presented,
        }),
        _ => Err(Malformed::Fields(errors)),
    }
}

pub(super) fn login_answer(signed_in: &SignedIn) -> LoginAnswer<'_> {
    LoginAnswer {
        expiry: signed_in.session.expires().and_then(|end| time::rendered(end.millis())),
        token: signed_in.secret.expose(),
    }
}

/// Django users always have a username and clients key on it; who signs in by e-mail only is called by it.
pub(super) fn user_answer(user: &identity::user::User) -> UserAnswer<'_> {
    let email = user.email.as_deref().unwrap_or_default();
    UserAnswer { pk: user.number.0, username: user.username.as_deref().unwrap_or(email), email }
}
