//! The keyring: secrets that tokens are signed with, sealed at rest, one active key a use and the previous one for as
//! long as its tokens live.
//!
//! A process keeps the keys it has opened; one that was made meanwhile is found when a signature fits none of them. A
//! key that is dropped takes its sessions along, so that who still remembers it accepts nothing of it. This module
//! holds the noun, [`ring`] the use cases.

pub mod ring;

use std::fmt;

use uuid::Uuid;

use crate::op::Timestamp;

/// A key's id: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SigningKeyId(pub Uuid);

impl fmt::Display for SigningKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a key signs; a key of one use signs nothing of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// Probe's session tokens and tickets: HS256, never published.
    Probe,
}

impl KeyUse {
    /// Every use.
    pub const ALL: [Self; 1] = [Self::Probe];

    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
        }
    }

    /// The use of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key_use| key_use.as_str() == name)
    }

    /// The algorithm's name (RFC 7518 section 3.1).
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Probe => "HS256",
        }
    }
}

/// A key as stored: sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id.
    pub id: SigningKeyId,
    /// What it signs.
    pub key_use: KeyUse,
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// Until when its tokens are still accepted, once another key signs; `None`: this is the key that signs.
    pub ends: Option<Timestamp>,
}

impl SigningKey {
    /// Whether its tokens are accepted.
    pub fn is_accepted(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| end > now)
    }
}
