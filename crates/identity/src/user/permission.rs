//! What may be done in a user's name: the fourteen permissions, those of each role, and how a narrower credential is
//! cut out of them.

use super::Role;

/// One thing that may be done (contracts 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named by its word below")]
pub enum Permission {
    ReadAdmin,
    ReadBilling,
    ReadInvite,
    ReadMedia,
    ReadProfile,
    ReadStatistics,
    ReadSubUser,
    ReadUser,
    WriteAdmin,
    WriteBilling,
    WriteInvite,
    WriteMedia,
    WriteSubUser,
    WriteUser,
}

impl Permission {
    /// Every permission, in the order of their words.
    pub const ALL: [Self; 14] = [
        Self::ReadAdmin,
        Self::ReadBilling,
        Self::ReadInvite,
        Self::ReadMedia,
        Self::ReadProfile,
        Self::ReadStatistics,
        Self::ReadSubUser,
        Self::ReadUser,
        Self::WriteAdmin,
        Self::WriteBilling,
        Self::WriteInvite,
        Self::WriteMedia,
        Self::WriteSubUser,
        Self::WriteUser,
    ];

    /// The word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadAdmin => "read:admin",
            Self::ReadBilling => "read:billing",
            Self::ReadInvite => "read:invite",
            Self::ReadMedia => "read:media",
            Self::ReadProfile => "read:profile",
            Self::ReadStatistics => "read:statistics",
            Self::ReadSubUser => "read:sub-user",
            Self::ReadUser => "read:user",
            Self::WriteAdmin => "write:admin",
            Self::WriteBilling => "write:billing",
            Self::WriteInvite => "write:invite",
            Self::WriteMedia => "write:media",
            Self::WriteSubUser => "write:sub-user",
            Self::WriteUser => "write:user",
        }
    }

    /// The permission of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }

    fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u16);

impl Permissions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// What somebody with this role may do.
    pub fn of(role: Role) -> Self {
        use Permission::{
            ReadBilling, ReadInvite, ReadMedia, ReadProfile, ReadStatistics, ReadSubUser, WriteBilling,
            WriteInvite, WriteMedia, WriteSubUser,
        };
        match role {
            Role::Root | Role::Admin => Permission::ALL.into_iter().collect(),
            Role::User => [
                ReadBilling,
                ReadInvite,
                ReadMedia,
                ReadProfile,
                ReadStatistics,
                ReadSubUser,
                WriteBilling,
                WriteInvite,
                WriteMedia,
                WriteSubUser,
            ]
            .into_iter()
            .collect(),
            Role::Sub => [ReadMedia, ReadProfile, ReadStatistics, WriteMedia].into_iter().collect(),
        }
    }

    /// Whether this one is in the set.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those in the set, in the order of their words.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.has(*permission))
    }

    /// As the database keeps it: words with a blank between them.
    pub fn to_words(self) -> String {
        self.iter().map(Permission::as_str).collect::<Vec<_>>().join(" ")
    }

    /// From the database's form; `None` when a word is not one of ours.
    pub fn from_words(words: &str) -> Option<Self> {
        words.split(' ').filter(|word| !word.is_empty()).map(Permission::from_name).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_keeps_its_words() {
        for role in Role::ALL {
            let set = Permissions::of(role);
            assert_eq!(Permissions::from_words(&set.to_words()), Some(set));
        }
        assert_eq!(Permissions::from_words(""), Some(Permissions::NONE));
        assert_eq!(Permissions::from_words("read:user write:everything"), None);
    }

    #[test]
    fn a_role_may_do_what_those_below_it_may() {
        let order = [Role::Sub, Role::User, Role::Admin, Role::Root];
        for pair in order.windows(2) {
            assert!(Permissions::of(pair[0]).without(Permissions::of(pair[1])).is_empty());
        }
        assert!(!Permissions::of(Role::User).has(Permission::ReadUser));
        assert!(!Permissions::of(Role::Sub).has(Permission::WriteSubUser));
    }
}
