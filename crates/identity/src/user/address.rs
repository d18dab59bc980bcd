//! An operator gives a user another address. How a user asks for one stands in [`super::address_change`].

use super::accounts::Accounts;
use super::{Email, LoginKey, User};
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::Op;
use crate::ports::Change;

impl Accounts {
    /// Sets the address. Tickets for the old one are dead, and a notice goes there. Sessions live on.
    ///
    /// # Errors
    /// [`ErrorKind::EmailInvalid`], [`ErrorKind::LoginNameTaken`], [`ErrorKind::LoginNameRetired`],
    /// [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn set_email(&self, op: &Op, user: &User, email: &str, verified: bool) -> Result<User> {
        let changes = self.new_address(op, user, Email::new(email)?, verified);
        let event = Event::new(op, EventKind::EmailChanged).of(user);
        self.core.commit_with_mail(changes, vec![event]).await?;
        Ok(self.core.store.user(user.number).await?.ok_or(ErrorKind::UserNotFound)?)
    }

    /// What another address changes. The one before is told, tickets for it are dead.
    pub(super) fn new_address(&self, op: &Op, user: &User, email: Email, verified: bool) -> Vec<Change> {
        let old = user.email.as_deref().and_then(LoginKey::of);
        let username = user.username.as_deref().and_then(LoginKey::of);
        let same = old.as_ref() == Some(email.key());
        let claim = !same && username.as_ref() != Some(email.key());
        let release = old.filter(|old| !same && username.as_ref() != Some(old));
        let digest = self.retired_digest(email.key());
        let mut changes = vec![
            Change::SetEmail {
                user: user.number,
                version: user.credential_version,
                release,
                email,
                claim,
                verified,
                digest,
                at: op.now,
            },
            Change::EndTickets { user: user.number },
        ];
        if !same {
            changes.extend(self.core.notice(op, user, MailKind::AddressChanged));
        }
        changes
    }
}
