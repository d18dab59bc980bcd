//! Passwords: changed by who knows the old one, restored by who reads the mail.

use identity::ChangePassword;
use identity::user::restore::{ForgottenPassword, PasswordTicket};
use web::ReturnUrls;
use zeroize::Zeroizing;

use super::{EMAIL, return_to, time};
use crate::probe::schema::{Fields, Text, Violations};
use crate::probe::wire;

/// contracts 3.2, no. 7.
const OLD: Text = Text::required("old-password").length(6, 72);
const NEW: Text = Text::required("new-password").length(6, 72);
const UPDATE_TOKEN: Text = Text::optional("password-update-token");
const RESTORE_TOKEN: Text = Text::required("password-restore-token");

pub(in crate::probe) fn logout_all(query: &Fields) -> Result<bool, Violations> {
    query.read(|reader| Some(reader.flag("logout-all", false)))
}

pub(in crate::probe) fn change(form: &Fields, end_others: bool) -> Result<ChangePassword, Violations> {
    form.read(|reader| {
        let (old, new) = (reader.text(&OLD), reader.text(&NEW));
        Some(ChangePassword::new(old?, new?, end_others))
    })
}

/// A new password, and the ticket that takes the old one's place.
pub(in crate::probe) struct Restored<'a> {
    pub(in crate::probe) token: &'a str,
    pub(in crate::probe) password: Zeroizing<String>,
}

/// `None`: no ticket came along.
pub(in crate::probe) fn restored(form: &Fields) -> Option<Result<Restored<'_>, Violations>> {
    form.has("password-update-token").then(|| {
        form.read(|reader| {
            let (token, new) = (reader.text(&UPDATE_TOKEN), reader.text(&NEW));
            Some(Restored { token: token?, password: Zeroizing::new(new?.to_owned()) })
        })
    })
}

pub(in crate::probe) fn forgotten(
    form: &Fields,
    captcha: String,
    urls: &ReturnUrls,
) -> Result<ForgottenPassword, Violations> {
    form.read(|reader| {
        let email = reader.text(&EMAIL);
        let return_to = return_to(reader, urls);
        Some(ForgottenPassword { email: email?.to_owned(), captcha, return_to })
    })
}

pub(in crate::probe) fn restore_token(form: &Fields) -> Result<&str, Violations> {
    form.read(|reader| reader.text(&RESTORE_TOKEN))
}

pub(in crate::probe) fn password_update(ticket: &PasswordTicket) -> wire::PasswordUpdate<'_> {
    wire::PasswordUpdate {
        password_update_token: ticket.secret.expose(),
        password_update_token_created: time(ticket.created),
        password_update_token_expire: time(ticket.expires),
        success: true,
    }
}
