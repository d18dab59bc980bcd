//! How this dialect says what went wrong: the error object of contracts 3.7, for everything under its paths.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::{Error, ErrorKind, Weakness};
use serde::Serialize;
use serde_json::{Map, Value, json};
use web::{Fault, Refusal};

use super::schema::{Place, Unreadable, Violations};
use super::wire::ErrorObject;

/// A handler's outcome.
pub(super) type Reply = Result<Response, Refused>;

/// A request that was refused.
pub(super) struct Refused(pub(super) Response);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

/// The words that the product's framework has for it (contracts 3.7).
#[derive(Debug, Clone, Copy)]
enum Status {
    InvalidArgument,
    Unauthenticated,
    PermissionDenied,
    NotFound,
    Aborted,
    FailedPrecondition,
    ResourceExhausted,
    DeadlineExceeded,
    Internal,
    Unimplemented,
    Unavailable,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::NotFound => "NOT_FOUND",
            Self::Aborted => "ABORTED",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Internal => "INTERNAL",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    fn http(self) -> StatusCode {
        match self {
            Self::InvalidArgument => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Aborted => StatusCode::CONFLICT,
            Self::FailedPrecondition => StatusCode::PRECONDITION_FAILED,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::DeadlineExceeded => StatusCode::REQUEST_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unimplemented => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A body as this product writes it, with the end of a line. `None`: it cannot be written as JSON.
pub(super) fn text(body: &impl Serialize) -> Option<String> {
    let mut text = web::json::text(body)?;
    text.push('\n');
    Some(text)
}

/// An answer with a body: it ends in a newline, as that of Go's encoder does.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let Some(text) = text(body) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn object(status: Status, cause: &str, context: Map<String, Value>) -> Response {
    let word = status.word();
    let error = format!("{}: {cause}", word.to_lowercase().replace('_', " "));
    let mut response = answer(status.http(), &ErrorObject { status: word, error, context });
    if matches!(status, Status::Unauthenticated) {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn plain(status: Status, cause: &str) -> Response {
    object(status, cause, Map::new())
}

fn later(status: Status, cause: &str, wait: Duration) -> Response {
    let mut response = plain(status, cause);
    response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    response
}

fn violations(violations: &Violations) -> Response {
    let context = Map::from_iter([(violations.place.as_str().to_owned(), json!(violations.texts))]);
    object(Status::InvalidArgument, "validation failed", context)
}

impl From<Violations> for Refused {
    fn from(wrong: Violations) -> Self {
        let fault = match &wrong.return_url {
            Some(url) => Fault::return_url("request_malformed", url),
            None => Fault::malformed("request_malformed"),
        };
        Self(fault.on(violations(&wrong)))
    }
}

impl From<Unreadable> for Refused {
    fn from(_: Unreadable) -> Self {
        Self(Fault::malformed("request_unreadable").on(undecoded()))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Fault::from(&refusal).on(refuse(&refusal)))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        at(Place::Body, "new-password")(error)
    }
}

/// The core's refusal, where a new password stands in this field of this part of the request.
pub(super) fn at(place: Place, password: &'static str) -> impl FnOnce(Error) -> Refused {
    move |error| Refused(Fault::from(&error).on(spoken(error.kind(), place, password)))
}

fn spoken(kind: ErrorKind, place: Place, password: &str) -> Response {
    let wrong = |field: &str, text: &str| violations(&Violations::one(place, format!("#/{field}: {text}")));
    match kind {
        // contracts, decision 9: one answer for an unknown address, a wrong password and an inactive user.
        ErrorKind::InvalidCredentials => plain(Status::Unauthenticated, "wrong email or password"),
        ErrorKind::CredentialMissing => plain(Status::Unauthenticated, "no credentials"),
        ErrorKind::CredentialInvalid => plain(Status::Unauthenticated, "invalid or expired token"),
        ErrorKind::UserInactive => plain(Status::Unauthenticated, "user is not active"),
        ErrorKind::PasswordSignInDisabled => plain(Status::PermissionDenied, "password sign-in is disabled"),
        ErrorKind::PasswordChangeRequired => plain(Status::PermissionDenied, "a new password is required"),
        // A 401 would make clients drop a session that is good.
        ErrorKind::OldPasswordWrong => plain(Status::PermissionDenied, "old password is wrong"),
        ErrorKind::Forbidden => plain(Status::PermissionDenied, "not allowed with this token"),
        ErrorKind::SignUpDisabled => plain(Status::PermissionDenied, "sign-up is disabled"),
        ErrorKind::PasswordTooShort { min_length } => {
            wrong(password, &format!("length must be >= {min_length}"))
        }
        ErrorKind::PasswordWeak { reason } => wrong(password, weak(reason)),
        ErrorKind::PasswordTooLong => wrong(password, "length must be <= 4096 bytes"),
        ErrorKind::EmailInvalid => wrong("email", "is not valid \"email\""),
        ErrorKind::TokenClaimsInvalid => {
            wrong("claims", "must be at most 2048 bytes, and none that the server writes")
        }
        ErrorKind::CaptchaRefused => {
            violations(&Violations::one(Place::Header, "#/X-Recaptcha-Token: is not a person's"))
        }
        ErrorKind::TicketInvalid => plain(Status::InvalidArgument, "invalid, used or expired token"),
        ErrorKind::ProviderUnknown => plain(Status::FailedPrecondition, "unknown provider"),
        ErrorKind::IdentityRefused => plain(Status::Unauthenticated, "no user is linked to this identity"),
        ErrorKind::ProviderUnavailable | ErrorKind::ProviderUntrusted => {
            later(Status::Unavailable, "the provider does not answer as it should", Duration::from_secs(5))
        }
        ErrorKind::UserNotFound => plain(Status::NotFound, "no such user"),
        ErrorKind::SessionNotFound => plain(Status::NotFound, "no such session"),
        ErrorKind::ApiKeyNotFound => plain(Status::NotFound, "no such api token"),
        ErrorKind::ApiKeyLimit => plain(Status::FailedPrecondition, "too many api tokens"),
        ErrorKind::Conflict => {
            plain(Status::Aborted, "changed by another request at the same time, try again")
        }
        ErrorKind::Throttled { retry_after } => {
            later(Status::ResourceExhausted, "too many failures, try again later", retry_after)
        }
        ErrorKind::Overloaded { retry_after } => {
            later(Status::Unavailable, "busy, try again later", retry_after)
        }
        ErrorKind::Unavailable => later(Status::Unavailable, "try again later", Duration::from_secs(1)),
        // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
        ErrorKind::SessionLimit
        | ErrorKind::UsernameInvalid
        | ErrorKind::LoginNameMissing
        | ErrorKind::LoginNameTaken
        | ErrorKind::LoginNameRetired
        | ErrorKind::ProviderDenied
        | ErrorKind::CodeRefused
        | ErrorKind::IdTokenMissing
        | ErrorKind::SubjectMissing
        | ErrorKind::FlowMissing
        | ErrorKind::FlowInvalid
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
        | ErrorKind::Internal => server_error(),
    }
}

fn weak(reason: Weakness) -> &'static str {
    match reason {
        Weakness::Common => "must not be a common password",
        Weakness::Context => "must not be made of the names of the user or the service",
        Weakness::Guessable => "must not be easy to guess",
    }
}

fn undecoded() -> Response {
    plain(Status::InvalidArgument, "failed to decode request")
}

fn server_error() -> Response {
    plain(Status::Internal, "server error")
}

/// The request has no body, and the route wants one.
pub(super) fn missing_body() -> Refused {
    Refused(Fault::malformed("body_missing").on(plain(Status::InvalidArgument, "missing request body")))
}

/// The body is declared as something that the route does not take. The framework answers 400.
pub(super) fn media_type(takes_forms: bool) -> Refused {
    let forms = if takes_forms { " or application/x-www-form-urlencoded" } else { "" };
    let cause = format!("request with application/json{forms} content type expected");
    let mut response = plain(Status::InvalidArgument, &cause);
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Refused(Fault::media_type("media_type").on(response))
}

/// What is said of a provider's token that nobody is let in with; `None`: it was not judged.
pub(super) fn about_a_provider_token(kind: ErrorKind) -> Option<&'static str> {
    const SAID: [(ErrorKind, &str); 5] = [
        (ErrorKind::CredentialMissing, "no provider token"),
        (ErrorKind::CredentialInvalid, "invalid or expired provider token"),
        (ErrorKind::IdentityRefused, "no user is linked to this identity"),
        (ErrorKind::UserInactive, "user is not active"),
        (ErrorKind::ProviderUnknown, "unknown provider"),
    ];
    SAID.iter().find(|(said, _)| *said == kind).map(|(_, text)| *text)
}

/// Refused at the wire, where no handler was reached.
pub(super) fn refuse(refusal: &Refusal) -> Response {
    let response = match refusal {
        Refusal::NotFound => plain(Status::NotFound, "no such path"),
        Refusal::MethodNotAllowed { method, allow } => {
            let mut response = plain(Status::Unimplemented, &format!("method {method}"));
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
            response
        }
        Refusal::BodyTooLarge { limit } => {
            let cause = format!("request body exceeds {limit} bytes");
            with_status(StatusCode::PAYLOAD_TOO_LARGE, plain(Status::InvalidArgument, &cause))
        }
        Refusal::TargetTooLong { limit } => {
            let cause = format!("request target exceeds {limit} bytes");
            with_status(StatusCode::URI_TOO_LONG, plain(Status::InvalidArgument, &cause))
        }
        Refusal::HeadTooLarge { bytes, fields } => {
            let cause = format!("request header exceeds {bytes} bytes or {fields} fields");
            let response = plain(Status::InvalidArgument, &cause);
            with_status(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, response)
        }
        Refusal::JsonTooDeep { limit } => {
            plain(Status::InvalidArgument, &format!("request body is deeper than {limit} levels"))
        }
        Refusal::RequestTimeout => plain(Status::Unavailable, "the answer took too long"),
        Refusal::BodyTimeout => plain(Status::DeadlineExceeded, "request body did not arrive in time"),
        Refusal::BodyBroken => undecoded(),
        Refusal::CrossSite => plain(Status::PermissionDenied, "request from a page of another site"),
        Refusal::Internal => server_error(),
    };
    without_referrer(response)
}

fn with_status(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response
}

/// A credential may stand in the URL of any of these paths: nobody whom an answer leads to is told where from.
pub(super) fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
