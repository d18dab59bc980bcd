//! A user changes the own password.

use password::Password;
use zeroize::Zeroizing;

use super::accounts::{Accounts, NewPassword};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::session::EndReason;
use crate::session::ledger::Caller;
use crate::sign_in::attempt::Attempt;
use crate::throttle::Bucket;
use crate::user::User;

/// A password for another one.
pub struct ChangePassword {
    /// The one that holds, as typed.
    pub old: Zeroizing<String>,
    /// The one that shall hold, as typed.
    pub new: Zeroizing<String>,
    /// Whether every other session of the user ends, by whatever door.
    pub end_others: bool,
}

impl ChangePassword {
    /// As typed; both are copied into memory that is wiped.
    pub fn new(old: &str, new: &str, end_others: bool) -> Self {
        Self { old: Zeroizing::new(old.to_owned()), new: Zeroizing::new(new.to_owned()), end_others }
    }
}

impl Accounts {
    /// Changes the caller's password. The session that asks lives on, the others do unless they are to be ended, and
    /// logins under way with the old password lose. Showing the old password is a try like that of a login: counted
    /// with those, and throttled with them. Nothing asks for a new password any more afterwards.
    ///
    /// Once begun it runs to its end even when the client has gone away: a reservation is always settled.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::PasswordTooLong`] and [`ErrorKind::PasswordTooShort`]
    /// before anything is compared; [`ErrorKind::OldPasswordWrong`], [`ErrorKind::Throttled`],
    /// [`ErrorKind::Overloaded`], [`ErrorKind::Unavailable`].
    pub async fn change_password(&self, op: &Op, caller: &Caller, change: ChangePassword) -> Result<()> {
        self.core.passwords_are_taken()?;
        let old = Password::new(&change.old).map_err(|_| ErrorKind::PasswordTooLong)?;
        self.fitting(&change.new)?;
        let (this, op, caller) = (self.clone(), op.clone(), caller.clone());
        Core::to_its_end(async move { this.exchange(&op, &caller, old, change).await }).await
    }

    async fn exchange(&self, op: &Op, caller: &Caller, old: Password, change: ChangePassword) -> Result<()> {
        let user = &caller.user;
        let stored = self.stored_password(user).await?;
        let attempt = self.core.attempt(op, Bucket::User(user.number), stored.as_deref(), old).await?;
        if !attempt.matches {
            return Err(self.refuse_old(op, &attempt, user, "wrong password").await);
        }
        let hash = match self.hash_new(op, NewPassword::Given(change.new)).await {
            Ok((Some(hash), _)) => hash,
            // The old password was right: nothing of it is held against the user.
            other => {
                self.commit(vec![attempt.succeeded()], vec![]).await?;
                return Err(other.err().unwrap_or_else(|| ErrorKind::Internal.into()));
            }
        };
        let mut changes = vec![
            Change::SetPassword {
                user: user.number,
                version: user.credential_version,
                hash,
                must_change: false,
            },
            attempt.succeeded(),
        ];
        let changed = Event::new(op, EventKind::PasswordChanged).of(user).with_session(caller.session.id);
        let mut events = vec![changed];
        if change.end_others {
            let reason = EndReason::PasswordChanged;
            let except = Some(caller.session.id);
            changes.push(Change::EndSessions { user: user.number, door: None, except, at: op.now, reason });
            events.push(Event::new(op, EventKind::SessionsEnded).of(user).saying(reason.as_str()));
        }
        match self.core.store.commit(Commit { changes, events }).await {
            Ok(_) => Ok(()),
            // Suspended, signed out everywhere or changed elsewhere while we hashed: what was right is right no more.
            Err(StoreError::Conflict(Conflict::UserChanged)) => {
                Err(self.refuse_old(op, &attempt, user, "credentials changed meanwhile").await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is stored of the user's password; the commit sees to it that it is still of the version that was checked.
    async fn stored_password(&self, user: &User) -> Result<Option<String>> {
        let Some(key) = user.login_keys().into_iter().next() else { return Ok(None) };
        let found = self.core.store.credentials(&key).await?;
        Ok(found.filter(|credentials| credentials.user.number == user.number).and_then(|own| own.password))
    }

    async fn refuse_old(&self, op: &Op, attempt: &Attempt, user: &User, seen: &'static str) -> Error {
        let event = Event::new(op, EventKind::PasswordChangeFailed).of(user).saying(seen);
        match self.commit(vec![attempt.failed(op.now)], vec![event]).await {
            Ok(()) => Error::new(ErrorKind::OldPasswordWrong).because(
                "password change",
                seen,
                "the user's password",
            ),
            Err(error) => error,
        }
    }
}
