//! An error is a fact about the request, named once. Each dialect says how it sounds.
//!
//! Only [`ErrorKind`] reaches a dialect's `match`; [`Facts`] (the rule, what was seen, what was wanted) and the
//! source reach the log, with what is [`Observed`]. Nothing here knows HTTP, and neither type prints a secret: facts are fixed texts.

mod observed;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::ports::{Conflict, StoreError};
use crate::rule::Rule;
use crate::user::password_policy::Weakness;

pub use observed::Observed;

/// What went wrong, as one closed list. Match on it exhaustively.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The name is unknown, the password is wrong, or the account cannot sign in: one answer for all three.
    InvalidCredentials,
    /// No credential that this route accepts was presented.
    CredentialMissing,
    /// The presented credential is unknown, ended, expired, or belongs to another door.
    CredentialInvalid,
    /// The credential was good, its owner may not act (suspended, pending or deleted).
    UserInactive,
    /// Password login is switched off (`[password] sign_in = false`).
    PasswordSignInDisabled,
    /// The password was right and must be changed first, and this door cannot ask for that
    /// (`[password] must_change_blocks = true`).
    PasswordChangeRequired,
    /// A password of more than 4,096 bytes.
    PasswordTooLong,
    /// A new password shorter than the policy asks for.
    PasswordTooShort {
        /// `[password] min_length`, in code points.
        min_length: usize,
    },
    /// A new password that others would try early.
    PasswordWeak {
        /// Why they would.
        reason: Weakness,
    },
    /// The password that somebody who is signed in showed, to change it or to confirm who they are, is not the one the
    /// user has.
    OldPasswordWrong,
    /// What was asked for wants a login younger than [`crate::session::freshness::FRESH`].
    FreshLoginRequired,
    /// Too many failures; wait.
    Throttled {
        /// How long until the next try is looked at; whole seconds, at least one.
        retry_after: Duration,
    },
    /// The hashing queue, or this account's turn, did not come free in time.
    Overloaded {
        /// When to try again; whole seconds, at least one.
        retry_after: Duration,
    },
    /// The user has as many live sessions at this door as the configuration allows.
    SessionLimit,
    /// The user is known and may not do this to others.
    Forbidden,
    /// A username that cannot be one.
    UsernameInvalid,
    /// An e-mail address that cannot be one.
    EmailInvalid,
    /// A user needs a username or an e-mail address.
    LoginNameMissing,
    /// Another user has this name, as username or as e-mail address.
    LoginNameTaken,
    /// A deleted user had this name; names are not given out again.
    LoginNameRetired,
    /// No such user.
    UserNotFound,
    /// No such live session.
    SessionNotFound,
    /// Nobody makes an account by this door (`sign_up = false`).
    SignUpDisabled,
    /// The answer to whoever tells people from programs did not pass (`[captcha]`).
    CaptchaRefused,
    /// The presented ticket is unknown, used, expired, of another purpose, or its owner's address or password is another
    /// one since; or it would make the first user, and there was one.
    TicketInvalid,
    /// Custom claims, or an audience, that a token cannot have.
    TokenClaimsInvalid,
    /// There is no such provider, or none at all, or several and none was named.
    ProviderUnknown,
    /// The provider is down, slow, or answers what nobody can read.
    ProviderUnavailable,
    /// The provider sent somebody back without a login: they declined, or it did.
    ProviderDenied,
    /// The provider did not take the code that it had sent somebody back with.
    CodeRefused,
    /// The provider's answer to the code holds no ID token.
    IdTokenMissing,
    /// The provider's ID token names nobody.
    SubjectMissing,
    /// What the provider said cannot be trusted.
    ProviderUntrusted,
    /// Somebody came back from a provider in a browser in which no login is under way.
    FlowMissing,
    /// Somebody came back from a provider with a `state` of no login under way in this browser by this door.
    FlowInvalid,
    /// Nobody here has this identity at the provider, and its first login makes and joins nobody.
    IdentityRefused,
    /// The identity at the provider is linked to another user.
    IdentityTaken,
    /// No such link of the caller's to a provider.
    IdentityNotFound,
    /// Without this link nothing would let its user in any more.
    LastWayIn,
    /// The user has as many API keys at this door as are allowed.
    ApiKeyLimit,
    /// No such API key of the caller's.
    ApiKeyNotFound,
    /// An organization's name that says nothing, or too much.
    OrganizationNameInvalid,
    /// No such organization, or several of that name.
    OrganizationNotFound,
    /// The organization takes in nobody without an invitation.
    OrganizationClosed,
    /// Who is to be invited belongs to the organization already.
    AlreadyMember,
    /// An invitation to the organization waits for this address already.
    AlreadyInvited,
    /// Nobody invites themselves.
    SelfInvitation,
    /// Nobody gives a role in an organization that is above the own one.
    RoleTooHigh,
    /// The invitation is unknown, withdrawn, expired, to another organization, or not its inviter's to make any more.
    InvitationNotFound,
    /// The invitation was followed before.
    InvitationUsed,
    /// The invitation was mailed to another address than the user's verified one.
    InvitationNotYours,
    /// Something else changed the same thing at the same time; the step was not taken.
    Conflict,
    /// The database does not answer, or has no room.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// Whose fault an error is, and so what the reader of the log should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The caller can mend it.
    Caller,
    /// Load or an outage; it may pass by itself.
    Service,
    /// A defect.
    Us,
}

impl ErrorKind {
    /// Whose fault it is.
    pub fn blame(self) -> Blame {
        match self {
            Self::InvalidCredentials
            | Self::CredentialMissing
            | Self::CredentialInvalid
            | Self::UserInactive
            | Self::PasswordSignInDisabled
            | Self::PasswordChangeRequired
            | Self::PasswordTooLong
            | Self::PasswordTooShort { .. }
            | Self::PasswordWeak { .. }
            | Self::OldPasswordWrong
            | Self::FreshLoginRequired
            | Self::Throttled { .. }
            | Self::SessionLimit
            | Self::Forbidden
            | Self::UsernameInvalid
            | Self::EmailInvalid
            | Self::LoginNameMissing
            | Self::LoginNameTaken
            | Self::LoginNameRetired
            | Self::UserNotFound
            | Self::SessionNotFound
            | Self::SignUpDisabled
            | Self::CaptchaRefused
            | Self::TicketInvalid
            | Self::TokenClaimsInvalid
            | Self::ProviderUnknown
            | Self::ProviderDenied
            | Self::CodeRefused
            | Self::FlowMissing
            | Self::FlowInvalid
            | Self::IdentityRefused
            | Self::IdentityTaken
            | Self::IdentityNotFound
            | Self::LastWayIn
            | Self::ApiKeyLimit
            | Self::ApiKeyNotFound
            | Self::OrganizationNameInvalid
            | Self::OrganizationNotFound
            | Self::OrganizationClosed
            | Self::AlreadyMember
            | Self::AlreadyInvited
            | Self::SelfInvitation
            | Self::RoleTooHigh
            | Self::InvitationNotFound
            | Self::InvitationUsed
            | Self::InvitationNotYours
            | Self::Conflict => Blame::Caller,
            Self::Overloaded { .. }
            | Self::Unavailable
            | Self::ProviderUnavailable
            | Self::IdTokenMissing
            | Self::SubjectMissing
            | Self::ProviderUntrusted => Blame::Service,
            Self::Internal => Blame::Us,
        }
    }

    /// The word for this kind in logs, in the audit trail and in `docs/errors.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid_credentials",
            Self::CredentialMissing => "credential_missing",
            Self::CredentialInvalid => "credential_invalid",
            Self::UserInactive => "user_inactive",
            Self::PasswordSignInDisabled => "password_sign_in_disabled",
            Self::PasswordChangeRequired => "password_change_required",
            Self::PasswordTooLong => "password_too_long",
            Self::PasswordTooShort { .. } => "password_too_short",
            Self::PasswordWeak { .. } => "password_weak",
            Self::OldPasswordWrong => "old_password_wrong",
            Self::FreshLoginRequired => "fresh_login_required",
            Self::Throttled { .. } => "throttled",
            Self::Overloaded { .. } => "overloaded",
            Self::SessionLimit => "session_limit",
            Self::Forbidden => "forbidden",
            Self::UsernameInvalid => "username_invalid",
            Self::EmailInvalid => "email_invalid",
            Self::LoginNameMissing => "login_name_missing",
            Self::LoginNameTaken => "login_name_taken",
            Self::LoginNameRetired => "login_name_retired",
            Self::UserNotFound => "user_not_found",
            Self::SessionNotFound => "session_not_found",
            Self::SignUpDisabled => "sign_up_disabled",
            Self::CaptchaRefused => "captcha_refused",
            Self::TicketInvalid => "ticket_invalid",
            Self::TokenClaimsInvalid => "token_claims_invalid",
            Self::ProviderUnknown => "provider_unknown",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderDenied => "provider_denied",
            Self::CodeRefused => "code_refused",
            Self::IdTokenMissing => "id_token_missing",
            Self::SubjectMissing => "subject_missing",
            Self::ProviderUntrusted => "provider_untrusted",
            Self::FlowMissing => "flow_missing",
            Self::FlowInvalid => "flow_invalid",
            Self::IdentityRefused => "identity_refused",
            Self::IdentityTaken => "identity_taken",
            Self::IdentityNotFound => "identity_not_found",
            Self::LastWayIn => "last_way_in",
            Self::ApiKeyLimit => "api_key_limit",
            Self::ApiKeyNotFound => "api_key_not_found",
            Self::OrganizationNameInvalid => "organization_name_invalid",
            Self::OrganizationNotFound => "organization_not_found",
            Self::OrganizationClosed => "organization_closed",
            Self::AlreadyMember => "already_member",
            Self::AlreadyInvited => "already_invited",
            Self::SelfInvitation => "self_invitation",
            Self::RoleTooHigh => "role_too_high",
            Self::InvitationNotFound => "invitation_not_found",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationNotYours => "invitation_not_yours",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// What the operator may know of a refusal and the client may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The rule that refused.
    pub rule: Rule,
    /// What was seen, as a fixed text.
    pub seen: &'static str,
    /// What was wanted, as a fixed text.
    pub wanted: &'static str,
}

/// A refusal: its kind, the operator's facts and the cause.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    facts: Facts,
    observed: Option<Observed>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a use case answers.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with nothing to add to its kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, facts: kind.facts(), observed: None, source: None }
    }

    /// The same error with facts for the operator.
    #[must_use]
    pub fn because(mut self, rule: Rule, seen: &'static str, wanted: &'static str) -> Self {
        self.facts = Facts { rule, seen, wanted };
        self
    }

    /// The same error with what really came, for the operator.
    #[must_use]
    pub fn observing(mut self, observed: Observed) -> Self {
        self.observed = Some(observed);
        self
    }

    /// The same error with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The operator's facts.
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// What really came, where it is told.
    pub fn observed(&self) -> Option<&Observed> {
        self.observed.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { rule, seen, wanted } = self.facts;
        write!(f, "{} ({}: {seen}; wanted: {wanted})", self.kind.name(), rule.name())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(conflict) => Self::new(match conflict {
                Conflict::LoginNameTaken => ErrorKind::LoginNameTaken,
                Conflict::LoginNameRetired => ErrorKind::LoginNameRetired,
                Conflict::SessionLimit => ErrorKind::SessionLimit,
                Conflict::SessionEnded => ErrorKind::SessionNotFound,
                Conflict::ApiKeyLimit => ErrorKind::ApiKeyLimit,
                Conflict::ApiKeyEnded => ErrorKind::ApiKeyNotFound,
                // Only a set-up ticket asks for that, and is dead with the first user.
                Conflict::TicketGone | Conflict::UserExists => ErrorKind::TicketInvalid,
                Conflict::IdentityGone => ErrorKind::IdentityNotFound,
                Conflict::FlowGone => ErrorKind::FlowInvalid,
                Conflict::MembershipExists => ErrorKind::AlreadyMember,
                Conflict::InvitationExists => ErrorKind::AlreadyInvited,
                Conflict::InvitationGone => ErrorKind::InvitationNotFound,
                Conflict::UserChanged
                | Conflict::ThrottleChanged
                | Conflict::MasterKeyRecorded
                | Conflict::StandingKeyExists
                | Conflict::SigningKeyChanged
                | Conflict::IdentityTaken
                | Conflict::MembershipChanged
                | Conflict::MailTaken => ErrorKind::Conflict,
            }),
            StoreError::Unavailable(source) => Self::new(ErrorKind::Unavailable).caused_by(source),
            StoreError::Corrupt(what) => {
                Self::new(ErrorKind::Internal).because(Rule::StoredRow, what, "a value this version wrote")
            }
        }
    }
}

impl From<password::PoolError> for Error {
    fn from(error: password::PoolError) -> Self {
        match error {
            password::PoolError::Busy { retry_after } => Self::new(ErrorKind::Overloaded { retry_after })
                .because(Rule::HashQueue, "full", "a free place"),
            password::PoolError::Stopped => {
                Self::new(ErrorKind::Unavailable).because(Rule::HashPool, "stopping", "a running server")
            }
            password::PoolError::Failed { .. } => Self::new(ErrorKind::Internal).caused_by(error),
        }
    }
}
