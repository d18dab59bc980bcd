//! The code of an invitation, held by the browser while somebody signs in or out to follow it: so it stands in no address
//! that leads there and back.
//!
//! It is as good there as in the message, and for the same person alone.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Response;
use identity::Timestamp;
use web::CredentialCookie;
use web::cookie::Carried;

use crate::pages::Visitor;

const COOKIE: &str = "__Host-vestibule_invitation";
const COOKIE_WITHOUT_HTTPS: &str = "vestibule_invitation";
/// Long enough to sign in, to choose a password that must be changed, or to be sent a message first.
const LIFE: Duration = Duration::from_hours(1);

/// The cookie.
pub(super) struct Kept(CredentialCookie);

impl Kept {
    pub(super) fn at(visitor: &Visitor) -> Self {
        let site = &visitor.pages.web().site;
        Self(CredentialCookie::new(if site.secure { COOKIE } else { COOKIE_WITHOUT_HTTPS }, site))
    }

    /// What the browser holds.
    pub(super) fn code(&self, headers: &HeaderMap) -> Option<String> {
        match self.0.carried(headers) {
            Carried::Value(code) => Some(code.to_owned()),
            Carried::Nothing | Carried::Unclear => None,
        }
    }

    /// The answer, after which the browser holds it.
    pub(super) fn keep(&self, response: Response, code: &str, now: Timestamp) -> Response {
        self.0.set(response, code, now, Some(now + LIFE))
    }

    /// The answer, after which the browser holds nothing.
    pub(super) fn forget(&self, response: Response) -> Response {
        self.0.clear(response)
    }
}
