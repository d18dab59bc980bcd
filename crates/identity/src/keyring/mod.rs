//! The keyring: what tokens are signed with, sealed at rest. Of each use one key signs, the one before is accepted for
//! as long as its tokens live, and the next one is published before it signs.
//!
//! Which key signs is told by the time alone: the one that began last. So a rotation that was planned needs nobody to
//! carry it out at its hour, and every process changes keys at the same moment.
//!
//! A process keeps the keys it has opened; one that was made meanwhile is found when a signature fits none of them. A
//! key that is dropped takes its sessions along, so that who still remembers it accepts nothing of it. This module
//! holds the noun, [`ring`] the use cases.

pub mod ring;

use std::fmt;
use std::time::Duration;

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
    /// BixArena's internal tokens: by the configured algorithm, published as a JWK Set.
    BixArena,
}

impl KeyUse {
    /// Every use.
    pub const ALL: [Self; 2] = [Self::Probe, Self::BixArena];

    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::BixArena => "bixarena",
        }
    }

    /// The use of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key_use| key_use.as_str() == name)
    }
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// HMAC with SHA-256: for tokens that only we read; never published.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a key of this many bits, 2048 or 3072.
    Rs256 {
        /// The length of the modulus.
        bits: u32,
    },
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl KeyAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] =
        [Self::Hs256, Self::Rs256 { bits: 2048 }, Self::Rs256 { bits: 3072 }, Self::Es256, Self::EdDsa];

    /// The algorithm's name (RFC 7518 section 3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 { .. } => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The word in the database: the name, and for RSA behind a slash the bits where they are not 2048.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 { bits: 3072 } => "RS256/3072",
            Self::Hs256 | Self::Rs256 { .. } | Self::Es256 | Self::EdDsa => self.name(),
        }
    }

    /// The algorithm of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word)
    }
}

/// How the keys of a use are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPlan {
    /// How a new key signs.
    pub algorithm: KeyAlgorithm,
    /// How old a key becomes before the next one signs; `None`: only an operator changes it.
    pub rotate_every: Option<Duration>,
    /// How long the longest token lives.
    pub token_life: Duration,
}

/// A key as stored: sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id.
    pub id: SigningKeyId,
    /// What it signs.
    pub key_use: KeyUse,
    /// How it signs.
    pub algorithm: KeyAlgorithm,
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// When it signs from; until then it is only published.
    pub begins: Timestamp,
    /// Until when its tokens are accepted, once there is a newer key; `None`: it is the newest.
    pub ends: Option<Timestamp>,
}

impl SigningKey {
    /// Whether its tokens are accepted.
    pub fn is_accepted(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| end > now)
    }
}
