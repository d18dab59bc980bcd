//! A user changes the own password, or that of a sub-user.

use crate::rule::Rule;
use password::Password;
use zeroize::Zeroizing;

use super::accounts::Accounts;
use super::password_policy::Holder;
use super::{Permission, User, UserNumber};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::Op;
use crate::ports::{Change, Conflict, StoreError};
use crate::session::caller::Caller;
use crate::session::{EndReason, SessionId};
use crate::sign_in::attempt::{Attempt, Target};

/// A password for another one.
pub struct ChangePassword {
    /// The one that holds, as typed.
    pub old: Zeroizing<String>,
    /// The one that shall hold, as typed.
    pub new: Zeroizing<String>,
    /// Whether every other session of the user ends, by whatever door, and the account's standing keys with them.
    pub end_others: bool,
}

impl ChangePassword {
    /// As typed; both are copied into memory that is wiped.
    pub fn new(old: &str, new: &str, end_others: bool) -> Self {
        Self { old: Zeroizing::new(old.to_owned()), new: Zeroizing::new(new.to_owned()), end_others }
    }
}

/// Whose password is changed, and by whom.
struct Subject {
    user: User,
    /// Somebody else who acts, and must still be allowed to when it is done.
    by: Option<User>,
    /// The session that lives on.
    except: Option<SessionId>,
}

impl Accounts {
    /// Changes the caller's password. The session that asks lives on, the others do unless they are to be ended, and
    /// logins under way with the old password lose. Showing the old password is a try like that of a login: counted
    /// with those, and throttled with them. Nothing asks for a new password any more afterwards.
    ///
    /// Once begun it runs to its end even when the client has gone away: a reservation is always settled.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::Forbidden`] to a credential that may less than its owner,
    /// [`ErrorKind::PasswordTooLong`], [`ErrorKind::PasswordTooShort`] and [`ErrorKind::PasswordWeak`] before anything is
    /// compared; [`ErrorKind::OldPasswordWrong`], [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`],
    /// [`ErrorKind::Unavailable`].
    pub async fn change_password(&self, op: &Op, caller: &Caller, change: ChangePassword) -> Result<()> {
        caller.must_be_whole()?;
        let except = caller.session().map(|session| session.id);
        self.begin_exchange(op, Subject { user: User::clone(&caller.user), by: None, except }, change).await
    }

    /// Changes the password of a sub-user of the caller's, who shows the old one like its owner would.
    ///
    /// # Errors
    /// As [`Accounts::change_password`], and [`ErrorKind::UserNotFound`]: no sub-user of the caller's.
    pub async fn change_sub_password(
        &self,
        op: &Op,
        caller: &Caller,
        number: UserNumber,
        change: ChangePassword,
    ) -> Result<()> {
        caller.must_be_whole()?;
        if number == caller.user.number {
            return self.change_password(op, caller, change).await;
        }
        let user = self.seen_by(caller, number).await?;
        caller.must(Permission::WriteSubUser)?;
        if user.parent != Some(caller.user.number) {
            return Err(Error::new(ErrorKind::Forbidden).because(
                Rule::Permission,
                "a user who belongs to somebody else",
                "a sub-user of the caller's",
            ));
        }
        let by = Some(User::clone(&caller.user));
        self.begin_exchange(op, Subject { user, by, except: None }, change).await
    }

    async fn begin_exchange(&self, op: &Op, whose: Subject, change: ChangePassword) -> Result<()> {
        self.core.passwords_are_taken()?;
        let old = Password::new(&change.old).map_err(|_| ErrorKind::PasswordTooLong)?;
        let new = self.fitting(&change.new, &Holder::of(&whose.user))?;
        let (this, op, end_others) = (self.clone(), op.clone(), change.end_others);
        Core::to_its_end(async move { this.exchange(&op, &whose, old, new, end_others).await }).await
    }

    async fn exchange(
        &self,
        op: &Op,
        whose: &Subject,
        old: Password,
        new: Password,
        end_others: bool,
    ) -> Result<()> {
        let user = &whose.user;
        let stored = self.core.stored_password(user).await?;
        let attempt = self.core.attempt(op, Target::of(user), stored.as_deref(), old).await?;
        if !attempt.matches {
            return Err(self.refuse_old(op, &attempt, user, attempt.seen("wrong password")).await);
        }
        let hash = match self.hash(op, new).await {
            Ok(hash) => hash,
            // The old password was right: nothing of it is held against the user.
            Err(error) => {
                let event =
                    Event::new(op, EventKind::PasswordChangeFailed).of(user).saying(error.kind().name());
                self.commit(attempt.succeeded(op), vec![event]).await?;
                return Err(error);
            }
        };
        let held = whose.by.as_ref();
        let held = held.map(|by| Change::HoldUser { user: by.number, version: by.credential_version });
        let mut changes: Vec<Change> = held.into_iter().collect();
        let (set, events) = self.new_password(op, user, hash, whose.except, end_others);
        changes.extend(set);
        changes.extend(attempt.succeeded(op));
        match self.core.commit_with_mail(changes, events).await {
            Ok(()) => Ok(()),
            // Suspended, signed out everywhere or changed elsewhere while we hashed: what was right is right no more.
            Err(StoreError::Conflict(Conflict::UserChanged)) => {
                Err(self.refuse_old(op, &attempt, user, "credentials changed meanwhile").await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What a password that its owner chose changes, and what is told of it.
    pub(super) fn new_password(
        &self,
        op: &Op,
        user: &User,
        hash: String,
        except: Option<SessionId>,
        end_others: bool,
    ) -> (Vec<Change>, Vec<Event>) {
        let (number, version) = (user.number, user.credential_version);
        let mut changes = vec![
            Change::SetPassword { user: number, version, hash, must_change: false, at: op.now },
            Change::EndTickets { user: number },
        ];
        changes.extend(self.core.notice(op, user, MailKind::PasswordChanged));
        let mut changed = Event::new(op, EventKind::PasswordChanged).of(user);
        changed.session = except;
        let mut events = vec![changed];
        if end_others {
            let reason = EndReason::PasswordChanged;
            changes.push(Change::EndSessions { user: number, door: None, except, at: op.now, reason });
            changes.push(Change::EndStandingKeys { user: number, at: op.now, reason });
            events.push(Event::new(op, EventKind::SessionsEnded).of(user).saying(reason.as_str()));
        }
        (changes, events)
    }

    async fn refuse_old(&self, op: &Op, attempt: &Attempt, user: &User, seen: &'static str) -> Error {
        let event = Event::new(op, EventKind::PasswordChangeFailed).of(user).saying(seen);
        let mut events = vec![event];
        events.extend(attempt.begun(op, &self.core, Some(user)));
        match self.commit(attempt.failed(op), events).await {
            Ok(()) => Error::new(ErrorKind::OldPasswordWrong).because(
                Rule::PasswordConfirmation,
                seen,
                "the user's password",
            ),
            Err(error) => error,
        }
    }
}
