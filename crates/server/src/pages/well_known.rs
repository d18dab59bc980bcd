//! Files for programs, at addresses that they know: `robots.txt`, and two below `/.well-known/`.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse as _, Response};
use web::{Fault, Refusal};

use super::refusal::Told;
use super::{Pages, Visitor, change_password as change_password_page};

const TEXT: (axum::http::HeaderName, &str) = (CONTENT_TYPE, "text/plain; charset=utf-8");

/// How long a reader may believe `security.txt`: it is made anew at every reading, so this is how long a copy holds
/// (RFC 9116, section 2.5.5: less than a year).
const CONTACT_LIFE: Duration = Duration::from_hours(180 * 24);

/// Search engines have the start and nothing else: the rest is personal, or says nothing without it.
pub(super) async fn robots() -> Response {
    ([TEXT], "User-agent: *\nAllow: /$\nDisallow: /\n").into_response()
}

/// Where password managers send people (W3C, A Well-Known URL for Changing Passwords): a redirect, or 404 where there is
/// no such page.
pub(super) async fn change_password(State(pages): State<Pages>, visitor: Visitor) -> Response {
    if pages.native().is_none() {
        return missing(&visitor);
    }
    (StatusCode::FOUND, [(LOCATION, change_password_page::PATH)]).into_response()
}

/// Whom to tell of weaknesses (RFC 9116). Without a contact there is no such file.
pub(super) async fn security(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let contacts = &pages.0.security_contact;
    let end = (visitor.context.now + CONTACT_LIFE).millis();
    let (false, Ok(end)) = (contacts.is_empty(), jiff::Timestamp::from_millisecond(end)) else {
        return missing(&visitor);
    };
    let contacts: String = contacts.iter().map(|contact| format!("Contact: {contact}\n")).collect();
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ");
    let origin = &pages.web().site.origin;
    let text = format!("{contacts}Expires: {end}\nCanonical: {origin}/.well-known/security.txt\n");
    ([TEXT], text).into_response()
}

fn missing(visitor: &Visitor) -> Response {
    Fault::from(&Refusal::NotFound).on(Told::Missing.to(visitor))
}
