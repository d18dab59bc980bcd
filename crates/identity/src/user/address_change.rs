//! A user asks for another address, and both sides agree: whoever reads mail at the new address, and, where the old one
//! was verified, whoever reads mail there. Until then nothing changes.
//!
//! It is asked for by a fresh login. So neither a session that was left open nor one that was stolen a moment ago takes
//! an account away. Whether an address has an account already is told to nobody but who reads mail there: the answer is
//! the same, the work before it too, and another message goes there.

use crate::rule::Rule;
use std::time::Duration;

use super::accounts::Accounts;
use super::{Email, User, UserNumber};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::mail::{Mail, MailKind, MailToken};
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Conflict, StoreError};
use crate::session::caller::Caller;
use crate::ticket::desk::{self, Issued};
use crate::ticket::{Purpose, Ticket};

/// A side that must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Whoever reads mail at the new address.
    New,
    /// Whoever reads mail at the old one.
    Old,
}

impl Side {
    /// The word in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
        }
    }
}

/// A change of address under way. A user has one at most.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressChange {
    /// Whose.
    pub user: UserNumber,
    /// The new address.
    pub email: Email,
    /// Whether the new side has not agreed yet.
    pub waits_new: bool,
    /// Whether the old side has not agreed yet.
    pub waits_old: bool,
    /// When it is over by itself.
    pub expires: Timestamp,
}

impl AddressChange {
    /// Whether this side has not agreed yet.
    fn waits_for(&self, side: Side) -> bool {
        match side {
            Side::New => self.waits_new,
            Side::Old => self.waits_old,
        }
    }

    /// Whether this side is the last that has not agreed.
    fn waits_only_for(&self, side: Side) -> bool {
        self.waits_new != self.waits_old && self.waits_for(side)
    }
}

impl std::fmt::Debug for AddressChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AddressChange(of {}, new {}, old {})", self.user, self.waits_new, self.waits_old)
    }
}

/// What became of a side's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressChanged {
    /// The other side is waited for.
    NotYet,
    /// The user has the new address.
    Done,
}

/// How many changes a user asks for in one hour: each sends a message to whatever address was typed.
const PER_HOUR: u32 = 5;
const HOUR: Duration = Duration::from_hours(1);

impl Accounts {
    /// Asks for another address for the caller, and sends the messages that it must be agreed to by. A change under way
    /// before is over.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::FreshLoginRequired`], [`ErrorKind::EmailInvalid`],
    /// [`ErrorKind::Throttled`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn ask_for_address(&self, op: &Op, caller: &Caller, email: &str) -> Result<()> {
        caller.must_be_fresh(op)?;
        let email = Email::new(email)?;
        let user = &caller.user;
        let kind = MailKind::ConfirmAddress;
        if !self.core.may_mail_of(op, user.number, kind, PER_HOUR).await? {
            let error = Error::new(ErrorKind::Throttled { retry_after: HOUR });
            return Err(error.because(Rule::MailsOfUser, "five in an hour", "fewer"));
        }
        let owner = self.core.store.user_by_name(email.key()).await?;
        let taken = owner.is_some_and(|owner| owner.number != user.number);
        for _ in 0..3 {
            let changes = self.asking(op, user, &email, taken).await?;
            let event = Event::new(op, EventKind::EmailChangeAsked).of(user);
            match self.core.commit_with_mail(changes, vec![event]).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Everything that a wish for another address changes. Of a taken one only the words of a message are others, and the
    /// ticket is nobody's.
    async fn asking(&self, op: &Op, user: &User, email: &Email, taken: bool) -> Result<Vec<Change>> {
        let new = self.core.issue(op, user, Purpose::ConfirmAddress, email.key().clone(), None).await?;
        let old = match old_side(user, email) {
            Some(old) => {
                let address = old.key().clone();
                Some((self.core.issue(op, user, Purpose::ApproveAddress, address, None).await?, old))
            }
            None => None,
        };
        let change = AddressChange {
            user: user.number,
            email: email.clone(),
            waits_new: true,
            waits_old: old.is_some(),
            expires: new.ticket.expires,
        };
        let version = user.credential_version;
        let (mut first, mut then) = (Vec::new(), vec![Change::OpenAddressChange { change, version }]);
        let kind = if taken { MailKind::AddressTaken } else { MailKind::ConfirmAddress };
        let message = to_side(op, user, kind, email, &new);
        // Counted as what was asked for, whatever it says.
        then.push(self.core.queue_as(op, user.number, MailKind::ConfirmAddress, &message));
        if let Some((issued, old)) = &old {
            let message = to_side(op, user, MailKind::ApproveAddress, old, issued);
            then.push(self.core.queue(op, user.number, &message));
        }
        for issued in [Some(new), old.map(|(issued, _)| issued)].into_iter().flatten() {
            let (held, opened) = issued.changes.into_iter().partition::<Vec<_>, _>(is_hold);
            first.extend(held);
            then.extend(opened);
        }
        first.extend(then);
        Ok(first)
    }

    /// Agrees to a change of address with a mailed ticket. When nobody is waited for any more the user has the new
    /// address, verified, and every other ticket is dead.
    ///
    /// # Errors
    /// [`ErrorKind::TicketInvalid`]. [`ErrorKind::LoginNameTaken`], [`ErrorKind::LoginNameRetired`]: the address cannot be
    /// had any more; only who reads mail at one of the two is told. [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn agree_to_address(&self, op: &Op, token: &str) -> Result<AddressChanged> {
        for _ in 0..3 {
            let (side, ticket, user) = self.side_of(op, token).await?;
            let change = self.core.store.address_change(user.number).await?;
            let change = change.filter(|change| change.waits_for(side) && change.expires > op.now);
            let change = change.ok_or_else(|| desk::invalid("one of a change that is over"))?;
            if side == Side::New && ticket.address != *change.email.key() {
                return Err(desk::invalid("one for another address"));
            }
            let done = change.waits_only_for(side);
            let mut changes = vec![Change::RedeemTicket { ticket: ticket.id, at: op.now }];
            let event = if done {
                changes.push(Change::CloseAddressChange { user: user.number, side, at: op.now });
                changes.extend(self.new_address(op, &user, change.email, true));
                Event::new(op, EventKind::EmailChanged).of(&user)
            } else {
                changes.push(Change::AgreeToAddress { user: user.number, side, at: op.now });
                Event::new(op, EventKind::EmailChangeAgreed).of(&user).saying(side.as_str())
            };
            match self.core.commit_with_mail(changes, vec![event]).await {
                Ok(()) if done => return Ok(AddressChanged::Done),
                Ok(()) => return Ok(AddressChanged::NotYet),
                // The other side agreed at the same time, or something else was changed: look again.
                Err(StoreError::Conflict(Conflict::TicketGone | Conflict::UserChanged)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Which side speaks by this token.
    async fn side_of(&self, op: &Op, token: &str) -> Result<(Side, Ticket, User)> {
        let (side, (ticket, user)) =
            match self.core.ticket_of_any_address(op, Purpose::ConfirmAddress, token).await {
                Ok(found) => (Side::New, found),
                Err(error) if error.kind() == ErrorKind::TicketInvalid => {
                    (Side::Old, self.core.ticket(op, Purpose::ApproveAddress, token).await?)
                }
                Err(error) => return Err(error),
            };
        if user.is_active() {
            Ok((side, ticket, user))
        } else {
            Err(desk::invalid("one of a user who may not act"))
        }
    }
}

/// The old address, where somebody has shown to read mail at it and it is another one.
fn old_side(user: &User, email: &Email) -> Option<Email> {
    let old = user.email.as_deref().filter(|_| user.email_verified)?;
    Email::new(old).ok().filter(|old| old.key() != email.key())
}

fn to_side(op: &Op, user: &User, kind: MailKind, to: &Email, issued: &Issued) -> Mail {
    let token = MailToken { secret: issued.secret.clone(), expires: issued.ticket.expires };
    Mail {
        kind,
        to: to.as_str().to_owned(),
        name: if kind == MailKind::ApproveAddress { user.name.as_str().to_owned() } else { String::new() },
        token: (kind != MailKind::AddressTaken).then_some(token),
        return_to: None,
        invited_to: None,
        at: op.now,
    }
}

fn is_hold(change: &Change) -> bool {
    matches!(change, Change::HoldSigningKey { .. })
}
