//! Tickets: single-use secrets with a purpose and an end, which reach their owner by mail or by an answer.
//!
//! A ticket that is used, superseded, or whose user has another password or address since is gone; the database keeps
//! only the live ones. On the wire a ticket is a JWT with a `typ` and an audience of its own; what is kept is the
//! digest of its `jti`. This module holds the noun and how one is made and read.

pub(crate) mod desk;

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use crate::op::Timestamp;
use crate::secret::Digest;
use crate::user::{LoginKey, UserNumber};

/// A ticket's id: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub Uuid);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Shows that mail at the address is read by who signed up with it.
    VerifyEmail,
    /// The first step of a restored password: shows that mail at the address is read.
    RestorePassword,
    /// The second step: sets a new password, once.
    UpdatePassword,
    /// Shows that mail at an address is read by who wants the account to have it.
    ConfirmAddress,
    /// Shows that who reads mail at the address that the account has agrees to another one.
    ApproveAddress,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [
        Self::VerifyEmail,
        Self::RestorePassword,
        Self::UpdatePassword,
        Self::ConfirmAddress,
        Self::ApproveAddress,
    ];

    /// The word in the database and in the token's audience.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::RestorePassword => "restore_password",
            Self::UpdatePassword => "update_password",
            Self::ConfirmAddress => "confirm_address",
            Self::ApproveAddress => "approve_address",
        }
    }

    /// The purpose of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// How long such a ticket is good (ASVS 6.4.1, 6.5.5: ten minutes for a restored password).
    pub fn life(self) -> Duration {
        match self {
            Self::VerifyEmail | Self::ConfirmAddress | Self::ApproveAddress => Duration::from_hours(24),
            Self::RestorePassword | Self::UpdatePassword => Duration::from_mins(10),
        }
    }
}

/// A live ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Whose it is.
    pub user: UserNumber,
    /// What it is good for.
    pub purpose: Purpose,
    /// The key of the address it was mailed to.
    pub address: LoginKey,
    /// The PHC string of the password that holds once it is used; only of a sign-up. So who signs up with somebody
    /// else's address gets nothing when its owner signs up later and verifies that.
    pub password: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({}, {})", self.id, self.purpose.as_str())
    }
}

/// A ticket about to be made.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// The row.
    pub ticket: Ticket,
    /// What is kept of its secret.
    pub digest: Digest,
}
