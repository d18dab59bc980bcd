//! Signing in with a provider: an upstream OpenID Connect issuer, and a user's link to it.
//!
//! Who somebody is to a provider is told by issuer and subject, never by an address or a name, which change hands.
//! This module holds the nouns, [`upstream`] the port to the providers, [`providers`] which there are and how a login by
//! one begins, [`join`] whose identity it is, [`linking`] how people
//! link identities to their account and unlink them, [`access`] what a provider's own access token is worth here. How a login
//! ends stands in `sign_in`.

pub mod access;
pub mod hand_over;
pub(crate) mod join;
pub mod linking;
pub mod providers;
pub mod upstream;

use std::fmt;

use uuid::Uuid;

use crate::op::Timestamp;
use crate::user::UserNumber;

/// The operator's name for a provider, as in `[[providers]] id`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(String);

impl ProviderId {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The provider of this name. `None` when no provider can be called so: lowercase letters, digits, `-`, `_` and
    /// `.` make a name, so that it needs no escape in a URL, a cookie or a log line.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let fits = !name.is_empty() && name.len() <= Self::MAX_BYTES && name.bytes().all(plain);
        fits.then(|| Self(name.to_owned()))
    }

    /// What our own sign-in page is called where a provider is named. No provider is configured by it.
    pub fn own() -> Self {
        Self("vestibule".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the core knows of a provider. How it is reached is behind [`upstream::Upstream`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The operator's name for it.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// Its issuer identifier, compared as it stands (OpenID Connect Discovery 1.0 section 4.3).
    pub issuer: String,
    /// Whether the first login of an unknown identity makes a user.
    pub sign_up: bool,
    /// Whether an unknown identity joins the user with the same address, when both sides have verified it.
    pub link_verified_email: bool,
}

/// The id of a user's link to a provider: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalIdentityId(pub Uuid);

impl fmt::Display for ExternalIdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user's link to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Its id.
    pub id: ExternalIdentityId,
    /// Whose it is.
    pub user: UserNumber,
    /// The issuer.
    pub issuer: String,
    /// Who this is to the issuer.
    pub subject: String,
    /// When it was linked.
    pub created: Timestamp,
}

/// A link about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExternalIdentity {
    /// Its id.
    pub id: ExternalIdentityId,
    /// Whose it will be, by the user's id: the user may be made in the same commit.
    pub user: Uuid,
    /// The issuer.
    pub issuer: String,
    /// Who this is to the issuer.
    pub subject: String,
    /// When.
    pub created: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_name_needs_no_escape_anywhere() {
        for name in ["acme", "acme-sso.v2_x", "0"] {
            assert_eq!(ProviderId::new(name).map(|id| id.to_string()).as_deref(), Some(name));
        }
        let long = "x".repeat(ProviderId::MAX_BYTES + 1);
        for name in ["", "Acme", "a b", "a/b", "a?b", "a;b", "ä", "a\n", long.as_str()] {
            assert_eq!(ProviderId::new(name), None, "{name:?}");
        }
    }
}
