//! Organizations: what users belong to, with a role each, and how somebody is invited to one.
//!
//! This module holds the nouns; [`organizations`] the use cases of organizations and their members, [`invitations`]
//! those of invitations, [`joining`] how somebody comes to an organization with a login, [`admission`] how by our own page
//! for invitations, [`standing`] what a caller may do in one.

pub mod admission;
pub mod invitations;
pub mod joining;
pub mod organizations;
pub mod standing;

use crate::rule::Rule;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::error::{Error, ErrorKind, Result};
use crate::op::Timestamp;
use crate::secret::Digest;
use crate::user::{Email, UserNumber};

/// An organization's id: UUIDv7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganizationId(pub Uuid);

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A membership's id: UUIDv7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MembershipId(pub Uuid);

/// An invitation's id: UUIDv7, never its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationId(pub Uuid);

/// What a member may do in an organization; a greater one may all that a lesser one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganizationRole {
    /// Belongs to it.
    User = 0,
    /// Administers it: members, invitations, keys.
    Admin = 1,
    /// The same, and may make others owners.
    Owner = 2,
}

impl OrganizationRole {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::User, Self::Admin, Self::Owner];

    /// The number on the wire (contracts 4.2) and in the database.
    pub fn number(self) -> i64 {
        match self {
            Self::User => 0,
            Self::Admin => 1,
            Self::Owner => 2,
        }
    }

    /// The role of that number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }

    /// The word in the audit trail and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// Something that users belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Immutable, never reused.
    pub id: OrganizationId,
    /// What its owner calls it; others may have the same name.
    pub name: String,
    /// Whether somebody who names it at a first login becomes a member without an invitation.
    pub registerable: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// The longest name, in code points.
const LONGEST_NAME: usize = 150;

/// An organization's name: one line that says something.
///
/// # Errors
/// [`ErrorKind::OrganizationNameInvalid`].
fn name(typed: &str) -> Result<String> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(Error::new(ErrorKind::OrganizationNameInvalid).because(
            Rule::OrganizationName,
            "an empty or overlong one, or one with control characters",
            "1 to 150 characters in one line",
        ));
    }
    Ok(name.to_owned())
}

/// A user's belonging to an organization; there is at most one of each to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// To what.
    pub organization: OrganizationId,
    /// Who.
    pub user: UserNumber,
    /// What the member may do there.
    pub role: OrganizationRole,
    /// Since when.
    pub created: Timestamp,
    /// When the role was last changed.
    pub updated: Timestamp,
}

/// What a user belongs to, oldest membership first.
pub type Memberships = Arc<[(Organization, Membership)]>;

/// A membership about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMembership {
    /// The row.
    pub membership: Membership,
    /// The credential version of the user that was read.
    pub version: i64,
    /// Whether it must be the user's first one.
    pub first: bool,
}

/// Somebody's right to join an organization, shown by a code that was mailed to an address. The code is single-use and
/// good for the user who has verified that very address.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// To what.
    pub organization: OrganizationId,
    /// The address it was mailed to.
    pub address: Email,
    /// The role of who follows it.
    pub role: OrganizationRole,
    /// Who invited; `None`: the operator. It is good only while the inviter is a member with this role or a greater one.
    pub inviter: Option<UserNumber>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was followed, if it was.
    pub used: Option<Timestamp>,
    /// Whether its message leads to our own page. There the code shows that its holder reads mail at the address; one that
    /// is sent to an application's address is seen by that application too, and shows nothing alone.
    pub at_page: bool,
}

impl Invitation {
    /// Whether it can still be followed.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.used.is_none() && self.expires > now
    }
}

/// Not the address.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation({}, {})", self.id.0, self.role.as_str())
    }
}

/// An invitation about to be made.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The row.
    pub invitation: Invitation,
    /// What is kept of its code.
    pub digest: Digest,
}

/// A membership about to be made by an invitation, of a user who may be made in the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// The invitation.
    pub invitation: InvitationId,
    /// Who follows it, by id: a user who is made in the same commit has no number yet.
    pub user: Uuid,
    /// The user's credential version; of one made in the same commit, [`crate::user::FIRST_VERSION`].
    pub version: i64,
    /// The membership's id.
    pub membership: MembershipId,
    /// To what.
    pub organization: OrganizationId,
    /// What the member may do there.
    pub role: OrganizationRole,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_as_their_numbers() {
        assert!(OrganizationRole::User < OrganizationRole::Admin);
        assert!(OrganizationRole::Admin < OrganizationRole::Owner);
        for role in OrganizationRole::ALL {
            assert_eq!(OrganizationRole::from_number(role.number()), Some(role));
        }
        assert_eq!(OrganizationRole::from_number(3), None);
    }

    #[test]
    fn a_name_is_one_line_that_says_something() {
        assert_eq!(name("  Acme Ltd ").expect("a name"), "Acme Ltd");
        assert!(name(&"x".repeat(150)).is_ok());
        for bad in ["", "  ", "a\nb", &"x".repeat(151)] {
            assert_eq!(name(bad).expect_err("refused").kind(), ErrorKind::OrganizationNameInvalid, "{bad:?}");
        }
    }
}
