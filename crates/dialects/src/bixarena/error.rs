//! How this dialect says what went wrong: `BasicError` (contracts 5.3) as `application/problem+json`, but where a
//! route's contract wants it otherwise.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::{Error, ErrorKind};
use serde::Serialize;
use web::{Fault, Refusal, Wire, json};

use super::convert::Wrong;
use super::wire::{BasicError, RateLimit, Status};

/// A handler's outcome.
pub(super) type Reply = Result<Response, Refused>;

/// A request that was refused.
pub(super) struct Refused(pub(super) Response);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
/// contracts 5.5: what the product's gateway says to whom it does not know.
const COOKIE: HeaderValue = HeaderValue::from_static("Cookie realm=\"BixArena\", redirect=\"/auth/login\"");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"BixArena\", error=\"invalid_token\"");
const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"BixArena\"");
/// How long to leave a provider alone that does not answer.
const PROVIDER_RESTS: Duration = Duration::from_secs(5);

/// Where an error is told, and so in which shape.
#[derive(Debug, Clone, Copy)]
pub(super) enum Voice {
    /// At a login's beginning, and wherever nothing else is said.
    Plain,
    /// At a login's end.
    Callback(Wire),
    /// Where a session is traded for a token, as in the seed's time.
    Token(Wire),
    /// Where a session is wanted, in the newest form.
    Session,
    /// Where a token was presented.
    Bearer,
    /// Where a service shows its secret.
    Service,
}

impl Voice {
    /// The core's refusal.
    pub(super) fn say(self, error: &Error, path: &str) -> Response {
        Fault::from(error).on(self.kind(error.kind(), path))
    }

    fn kind(self, kind: ErrorKind, path: &str) -> Response {
        match kind {
            // contracts 5.1: the product's words.
            ErrorKind::FlowMissing => self.failed("no-session", path),
            ErrorKind::FlowInvalid => self.failed("state-mismatch", path),
            ErrorKind::CodeRefused => self.failed("token-exchange", path),
            ErrorKind::IdTokenMissing => self.failed("missing-id-token", path),
            ErrorKind::SubjectMissing => self.failed("missing-sub", path),
            ErrorKind::ProviderUntrusted => self.failed("exception", path),
            // Words of ours; the product knows none of these, and says so of everything else.
            ErrorKind::ProviderDenied => self.refused(StatusCode::BAD_REQUEST, "access-denied", path),
            ErrorKind::ProviderUnknown => self.refused(StatusCode::BAD_REQUEST, "no-provider", path),
            ErrorKind::IdentityRefused => self.refused(StatusCode::UNAUTHORIZED, "identity-refused", path),
            ErrorKind::Conflict => self.refused(StatusCode::CONFLICT, "conflict", path),
            ErrorKind::UserInactive => match self {
                Self::Plain | Self::Callback(_) => {
                    self.refused(StatusCode::UNAUTHORIZED, "user-inactive", path)
                }
                Self::Token(_) | Self::Session | Self::Bearer | Self::Service => self.unauthorized(path),
            },
            ErrorKind::CredentialMissing | ErrorKind::CredentialInvalid => self.unauthorized(path),
            ErrorKind::TokenClaimsInvalid => self.wrong(Wrong::Invalid("audience"), path),
            ErrorKind::ProviderUnavailable if self.says_status() => self.failed("token-exchange", path),
            ErrorKind::ProviderUnavailable => unavailable(PROVIDER_RESTS, path),
            ErrorKind::Throttled { retry_after } => throttled(retry_after),
            ErrorKind::Overloaded { retry_after } => unavailable(retry_after, path),
            ErrorKind::Unavailable => unavailable(Duration::from_secs(1), path),
            // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
            ErrorKind::InvalidCredentials
            | ErrorKind::PasswordSignInDisabled
            | ErrorKind::PasswordChangeRequired
            | ErrorKind::PasswordTooLong
            | ErrorKind::PasswordTooShort { .. }
            | ErrorKind::PasswordWeak { .. }
            | ErrorKind::OldPasswordWrong
            | ErrorKind::SessionLimit
            | ErrorKind::Forbidden
            | ErrorKind::UsernameInvalid
            | ErrorKind::EmailInvalid
            | ErrorKind::LoginNameMissing
            | ErrorKind::LoginNameTaken
            | ErrorKind::LoginNameRetired
            | ErrorKind::UserNotFound
            | ErrorKind::SessionNotFound
            | ErrorKind::SignUpDisabled
            | ErrorKind::CaptchaRefused
            | ErrorKind::TicketInvalid
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
            | ErrorKind::Internal => server_error(Some(path)),
        }
    }

    /// contracts 5.1, source: whether a failed login is told as the product tells it.
    fn says_status(self) -> bool {
        matches!(self, Self::Callback(Wire::Deployed))
    }

    /// A login failed, for a reason that the product has a word for.
    fn failed(self, why: &str, path: &str) -> Response {
        if self.says_status() {
            return answer(StatusCode::BAD_REQUEST, JSON, &Status { status: &format!("error:{why}") });
        }
        problem(StatusCode::BAD_REQUEST, why, Some(path))
    }

    /// A login failed, for one of our own reasons.
    fn refused(self, status: StatusCode, why: &str, path: &str) -> Response {
        if self.says_status() { self.failed("exception", path) } else { problem(status, why, Some(path)) }
    }

    fn unauthorized(self, path: &str) -> Response {
        let challenge = match self {
            // contracts 5.1: without a challenge.
            Self::Token(Wire::Documented) => {
                let title = StatusCode::UNAUTHORIZED.canonical_reason().unwrap_or_default();
                let error = BasicError { kind: None, title, status: 401, detail: None, instance: None };
                return answer(StatusCode::UNAUTHORIZED, JSON, &error);
            }
            // contracts 5.1, source: the filter has no entry point.
            Self::Token(Wire::Deployed) => return StatusCode::FORBIDDEN.into_response(),
            // A login asks for nobody.
            Self::Plain | Self::Callback(_) => return server_error(Some(path)),
            Self::Session => COOKIE,
            Self::Bearer => BEARER,
            Self::Service => BASIC,
        };
        (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response()
    }

    /// A parameter of the query is none that could be right.
    pub(super) fn unreadable(self, wrong: Wrong, path: &str) -> Refused {
        Refused(Fault::malformed("parameter_wrong").on(self.wrong(wrong, path)))
    }

    fn wrong(self, wrong: Wrong, path: &str) -> Response {
        let detail = match (self, wrong) {
            // contracts 5.5.
            (Self::Service, _) => return StatusCode::BAD_REQUEST.into_response(),
            (_, Wrong::Missing(name)) => format!("Required parameter '{name}' is not present."),
            (_, Wrong::Invalid(name)) => format!("Parameter '{name}' is not valid."),
        };
        problem(StatusCode::BAD_REQUEST, &detail, Some(path))
    }
}

/// An answer with a body.
pub(super) fn answer(status: StatusCode, content_type: HeaderValue, body: &impl Serialize) -> Response {
    let Some(text) = json::text(body) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// 200 with JSON.
pub(super) fn ok(body: &impl Serialize) -> Response {
    answer(StatusCode::OK, JSON, body)
}

/// `instance` is left out where the path is whatever somebody sent.
fn problem(status: StatusCode, detail: &str, instance: Option<&str>) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let error = BasicError {
        kind: Some("about:blank"),
        title,
        status: status.as_u16(),
        detail: Some(detail),
        instance,
    };
    answer(status, PROBLEM, &error)
}

fn server_error(path: Option<&str>) -> Response {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "A server error occurred.", path)
}

fn unavailable(wait: Duration, path: &str) -> Response {
    let response = problem(StatusCode::SERVICE_UNAVAILABLE, "Try again later.", Some(path));
    later(response, wait)
}

fn throttled(wait: Duration) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let body = RateLimit {
        title: "Rate Limit Exceeded",
        status: status.as_u16(),
        detail: "Too many requests. Please try again later.",
        retry_after_seconds: wait.as_secs().max(1),
    };
    later(answer(status, JSON, &body), wait)
}

fn later(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    response
}

/// Refused at the wire, where no handler was reached.
pub(super) fn refuse(refusal: &Refusal, path: &str) -> Response {
    let (status, detail) = match refusal {
        Refusal::NotFound => return problem(StatusCode::NOT_FOUND, "Nothing is at this path.", None),
        Refusal::MethodNotAllowed { method, allow } => {
            let detail = format!("Method '{method}' is not supported.");
            let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, &detail, Some(path));
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
            return response;
        }
        Refusal::CrossSite => (StatusCode::FORBIDDEN, "Request from a page of another site."),
        Refusal::Internal => return server_error(Some(path)),
        // No route reads a body; should one, it is told so.
        Refusal::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too long."),
        Refusal::TargetTooLong { .. } => (StatusCode::URI_TOO_LONG, "The path and query are too long."),
        Refusal::HeadTooLarge { .. } => {
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too large.")
        }
        Refusal::JsonTooDeep { .. } => (StatusCode::BAD_REQUEST, "The body is too deep."),
        Refusal::RequestTimeout => (StatusCode::SERVICE_UNAVAILABLE, "The answer took too long. Try again."),
        Refusal::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."),
        Refusal::BodyBroken => (StatusCode::BAD_REQUEST, "The body broke off."),
    };
    problem(status, detail, Some(path))
}
