//! What a dialect declares about its sessions: the door's name, lifetimes, the secret's form, the scope.
//!
//! It is data that the dialect hands to a use case; the decisions made from it stand in the use case.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::keyring::KeyUse;
use crate::secret::SecretForm;

/// The name of a dialect as the ledger records it. The core knows no list of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Door(Cow<'static, str>);

impl Door {
    /// The door a dialect declares.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A door as the ledger recorded it; the dialect may be switched off by now.
    pub fn recorded(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    /// The word for it on the command line, in the database and in the log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a dialect's own "all sessions" calls reach (`scope` of its configuration section).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The sessions that were opened by the same door.
    Dialect,
    /// Every session of the user.
    Account,
}

/// How the idle end of a session moves when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idle {
    /// A session ends when it was not used for this long.
    pub life: Duration,
    /// The end is moved only by more than this, so that not every request is a write.
    pub step: Duration,
}

/// How a door's sessions are told in signed tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenForm {
    /// Which key signs.
    pub key_use: KeyUse,
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim; no two doors have the same.
    pub audience: String,
}

/// How a door tells other services of its sessions: in tokens of their own, verified against published keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalTokenForm {
    /// Which key signs.
    pub key_use: KeyUse,
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim where nobody asks for another one; the only one that is accepted here.
    pub audience: String,
    /// The `sub` claim.
    pub subject: SubjectForm,
    /// How long a session's token lives.
    pub life: Duration,
    /// How long a service's token lives.
    pub service_life: Duration,
}

/// What a token calls its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectForm {
    /// The UUID.
    Id,
    /// The username; of a user without one, the UUID.
    Username,
}

/// What a dialect declares about its sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// Its name.
    pub door: Door,
    /// What its secrets look like; of a door that gives out tokens, what their `jti` looks like.
    pub form: SecretForm,
    /// Where the door gives out signed tokens that carry the secret: how. `None`: the secret itself.
    pub token: Option<TokenForm>,
    /// The end that use moves; `None`: a session may rest for ever.
    pub idle: Option<Idle>,
    /// The end that nothing moves, counted from the login; `None`: there is none.
    pub absolute: Option<Duration>,
    /// How many live sessions one user may have by this door.
    pub limit_per_user: Option<u32>,
    /// How far "all sessions" reaches.
    pub scope: Scope,
    /// Whether it can tell who signs in that a new password must be chosen, and take one.
    pub asks_for_new_password: bool,
    /// Whether people may make an account for themselves by this door.
    pub sign_up: bool,
    /// Whether a client holds one secret of this door at a time, as a cookie jar does: a login then ends the
    /// session that was presented with it.
    pub one_per_client: bool,
    /// Whether everybody who signs in by it belongs to an organization: to the one they ask for, else to any, else to
    /// one that is made for them (contracts 4.1).
    pub organizations: bool,
    /// Whether who would sign in by it with a provider, and none is named, signs in at our own page and is handed over.
    pub own_page: bool,
}

impl Surface {
    /// The door that "all sessions" is about; `None`: every door.
    pub(crate) fn reach(&self) -> Option<Door> {
        match self.scope {
            Scope::Dialect => Some(self.door.clone()),
            Scope::Account => None,
        }
    }
}
