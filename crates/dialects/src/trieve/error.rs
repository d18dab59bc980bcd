//! How this dialect says what went wrong: `{"message": ...}` (contracts 4.2), and nothing at all where no route
//! answers.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::{Error, ErrorKind};
use serde::Serialize;
use web::{Fault, Refusal, Wire, json};

use super::query::Unreadable;
use super::wire::Message;

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
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// contracts 4.1, the document: what the document says of a provider that is not as it should be.
const PROVIDER: &str = "OAuth error likely with OIDC provider.";
/// contracts 4.1, the document: what the document says of a login that is refused.
const NOT_THIS_LOGIN: &str = "Email or password empty or incorrect";
const CONFLICT: &str = "Changed by another request at the same time. Please try again";
const TOO_MANY: &str = "Too many requests. Please try again later";

/// Where an error is told, and so in which words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Voice<'a> {
    /// Wherever nothing else is said.
    Plain,
    /// At a login's end.
    Callback(Wire),
    /// Where somebody asks who they are.
    Me(Wire),
    /// Where this address is invited.
    Invitation(&'a str),
    /// Where a key of a user's, or of an organization's, is made.
    Keys(&'static str),
}

impl Voice<'_> {
    /// The core's refusal.
    pub(super) fn say(self, error: &Error) -> Response {
        Fault::from(error).on(self.kind(error.kind()))
    }

    fn kind(self, kind: ErrorKind) -> Response {
        match kind {
            // contracts 0.6: the document's, else the product's.
            ErrorKind::CredentialMissing | ErrorKind::CredentialInvalid
                if matches!(self, Self::Me(Wire::Documented)) =>
            {
                message(StatusCode::BAD_REQUEST, "Unauthorized")
            }
            ErrorKind::UserInactive | ErrorKind::IdentityRefused
                if matches!(self, Self::Callback(Wire::Documented)) =>
            {
                message(StatusCode::BAD_REQUEST, NOT_THIS_LOGIN)
            }
            // contracts 4.1: no `oidc_state` in the session is 401. The product never compares the state; here a wrong
            // one is none.
            ErrorKind::CredentialMissing
            | ErrorKind::CredentialInvalid
            | ErrorKind::UserInactive
            | ErrorKind::IdentityRefused
            | ErrorKind::FlowMissing
            | ErrorKind::FlowInvalid => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
            // What becomes of an organization is nobody's business who is not in it: whether it is there is not told.
            ErrorKind::Forbidden | ErrorKind::OrganizationNotFound | ErrorKind::OrganizationClosed => {
                forbidden()
            }
            // contracts 4.1: the product's words, with a 500; the document knows a 400 only.
            ErrorKind::CodeRefused => self.failed("The authorization code was refused"),
            ErrorKind::IdTokenMissing => self.failed("Empty ID Token"),
            ErrorKind::SubjectMissing => self.failed("Failed to parse user ID from claims"),
            ErrorKind::ProviderUntrusted if self.is_callback() => self.failed("Claims Verification Error"),
            ErrorKind::ProviderUntrusted | ErrorKind::ProviderUnavailable | ErrorKind::ProviderUnknown => {
                self.failed(PROVIDER)
            }
            ErrorKind::InvitationNotFound if self.is_callback() => {
                self.failed("Could not find invitation for user")
            }
            ErrorKind::InvitationNotFound => {
                message(StatusCode::NOT_FOUND, "Not Found: Invitation not found")
            }
            ErrorKind::ApiKeyNotFound => message(StatusCode::NOT_FOUND, "Not Found: API key not found"),
            ErrorKind::ProviderDenied => bad("The OIDC provider refused the login"),
            ErrorKind::InvitationNotYours => bad("Email does not match invitation"),
            ErrorKind::InvitationUsed => bad("Invitation has already been used"),
            ErrorKind::EmailInvalid => bad("Invalid email"),
            ErrorKind::SelfInvitation => bad("Can not invite yourself"),
            ErrorKind::AlreadyMember => self.of_address("is already in the organization"),
            ErrorKind::AlreadyInvited => self.of_address("has already been invited"),
            ErrorKind::RoleTooHigh => self.too_high(),
            ErrorKind::ApiKeyLimit => self.not_made("there are as many as there may be"),
            ErrorKind::Conflict => message(StatusCode::CONFLICT, CONFLICT),
            ErrorKind::Throttled { retry_after } => {
                later(message(StatusCode::TOO_MANY_REQUESTS, TOO_MANY), retry_after)
            }
            ErrorKind::Overloaded { retry_after } => unavailable(retry_after),
            ErrorKind::Unavailable => unavailable(Duration::from_secs(1)),
            // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
            ErrorKind::InvalidCredentials
            | ErrorKind::PasswordSignInDisabled
            | ErrorKind::PasswordChangeRequired
            | ErrorKind::PasswordTooLong
            | ErrorKind::PasswordTooShort { .. }
            | ErrorKind::PasswordWeak { .. }
            | ErrorKind::OldPasswordWrong
            | ErrorKind::FreshLoginRequired
            | ErrorKind::IdentityTaken
            | ErrorKind::IdentityNotFound
            | ErrorKind::LastWayIn
            | ErrorKind::SessionLimit
            | ErrorKind::UsernameInvalid
            | ErrorKind::LoginNameMissing
            | ErrorKind::LoginNameTaken
            | ErrorKind::LoginNameRetired
            | ErrorKind::UserNotFound
            | ErrorKind::SessionNotFound
            | ErrorKind::SignUpDisabled
            | ErrorKind::CaptchaRefused
            | ErrorKind::TicketInvalid
            | ErrorKind::TokenClaimsInvalid
            | ErrorKind::OrganizationNameInvalid
            | ErrorKind::Internal => server_error(),
        }
    }

    fn is_callback(self) -> bool {
        matches!(self, Self::Callback(_))
    }

    /// A login failed, in words of the product's or of the document's.
    fn failed(self, text: &str) -> Response {
        let deployed = matches!(self, Self::Callback(Wire::Deployed));
        message(if deployed { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST }, text)
    }

    /// contracts 4.5: the product repeats the address to whoever typed it.
    fn of_address(self, what: &str) -> Response {
        let Self::Invitation(address) = self else { return server_error() };
        bad(&format!("User with email {address} {what}"))
    }

    fn too_high(self) -> Response {
        if matches!(self, Self::Invitation(_)) {
            return bad("Can not invite user with higher role than yours");
        }
        self.not_made("its role is higher than yours")
    }

    /// The words of the product for a key that it does not make, and why it is not.
    fn not_made(self, why: &str) -> Response {
        let Self::Keys(whose) = self else { return server_error() };
        bad(&format!("Failed to set new API key for {whose}: {why}"))
    }
}

/// An answer with a body.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match json::text(body) {
        Some(text) => (status, [(CONTENT_TYPE, JSON)], text).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn message(status: StatusCode, text: &str) -> Response {
    answer(status, &Message { message: text })
}

/// 400, for a fault of the request's spelling.
pub(super) fn bad_request(fault: &'static str, text: &str) -> Refused {
    Refused(Fault::malformed(fault).on(bad(text)))
}

/// A login, or an invitation's message, would lead where nobody may be led.
pub(super) fn place_refused(name: &str, url: &str) -> Refused {
    let text = format!("{name} is not an address that people may be led to here");
    Refused(Fault::return_url("return_url_refused", url).on(bad(&text)))
}

fn bad(text: &str) -> Response {
    message(StatusCode::BAD_REQUEST, text)
}

fn forbidden() -> Response {
    message(StatusCode::FORBIDDEN, "Forbidden")
}

fn server_error() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error. Please try again later")
}

fn unavailable(wait: Duration) -> Response {
    later(message(StatusCode::SERVICE_UNAVAILABLE, "Please try again later"), wait)
}

fn later(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    response
}

/// contracts 4.1: what actix cannot read is refused as plain text.
impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Self {
        let (status, text) = match unreadable {
            Unreadable::Query(why) => (StatusCode::BAD_REQUEST, format!("Query deserialize error: {why}")),
            Unreadable::Path(why) => (StatusCode::NOT_FOUND, format!("Path deserialize error: {why}")),
        };
        let response = (status, [(CONTENT_TYPE, PLAIN)], text).into_response();
        Self(Fault::malformed("parameter_wrong").on(response))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Fault::from(&refusal).on(refuse(&refusal)))
    }
}

/// Refused at the wire, where no handler was reached.
pub(super) fn refuse(refusal: &Refusal) -> Response {
    match refusal {
        // contracts 4.2: without a body.
        Refusal::NotFound => StatusCode::NOT_FOUND.into_response(),
        Refusal::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Refusal::CrossSite => forbidden(),
        Refusal::Internal => server_error(),
        Refusal::BodyTooLarge { limit } => {
            message(StatusCode::PAYLOAD_TOO_LARGE, &format!("The body has more than {limit} bytes"))
        }
        Refusal::TargetTooLong { limit } => {
            message(StatusCode::URI_TOO_LONG, &format!("The path and query have more than {limit} bytes"))
        }
        Refusal::HeadTooLarge { bytes, fields } => message(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            &format!("The header has more than {bytes} bytes or {fields} fields"),
        ),
        Refusal::JsonTooDeep { limit } => bad(&format!("The body is deeper than {limit} levels")),
        Refusal::RequestTimeout => message(StatusCode::SERVICE_UNAVAILABLE, "The answer took too long"),
        Refusal::BodyTimeout => message(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time"),
        Refusal::BodyBroken => bad("The body broke off"),
    }
}
