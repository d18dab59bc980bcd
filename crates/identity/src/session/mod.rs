//! The ledger's row: one login, by one door, on one device.
//!
//! This module holds the noun and its state machine, which is pure; [`ledger`] holds the use cases, [`own`] those of its
//! owner, [`freshness`] when a login is young enough for what is sensitive, [`lookup`] how somebody is recognised without waiting. How a session is opened stands in `sign_in`.

pub mod caller;
pub mod freshness;
pub mod ledger;
pub mod lookup;
pub mod own;
pub(crate) mod stay;
mod touches;

use std::fmt;

use uuid::Uuid;

use crate::keyring::SigningKeyId;
use crate::op::Timestamp;
use crate::secret::Digest;
use crate::surface::{Door, Surface};
use crate::user::{Permissions, UserNumber};

pub(crate) use touches::{Touches, Use};

/// A session's id: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a session was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner signed out with it.
    SignedOut,
    /// Its owner ended all sessions.
    SignedOutEverywhere,
    /// Its owner ended it from somewhere else, or gave up the key.
    EndedByOwner,
    /// Its client signed in anew.
    Replaced,
    /// An operator ended it.
    Revoked,
    /// The user's password was set anew.
    PasswordReset,
    /// Its owner changed the password in another session and asked for an end of all others.
    PasswordChanged,
    /// The user was suspended, or is pending again.
    Suspended,
    /// The user was deleted.
    UserDeleted,
    /// The key its token is signed with was dropped.
    KeyDropped,
}

impl EndReason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::SignedOut,
        Self::SignedOutEverywhere,
        Self::EndedByOwner,
        Self::Replaced,
        Self::Revoked,
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::Suspended,
        Self::UserDeleted,
        Self::KeyDropped,
    ];

    /// The word in the database and in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::EndedByOwner => "ended_by_owner",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::Suspended => "suspended",
            Self::UserDeleted => "user_deleted",
            Self::KeyDropped => "key_dropped",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// How a session stands at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It lets its owner in.
    Live,
    /// Its time is over.
    Expired,
    /// It was ended.
    Ended {
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
}

impl State {
    /// The word in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Ended { .. } => "ended",
        }
    }
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserNumber,
    /// The door it was opened by.
    pub door: Door,
    /// When it was opened.
    pub created: Timestamp,
    /// When it was last used, give or take the write-behind.
    pub last_seen: Timestamp,
    /// The end that use moves.
    pub idle_end: Option<Timestamp>,
    /// The end that nothing moves.
    pub absolute_end: Option<Timestamp>,
    /// When and why it was ended, if it was.
    pub ended: Option<(Timestamp, EndReason)>,
    /// The address it was opened from; empty when not known.
    pub address: String,
    /// What the client called itself.
    pub user_agent: String,
    /// What it may do of what its owner may; `None`: all.
    pub permissions: Option<Permissions>,
}

impl Session {
    /// How it stands.
    pub fn state(&self, now: Timestamp) -> State {
        match self.ended {
            Some((at, reason)) => State::Ended { at, reason },
            None if self.expires().is_some_and(|end| end <= now) => State::Expired,
            None => State::Live,
        }
    }

    /// When it ends if it is not used again.
    pub fn expires(&self) -> Option<Timestamp> {
        match (self.idle_end, self.absolute_end) {
            (Some(idle), Some(absolute)) => Some(idle.min(absolute)),
            (idle, absolute) => idle.or(absolute),
        }
    }

    /// What a use now would write: `None` when it would move nothing worth a write.
    ///
    /// Last-seen is kept to the minute. The idle end moves by more than the surface's step, and never beyond the
    /// absolute end.
    pub(crate) fn touch(&self, surface: &Surface, now: Timestamp) -> Option<Touch> {
        let seen = now.since(self.last_seen) >= LAST_SEEN_STEP;
        let idle_end = match (self.idle_end, surface.idle) {
            (Some(end), Some(idle)) => {
                let next = now + idle.life;
                let next = self.absolute_end.map_or(next, |absolute| next.min(absolute));
                (next.since(end) > idle.step).then_some(next)
            }
            _ => None,
        };
        (seen || idle_end.is_some()).then_some(Touch { session: self.id, last_seen: now, idle_end })
    }
}

/// Last-seen is written when it is older than this.
const LAST_SEEN_STEP: std::time::Duration = std::time::Duration::from_mins(1);

/// A use of a session, to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Which session.
    pub session: SessionId,
    /// When it was used.
    pub last_seen: Timestamp,
    /// Where its idle end moves; `None`: it stays.
    pub idle_end: Option<Timestamp>,
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserNumber,
    /// The door it is opened by.
    pub door: Door,
    /// What is kept of its secret.
    pub digest: Digest,
    /// When.
    pub created: Timestamp,
    /// The end that use moves.
    pub idle_end: Option<Timestamp>,
    /// The end that nothing moves.
    pub absolute_end: Option<Timestamp>,
    /// The address it is opened from; empty when not known.
    pub address: String,
    /// What the client calls itself.
    pub user_agent: String,
    /// What it may do of what its owner may; `None`: all.
    pub permissions: Option<Permissions>,
    /// The key its token is signed with, where the door gives out tokens.
    pub signing_key: Option<SigningKeyId>,
}

#[cfg(test)]
mod tests;
