//! Why the store did not do as asked: a guard that missed, by its name, or a database that is away.

use std::error::Error as StdError;

use thiserror::Error;

/// Why a commit was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Another user claimed the name.
    #[error("login name taken")]
    LoginNameTaken,
    /// A user was made before.
    #[error("user exists")]
    UserExists,
    /// A deleted user had the name.
    #[error("login name retired")]
    LoginNameRetired,
    /// The user is gone, not active, or has other credentials than were read.
    #[error("user changed")]
    UserChanged,
    /// The session has ended, or never was.
    #[error("session ended")]
    SessionEnded,
    /// The user has as many live sessions as allowed.
    #[error("session limit")]
    SessionLimit,
    /// The user has as many API keys as allowed.
    #[error("API key limit")]
    ApiKeyLimit,
    /// The API key has ended, or never was.
    #[error("API key ended")]
    ApiKeyEnded,
    /// The account has a standing key at this door.
    #[error("standing key exists")]
    StandingKeyExists,
    /// The ticket was used, has ended, or never was.
    #[error("ticket gone")]
    TicketGone,
    /// The identity at the provider is linked to a user already.
    #[error("identity taken")]
    IdentityTaken,
    /// The link to a provider, or the one that was to remain, is gone.
    #[error("identity gone")]
    IdentityGone,
    /// The login under way was taken, has expired, or never was.
    #[error("flow gone")]
    FlowGone,
    /// Another key signs.
    #[error("signing key changed")]
    SigningKeyChanged,
    /// The user belongs to the organization already; or to any, where it must be the first one.
    #[error("membership exists")]
    MembershipExists,
    /// The membership has another role than was read, or is gone.
    #[error("membership changed")]
    MembershipChanged,
    /// A live invitation to the same organization waits for the same address.
    #[error("invitation exists")]
    InvitationExists,
    /// The invitation was followed or withdrawn, has expired, or never was.
    #[error("invitation gone")]
    InvitationGone,
    /// Somebody else delivers the message.
    #[error("mail taken")]
    MailTaken,
    /// Another try was counted in between.
    #[error("throttle changed")]
    ThrottleChanged,
    /// Another process wrote the check value first.
    #[error("master key recorded")]
    MasterKeyRecorded,
}

/// Why the store did not do as asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A guard missed; nothing was changed.
    #[error("conflict: {0}")]
    Conflict(#[from] Conflict),
    /// The database is out of reach, out of room or refuses; what was not acknowledged may or may not be there.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// A row holds what no version of this program wrote. The text names the column.
    #[error("the database holds an unreadable {0}")]
    Corrupt(&'static str),
}

/// What the store answers.
pub type StoreResult<T> = Result<T, StoreError>;
