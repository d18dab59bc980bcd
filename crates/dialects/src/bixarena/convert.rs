//! Wire to command, outcome to wire.

use identity::token::{InternalToken, ServiceCredentials};
use identity::user::{Role, User};
use identity::{Caller, ProviderAnswer, Secret};
use web::Wire;
use web::authorization::Basic;
use web::form::Sent;

use super::wire;

/// The longest `return_to`, in characters (contracts 5.5).
const LONGEST_RETURN: usize = 500;

/// A parameter of the query that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is not there.
    Missing(&'static str),
    /// It is there, and nothing that it could be.
    Invalid(&'static str),
}

/// What a browser brings back, and what it is known by.
pub(super) fn answer(
    sent: impl Fn(&str) -> Sent,
    redirect_uri: &str,
    browser: Option<Secret>,
    presented: Option<Caller>,
) -> Result<ProviderAnswer, Wrong> {
    let secret = |name: &'static str| match sent(name) {
        Sent::Nothing => Ok(None),
        Sent::Value(text) => Secret::presented(&text).map(Some).ok_or(Wrong::Invalid(name)),
        Sent::Unclear => Err(Wrong::Invalid(name)),
    };
    let (code, state) = (secret("code")?, secret("state")?);
    let denied = !matches!(sent("error"), Sent::Nothing);
    if code.is_none() && !denied {
        return Err(Wrong::Missing("code"));
    }
    Ok(ProviderAnswer {
        browser,
        state: Some(state.ok_or(Wrong::Missing("state"))?),
        // RFC 6749 section 4.1.2.1: an error comes instead of a code.
        code: code.filter(|_| !denied),
        issuer: secret("iss")?.map(|issuer| issuer.expose().to_owned()),
        redirect_uri: redirect_uri.to_owned(),
        presented,
    })
}

/// Where a browser is led after the login: a path of the site that it comes from, which is put behind that site's own
/// address. Nothing else may come of it, however a browser mends it (contracts 5.5).
pub(super) fn return_to(sent: Sent) -> Result<String, Wrong> {
    const WRONG: Wrong = Wrong::Invalid("return_to");
    let text = match sent {
        Sent::Nothing => return Ok(String::new()),
        Sent::Value(text) => text,
        Sent::Unclear => return Err(WRONG),
    };
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = text.starts_with('/') && !text.starts_with("//") && !text.contains("://");
    let fits = visible && path && text.len() <= LONGEST_RETURN;
    if fits && !climbs(&text) { Ok(text.to_string()) } else { Err(WRONG) }
}

/// Whether a segment of the path is one that browsers take for a step, out of the site's own path too: `.` or `..`, the
/// dots in percent-encoding or not.
fn climbs(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.split('/')
        .any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
}

/// Where a browser is led: the site itself, or this path of it.
pub(super) fn destination(ui_url: &str, return_to: &str) -> String {
    if return_to.is_empty() {
        return ui_url.to_owned();
    }
    let site = ui_url.split(['?', '#']).next().unwrap_or_default();
    format!("{}{return_to}", site.trim_end_matches('/'))
}

/// An audience that was asked for.
pub(super) fn audience(sent: Sent) -> Result<Option<String>, Wrong> {
    match sent {
        Sent::Nothing => Ok(None),
        Sent::Value(text) => Ok(Some(text.to_string())),
        Sent::Unclear => Err(Wrong::Invalid("audience")),
    }
}

/// Who a service says it is. `None`: nobody here can be called so.
pub(super) fn service(basic: &Basic) -> Option<ServiceCredentials> {
    let secret = Secret::presented(&basic.password)?;
    Some(ServiceCredentials { id: basic.name.clone(), secret })
}

/// contracts 5.2: one role in the seed's time.
pub(super) fn role(user: &User) -> &'static [&'static str] {
    match user.role {
        Role::Root | Role::Admin => &["admin"],
        Role::User | Role::Sub => &["user"],
    }
}

/// contracts 5.2: an administrator is a user, too, in the newest.
pub(super) fn roles(user: &User) -> &'static [&'static str] {
    match user.role {
        Role::Root | Role::Admin => &["admin", "user"],
        Role::User | Role::Sub => &["user"],
    }
}

/// A session's token, by the call of the seed's time. contracts 5.1: the product says a second less, because it looks at
/// the clock again.
pub(super) fn seed_token(token: &InternalToken, wire: Wire) -> wire::AccessToken<'_> {
    let full = access_token(token);
    match wire {
        Wire::Documented => full,
        Wire::Deployed => wire::AccessToken { expires_in: full.expires_in.saturating_sub(1), ..full },
    }
}

pub(super) fn access_token(token: &InternalToken) -> wire::AccessToken<'_> {
    wire::AccessToken {
        access_token: token.secret.expose(),
        token_type: "Bearer",
        expires_in: token.life.as_secs(),
    }
}

/// contracts 5.5: `sub` is the UUID, whatever tokens call the user. There is no picture of anybody.
pub(super) fn user_info(user: &User) -> wire::UserInfo<'_> {
    wire::UserInfo {
        sub: user.id,
        preferred_username: user.username.as_deref(),
        email: user.email.as_deref(),
        email_verified: user.email.is_some().then_some(user.email_verified),
        roles: roles(user),
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn value(text: &str) -> Sent {
        Sent::Value(Zeroizing::new(text.to_owned()))
    }

    /// contracts 5.5, security 1, redirect-target.
    #[test]
    fn a_browser_is_led_to_a_path_and_nowhere_else() {
        let longest = format!("/{}", "x".repeat(499));
        for good in [
            "/",
            "/arena",
            "/arena?tab=1&x=%20#top",
            "/a//b",
            "/@evil.example",
            "/a:b",
            "/a?b=/../c",
            "/..a",
            &longest,
        ] {
            assert_eq!(return_to(value(good)), Ok(good.to_owned()));
        }
        let too_long = format!("/{}", "x".repeat(500));
        for bad in [
            "",
            "arena",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example",
            "/a?next=https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nSet-Cookie: a=b",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/\u{0}",
            "/\u{7f}",
            "/\u{fc}",
            "/\u{2028}",
            "/\u{ff0f}evil.example",
            "/../..//evil.example",
            "/.//evil.example",
            "/a/..",
            "/%2e%2E/a",
            "@evil.example",
            ".evil.example",
            ":80",
            "?a",
            "#a",
            &too_long,
        ] {
            assert_eq!(return_to(value(bad)), Err(Wrong::Invalid("return_to")), "{bad:?}");
        }
        assert_eq!(return_to(Sent::Nothing), Ok(String::new()));
        assert_eq!(return_to(Sent::Unclear), Err(Wrong::Invalid("return_to")));
    }

    #[test]
    fn a_path_is_put_behind_the_site() {
        for (site, path, expected) in [
            ("https://app.example", "", "https://app.example"),
            ("https://app.example/?a=1", "", "https://app.example/?a=1"),
            ("https://app.example/", "/x?y#z", "https://app.example/x?y#z"),
            ("https://app.example", "/x", "https://app.example/x"),
            ("https://app.example/arena/", "/x", "https://app.example/arena/x"),
            ("https://app.example/arena?a=/#b", "/x", "https://app.example/arena/x"),
        ] {
            assert_eq!(destination(site, path), expected);
        }
    }
}
