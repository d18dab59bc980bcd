//! Logins.

use identity::{PasswordSignIn, SignedIn};
use web::ReturnUrls;

use super::{EMAIL, RET_URL, repeated, time};
use crate::probe::schema::{Fields, Text, Violations};
use crate::probe::wire;

/// contracts 3.3: the schema does not require it; without one the login fails like any with a wrong one.
const PASSWORD: Text = Text::optional("password").length(6, 72);
const CURRENT_USER: Text = Text::optional("current-user").nullable().email();
const OTHER_EMAIL: Text = Text::optional("email").email().length(5, 255);

/// A form of `POST /auth/sign-in`, read.
pub(in crate::probe) struct SignIn<'a> {
    pub(in crate::probe) command: PasswordSignIn,
    pub(in crate::probe) long_term: bool,
    pub(in crate::probe) echo: Echo<'a>,
}

/// What of a form is repeated in the answer to it. Whom `current_user` names is not asked.
pub(in crate::probe) struct Echo<'a> {
    current_user: Option<&'a str>,
    ret_url: Option<&'a str>,
}

pub(in crate::probe) fn sign_in<'a>(form: &'a Fields, urls: &ReturnUrls) -> Result<SignIn<'a>, Violations> {
    form.read(|reader| {
        let current_user = reader.text(&CURRENT_USER);
        let email = reader.text(&EMAIL);
        let end_others = reader.flag("logout-other", false);
        let long_term = reader.flag("long-term-token", true);
        let password = reader.text(&PASSWORD);
        let ret_url = reader.text(&RET_URL);
        let command = PasswordSignIn {
            name: email?.to_owned(),
            password: password.unwrap_or_default().to_owned(),
            presented: None,
            end_others,
        };
        Some(SignIn { command, long_term, echo: Echo { current_user, ret_url: repeated(urls, ret_url) } })
    })
}

/// A form of `POST /auth/oauth-sign-in` is looked at, and that is all: there is no provider yet (contracts 3.4).
pub(in crate::probe) fn oauth_sign_in(form: &Fields) -> Result<(), Violations> {
    form.read(|reader| {
        reader.flag("check-auth", false);
        reader.text(&CURRENT_USER);
        reader.text(&OTHER_EMAIL);
        reader.flag("logout-other", false);
        reader.flag("long-term-token", true);
        reader.text(&RET_URL);
        // A form calls it by another name than JSON does.
        for (token, parts) in [
            ("oauth-provider-token", ["oauth-provider-token/provider", "oauth-provider-token/token"]),
            ("oauth-token", ["oauth-token/provider", "oauth-token/token"]),
        ] {
            if reader.has_object(token) {
                for part in parts {
                    reader.text(&Text::required(part));
                }
            }
        }
        Some(())
    })
}

pub(in crate::probe) fn signed_in<'a>(
    signed_in: &'a SignedIn,
    api_token: &'a str,
    echo: &Echo<'a>,
) -> wire::SignedIn<'a> {
    let SignedIn { user, session, secret } = signed_in;
    wire::SignedIn {
        api_token,
        current_user: echo.current_user,
        email: user.email.as_deref(),
        jwt_token: wire::JwtToken {
            expire: session.expires().map(time).unwrap_or_default(),
            token: secret.expose(),
        },
        oauth_provider_tokens: [],
        ret_url: echo.ret_url,
        status: user.status.as_str(),
        user_id: user.number.0,
    }
}
