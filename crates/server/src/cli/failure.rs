//! Why a command did not do as asked, and the exit code that says so.

use std::fmt;

use identity::{Error, ErrorKind, Weakness};

use crate::config::ConfigError;

/// A command's failure.
pub(super) enum Failure {
    /// Exit code 1: refused, not found, out of reach.
    Refused(anyhow::Error),
    /// Exit code 2: the arguments, or what was typed, cannot be.
    Usage(String),
    /// Exit code 2: the configuration cannot be.
    Config(ConfigError),
}

impl Failure {
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) | Self::Config(_) => 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The alternate form adds the causes, all in one line.
            Self::Refused(error) => write!(f, "{error:#}"),
            Self::Usage(sentence) => f.write_str(sentence),
            Self::Config(error) => error.fmt(f),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let sentence = match error.kind() {
            ErrorKind::UsernameInvalid => {
                "this cannot be a username: use visible characters without white space, not digits only and not the \
                 shape of a UUID, at most 254 bytes"
            }
            ErrorKind::EmailInvalid => "this is not an e-mail address",
            ErrorKind::LoginNameMissing => "a user needs --username or --email",
            ErrorKind::LoginNameTaken => "this username or e-mail address is taken",
            ErrorKind::LoginNameRetired => {
                "this username or e-mail address was used by a deleted user, and names are not given out again"
            }
            ErrorKind::UserNotFound => "no such user",
            ErrorKind::UserInactive => "this user is not active: activate them first",
            ErrorKind::SessionNotFound => "no such live session",
            ErrorKind::ApiKeyNotFound => "no such API key",
            ErrorKind::ApiKeyLimit => "this user has as many API keys as are allowed",
            ErrorKind::OrganizationNameInvalid => {
                "an organization's name has 1 to 150 characters in one line"
            }
            ErrorKind::OrganizationNotFound => "no such organization",
            ErrorKind::AlreadyMember => "somebody with this address is a member already",
            ErrorKind::PasswordTooLong => "a password has at most 4096 bytes",
            ErrorKind::PasswordTooShort { min_length } => {
                return Self::Refused(anyhow::anyhow!("a password has at least {min_length} characters"));
            }
            ErrorKind::PasswordWeak { reason } => match reason {
                Weakness::Common => {
                    "this password is among the most common ones, or little more than one of them: take several words \
                     in a row, or --generate-password"
                }
                Weakness::Context => {
                    "this password is made of the user's names or address, or of those of this server: take several \
                     other words in a row, or --generate-password"
                }
                Weakness::Guessable => {
                    "this password is easy to guess ([password] min_strength): take several words in a row, or \
                     --generate-password"
                }
            },
            ErrorKind::Conflict => "something else changed the same thing at the same time: try again",
            ErrorKind::Unavailable => {
                return Self::Refused(anyhow::Error::new(error).context("the database does not answer"));
            }
            ErrorKind::InvalidCredentials
            | ErrorKind::CredentialMissing
            | ErrorKind::CredentialInvalid
            | ErrorKind::PasswordSignInDisabled
            | ErrorKind::PasswordChangeRequired
            | ErrorKind::OldPasswordWrong
            | ErrorKind::Forbidden
            | ErrorKind::Throttled { .. }
            | ErrorKind::Overloaded { .. }
            | ErrorKind::SessionLimit
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
            | ErrorKind::OrganizationClosed
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
            | ErrorKind::Internal => return Self::Refused(error.into()),
        };
        Self::Refused(anyhow::anyhow!(sentence))
    }
}
