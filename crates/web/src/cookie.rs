//! Cookies that carry a credential: read from a request, set and cleared in an answer.
//!
//! Spelling only: strict in what is taken for a value, and `Set-Cookie` as the imitated products' frameworks write it,
//! attribute by attribute, because that is what their clients have seen. Whose a value is, is the core's to say.

use std::time::Duration;

use axum::http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::response::Response;
use identity::Timestamp;
use jiff::tz::TimeZone;

use crate::Site;

/// What a request carries under a cookie's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried<'a> {
    /// Nothing, or an empty value: what some clients keep of a cookie that was cleared.
    Nothing,
    /// One value.
    Value(&'a str),
    /// Several values, or one that no cookie can have. Which of them is meant cannot be told: a neighbouring site may
    /// have planted one beside ours.
    Unclear,
}

/// The value of the cookie with this name (RFC 6265, section 5.4). The same value twice is one; double quotes around
/// it are not part of it.
pub fn carried<'a>(headers: &'a HeaderMap, name: &str) -> Carried<'a> {
    let mut found = Carried::Nothing;
    for value in values(headers, name) {
        match (found, value) {
            (Carried::Nothing, Some(value)) => found = Carried::Value(value),
            (Carried::Value(known), Some(value)) if known == value => {}
            (Carried::Nothing | Carried::Value(_) | Carried::Unclear, _) => return Carried::Unclear,
        }
    }
    found
}

/// Every value under this name that is not empty; `None` for one that no cookie can have.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = Option<&'a str>> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        // Each check reads its cookie: nothing is looked through twice.
        let rest = pair.trim_ascii_start().strip_prefix(name.as_bytes())?.trim_ascii_start();
        let value = rest.strip_prefix(b"=")?.trim_ascii();
        let value = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value);
        let is_fit = value.iter().all(|byte| COOKIE_OCTETS.get(usize::from(*byte)) == Some(&true));
        let text = std::str::from_utf8(value).ok().filter(|_| is_fit);
        (!value.is_empty()).then_some(text)
    })
}

/// What a cookie's value may consist of (RFC 6265, section 4.1.1).
const fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

/// The same for each byte.
#[expect(clippy::indexing_slicing, reason = "a panic here is one of the compiler's")]
static COOKIE_OCTETS: [bool; 256] = {
    let mut octets = [false; 256];
    let mut byte = 0_u8;
    while byte < 127 {
        octets[byte as usize] = is_cookie_octet(byte);
        byte += 1;
    }
    octets
};

/// The beginning of time, in HTTP's form.
const EPOCH: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// A credential's cookie: for the whole host, out of reach of scripts, not sent along by other sites' forms, and only
/// by https where the site has it (ASVS 3.3.1, 3.3.2, 3.3.4).
#[derive(Debug, Clone, Copy)]
pub struct CredentialCookie {
    name: &'static str,
    secure: bool,
    style: Style,
}

/// Whose way of writing `Set-Cookie` it is.
#[derive(Debug, Clone, Copy)]
enum Style {
    Django,
    Servlet,
    Actix,
}

impl CredentialCookie {
    /// The cookie with this name, at this site, as Django writes it.
    pub fn new(name: &'static str, site: &Site) -> Self {
        Self { name, secure: site.secure, style: Style::Django }
    }

    /// The same as a servlet container writes it.
    pub fn of_servlet(name: &'static str, site: &Site) -> Self {
        Self { style: Style::Servlet, ..Self::new(name, site) }
    }

    /// The same as actix-session writes it.
    pub fn of_actix(name: &'static str, site: &Site) -> Self {
        Self { style: Style::Actix, ..Self::new(name, site) }
    }

    /// What a request carries of it.
    pub fn carried<'a>(&self, headers: &'a HeaderMap) -> Carried<'a> {
        carried(headers, self.name)
    }

    /// Every value that a request carries of it, where each is to be looked at; one that no cookie can have is left
    /// out.
    pub fn each<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        values(headers, self.name).flatten()
    }

    /// The answer with the cookie set. `end` is when what it opens ends by itself; without one the client keeps it
    /// until it is closed.
    #[must_use]
    pub fn set(&self, response: Response, value: &str, now: Timestamp, end: Option<Timestamp>) -> Response {
        let life = end.map(|end| end.since(now));
        // Beyond the year 9999: the number alone.
        let date = life.and_then(|life| expires(now, life));
        let max_age = life.map(|life| format!("; Max-Age={}", life.as_secs())).unwrap_or_default();
        let Self { name, .. } = self;
        let text = match self.style {
            Style::Django => {
                let expires = date.map(|date| format!("; expires={date}")).unwrap_or_default();
                format!("{name}={value}{expires}; HttpOnly{max_age}; Path=/; SameSite=Lax{}", self.secure())
            }
            Style::Servlet => {
                let expires = date.map(|date| format!("; Expires={date}")).unwrap_or_default();
                format!("{name}={value}{max_age}{expires}; Path=/; HttpOnly; SameSite=Lax{}", self.secure())
            }
            // No date.
            Style::Actix => {
                format!("{name}={value}; HttpOnly; SameSite=Lax{}; Path=/{max_age}", self.secure())
            }
        };
        with(response, &text)
    }

    /// The answer that takes the cookie away: the same name and path, in the past.
    #[must_use]
    pub fn clear(&self, response: Response) -> Response {
        let Self { name, .. } = self;
        let text = match self.style {
            Style::Django => {
                format!("{name}=\"\"; expires={EPOCH}; Max-Age=0; Path=/; SameSite=Lax{}", self.secure())
            }
            Style::Servlet => {
                format!(
                    "{name}=; Max-Age=0; Expires={EPOCH}; Path=/; HttpOnly; SameSite=Lax{}",
                    self.secure()
                )
            }
            Style::Actix => {
                format!(
                    "{name}=; HttpOnly; SameSite=Lax{}; Path=/; Max-Age=0; Expires={EPOCH}",
                    self.secure()
                )
            }
        };
        with(response, &text)
    }

    fn secure(&self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }
}

fn with(mut response: Response, text: &str) -> Response {
    // Names are ours and values visible ASCII: a text that is no header cannot come about.
    if let Ok(mut value) = HeaderValue::from_str(text) {
        value.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The date in HTTP's form (RFC 9110, section 5.6.7).
fn expires(now: Timestamp, life: Duration) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond((now + life).millis()).ok()?.to_zoned(TimeZone::UTC);
    Some(at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        cookies
            .iter()
            .map(|value| (COOKIE, HeaderValue::from_bytes(value.as_bytes()).expect("value")))
            .collect()
    }

    #[test]
    fn a_value_is_read_and_what_is_unclear_is_none() {
        for (cookies, expected) in [
            (&[] as &[&str], Carried::Nothing),
            (&["sessionid=abc"], Carried::Value("abc")),
            (&["a=1; sessionid=abc; b=2"], Carried::Value("abc")),
            (&["a=1;sessionid = abc ;b"], Carried::Value("abc")),
            (&["sessionid=\"abc\""], Carried::Value("abc")),
            (&["sessionid=a=b"], Carried::Value("a=b")),
            (&["a=1", "sessionid=abc"], Carried::Value("abc")),
            (&["sessionid=abc; sessionid=abc"], Carried::Value("abc")),
            (&["sessionid=; sessionid=abc"], Carried::Value("abc")),
            (&["sessionid"], Carried::Nothing),
            (&["sessionid="], Carried::Nothing),
            (&["sessionid=\"\""], Carried::Nothing),
            (&["Sessionid=abc"], Carried::Nothing),
            (&["xsessionid=abc; sessionidx=abc"], Carried::Nothing),
            (&["sessionid=abc; sessionid=abd"], Carried::Unclear),
            (&["sessionid=abc", "sessionid=abd"], Carried::Unclear),
            (&["sessionid=a b"], Carried::Unclear),
            (&["sessionid=\"abc"], Carried::Unclear),
            (&["sessionid=a,b"], Carried::Unclear),
            (&["sessionid=\u{fc}"], Carried::Unclear),
        ] {
            assert_eq!(carried(&headers(cookies), "sessionid"), expected, "{cookies:?}");
        }
    }

    fn written(response: &Response) -> Vec<&str> {
        response.headers().get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("text")).collect()
    }

    #[test]
    fn a_cookie_is_written_as_django_writes_it() {
        let site = |secure| Site { origin: String::new(), secure };
        let now = Timestamp::from_millis(1_767_355_200_000);
        let plain = CredentialCookie::new("sessionid", &site(false));
        let response = plain.set(().into_response(), "abc", now, Some(now + Duration::from_hours(336)));
        assert_eq!(
            written(&response),
            [
                "sessionid=abc; expires=Fri, 16 Jan 2026 12:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
            ]
        );
        let secure = CredentialCookie::new("sessionid", &site(true));
        let response = secure.set(().into_response(), "abc", now, None);
        assert_eq!(written(&response), ["sessionid=abc; HttpOnly; Path=/; SameSite=Lax; Secure"]);
        let cleared = secure.clear(().into_response());
        assert_eq!(
            written(&cleared),
            [
                "sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax; Secure"
            ]
        );
    }
    #[test]
    fn a_cookie_is_written_as_a_servlet_container_writes_it() {
        let site = |secure| Site { origin: String::new(), secure };
        let now = Timestamp::from_millis(1_767_355_200_000);
        let plain = CredentialCookie::of_servlet("JSESSIONID", &site(false));
        let response = plain.set(().into_response(), "ABC", now, None);
        assert_eq!(written(&response), ["JSESSIONID=ABC; Path=/; HttpOnly; SameSite=Lax"]);
        let secure = CredentialCookie::of_servlet("JSESSIONID", &site(true));
        let response = secure.set(().into_response(), "ABC", now, Some(now + Duration::from_hours(336)));
        assert_eq!(
            written(&response),
            ["JSESSIONID=ABC; Max-Age=1209600; Expires=Fri, 16 Jan 2026 12:00:00 GMT; Path=/; HttpOnly; \
                 SameSite=Lax; Secure"]
        );
        let cleared = secure.clear(().into_response());
        assert_eq!(
            written(&cleared),
            [
                "JSESSIONID=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax; \
                 Secure"
            ]
        );
    }

    #[test]
    fn a_cookie_is_written_as_actix_writes_it() {
        let site = |secure| Site { origin: String::new(), secure };
        let now = Timestamp::from_millis(1_767_355_200_000);
        let plain = CredentialCookie::of_actix("vault", &site(false));
        let response = plain.set(().into_response(), "abc", now, Some(now + Duration::from_hours(24)));
        assert_eq!(written(&response), ["vault=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400"]);
        let secure = CredentialCookie::of_actix("vault", &site(true));
        let response = secure.set(().into_response(), "abc", now, None);
        assert_eq!(written(&response), ["vault=abc; HttpOnly; SameSite=Lax; Secure; Path=/"]);
        let cleared = secure.clear(().into_response());
        assert_eq!(
            written(&cleared),
            [
                "vault=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
            ]
        );
    }

    #[test]
    fn each_value_is_read_but_what_none_can_be() {
        let cookie = CredentialCookie::new("sessionid", &Site { origin: String::new(), secure: false });
        let headers = headers(&["sessionid=abc; a=1; sessionid=a b", "sessionid=; sessionid=abd"]);
        assert_eq!(cookie.each(&headers).collect::<Vec<_>>(), ["abc", "abd"]);
    }
}
