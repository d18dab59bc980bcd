//! Wire to command, outcome to wire.

use identity::{Caller, PasswordSignIn, SignedIn};
use web::drf::field::{CharField, Malformed, fields};
use web::drf::json::Value;
use web::drf::time;

use super::wire::{LoginAnswer, UserAnswer};

/// contracts 2.1: the name is trimmed, the password is not.
const USERNAME: CharField = CharField::new("username");
const PASSWORD: CharField = CharField::new("password").trim(false);

pub(super) fn sign_in(body: &Value, presented: Option<Caller>) -> Result<PasswordSignIn, Malformed> {
    fields(body, |object, errors| {
        let name = USERNAME.read(object, errors);
        let password = PASSWORD.read(object, errors);
        Some(PasswordSignIn {
            name: name?.as_str().to_owned(),
            password: password?.as_str().to_owned(),
            presented,
            end_others: false,
        })
    })
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
