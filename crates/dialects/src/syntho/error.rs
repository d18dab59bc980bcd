//! How this dialect says what went wrong: Django REST Framework's plain shape everywhere (contracts 1.3).

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, VARY, WWW_AUTHENTICATE};
use axum::response::Response;
use identity::{Error, ErrorKind, Weakness};
use web::drf::field::{FieldErrors, Malformed};
use web::drf::parser::BodyRefusal;
use web::drf::{error as drf, negotiation};
use web::{Fault, Refusal};

pub(super) const NOT_PROVIDED: &str = "Authentication credentials were not provided.";
pub(super) const INCORRECT: &str = "Incorrect authentication credentials.";
/// contracts 1.3: what mozilla-django-oidc, the first class of the product's views, sends with a 401.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"api\"");

/// Whether a credential is one whose bearer is nobody here (any more).
pub(super) fn is_stale(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::CredentialInvalid | ErrorKind::UserInactive)
}

/// The core's refusal.
pub(super) fn say(error: &Error) -> Response {
    Fault::from(error).on(spoken(error.kind()))
}

fn spoken(kind: ErrorKind) -> Response {
    match kind {
        // contracts, decision 8: one answer for an unknown name, a wrong password and an inactive user.
        ErrorKind::InvalidCredentials => drf::non_field_errors("Unable to log in with provided credentials."),
        ErrorKind::CredentialMissing | ErrorKind::CredentialInvalid | ErrorKind::UserInactive => {
            challenge(NOT_PROVIDED)
        }
        ErrorKind::PasswordSignInDisabled => {
            drf::detail(StatusCode::FORBIDDEN, "Username and password login is disabled.")
        }
        ErrorKind::Forbidden => {
            drf::detail(StatusCode::FORBIDDEN, "You do not have permission to perform this action.")
        }
        // Django's words where a password is changed.
        ErrorKind::OldPasswordWrong => on_field(
            "old_password",
            "Your old password was entered incorrectly. Please enter it again.".to_owned(),
        ),
        // A new password, and one to sign in with, has at most 64 characters by then.
        ErrorKind::PasswordTooLong => {
            on_field("old_password", "Ensure this field has no more than 4096 bytes.".to_owned())
        }
        ErrorKind::PasswordTooShort { min_length } => {
            on_field("new_password", format!("Ensure this field has at least {min_length} characters."))
        }
        ErrorKind::PasswordWeak { reason } => on_field("new_password", weak(reason).to_owned()),
        ErrorKind::EmailInvalid => on_field("email", "Enter a valid email address.".to_owned()),
        ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired => {
            on_field("email", "This field must be unique.".to_owned())
        }
        ErrorKind::Conflict => drf::detail(
            StatusCode::CONFLICT,
            "The account was changed by another request at the same time, try again.",
        ),
        ErrorKind::ProviderUnknown => {
            drf::detail(StatusCode::NOT_FOUND, "There is no such identity provider.")
        }
        ErrorKind::ProviderDenied => {
            drf::detail(StatusCode::BAD_REQUEST, "The identity provider refused the login.")
        }
        ErrorKind::FlowMissing | ErrorKind::FlowInvalid | ErrorKind::CodeRefused => drf::detail(
            StatusCode::BAD_REQUEST,
            "This login was begun in another browser, was used or is too old. Begin again.",
        ),
        ErrorKind::IdTokenMissing | ErrorKind::SubjectMissing | ErrorKind::ProviderUntrusted => {
            drf::detail(StatusCode::BAD_GATEWAY, "The identity provider's answer cannot be trusted.")
        }
        ErrorKind::IdentityRefused => {
            drf::detail(StatusCode::FORBIDDEN, "This identity cannot sign in here.")
        }
        ErrorKind::ProviderUnavailable => drf::unavailable(5),
        ErrorKind::Throttled { retry_after } => drf::throttled(seconds(retry_after)),
        ErrorKind::Overloaded { retry_after } => drf::unavailable(seconds(retry_after)),
        ErrorKind::Unavailable => drf::unavailable(1),
        // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
        ErrorKind::PasswordChangeRequired
        | ErrorKind::SessionLimit
        | ErrorKind::UsernameInvalid
        | ErrorKind::LoginNameMissing
        | ErrorKind::UserNotFound
        | ErrorKind::SessionNotFound
        | ErrorKind::SignUpDisabled
        | ErrorKind::CaptchaRefused
        | ErrorKind::TicketInvalid
        | ErrorKind::TokenClaimsInvalid
        | ErrorKind::ApiKeyLimit
        | ErrorKind::ApiKeyNotFound
        | ErrorKind::OrganizationNameInvalid
        | ErrorKind::OrganizationNotFound
        | ErrorKind::OrganizationClosed
        | ErrorKind::AlreadyMember
        | ErrorKind::AlreadyInvited
        | ErrorKind::SelfInvitation
        | ErrorKind::RoleTooHigh
        | ErrorKind::InvitationNotFound
        | ErrorKind::InvitationUsed
        | ErrorKind::InvitationNotYours
        | ErrorKind::FreshLoginRequired
        | ErrorKind::IdentityTaken
        | ErrorKind::IdentityNotFound
        | ErrorKind::LastWayIn
        | ErrorKind::Internal => drf::server_error(),
    }
}

/// In the words of Django's password validators, as far as there is one.
fn weak(reason: Weakness) -> &'static str {
    match reason {
        Weakness::Common => "This password is too common.",
        Weakness::Context => {
            "The password is too similar to the user's names or to the name of this service."
        }
        Weakness::Guessable => "This password is too easy to guess.",
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs().max(1)
}

fn on_field(field: &'static str, text: String) -> Response {
    let mut errors = FieldErrors::default();
    errors.push(field, text);
    drf::field_errors(&errors)
}

fn challenge(text: &str) -> Response {
    let mut response = drf::detail(StatusCode::UNAUTHORIZED, text);
    response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    response
}

/// 401 for a refusal of the core's, in these words.
pub(super) fn unauthorized(error: &Error, text: &str) -> Response {
    Fault::from(error).on(challenge(text))
}

/// 401 for an `Authorization` header that is not spelt right.
pub(super) fn malformed_header(text: &str) -> Response {
    Fault::misspelt_credential("credential_malformed").on(challenge(text))
}

/// A login is not begun for who would be led somewhere else by it.
pub(super) fn next_refused(next: &str) -> Response {
    let mut errors = FieldErrors::default();
    errors.push("next", "This address is not allowed.".to_owned());
    Fault::return_url("return_url_refused", next).on(drf::field_errors(&errors))
}

/// The client accepts nothing that we speak.
pub(super) fn unacceptable(refusal: negotiation::Refusal) -> Response {
    let fault = if refusal.status() == StatusCode::NOT_FOUND { "not_found" } else { "not_acceptable" };
    Fault::not_acceptable(fault).on(drf::detail(refusal.status(), &refusal.to_string()))
}

/// The body cannot be read.
pub(super) fn unread(refusal: &BodyRefusal) -> Response {
    match refusal {
        BodyRefusal::Wire(refusal) => Fault::from(refusal).on(drf::refused(refusal)),
        BodyRefusal::Unreadable(refusal) => {
            Fault::unread("body_unreadable", refusal).on(drf::detail(refusal.status(), &refusal.to_string()))
        }
    }
}

/// The body is JSON and not what the route takes.
pub(super) fn malformed(malformed: &Malformed) -> Response {
    Fault::malformed("body_malformed").on(drf::malformed(malformed))
}

/// Refused at the wire, where no handler was reached.
pub(super) fn refuse(refusal: &Refusal) -> Response {
    vary(drf::refused(refusal))
}

/// contracts 1.3: what is answered depends on the cookie.
pub(super) async fn varied(response: Response) -> Response {
    vary(response)
}

pub(super) fn vary(mut response: Response) -> Response {
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Cookie"));
    response
}
