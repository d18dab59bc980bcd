//! Logins.

use identity::user::User;
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

/// A form of `POST /auth/oauth-sign-in`, read. Whose address it names is not asked: who somebody is to a provider is
/// told by the provider.
pub(in crate::probe) struct OAuthSignIn<'a> {
    /// Only to look at the token.
    pub(in crate::probe) check_auth: bool,
    pub(in crate::probe) end_others: bool,
    pub(in crate::probe) long_term: bool,
    pub(in crate::probe) token: Option<ShownToken<'a>>,
    pub(in crate::probe) echo: Echo<'a>,
}

/// A provider's token, as it was shown.
#[derive(Clone, Copy)]
pub(in crate::probe) struct ShownToken<'a> {
    pub(in crate::probe) provider: &'a str,
    pub(in crate::probe) token: &'a str,
}

pub(in crate::probe) fn oauth_sign_in<'a>(
    form: &'a Fields,
    urls: &ReturnUrls,
) -> Result<OAuthSignIn<'a>, Violations> {
    form.read(|reader| {
        let check_auth = reader.flag("check-auth", false);
        let current_user = reader.text(&CURRENT_USER);
        reader.text(&OTHER_EMAIL);
        let end_others = reader.flag("logout-other", false);
        let long_term = reader.flag("long-term-token", true);
        let ret_url = reader.text(&RET_URL);
        let mut shown = None;
        // A form calls it by another name than JSON does.
        for (object, [provider, token]) in [
            ("oauth-provider-token", ["oauth-provider-token/provider", "oauth-provider-token/token"]),
            ("oauth-token", ["oauth-token/provider", "oauth-token/token"]),
        ] {
            if reader.has_object(object) {
                let provider = reader.text(&Text::required(provider));
                let token = reader.text(&Text::required(token));
                let both = provider.zip(token);
                shown = shown.or(both.map(|(provider, token)| ShownToken { provider, token }));
            }
        }
        let echo = Echo { current_user, ret_url: repeated(urls, ret_url) };
        Some(OAuthSignIn { check_auth, end_others, long_term, token: shown, echo })
    })
}

/// What became of a provider's token that was only to be looked at.
pub(in crate::probe) fn looked_at<'a>(
    found: Result<&'a User, &'static str>,
    shown: Option<ShownToken<'a>>,
    echo: &Echo<'a>,
) -> wire::OAuthSignedIn<'a> {
    let user = found.ok();
    wire::OAuthSignedIn {
        api_token: None,
        check_auth_result: wire::CheckAuthResult {
            message: found.err().unwrap_or(ACCEPTED),
            ok: found.is_ok(),
        },
        current_user: echo.current_user,
        email: user.and_then(|user| user.email.as_deref()),
        jwt_token: None,
        oauth_provider_tokens: shown.filter(|_| user.is_some()).map(provider_token).into_iter().collect(),
        ret_url: echo.ret_url,
        status: user.map_or("anonymous", |user| user.status.as_str()),
        user_id: user.map_or(0, |user| user.number.0),
    }
}

const ACCEPTED: &str = "ok";

fn provider_token(shown: ShownToken<'_>) -> wire::ProviderToken<'_> {
    wire::ProviderToken { provider: shown.provider, token: shown.token }
}

pub(in crate::probe) fn oauth_signed_in<'a>(
    signed_in: &'a SignedIn,
    api_token: &'a str,
    shown: ShownToken<'a>,
    echo: &Echo<'a>,
) -> wire::OAuthSignedIn<'a> {
    let mut answer = looked_at(Ok(&signed_in.user), Some(shown), echo);
    answer.api_token = Some(api_token);
    answer.jwt_token = Some(jwt_token(signed_in));
    answer
}

fn jwt_token(signed_in: &SignedIn) -> wire::JwtToken<'_> {
    wire::JwtToken {
        expire: signed_in.session.expires().map(time).unwrap_or_default(),
        token: signed_in.secret.expose(),
    }
}

pub(in crate::probe) fn signed_in<'a>(
    signed_in: &'a SignedIn,
    api_token: &'a str,
    echo: &Echo<'a>,
) -> wire::SignedIn<'a> {
    let user = &signed_in.user;
    wire::SignedIn {
        api_token,
        current_user: echo.current_user,
        email: user.email.as_deref(),
        jwt_token: jwt_token(signed_in),
        oauth_provider_tokens: [],
        ret_url: echo.ret_url,
        status: user.status.as_str(),
        user_id: user.number.0,
    }
}
