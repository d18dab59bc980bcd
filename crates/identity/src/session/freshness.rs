//! Freshness: what could take an account away wants a login that is minutes old (ASVS 7.5.1), so that a session which was
//! left open, or stolen, is not enough.

use crate::rule::Rule;
use std::time::Duration;

use super::caller::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;

/// How old the login of a fresh session is at most.
pub const FRESH: Duration = Duration::from_mins(10);

impl Caller {
    /// Whether somebody showed who they are a moment ago: the session that was presented was opened less than [`FRESH`]
    /// ago. Neither a key nor a token is ever fresh.
    pub fn is_fresh(&self, op: &Op) -> bool {
        self.session().is_some_and(|session| op.now.since(session.created) < FRESH)
    }

    /// The whole owner, by a fresh login.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::FreshLoginRequired`].
    pub(crate) fn must_be_fresh(&self, op: &Op) -> Result<()> {
        self.must_be_whole()?;
        if self.is_fresh(op) {
            return Ok(());
        }
        let seen = if self.session().is_some() { "an older one" } else { "a credential that is no session" };
        Err(Error::new(ErrorKind::FreshLoginRequired).because(
            Rule::FreshLogin,
            seen,
            "one of the last ten minutes",
        ))
    }
}
