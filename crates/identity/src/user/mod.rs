//! Users: who they are and what state they are in. How they prove it stands in `sign_in`, how an operator changes
//! them in [`accounts`] and `address`, what they may do to each other in [`delegated`], whom they see in [`directory`],
//! how they come to an account in [`sign_up`] and [`invited`], and the first of them in [`set_up`], how they verify its
//! address later in `verification`, how they change their own password in [`own_password`] and
//! [`chosen_password`], which ones are taken in [`password_policy`], and how they come by a forgotten one in
//! [`restore`], how they come by another address in [`address_change`].

pub mod accounts;
mod address;
pub mod address_change;
mod chosen_password;
pub mod delegated;
pub mod directory;
pub mod invited;
mod name;
pub mod own_password;
pub mod password_policy;
mod permission;
mod person_name;
pub mod restore;
pub mod set_up;
pub mod sign_up;
mod verification;

use std::fmt;

use uuid::Uuid;

pub use name::{Email, LoginKey, Username};
pub use permission::{Permission, Permissions};
pub use person_name::PersonName;

use crate::op::Timestamp;

/// A user's immutable number, counted from 1, never reused. The `pk` of knox and Syntho, Probe's `user-id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserNumber(pub i64);

impl fmt::Display for UserNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a user may do to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The first of all.
    Root,
    /// Administers users.
    Admin,
    /// An ordinary person.
    User,
    /// Belongs to another user.
    Sub,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Root, Self::Admin, Self::User, Self::Sub];

    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Admin => "admin",
            Self::User => "user",
            Self::Sub => "sub",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits for a verification; may not sign in yet.
    Pending,
    /// May sign in.
    Active,
    /// May not sign in until activated again.
    Suspended,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Suspended];

    /// The word in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A person or a service that signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Immutable, never reused.
    pub number: UserNumber,
    /// UUIDv7; immutable, never reused.
    pub id: Uuid,
    /// As typed.
    pub username: Option<String>,
    /// As typed.
    pub email: Option<String>,
    /// Whether somebody has shown to read mail at that address.
    pub email_verified: bool,
    /// What to call this person.
    pub name: PersonName,
    /// What the user may do to others.
    pub role: Role,
    /// Whether the user may sign in.
    pub status: Status,
    /// Whom this user belongs to.
    pub parent: Option<UserNumber>,
    /// Whether a new password must be chosen.
    pub must_change_password: bool,
    /// Whether there is a password at all.
    pub has_password: bool,
    /// When the user was made.
    pub created: Timestamp,
    /// When names, address, status or password were last changed.
    pub updated: Timestamp,
    /// When a session was last opened.
    pub last_sign_in: Option<Timestamp>,
    /// When the user was deleted: names and password are gone, number and id stay taken.
    pub deleted: Option<Timestamp>,
    /// Raised by everything that ends all sessions at once.
    pub credential_version: i64,
}

impl User {
    /// Whether the user may act now.
    pub fn is_active(&self) -> bool {
        self.deleted.is_none() && self.status == Status::Active
    }

    /// The keys of the names this user signs in with.
    pub fn login_keys(&self) -> Vec<LoginKey> {
        let mut keys: Vec<LoginKey> = [&self.username, &self.email]
            .into_iter()
            .flatten()
            .filter_map(|name| LoginKey::of(name))
            .collect();
        keys.dedup();
        keys
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({}, {})", self.number, self.status.as_str())
    }
}

/// The credential version of a user who was just made.
pub const FIRST_VERSION: i64 = 1;

/// A user about to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// UUIDv7.
    pub id: Uuid,
    /// A name to sign in with.
    pub username: Option<Username>,
    /// An address to sign in with.
    pub email: Option<Email>,
    /// Whether the address counts as verified from the start.
    pub email_verified: bool,
    /// What to call this person.
    pub name: PersonName,
    /// What the user may do to others.
    pub role: Role,
    /// Whether the user may sign in.
    pub status: Status,
    /// Whom this user belongs to.
    pub parent: Option<UserNumber>,
    /// A PHC string; `None`: no password login.
    pub password: Option<String>,
    /// Whether a new password must be chosen.
    pub must_change_password: bool,
    /// When.
    pub created: Timestamp,
    /// Keyed digests of the login names, to be refused when retired.
    pub name_digests: Vec<[u8; 32]>,
}

impl NewUser {
    /// The keys of the names this user will sign in with, each once.
    pub fn login_keys(&self) -> Vec<&LoginKey> {
        let mut keys: Vec<&LoginKey> =
            self.username.iter().map(Username::key).chain(self.email.iter().map(Email::key)).collect();
        keys.dedup();
        keys
    }
}

/// What a login by name is checked against.
#[derive(Clone)]
pub struct Credentials {
    /// Who has the name.
    pub user: User,
    /// The PHC string; `None`: no password login for this user.
    pub password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?})", self.user)
    }
}
