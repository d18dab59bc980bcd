//! The rule behind each kind of error, for those that are made without saying more.

use super::Rule;
use crate::error::{ErrorKind, Facts};

impl ErrorKind {
    /// What the operator is told of a refusal of this kind where the place that refused says nothing more exact.
    pub fn facts(self) -> Facts {
        let (rule, seen, wanted) = match self {
            Self::InvalidCredentials => {
                (Rule::Password, "a name and a password", "an active user's name and password")
            }
            Self::CredentialMissing => (Rule::CredentialMissing, "no credential", "one of this door"),
            Self::CredentialInvalid => (Rule::CredentialUnknown, "a credential that is over", "a live one"),
            Self::UserInactive => (Rule::AccountState, "a user who may not act", "an active user"),
            Self::PasswordSignInDisabled => (Rule::PasswordSignIn, "a password", "password.sign_in = true"),
            Self::PasswordChangeRequired => {
                (Rule::PasswordChange, "a user who has to change the password", "a changed password")
            }
            Self::PasswordTooLong => (Rule::PasswordLength, "a password beyond every limit", "a shorter one"),
            Self::PasswordTooShort { .. } => (Rule::PasswordLength, "a short password", "a longer one"),
            Self::PasswordWeak { reason } => {
                (Rule::PasswordStrength, reason.as_str(), "one that nobody tries early")
            }
            Self::OldPasswordWrong => (Rule::PasswordConfirmation, "another password", "the user's password"),
            Self::FreshLoginRequired => (Rule::FreshLogin, "an older login", "one of the last ten minutes"),
            Self::Throttled { .. } => (Rule::AccountFailures, "too many", "a pause"),
            Self::Overloaded { .. } => (Rule::HashQueue, "too much under way", "a free place"),
            Self::SessionLimit => {
                (Rule::SessionLimit, "one login more than the user may have here", "fewer live logins")
            }
            Self::Forbidden => (Rule::Permission, "a caller who may not do this", "one who may"),
            Self::UsernameInvalid => (Rule::LoginName, "what is no user name", "a user name"),
            Self::EmailInvalid => (Rule::LoginName, "what is no e-mail address", "an e-mail address"),
            Self::LoginNameMissing => (Rule::LoginName, "neither", "a user name or an e-mail address"),
            Self::LoginNameTaken => (Rule::LoginNameTaken, "a name that another user has", "a free one"),
            Self::LoginNameRetired => {
                (Rule::LoginNameTaken, "a name that a deleted user had", "one that nobody had")
            }
            Self::UserNotFound => (Rule::UserNotFound, "nobody", "a user whom the caller may see"),
            Self::SessionNotFound => {
                (Rule::SessionNotFound, "no live session of this id", "one of the caller's")
            }
            Self::SignUpDisabled => (Rule::SignUp, "somebody who wants an account", "sign_up = true"),
            Self::CaptchaRefused => {
                (Rule::Captcha, "an answer that did not pass", "one that the service takes for a person's")
            }
            Self::TicketInvalid => (Rule::Ticket, "no live ticket", "a live ticket of this purpose"),
            Self::TokenClaimsInvalid => (Rule::TokenClaims, "claims that cannot be", "fitting claims"),
            Self::ProviderUnknown => (Rule::Provider, "another name", "one of [[providers]]"),
            Self::ProviderUnavailable => (Rule::ProviderUnavailable, "no usable answer", "an answer"),
            Self::ProviderDenied => (Rule::ProviderDenied, "an error instead of a code", "a code"),
            Self::CodeRefused => (Rule::ProviderCode, "a code that was not taken", "a fresh code"),
            Self::IdTokenMissing => (Rule::ProviderToken, "no ID token", "one"),
            Self::SubjectMissing => (Rule::ProviderToken, "an ID token without a subject", "one with it"),
            Self::ProviderUntrusted => (Rule::ProviderUntrusted, "a wrong answer", "a correct answer"),
            Self::FlowMissing => (Rule::LoginCookie, "a browser without its cookie", "the cookie"),
            Self::FlowInvalid => {
                (Rule::LoginState, "a login that is over", "one under way in this browser by this door")
            }
            Self::IdentityRefused => (Rule::Identity, "nobody's identity", "one that somebody here has"),
            Self::IdentityTaken => (Rule::IdentityTaken, "another user's identity", "one that is free"),
            Self::IdentityNotFound => (Rule::IdentityNotFound, "no such link", "one of the user's"),
            Self::LastWayIn => (Rule::LastWayIn, "the last way in", "another one besides"),
            Self::ApiKeyLimit => (Rule::ApiKeyLimit, "one key more than there may be", "fewer live keys"),
            Self::ApiKeyNotFound => (Rule::ApiKeyNotFound, "no such key", "one of the caller's"),
            Self::OrganizationNameInvalid => {
                (Rule::OrganizationName, "what is no name", "1 to 150 characters in one line")
            }
            Self::OrganizationNotFound => {
                (Rule::Organization, "no such organization, or several", "one that there is")
            }
            Self::OrganizationClosed => {
                (Rule::OrganizationClosed, "somebody without an invitation", "an invitation")
            }
            Self::AlreadyMember => (Rule::InvitationNotNeeded, "a member", "somebody who is none"),
            Self::AlreadyInvited => {
                (Rule::InvitationNotNeeded, "an address that waits already", "one that does not")
            }
            Self::SelfInvitation => (Rule::InvitationNotNeeded, "the own address", "somebody else's"),
            Self::RoleTooHigh => (Rule::OrganizationRole, "a role above the own one", "none above it"),
            Self::InvitationNotFound => (Rule::Invitation, "no live invitation", "a live one"),
            Self::InvitationUsed => (Rule::Invitation, "one that was followed before", "a live one"),
            Self::InvitationNotYours => {
                (Rule::InvitationAddress, "another address", "the one that it was mailed to")
            }
            Self::Conflict => (Rule::Conflict, "a change by somebody else meanwhile", "none"),
            Self::Unavailable => (Rule::Database, "no answer", "a database that answers and has room"),
            Self::Internal => (Rule::Internal, "a defect", "none"),
        };
        Facts { rule, seen, wanted }
    }
}
