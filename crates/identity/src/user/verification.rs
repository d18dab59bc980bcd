//! The message that an address is verified by, once more: for somebody who is signed in and has not verified it.

use crate::rule::Rule;
use std::time::Duration;

use super::accounts::Accounts;
use crate::error::{Error, ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::Op;
use crate::session::caller::Caller;

/// How many such messages a user asks for in one hour, those of a sign-up among them.
const PER_HOUR: u64 = 5;
const HOUR: Duration = Duration::from_hours(1);

impl Accounts {
    /// Sends the caller the message that the address is verified by; one that was sent before is as good. Nothing happens
    /// where it is verified already, or where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::Throttled`], [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn send_verification(&self, op: &Op, caller: &Caller) -> Result<()> {
        caller.must_be_whole()?;
        let user = &caller.user;
        if user.email_verified || user.email.is_none() {
            return Ok(());
        }
        let kind = MailKind::VerifyEmail;
        if self.core.store.mails(user.number, kind, op.now - HOUR).await? >= PER_HOUR {
            let error = Error::new(ErrorKind::Throttled { retry_after: HOUR });
            return Err(error.because(Rule::MailsOfUser, "five in an hour", "fewer"));
        }
        self.send_ticket(op, user, kind, None, None).await
    }
}
