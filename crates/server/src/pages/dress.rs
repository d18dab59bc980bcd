//! What every answer of a page goes through: who asks and in which language, headers, and an end for panics.
//!
//! What holds for every answer of the server is `web::headers`' business: no-store, nosniff, no frames, HSTS.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use web::{Context, CredentialCookie, Fault, Refusal};

use super::language::{self, Language};
use super::{Pages, Visitor, refusal};

/// Styles and images of our own, forms to ourselves; no script at all, nothing inline, no frames (ASVS 3.4.3, 3.4.6).
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                                 base-uri 'none'; frame-ancestors 'none'";
/// The explorer's one script, and what it calls.
pub(super) const POLICY_OF_EXPLORER: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                                             connect-src 'self'; form-action 'self'; base-uri 'none'; \
                                             frame-ancestors 'none'; require-trusted-types-for 'script'";
/// The set-up's one script, which calls nobody and writes no HTML.
pub(super) const POLICY_OF_SET_UP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                                           require-trusted-types-for 'script'; trusted-types 'none'";

/// What a page keeps to unless it says otherwise. Its address goes nowhere; the origin of a form does, which is what
/// foreign forms are told by.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
];

/// How long a chosen language is remembered.
const CHOICE_LIFE: Duration = Duration::from_hours(365 * 24);

/// Wraps every page.
pub(super) async fn layer(
    State(pages): State<Pages>,
    context: Context,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor::of(&pages, context, request.method(), request.uri(), request.headers());
    request.extensions_mut().insert(visitor.clone());
    let chosen = Language::chosen(request.uri().query());
    // Nothing of a handler outlives its panic but what the core settles by itself.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = answered.unwrap_or_else(|panic| after_panic(&visitor, &*panic));
    let response = remember(&visitor, chosen, response);
    complete(visitor.browser.keep(response))
}

/// Adds what the answer does not say yet.
pub(super) fn complete(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn remember(visitor: &Visitor, chosen: Option<Language>, response: Response) -> Response {
    let Some(language) = chosen else { return response };
    let cookie = CredentialCookie::new(language::COOKIE, &visitor.pages.web().site);
    let now = visitor.context.now;
    cookie.set(response, language.tag(), now, Some(now + CHOICE_LIFE))
}

fn after_panic(visitor: &Visitor, panic: &(dyn Any + Send)) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text");
    let mut fault = Fault::from(&Refusal::Internal);
    what.clone_into(&mut fault.cause);
    fault.on(refusal::Told::Broken.to(visitor))
}
