//! Who presented a credential: its active owner, and what the credential may do of what the owner may.

use std::sync::Arc;

use super::Session;
use super::stay::{Stamp, Stay};
use crate::api_key::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::federation::ProviderId;
use crate::op::Actor;
use crate::rule::Rule;
use crate::user::directory::restricted;
use crate::user::{Permission, Permissions, User};

/// By what somebody is recognised.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A live session.
    Session(Arc<Session>),
    /// A live API key.
    ApiKey(Arc<ApiKey>),
    /// An access token that a provider vouches for.
    AccessToken(ProviderId),
}

/// What the store knows without a query: a credential, its owner, and the stamp of both and of what the owner belongs to.
pub type Remembered<T> = (Arc<T>, Arc<User>, Stamp);

/// Somebody who was recognised.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub user: Arc<User>,
    /// By what.
    pub credential: Credential,
    /// For how long nothing about it changes, where that can be told.
    pub stay: Option<Stay>,
}

impl Caller {
    /// The one who acts, for an [`crate::Op`].
    pub fn actor(&self) -> Actor {
        let (user, id) = (self.user.number, self.user.id);
        match &self.credential {
            Credential::Session(session) => Actor::User { user, id, session: session.id },
            Credential::ApiKey(key) => Actor::ApiKey { user, id, key: key.id },
            Credential::AccessToken(_) => Actor::Federated { user, id },
        }
    }

    /// The session that was presented; `None`: it was an API key or an access token.
    pub fn session(&self) -> Option<&Session> {
        match &self.credential {
            Credential::Session(session) => Some(session),
            Credential::ApiKey(_) | Credential::AccessToken(_) => None,
        }
    }

    /// What the credential may do.
    pub fn permissions(&self) -> Permissions {
        let owner = Permissions::of(self.user.role);
        match &self.credential {
            Credential::Session(session) => session.permissions.map_or(owner, |some| owner.and(some)),
            Credential::ApiKey(key) => key.grant.of(owner),
            Credential::AccessToken(_) => owner,
        }
    }

    /// Whether the credential may less than its owner.
    pub fn is_restricted(&self) -> bool {
        let bound = matches!(&self.credential, Credential::ApiKey(key) if !key.bounds.is_free());
        bound || self.lacks_permissions()
    }

    /// Whether the credential has fewer permissions than its owner.
    pub(crate) fn lacks_permissions(&self) -> bool {
        self.permissions() != Permissions::of(self.user.role)
    }

    /// Sessions, passwords and keys are the whole owner's business: a credential that was cut narrower does not reach
    /// beyond itself by way of them.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`].
    pub(crate) fn must_be_whole(&self) -> Result<()> {
        if self.is_restricted() { Err(restricted()) } else { Ok(()) }
    }

    /// # Errors
    /// [`ErrorKind::Forbidden`] without this permission.
    pub(crate) fn must(&self, permission: Permission) -> Result<()> {
        if self.permissions().has(permission) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Forbidden).because(
            Rule::Permission,
            "a credential without it",
            permission.as_str(),
        ))
    }
}
