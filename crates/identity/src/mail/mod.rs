//! Mail to people: what is to be told, not its words and not how it travels.
//!
//! A message is queued in the same commit as the fact it tells of, sealed, and wiped when it was sent. The words
//! stand in templates that the caller of [`Mailer`] renders; the queue's use cases deliver it.

pub mod queue;

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::op::Timestamp;
use crate::organization::OrganizationId;
use crate::organization::invitations::InvitationLink;
use crate::secret::Secret;

/// A queued message's id: UUIDv7. The same message bears it at every try, so that a receiver can tell a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailId(pub Uuid);

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a message is about; each has its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Somebody signed up with this address: a token shows that the owner wants it.
    VerifyEmail,
    /// Somebody tried to sign up with an address that has an account already: its owner is told.
    AddressTaken,
    /// Somebody asked for a new password: a token lets the owner choose one.
    RestorePassword,
    /// The password was changed.
    PasswordChanged,
    /// The address was changed; told to the old one.
    AddressChanged,
    /// Somebody with an account wants this address for it: a token shows that its owner wants that too.
    ConfirmAddress,
    /// The same, told to the address that the account has: without this token it stays.
    ApproveAddress,
    /// A provider was linked to the account, or is linked no more.
    WaysInChanged,
    /// Somebody is invited to an organization: a code lets the owner of the address join it.
    Invitation,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::VerifyEmail,
        Self::AddressTaken,
        Self::RestorePassword,
        Self::PasswordChanged,
        Self::AddressChanged,
        Self::ConfirmAddress,
        Self::ApproveAddress,
        Self::WaysInChanged,
        Self::Invitation,
    ];

    /// The word in the database, in the log and in the names of templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::AddressTaken => "address_taken",
            Self::RestorePassword => "restore_password",
            Self::PasswordChanged => "password_changed",
            Self::AddressChanged => "address_changed",
            Self::ConfirmAddress => "confirm_address",
            Self::ApproveAddress => "approve_address",
            Self::WaysInChanged => "ways_in_changed",
            Self::Invitation => "invitation",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A message to one person, before it has words.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it is about.
    pub kind: MailKind,
    /// The address.
    pub to: String,
    /// What to call the person; may be empty.
    pub name: String,
    /// What the person shows to prove that the message arrived: in the message and nowhere else.
    pub token: Option<MailToken>,
    /// Where to lead on to afterwards; one of the addresses that the configuration allows.
    pub return_to: Option<String>,
    /// What somebody is invited to; of an invitation only.
    pub invited_to: Option<InvitedTo>,
    /// When what it tells of happened.
    pub at: Timestamp,
}

/// What somebody is invited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedTo {
    /// The organization.
    pub id: OrganizationId,
    /// Its name, which somebody else has written.
    pub name: String,
    /// Where the message leads; `None`: to our own page.
    pub link: Option<InvitationLink>,
}

/// A ticket's secret, or an invitation's, on its way to the person it is for.
#[derive(Debug, Clone)]
pub struct MailToken {
    /// Its wire form.
    pub secret: Secret,
    /// When it ends.
    pub expires: Timestamp,
}

impl PartialEq for MailToken {
    fn eq(&self, other: &Self) -> bool {
        self.secret.digest() == other.secret.digest() && self.expires == other.expires
    }
}

impl Eq for MailToken {}

/// Neither the address nor the token.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({})", self.kind.as_str())
    }
}

/// Why a message did not leave. The texts hold neither an address nor a token.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum MailError {
    /// It may leave later: the server is away, busy, or refused for now.
    #[error("{0}")]
    Later(String),
    /// It never will: the server refused this message or this address for good.
    #[error("{0}")]
    Never(String),
}

/// How messages leave.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Words the message and hands it on; returns when somebody else is responsible for it, within a bounded time.
    ///
    /// # Errors
    /// [`MailError`].
    async fn send(&self, id: MailId, mail: &Mail) -> Result<(), MailError>;
}
