//! A user who has signed in a moment ago chooses a password without showing the old one: the login showed enough, and
//! whoever came by a provider has no old one.

use zeroize::Zeroizing;

use super::accounts::{Accounts, NewPassword};
use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::session::caller::Caller;

impl Accounts {
    /// Sets the caller's password, with the same consequences as [`Accounts::change_password`].
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::Forbidden`], [`ErrorKind::FreshLoginRequired`],
    /// [`ErrorKind::PasswordTooShort`], [`ErrorKind::PasswordTooLong`], [`ErrorKind::Overloaded`],
    /// [`ErrorKind::Conflict`]: suspended, signed out everywhere or changed elsewhere meanwhile.
    /// [`ErrorKind::Unavailable`].
    pub async fn choose_password(
        &self,
        op: &Op,
        caller: &Caller,
        new: Zeroizing<String>,
        end_others: bool,
    ) -> Result<()> {
        self.core.passwords_are_taken()?;
        caller.must_be_fresh(op)?;
        let (hash, _) = self.hash_new(op, NewPassword::Given(new)).await?;
        let hash = hash.ok_or(ErrorKind::Internal)?;
        let except = caller.session().map(|session| session.id);
        let (mut changes, events) = self.new_password(op, &caller.user, hash, except, end_others);
        // Whoever guessed at the old password does not lock the owner out of the new one.
        changes.push(Change::ClearAllThrottles { user: caller.user.number });
        Ok(self.core.commit_with_mail(changes, events).await?)
    }
}
