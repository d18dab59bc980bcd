//! What the core refused, in a person's words.

use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use identity::{ErrorKind, Weakness};

use super::texts::Texts;

/// A status and a sentence for every refusal of the core. One answer for an unknown name, a wrong password and an account
/// that cannot sign in.
pub(super) fn said(t: Texts, kind: ErrorKind) -> (StatusCode, String) {
    match kind {
        ErrorKind::InvalidCredentials => (StatusCode::FORBIDDEN, t.say("said-credentials")),
        ErrorKind::OldPasswordWrong => (StatusCode::FORBIDDEN, t.say("said-old-password")),
        ErrorKind::PasswordSignInDisabled => (StatusCode::FORBIDDEN, t.say("no-passwords-text")),
        ErrorKind::PasswordTooLong => (StatusCode::BAD_REQUEST, t.say("password-too-long")),
        ErrorKind::PasswordTooShort { .. } => (StatusCode::BAD_REQUEST, t.say("password-too-short")),
        ErrorKind::PasswordWeak { reason } => (StatusCode::BAD_REQUEST, weak(t, reason)),
        ErrorKind::EmailInvalid => (StatusCode::BAD_REQUEST, t.say("said-email")),
        ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired => {
            (StatusCode::CONFLICT, t.say("said-name-taken"))
        }
        ErrorKind::Throttled { retry_after } => {
            (StatusCode::TOO_MANY_REQUESTS, t.with("said-throttled", "minutes", minutes(retry_after)))
        }
        ErrorKind::TicketInvalid => (StatusCode::BAD_REQUEST, t.say("ticket-invalid-text")),
        ErrorKind::FlowMissing | ErrorKind::FlowInvalid | ErrorKind::CodeRefused => {
            (StatusCode::BAD_REQUEST, t.say("said-flow"))
        }
        ErrorKind::ProviderDenied => (StatusCode::BAD_REQUEST, t.say("said-denied")),
        ErrorKind::ProviderUnavailable | ErrorKind::ProviderUnknown => {
            (StatusCode::SERVICE_UNAVAILABLE, t.say("said-provider"))
        }
        ErrorKind::IdTokenMissing | ErrorKind::SubjectMissing | ErrorKind::ProviderUntrusted => {
            (StatusCode::BAD_GATEWAY, t.say("said-untrusted"))
        }
        ErrorKind::IdentityRefused | ErrorKind::UserInactive => {
            (StatusCode::FORBIDDEN, t.say("said-identity"))
        }
        ErrorKind::IdentityTaken => (StatusCode::CONFLICT, t.say("said-identity-taken")),
        ErrorKind::LastWayIn => (StatusCode::CONFLICT, t.say("said-last-way")),
        ErrorKind::ApiKeyLimit => (StatusCode::CONFLICT, t.say("said-key-limit")),
        ErrorKind::SessionLimit => (StatusCode::CONFLICT, t.say("said-session-limit")),
        ErrorKind::SessionNotFound
        | ErrorKind::ApiKeyNotFound
        | ErrorKind::IdentityNotFound
        | ErrorKind::Conflict => (StatusCode::CONFLICT, t.say("said-changed")),
        ErrorKind::Overloaded { .. } | ErrorKind::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, t.say("not-now-text"))
        }
        // A page leads elsewhere before these, or asks for nothing that could go wrong in these ways.
        ErrorKind::CredentialMissing
        | ErrorKind::CredentialInvalid
        | ErrorKind::FreshLoginRequired
        | ErrorKind::PasswordChangeRequired
        | ErrorKind::Forbidden
        | ErrorKind::UsernameInvalid
        | ErrorKind::LoginNameMissing
        | ErrorKind::UserNotFound
        | ErrorKind::SignUpDisabled
        | ErrorKind::CaptchaRefused
        | ErrorKind::TokenClaimsInvalid
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
        | ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, t.say("broken-text")),
    }
}

/// Why not this password, and how to find a better one.
fn weak(t: Texts, reason: Weakness) -> String {
    match reason {
        Weakness::Common => t.say("password-common"),
        Weakness::Context => t.say("password-context"),
        Weakness::Guessable => t.say("password-guessable"),
    }
}

/// What is wrong with a new password, if another one may do.
pub(super) fn of_new_password(t: Texts, kind: ErrorKind) -> Option<String> {
    let is_of_new = matches!(
        kind,
        ErrorKind::PasswordTooLong | ErrorKind::PasswordTooShort { .. } | ErrorKind::PasswordWeak { .. }
    );
    is_of_new.then(|| said(t, kind).1)
}

/// The answer, which says when to try again where that is known.
pub(super) fn later(kind: ErrorKind, mut response: Response) -> Response {
    if let ErrorKind::Throttled { retry_after } | ErrorKind::Overloaded { retry_after } = kind {
        let seconds = retry_after.as_millis().div_ceil(1000).max(1);
        if let Ok(seconds) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
    }
    response
}

/// Full minutes, at least one.
fn minutes(wait: Duration) -> usize {
    usize::try_from(wait.as_secs().div_ceil(60).max(1)).unwrap_or(usize::MAX)
}

/// Why a browser came back from a provider in vain, by the name that the callback gives it.
pub(super) fn came_back(t: Texts, name: &str) -> Option<String> {
    let kinds = [
        ErrorKind::FlowInvalid,
        ErrorKind::FlowMissing,
        ErrorKind::CodeRefused,
        ErrorKind::ProviderDenied,
        ErrorKind::ProviderUnavailable,
        ErrorKind::ProviderUnknown,
        ErrorKind::IdTokenMissing,
        ErrorKind::SubjectMissing,
        ErrorKind::ProviderUntrusted,
        ErrorKind::IdentityRefused,
        ErrorKind::IdentityTaken,
        ErrorKind::UserInactive,
        ErrorKind::SessionLimit,
        ErrorKind::Conflict,
        ErrorKind::Unavailable,
    ];
    let kind = kinds.into_iter().find(|kind| kind.name() == name)?;
    Some(said(t, kind).1)
}
