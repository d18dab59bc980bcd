//! API keys: long-lived secrets of a user or of an organization. A key is no session: it survives a logout, and is
//! refused while its owner may not act.
//!
//! Every account has at most one *standing* key at a door that wants one; it is made when it is first asked for. This
//! module holds the noun, [`bounds`] what a key is good for, [`keys`] the use cases of users' keys, [`own`] those from one place for every door, [`operator`] what the
//! operator does with them, [`organization_keys`] the use cases of organizations' keys.

pub mod bounds;
pub mod keys;
pub mod operator;
pub mod organization_keys;
pub mod own;

use std::fmt;

use uuid::Uuid;

use crate::op::Timestamp;
use crate::organization::OrganizationId;
use crate::secret::Digest;
use crate::session::EndReason;
use crate::surface::Door;
use crate::user::{Permissions, UserNumber};

pub use bounds::Bounds;

/// A key's id: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(pub Uuid);

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a key may do of what its owner may: nothing but the `granted`, when there are any, and none of the
/// `withheld`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grant {
    /// Only these; empty: all of the owner's.
    pub granted: Permissions,
    /// None of these.
    pub withheld: Permissions,
}

impl Grant {
    /// What is left of the owner's permissions.
    pub fn of(self, owner: Permissions) -> Permissions {
        let granted = if self.granted.is_empty() { owner } else { owner.and(self.granted) };
        granted.without(self.withheld)
    }
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOwner {
    /// A user's: whoever shows it is that user.
    User(UserNumber),
    /// An organization's: whoever shows it is nobody, and acts for the organization.
    Organization(OrganizationId),
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose it is.
    pub owner: KeyOwner,
    /// The door that accepts it.
    pub door: Door,
    /// Whether it is the account's standing key at that door.
    pub standing: bool,
    /// What its owner calls it; may be empty.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// What it is good for.
    pub bounds: Bounds,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// When it was last used, give or take the write-behind.
    pub last_used: Option<Timestamp>,
    /// When and why it was ended, if it was.
    pub ended: Option<(Timestamp, EndReason)>,
    /// The sealed secret, where the door's contract wants it shown again.
    pub sealed: Option<Vec<u8>>,
}

impl ApiKey {
    /// Whether its own end has come.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Whether it lets its owner in.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && !self.is_expired(now)
    }
}

/// A key about to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The row.
    pub key: ApiKey,
    /// What is kept of its secret.
    pub digest: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::{Permission, Role};

    #[test]
    fn a_grant_never_reaches_beyond_its_owner() {
        let owner = Permissions::of(Role::User);
        let all = Grant::default();
        assert_eq!(all.of(owner), owner);
        let admin =
            Grant { granted: [Permission::ReadAdmin, Permission::ReadMedia].into_iter().collect(), ..all };
        assert_eq!(admin.of(owner), [Permission::ReadMedia].into_iter().collect());
        let none = Grant { granted: [Permission::ReadAdmin].into_iter().collect(), ..all };
        assert!(none.of(owner).is_empty());
        let withheld = Grant { withheld: [Permission::WriteMedia].into_iter().collect(), ..all };
        assert!(!withheld.of(owner).has(Permission::WriteMedia));
    }
}
