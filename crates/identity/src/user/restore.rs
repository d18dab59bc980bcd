//! A forgotten password: a mailed ticket, exchanged for one that sets a new password once.
//!
//! A restored password ends what the old one opened: every session by every door, every ticket, and the account's
//! standing keys. Nobody learns whether an address has an account.

use zeroize::Zeroizing;

use super::accounts::Accounts;
use super::password_policy::Holder;
use super::{LoginKey, User};
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::secret::Secret;
use crate::session::EndReason;
use crate::ticket::{Purpose, desk};

/// Somebody who forgot a password.
#[derive(Debug, Clone)]
pub struct ForgottenPassword {
    /// The address of the account, as typed.
    pub email: String,
    /// What the browser answered to whoever tells people from programs.
    pub captcha: String,
    /// Where the message leads on to; one of the addresses that the configuration allows.
    pub return_to: Option<String>,
}

/// What a mailed ticket was exchanged for.
#[derive(Debug, Clone)]
pub struct PasswordTicket {
    /// To be shown now and never again.
    pub secret: Secret,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// Which ticket sets the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreStep {
    /// The mailed one.
    Mailed,
    /// The one that the mailed one was exchanged for.
    Exchanged,
}

impl RestoreStep {
    fn purpose(self) -> Purpose {
        match self {
            Self::Mailed => Purpose::RestorePassword,
            Self::Exchanged => Purpose::UpdatePassword,
        }
    }
}

impl Accounts {
    /// Sends a ticket to the owner of this address, if there is one who may sign in; the answer is the same if not.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::Throttled`], [`ErrorKind::CaptchaRefused`],
    /// [`ErrorKind::Unavailable`].
    pub async fn forgot_password(&self, op: &Op, forgotten: ForgottenPassword) -> Result<()> {
        self.core.passwords_are_taken()?;
        self.core.may_ask_for_mail(op).await?;
        self.core.judge(op, &forgotten.captcha).await?;
        let key = LoginKey::of(&forgotten.email);
        let found = match &key {
            Some(key) => self.core.store.user_by_name(key).await?,
            None => None,
        };
        // A username in the shape of somebody else's address gets nobody a message.
        let owner =
            found.filter(|user| user.is_active() && user.email.as_deref().and_then(LoginKey::of) == key);
        match owner {
            Some(user) => {
                self.send_ticket(op, &user, MailKind::RestorePassword, None, forgotten.return_to).await
            }
            None => self.send_nothing(op, "no such active user").await,
        }
    }

    /// Exchanges a mailed ticket for the one that sets a new password.
    ///
    /// # Errors
    /// [`ErrorKind::CaptchaRefused`], [`ErrorKind::TicketInvalid`], [`ErrorKind::Throttled`], [`ErrorKind::Unavailable`].
    pub async fn verify_restore(
        &self,
        op: &Op,
        token: &str,
        captcha: Option<&str>,
    ) -> Result<PasswordTicket> {
        if let Some(answer) = captcha {
            self.core.judge(op, answer).await?;
        }
        let (ticket, user) = self.core.ticket(op, Purpose::RestorePassword, token).await?;
        self.must_be_active(&user)?;
        for _ in 0..3 {
            let address = ticket.address.clone();
            let issued = self.core.issue(op, &user, Purpose::UpdatePassword, address, None).await?;
            let mut changes = issued.changes;
            changes.push(Change::RedeemTicket { ticket: ticket.id, at: op.now });
            let event = Event::new(op, EventKind::TicketExchanged).of(&user);
            match self.core.store.commit(Commit { changes, events: vec![event] }).await {
                Ok(_) => {
                    let (created, expires) = (issued.ticket.created, issued.ticket.expires);
                    return Ok(PasswordTicket { secret: issued.secret, created, expires });
                }
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(StoreError::Conflict(_)) => return Err(desk::invalid("one that was used meanwhile")),
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Sets a new password with a ticket: the mailed one, or the one that it was exchanged for.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordTooShort`], [`ErrorKind::PasswordTooLong`] and [`ErrorKind::PasswordWeak`], which leave the
    /// ticket good; [`ErrorKind::TicketInvalid`], [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`],
    /// [`ErrorKind::Unavailable`].
    pub async fn restore_password(
        &self,
        op: &Op,
        step: RestoreStep,
        token: &str,
        password: Zeroizing<String>,
    ) -> Result<User> {
        self.core.passwords_are_taken()?;
        let (ticket, user) = self.core.ticket(op, step.purpose(), token).await?;
        self.must_be_active(&user)?;
        let hash = self.hash(op, self.fitting(&password, &Holder::of(&user))?).await?;
        let version = user.credential_version;
        let mut changes = vec![
            Change::RedeemTicket { ticket: ticket.id, at: op.now },
            Change::SetPassword { user: user.number, version, hash, must_change: false, at: op.now },
            Change::ClearAllThrottles { user: user.number },
        ];
        changes.extend(self.end_everything(op, &user, EndReason::PasswordReset));
        changes.extend(self.core.notice(op, &user, MailKind::PasswordChanged));
        let event = Event::new(op, EventKind::PasswordRestored).of(&user);
        match self.core.commit_with_mail(changes, vec![event]).await {
            Ok(()) => {}
            Err(StoreError::Conflict(_)) => return Err(desk::invalid("one that was used meanwhile")),
            Err(error) => return Err(error.into()),
        }
        Ok(self.core.store.user(user.number).await?.ok_or(ErrorKind::UserNotFound)?)
    }

    fn must_be_active(&self, user: &User) -> Result<()> {
        if user.is_active() { Ok(()) } else { Err(desk::invalid("one of a user who may not act")) }
    }

    /// What ends when nothing that the old password opened may go on.
    pub(super) fn end_everything(&self, op: &Op, user: &User, reason: EndReason) -> [Change; 3] {
        [
            Change::EndSessions { user: user.number, door: None, except: None, at: op.now, reason },
            Change::EndStandingKeys { user: user.number, at: op.now, reason },
            Change::EndTickets { user: user.number },
        ]
    }
}
