//! How this dialect says what went wrong: problem details (RFC 9457), with the error's name as `code`.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::{Error, ErrorKind, Weakness};
use serde::Serialize;
use web::{Fault, Refusal, json};

use super::wire::Problem;

/// A handler's outcome.
pub(super) type Reply = Result<Response, Refused>;

/// A request that was refused.
pub(super) struct Refused(pub(super) Response);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(say(&error))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Fault::from(&refusal).on(refuse(&refusal)))
    }
}

/// RFC 9110 section 11.6.1 wants one with each 401; the cookie has no scheme of its own.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"vestibule\"");
/// How long to leave a provider alone that does not answer.
const PROVIDER_RESTS: Duration = Duration::from_secs(5);

/// The core's refusal.
pub(super) fn say(error: &Error) -> Response {
    Fault::from(error).on(spoken(error.kind()))
}

fn spoken(kind: ErrorKind) -> Response {
    let (status, detail) = told(kind);
    let reason = if let ErrorKind::PasswordWeak { reason } = kind { Some(reason.as_str()) } else { None };
    let response = problem_because(status, kind.name(), &detail, reason);
    if let Some(wait) = wait(kind) {
        return later(response, wait);
    }
    if status == StatusCode::UNAUTHORIZED { challenged(response) } else { response }
}

/// When to try again, where that is known.
fn wait(kind: ErrorKind) -> Option<Duration> {
    if let ErrorKind::Throttled { retry_after } | ErrorKind::Overloaded { retry_after } = kind {
        return Some(retry_after);
    }
    let rests = (kind == ErrorKind::ProviderUnavailable).then_some(PROVIDER_RESTS);
    rests.or((kind == ErrorKind::Unavailable).then_some(Duration::from_secs(1)))
}

fn told(kind: ErrorKind) -> (StatusCode, String) {
    let (status, detail) = match kind {
        // One answer for an unknown name, a wrong password and an account that cannot sign in.
        ErrorKind::InvalidCredentials => (StatusCode::UNAUTHORIZED, "This name and password do not fit."),
        ErrorKind::CredentialMissing => (StatusCode::UNAUTHORIZED, "Sign in first."),
        ErrorKind::CredentialInvalid => {
            (StatusCode::UNAUTHORIZED, "This session or key is not good any more.")
        }
        ErrorKind::UserInactive => (StatusCode::FORBIDDEN, "This account cannot be used."),
        ErrorKind::PasswordSignInDisabled => {
            (StatusCode::FORBIDDEN, "There are no passwords on this server.")
        }
        ErrorKind::PasswordChangeRequired => (StatusCode::FORBIDDEN, "A new password is required."),
        // A 401 would make clients drop a session that is good.
        ErrorKind::OldPasswordWrong => (StatusCode::FORBIDDEN, "The password is wrong."),
        ErrorKind::FreshLoginRequired => (
            StatusCode::FORBIDDEN,
            "This wants a login of the last ten minutes: confirm the password, or sign in anew.",
        ),
        ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "This is not allowed with this credential."),
        ErrorKind::PasswordTooLong => (StatusCode::BAD_REQUEST, "A password has at most 4096 bytes."),
        ErrorKind::PasswordTooShort { min_length } => {
            return (StatusCode::BAD_REQUEST, format!("A password has at least {min_length} characters."));
        }
        ErrorKind::PasswordWeak { reason } => (StatusCode::BAD_REQUEST, weak(reason)),
        ErrorKind::EmailInvalid => (StatusCode::BAD_REQUEST, "This is not an e-mail address."),
        ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired => {
            (StatusCode::CONFLICT, "This address cannot be used for an account.")
        }
        ErrorKind::TicketInvalid => {
            (StatusCode::BAD_REQUEST, "This token was used, has expired, or is for something else.")
        }
        ErrorKind::SessionNotFound => (StatusCode::NOT_FOUND, "There is no such session."),
        ErrorKind::ApiKeyNotFound => (StatusCode::NOT_FOUND, "There is no such key."),
        ErrorKind::ApiKeyLimit => (StatusCode::CONFLICT, "There are as many keys as are allowed."),
        ErrorKind::SessionLimit => (StatusCode::CONFLICT, "There are as many sessions as are allowed."),
        ErrorKind::IdentityNotFound => (StatusCode::NOT_FOUND, "There is no such linked identity."),
        ErrorKind::IdentityTaken => (StatusCode::CONFLICT, "This identity is linked to another account."),
        ErrorKind::LastWayIn => (
            StatusCode::CONFLICT,
            "This is the last way into the account: set a password or link another first.",
        ),
        ErrorKind::ProviderUnknown => (StatusCode::NOT_FOUND, "There is no such provider."),
        ErrorKind::ProviderDenied => (StatusCode::BAD_REQUEST, "The provider sent you back without a login."),
        ErrorKind::FlowMissing | ErrorKind::FlowInvalid | ErrorKind::CodeRefused => (
            StatusCode::BAD_REQUEST,
            "This was begun in another browser, was used, or is too old. Begin again.",
        ),
        ErrorKind::IdTokenMissing | ErrorKind::SubjectMissing | ErrorKind::ProviderUntrusted => {
            (StatusCode::BAD_GATEWAY, "The provider's answer cannot be trusted.")
        }
        ErrorKind::IdentityRefused => (StatusCode::FORBIDDEN, "This identity cannot sign in here."),
        ErrorKind::ProviderUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "The provider does not answer."),
        ErrorKind::Conflict => {
            (StatusCode::CONFLICT, "Something else changed the same thing at the same time. Try again.")
        }
        ErrorKind::Throttled { .. } => (StatusCode::TOO_MANY_REQUESTS, "Too many tries. Try again later."),
        ErrorKind::Overloaded { .. } | ErrorKind::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "Try again later.")
        }
        // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
        ErrorKind::UsernameInvalid
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
        | ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, SERVER_ERROR),
    };
    (status, detail.to_owned())
}

const SERVER_ERROR: &str = "A server error occurred.";

/// An answer with a body.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    typed(status, HeaderValue::from_static("application/json"), body)
}

fn typed(status: StatusCode, content_type: HeaderValue, body: &impl Serialize) -> Response {
    let Some(text) = json::text(body) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn weak(reason: Weakness) -> &'static str {
    match reason {
        Weakness::Common => {
            "Too many people have this password, or one like it. Several words in a row are better."
        }
        Weakness::Context => {
            "A password is not made of names and addresses, neither the own ones nor this service's."
        }
        Weakness::Guessable => "This password is easy to guess. Several words in a row are better.",
    }
}

fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    problem_because(status, code, detail, None)
}

fn problem_because(status: StatusCode, code: &str, detail: &str, reason: Option<&str>) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { kind: "about:blank", title, status: status.as_u16(), detail, code, reason };
    typed(status, HeaderValue::from_static("application/problem+json"), &problem)
}

fn later(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    response
}

fn challenged(mut response: Response) -> Response {
    response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    response
}

/// The body is not declared as JSON.
pub(super) fn media_type() -> Refused {
    let detail = "The body is wanted as application/json.";
    let response = problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail);
    Refused(Fault::media_type("media_type").on(response))
}

/// The body is no JSON, or none that was asked for. The parser repeats what was sent, which may be a password: only
/// where it stands is told.
pub(super) fn unreadable(error: &serde_json::Error) -> Refused {
    let (line, column) = (error.line(), error.column());
    match error.is_data() {
        true => malformed(&format!("The body is not what is documented, at line {line}, column {column}.")),
        false => malformed(&format!("The body is no JSON, at line {line}, column {column}.")),
    }
}

/// What was sent is not what is documented.
pub(super) fn malformed(detail: &str) -> Refused {
    let response = problem(StatusCode::BAD_REQUEST, "request_malformed", detail);
    Refused(Fault::malformed("request_malformed").on(response))
}

/// Nobody is led to where the operator does not want.
pub(super) fn return_url(place: &str) -> Refused {
    let response = problem(StatusCode::BAD_REQUEST, "return_url_refused", "return_to: not allowed here.");
    Refused(Fault::return_url("return_url_refused", place).on(response))
}

/// Refused at the wire, where no handler was reached.
pub(super) fn refuse(refusal: &Refusal) -> Response {
    let (status, detail) = match refusal {
        Refusal::NotFound => (StatusCode::NOT_FOUND, "Nothing is here."),
        Refusal::MethodNotAllowed { allow, .. } => {
            let detail = "This path knows other methods.";
            let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, refusal.name(), detail);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
            return response;
        }
        Refusal::CrossSite => (StatusCode::FORBIDDEN, "Request from a page of another site."),
        Refusal::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too long."),
        Refusal::TargetTooLong { .. } => (StatusCode::URI_TOO_LONG, "The path and query are too long."),
        Refusal::HeadTooLarge { .. } => {
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too large.")
        }
        Refusal::JsonTooDeep { .. } => (StatusCode::BAD_REQUEST, "The body is too deep."),
        Refusal::RequestTimeout => (StatusCode::SERVICE_UNAVAILABLE, "The answer took too long. Try again."),
        Refusal::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."),
        Refusal::BodyBroken => (StatusCode::BAD_REQUEST, "The body broke off."),
        Refusal::Internal => (StatusCode::INTERNAL_SERVER_ERROR, SERVER_ERROR),
    };
    problem(status, refusal.name(), detail)
}

/// Nobody whom an answer leads to is told where from: a code stands in that URL.
pub(super) fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
