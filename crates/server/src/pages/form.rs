//! Forms that change something: which browser one was made for, and how one comes back.
//!
//! A form bears a token that only this installation makes of three things: the secret in a cookie of the browser, the
//! path that the form is sent to, and the end of its life. Nothing is kept for it, every process knows it, and a page of
//! another site can neither read it nor make it (ASVS 3.5.1). `Origin` and `Sec-Fetch-Site` are looked at as well, before
//! the body.
//!
//! Forms whose one secret is a ticket out of a mail need no token ([`Ticket`]): who has the ticket may use it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::error::Facts;
use identity::{Rule, Secret, SecretForm, Timestamp};
use web::cookie::Carried;
use web::form::{Pairs, pairs};
use web::{CredentialCookie, Fault, Origins, Refusal, Site, Web};
use zeroize::Zeroizing;

use super::refusal::Told;
use super::{Pages, Visitor};

/// The name of the field that carries the token.
pub(super) const FIELD: &str = "form_token";
/// How long a form may be open before it is sent. A page that stands overnight is told to be opened anew.
pub(super) const LIFE: Duration = Duration::from_hours(12);

/// The cookie that a form is bound to. With the prefix no neighbouring site can plant one (RFC 6265bis, section
/// 4.1.3.2); browsers take it by https only.
const COOKIE: &str = "__Host-vestibule_form";
const COOKIE_WITHOUT_HTTPS: &str = "vestibule_form";

/// A browser, known by a secret that means nothing but "the same one".
#[derive(Clone)]
pub(super) struct Browser {
    cookie: CredentialCookie,
    known: Option<Secret>,
    /// One that was made for this answer.
    fresh: Arc<OnceLock<Secret>>,
}

impl Browser {
    pub(super) fn of(web: &Web, headers: &HeaderMap) -> Self {
        let cookie = cookie(&web.site);
        let known = match cookie.carried(headers) {
            Carried::Value(value) => Secret::presented(value),
            Carried::Nothing | Carried::Unclear => None,
        };
        Self { cookie, known, fresh: Arc::default() }
    }

    /// The token for a form that this browser sends to this path.
    pub(super) fn token(&self, web: &Web, now: Timestamp, path: &str) -> String {
        let secret = self.known.as_ref().unwrap_or_else(|| self.fresh(web));
        let end = (now + LIFE).millis();
        format!("{end:x}.{}", hex(&mark(web, secret, path, end)))
    }

    /// Makes it another browser to forms: whoever signs in or out leaves nothing to the one before, so that a secret that
    /// was planted is worth nothing.
    pub(super) fn renew(&self, web: &Web) {
        self.fresh(web);
    }

    fn fresh(&self, web: &Web) -> &Secret {
        let form = SecretForm::Base36 { prefix: "".into(), digits: 32 };
        self.fresh.get_or_init(|| form.make(&*web.entropy))
    }

    /// Whether this browser was given this token for a form to this path, not too long ago.
    fn was_given(&self, web: &Web, now: Timestamp, path: &str, token: &str) -> bool {
        let Some(secret) = &self.known else { return false };
        let Some((end, given)) = token.split_once('.') else { return false };
        let Ok(end) = i64::from_str_radix(end, 16) else { return false };
        let expected = hex(&mark(web, secret, path, end));
        verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok() && now.millis() < end
    }

    /// The answer, which tells a browser its new secret.
    pub(super) fn keep(&self, response: Response) -> Response {
        match self.fresh.get() {
            Some(secret) => self.cookie.set(response, secret.expose(), Timestamp::from_millis(0), None),
            None => response,
        }
    }
}

fn cookie(site: &Site) -> CredentialCookie {
    CredentialCookie::new(if site.secure { COOKIE } else { COOKIE_WITHOUT_HTTPS }, site)
}

/// What only we make of a browser, a path and a time. A blank is in none of them.
fn mark(web: &Web, browser: &Secret, path: &str, end: i64) -> [u8; 32] {
    let data = Zeroizing::new(format!("{} {path} {end}", browser.expose()));
    web.identity.form_mark(data.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A form as it was sent: names and values. What holds a password is wiped when dropped.
pub(crate) struct Sent(Pairs);

impl Sent {
    /// The value of a field; the first one where there are several.
    pub(super) fn field(&self, name: &str) -> Option<&Zeroizing<String>> {
        self.0.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value)
    }
}

/// What the operator is told of a form without a good token.
const STALE: Facts = Facts {
    rule: Rule::FormToken,
    seen: "a form without the token that this browser was given for this page",
    wanted: "the token, and the cookie that came with it",
};

/// Extractor of a form with a token that this browser was given for this path. Everything else has been answered.
pub(crate) struct Signed(pub(super) Sent);

impl FromRequest<Pages> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, pages: &Pages) -> Result<Self, Response> {
        let web = pages.web();
        let (visitor, request) = visitor(request, pages).await?;
        if !Origins::new(&web.site, Vec::new()).is_known_page(request.headers()) {
            return Err(Fault::from(&Refusal::CrossSite).on(Told::Foreign.to(&visitor)));
        }
        let path = request.uri().path().to_owned();
        let sent = sent(request, &visitor).await?;
        let token = sent.field(FIELD).map(|token| token.as_str()).unwrap_or_default();
        if visitor.browser.was_given(web, visitor.context.now, &path, token) {
            Ok(Self(sent))
        } else {
            Err(Fault::of_wire("form_token_invalid", STALE).on(Told::Stale { path }.to(&visitor)))
        }
    }
}

/// Extractor of a form that carries a ticket. A page of another site is turned away where the browser says so.
pub(crate) struct Ticket(pub(super) Sent);

impl FromRequest<Pages> for Ticket {
    type Rejection = Response;

    async fn from_request(request: Request, pages: &Pages) -> Result<Self, Response> {
        let (visitor, request) = visitor(request, pages).await?;
        if is_foreign(&pages.web().site, request.headers()) {
            return Err(Fault::from(&Refusal::CrossSite).on(Told::Foreign.to(&visitor)));
        }
        sent(request, &visitor).await.map(Self)
    }
}

/// A page that says nothing of where it is (`no-referrer`) sends the origin `null`, also to itself; then what the browser
/// says of the two sites decides, if it says anything.
fn is_foreign(site: &Site, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site") {
        Some(relation) => !matches!(relation.as_bytes(), b"same-origin" | b"none"),
        None => headers.get(ORIGIN).is_some_and(|origin| origin != "null" && origin != site.origin.as_str()),
    }
}

async fn visitor(request: Request, pages: &Pages) -> Result<(Visitor, Request), Response> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, pages).await?;
    Ok((visitor, Request::from_parts(parts, body)))
}

async fn sent(request: Request, visitor: &Visitor) -> Result<Sent, Response> {
    let body = web::body::read(request.into_body(), visitor.pages.web().limits).await;
    let body = body.map_err(|refusal| {
        let status = match refusal {
            Refusal::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Refusal::TargetTooLong { .. }
            | Refusal::HeadTooLarge { .. }
            | Refusal::JsonTooDeep { .. }
            | Refusal::RequestTimeout
            | Refusal::NotFound
            | Refusal::MethodNotAllowed { .. }
            | Refusal::BodyBroken
            | Refusal::CrossSite
            | Refusal::Internal => StatusCode::BAD_REQUEST,
        };
        Fault::from(&refusal).on(Told::NotArrived { status }.to(visitor))
    })?;
    let unreadable = |_| {
        let told = Told::NotArrived { status: StatusCode::BAD_REQUEST }.to(visitor);
        Fault::malformed("request_malformed").on(told)
    };
    pairs(&body).map(Sent).map_err(unreadable)
}

#[cfg(test)]
mod tests;
