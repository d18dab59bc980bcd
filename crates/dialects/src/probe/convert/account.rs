//! Making an account.

use identity::user::sign_up::SignUp;
use identity::user::{PersonName, User};
use web::ReturnUrls;
use zeroize::Zeroizing;

use super::user::{FIRST_NAME, LAST_NAME};
use super::{EMAIL, return_to};
use crate::probe::schema::{Fields, Text, Violations};
use crate::probe::wire;

const PASSWORD: Text = Text::required("password").length(6, 72);
const VERIFY_TOKEN: Text = Text::optional("verify-token");

pub(in crate::probe) fn sign_up(
    form: &Fields,
    captcha: String,
    urls: &ReturnUrls,
) -> Result<SignUp, Violations> {
    form.read(|reader| {
        let (email, password) = (reader.text(&EMAIL), reader.text(&PASSWORD));
        let (first, last) = (reader.text(&FIRST_NAME), reader.text(&LAST_NAME));
        let return_to = return_to(reader, urls);
        Some(SignUp {
            email: email?.to_owned(),
            password: Zeroizing::new(password?.to_owned()),
            name: PersonName::parts(first.unwrap_or_default(), last.unwrap_or_default()),
            captcha,
            return_to,
        })
    })
}

/// The schema does not require it; nothing is no good ticket.
pub(in crate::probe) fn verify_token(form: &Fields) -> Result<&str, Violations> {
    form.read(|reader| Some(reader.text(&VERIFY_TOKEN).unwrap_or_default()))
}

pub(in crate::probe) fn verified(user: &User) -> wire::Verified<'_> {
    wire::Verified { email: user.email.as_deref(), status: user.status.as_str(), success: true }
}
