//! How this dialect says what went wrong.
//!
//! Login always answers in Django REST Framework's shape. The product renders the errors of everything else as
//! JSON:API; the document shows no such body, so that comes with `wire = "deployed"` (contracts 2.2).

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::Response;
use identity::{Error, ErrorKind};
use web::drf::field::Malformed;
use web::drf::negotiation::Form;
use web::drf::parser::BodyRefusal;
use web::drf::{error as drf, negotiation};
use web::{Fault, Refusal, Wire};

use super::caller::NoCaller;

/// Where an error is told, and so in which shape.
#[derive(Debug, Clone, Copy)]
pub(super) enum Voice {
    Login,
    Rest(Wire),
}

const INVALID_TOKEN: &str = "Invalid token.";

impl Voice {
    /// What a client may ask for. Whichever it is, `wire` decides which one it gets: the real client asks for either
    /// and reads neither (contracts 7.2).
    pub(super) fn forms(self) -> &'static [Form] {
        match self {
            Self::Login => &[Form::JSON],
            Self::Rest(_) => &[Form::JSON, Form::JSON_API],
        }
    }

    fn detail(self, status: StatusCode, text: &str, code: &str) -> Response {
        match self {
            Self::Login | Self::Rest(Wire::Documented) => drf::detail(status, text),
            Self::Rest(Wire::Deployed) => drf::json_api(status, text, code),
        }
    }

    /// 401 names a scheme: the first class of the view in the product, which for login is Basic.
    fn unauthorized(self, text: &str, code: &str) -> Response {
        let challenge = match self {
            Self::Login => "Basic realm=\"api\"",
            Self::Rest(_) => "Token",
        };
        let mut response = self.detail(StatusCode::UNAUTHORIZED, text, code);
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        response
    }

    fn later(self, status: StatusCode, wait: Duration) -> Response {
        let seconds = wait.as_secs().max(1);
        let (plain, text, code) = match status {
            StatusCode::TOO_MANY_REQUESTS => (drf::throttled(seconds), "Request was throttled.", "throttled"),
            _ => {
                let text = "Service temporarily unavailable, try again later.";
                (drf::unavailable(seconds), text, "error")
            }
        };
        match self {
            Self::Login | Self::Rest(Wire::Documented) => plain,
            Self::Rest(Wire::Deployed) => {
                let mut response = drf::json_api(status, text, code);
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                response
            }
        }
    }

    /// The core's refusal.
    pub(super) fn say(self, error: &Error) -> Response {
        Fault::from(error).on(self.kind(error.kind()))
    }

    fn kind(self, kind: ErrorKind) -> Response {
        match kind {
            // contracts 2.1: one answer for an unknown name, a wrong password and an inactive user.
            ErrorKind::InvalidCredentials => {
                drf::non_field_errors("Unable to log in with provided credentials.")
            }
            ErrorKind::CredentialMissing => {
                self.unauthorized("Authentication credentials were not provided.", "not_authenticated")
            }
            ErrorKind::CredentialInvalid => self.unauthorized(INVALID_TOKEN, "authentication_failed"),
            ErrorKind::UserInactive => {
                self.unauthorized("User inactive or deleted.", "authentication_failed")
            }
            ErrorKind::PasswordSignInDisabled => {
                self.detail(StatusCode::FORBIDDEN, "Password login is disabled.", "permission_denied")
            }
            ErrorKind::PasswordChangeRequired => {
                self.detail(StatusCode::FORBIDDEN, "A new password is required.", "permission_denied")
            }
            // contracts 2.3: knox names this body's key `error`.
            ErrorKind::SessionLimit => drf::json(
                StatusCode::FORBIDDEN,
                &serde_json::json!({"error": "Maximum amount of tokens allowed per user exceeded."}),
            ),
            ErrorKind::PasswordTooLong => {
                let mut errors = web::drf::field::FieldErrors::default();
                errors.push("password", "Ensure this field has no more than 4096 bytes.");
                drf::field_errors(&errors)
            }
            ErrorKind::Throttled { retry_after } => self.later(StatusCode::TOO_MANY_REQUESTS, retry_after),
            ErrorKind::Overloaded { retry_after } => self.later(StatusCode::SERVICE_UNAVAILABLE, retry_after),
            ErrorKind::Unavailable => self.later(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(1)),
            // Nothing this dialect asks for can go wrong in these ways; should it, it is our fault.
            ErrorKind::PasswordTooShort { .. }
            | ErrorKind::PasswordWeak { .. }
            | ErrorKind::OldPasswordWrong
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
            | ErrorKind::TokenClaimsInvalid
            | ErrorKind::ProviderUnknown
            | ErrorKind::ProviderUnavailable
            | ErrorKind::ProviderDenied
            | ErrorKind::CodeRefused
            | ErrorKind::IdTokenMissing
            | ErrorKind::SubjectMissing
            | ErrorKind::ProviderUntrusted
            | ErrorKind::FlowMissing
            | ErrorKind::FlowInvalid
            | ErrorKind::IdentityRefused
            | ErrorKind::ApiKeyLimit
            | ErrorKind::ApiKeyNotFound
            | ErrorKind::Conflict
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
            | ErrorKind::Internal => self.server_error(),
        }
    }

    fn server_error(self) -> Response {
        self.detail(StatusCode::INTERNAL_SERVER_ERROR, "A server error occurred.", "error")
    }

    /// The request has no caller.
    pub(super) fn no_caller(self, error: &NoCaller) -> Response {
        match error {
            NoCaller::Header(text) => Fault::misspelt_credential("credential_malformed")
                .on(self.unauthorized(text, "authentication_failed")),
            NoCaller::Refused(error) => self.say(error),
        }
    }

    /// The client accepts nothing that we speak.
    pub(super) fn unacceptable(self, refusal: negotiation::Refusal) -> Response {
        let status = refusal.status();
        let code = if status == StatusCode::NOT_FOUND { "not_found" } else { "not_acceptable" };
        Fault::not_acceptable(code).on(self.detail(status, &refusal.to_string(), code))
    }

    /// The body cannot be read.
    pub(super) fn unread(self, refusal: &BodyRefusal) -> Response {
        match refusal {
            BodyRefusal::Wire(refusal) => Fault::from(refusal).on(self.refuse(refusal)),
            BodyRefusal::Unreadable(refusal) => Fault::unread("body_unreadable", refusal)
                .on(drf::detail(refusal.status(), &refusal.to_string())),
        }
    }

    /// The body is JSON and no login.
    pub(super) fn malformed(self, malformed: &Malformed) -> Response {
        Fault::malformed("body_malformed").on(drf::malformed(malformed))
    }

    /// Refused at the wire.
    pub(super) fn refuse(self, refusal: &Refusal) -> Response {
        match self {
            Self::Login | Self::Rest(Wire::Documented) => drf::refused(refusal),
            Self::Rest(Wire::Deployed) => {
                let (status, text, code) = drf::wire_words(refusal);
                drf::json_api(status, &text, code)
            }
        }
    }
}

/// Refuses where no handler was reached.
pub(super) fn refuse(wire: Wire, refusal: &Refusal, path: &str) -> Response {
    let voice = if path.ends_with("/auth/login/") { Voice::Login } else { Voice::Rest(wire) };
    voice.refuse(refusal)
}
