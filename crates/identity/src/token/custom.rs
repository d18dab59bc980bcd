//! Tokens that a caller asks for, with claims and permissions of the caller's choice.
//!
//! Each is a session of its own: listed with the others, ended with the others, and never able to do more than the
//! credential that asked for it.

use crate::rule::Rule;
use std::sync::Arc;

use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Commit, Conflict, StoreError};
use crate::secret::Secret;
use crate::session::Session;
use crate::session::caller::Caller;
use crate::sign_in::Opening;
use crate::surface::Surface;
use crate::user::Permissions;

/// Claims that only the core writes.
const RESERVED: [&str; 9] = ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "nbf", "permissions"];
/// The longest custom claims, in bytes of their JSON: a token travels in a header or a URL.
const LONGEST_CLAIMS: usize = 2048;

/// The tokens.
#[derive(Clone)]
pub struct Tokens {
    pub(crate) core: Arc<Core>,
}

/// What a token is asked for with.
#[derive(Debug, Clone, Default)]
pub struct CustomToken {
    /// Claims of the caller's own.
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// What it may do; empty: all that the caller may.
    pub permissions: Permissions,
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct MintedToken {
    /// The session it is of.
    pub session: Session,
    /// Its wire form, to be shown now and never again.
    pub secret: Secret,
}

impl Tokens {
    /// Makes a token for the caller's own account, of the kind that the surface signs.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::TokenClaimsInvalid`],
    /// [`ErrorKind::CredentialInvalid`]: the caller was signed out meanwhile. [`ErrorKind::SessionLimit`],
    /// [`ErrorKind::Unavailable`].
    pub async fn mint(
        &self,
        op: &Op,
        surface: &Surface,
        caller: &Caller,
        wanted: CustomToken,
    ) -> Result<MintedToken> {
        caller.must_be_whole()?;
        let mut claims = fitting(wanted.claims)?;
        self.core.may_mint(op, caller).await?;
        let permissions =
            (!wanted.permissions.is_empty()).then(|| caller.permissions().and(wanted.permissions));
        if let Some(permissions) = permissions {
            let words = permissions.iter().map(|permission| permission.as_str().into()).collect();
            claims.insert("permissions".to_owned(), serde_json::Value::Array(words));
        }
        for _ in 0..3 {
            let Opening { session, secret, changes } =
                self.core.opening(op, surface, &caller.user, permissions, Some(&claims), None).await?;
            let event = Event::new(op, EventKind::TokenMinted).of(&caller.user).with_session(session.id);
            match self.core.store.commit(Commit { changes, events: vec![event] }).await {
                Ok(_) => return Ok(MintedToken { session: session.into(), secret }),
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(StoreError::Conflict(Conflict::UserChanged)) => {
                    return Err(ErrorKind::CredentialInvalid.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }
}

fn fitting(
    claims: serde_json::Map<String, serde_json::Value>,
) -> Result<serde_json::Map<String, serde_json::Value>> {
    let refuse = |seen, wanted| {
        Err(Error::new(ErrorKind::TokenClaimsInvalid).because(Rule::TokenClaims, seen, wanted))
    };
    if claims.keys().any(|name| RESERVED.contains(&name.as_str())) {
        return refuse("one that only the server writes", "names other than the registered ones");
    }
    if serde_json::to_vec(&claims).map_or(usize::MAX, |json| json.len()) > LONGEST_CLAIMS {
        return refuse("more than 2048 bytes", "fewer");
    }
    Ok(claims)
}
