//! A user who has signed in a moment ago chooses a password without showing the old one: the login showed enough, and
//! whoever came by a provider has no old one.

use zeroize::Zeroizing;

use super::accounts::Accounts;
use super::password_policy::Holder;
use crate::error::Result;
use crate::op::Op;
use crate::ports::Change;
use crate::session::caller::Caller;

impl Accounts {
    /// Sets the caller's password, with the same consequences as [`Accounts::change_password`].
    ///
    /// # Errors
    /// [`crate::ErrorKind::PasswordSignInDisabled`], [`crate::ErrorKind::Forbidden`], [`crate::ErrorKind::FreshLoginRequired`],
    /// [`crate::ErrorKind::PasswordTooShort`], [`crate::ErrorKind::PasswordTooLong`], [`crate::ErrorKind::PasswordWeak`], [`crate::ErrorKind::Overloaded`],
    /// [`crate::ErrorKind::Conflict`]: suspended, signed out everywhere or changed elsewhere meanwhile.
    /// [`crate::ErrorKind::Unavailable`].
    pub async fn choose_password(
        &self,
        op: &Op,
        caller: &Caller,
        new: Zeroizing<String>,
        end_others: bool,
    ) -> Result<()> {
        self.core.passwords_are_taken()?;
        caller.must_be_fresh(op)?;
        let hash = self.hash(op, self.fitting(&new, &Holder::of(&caller.user))?).await?;
        let except = caller.session().map(|session| session.id);
        let (mut changes, events) = self.new_password(op, &caller.user, hash, except, end_others);
        // Whoever guessed at the old password does not lock the owner out of the new one.
        changes.push(Change::ClearAllThrottles { user: caller.user.number });
        Ok(self.core.commit_with_mail(changes, events).await?)
    }
}
