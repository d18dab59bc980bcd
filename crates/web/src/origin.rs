//! Where a browser's request was made: the check for state changes that carry a cookie, and CORS.
//!
//! Both read one list: the site's own origin and the dialect's `allowed_origins`. Clients that are no browsers
//! send neither header and pass.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, COOKIE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::Rule;
use identity::error::Facts;

use crate::Fault;

/// What pages of allowed origins may send: every header that some dialect reads.
const ALLOWED_HEADERS: &str = "accept, authorization, content-type, tr-dataset, tr-organization, x-api-key, \
                               x-dataset, x-organization, x-recaptcha-token";

/// Where the outside world finds this server (`public_url`); never taken from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port, as a browser writes them: `https://login.example`.
    pub origin: String,
    /// Whether it is reached by https; then cookies are `Secure`.
    pub secure: bool,
}

/// The origins whose pages may call a dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    own: String,
    allowed: Vec<String>,
}

impl Origins {
    /// The site's own pages and those of the dialect's `allowed_origins`.
    pub fn new(site: &Site, allowed: Vec<String>) -> Self {
        Self { own: site.origin.clone(), allowed }
    }

    fn allows(&self, origin: &str) -> bool {
        origin == self.own || self.allowed.iter().any(|allowed| allowed == origin)
    }

    /// Whether a request may change something with the cookies it carries (ASVS 3.5.1 to 3.5.3).
    ///
    /// `Origin` decides when it is there; then `Sec-Fetch-Site`; a request with neither is not a browser's. Reading
    /// methods pass: nothing changes state by them.
    pub fn permits(&self, method: &Method, headers: &HeaderMap, cookies: &[&str]) -> bool {
        method.is_safe() || !carries(headers, cookies) || self.is_known_page(headers)
    }

    /// Whether a request comes from a page of these origins, or from no page at all. A door that sets a cookie asks
    /// this before a login: a foreign page could sign its visitor in to somebody else's account.
    pub fn is_known_page(&self, headers: &HeaderMap) -> bool {
        if let Some(origin) = headers.get(ORIGIN) {
            return origin.to_str().is_ok_and(|origin| self.allows(origin));
        }
        match headers.get("sec-fetch-site") {
            None => true,
            Some(site) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        }
    }

    /// The answer to a preflight of an allowed origin; `None` when this is none, and the route answers itself.
    pub fn preflight(&self, method: &Method, headers: &HeaderMap, allow: &'static str) -> Option<Response> {
        if method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        if !self.share(headers.get(ORIGIN), response.headers_mut()) {
            let (seen, wanted) = ("a page of a foreign origin", "one of the door's allowed_origins");
            let facts = Facts { rule: Rule::Preflight, seen, wanted };
            return Some(Fault::of_wire("preflight_refused", facts).on(response));
        }
        let answer = response.headers_mut();
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(allow));
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
        answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        Some(response)
    }

    /// Lets the page of this origin read the answer, if it is an allowed one; tells whether it does.
    pub fn share(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) -> bool {
        if self.allowed.is_empty() {
            return false;
        }
        answer.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin else { return false };
        if !origin.to_str().is_ok_and(|origin| self.allows(origin)) {
            return false;
        }
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        answer.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after, www-authenticate, x-request-id, x-vestibule-refusal"),
        );
        true
    }
}

fn carries(headers: &HeaderMap, cookies: &[&str]) -> bool {
    headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';')).any(
        |pair| {
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            cookies.iter().any(|cookie| name.trim_ascii() == cookie.as_bytes())
        },
    )
}

#[cfg(test)]
mod tests;
