//! Somebody who is signed in shows the password once more: the session is opened anew, with a fresh secret and a fresh
//! time of login, and the one before is over (ASVS 7.2.4, 7.5.1).
//!
//! It is a try at a password like any other: counted with failed logins, and throttled with them.

use std::sync::Arc;

use crate::rule::Rule;
use ::password::Password;
use zeroize::Zeroizing;

use super::attempt::{Attempt, Target};
use super::{Ends, Opening, SignIn, SignedIn};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Commit, Conflict, StoreError};
use crate::session::caller::Caller;
use crate::session::{Session, SessionId};
use crate::surface::Surface;
use crate::user::User;

/// What the audit trail says of a session that was opened like this.
const CONFIRMED: &str = "confirmed";

impl SignIn {
    /// Opens the caller's session anew for the password that holds.
    ///
    /// Once begun it runs to its end even when the client has gone away: a reservation is always settled.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::PasswordTooLong`], [`ErrorKind::SessionNotFound`]: the caller
    /// came with no session. [`ErrorKind::Forbidden`], [`ErrorKind::OldPasswordWrong`], also for a user without a password;
    /// [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`], [`ErrorKind::SessionLimit`], [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn confirm(
        &self,
        op: &Op,
        surface: &Surface,
        caller: &Caller,
        password: &Zeroizing<String>,
    ) -> Result<SignedIn> {
        self.core.passwords_are_taken()?;
        caller.must_be_whole()?;
        let session = caller.session().ok_or(ErrorKind::SessionNotFound)?.id;
        let password = Password::new(password).map_err(|_| ErrorKind::PasswordTooLong)?;
        let (this, op, surface, user) = (self.clone(), op.clone(), surface.clone(), caller.user.clone());
        Core::to_its_end(async move { this.reopen(&op, &surface, user, session, password).await }).await
    }

    async fn reopen(
        &self,
        op: &Op,
        surface: &Surface,
        user: Arc<User>,
        session: SessionId,
        password: Password,
    ) -> Result<SignedIn> {
        let stored = self.core.stored_password(&user).await?;
        let attempt = self.core.attempt(op, Target::of(&user), stored.as_deref(), password).await?;
        if !attempt.matches {
            return Err(self
                .not_confirmed(op, &attempt, &user, session, attempt.seen("wrong password"))
                .await);
        }
        let ends = Ends { replaced: Some((user.clone(), session)), others: false };
        for _ in 0..3 {
            let (opening, mut events) = match self.core.opening_with(op, surface, &user, &ends).await {
                Ok(opening) => opening,
                Err(error) => {
                    return Err(self.refuse_confirmed(op, &attempt, &user, session, error).await);
                }
            };
            let Opening { session: new, secret, mut changes } = opening;
            changes.extend(attempt.succeeded(op));
            let event = Event::new(op, EventKind::SignedIn).of(&user).with_session(new.id);
            events.insert(0, event.saying(CONFIRMED));
            match self.core.store.commit(Commit { changes, events }).await {
                Ok(_) => {
                    return Ok(SignedIn { user: User::clone(&user), session: Session::from(new), secret });
                }
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(StoreError::Conflict(Conflict::SessionLimit)) => {
                    let limit = ErrorKind::SessionLimit.into();
                    return Err(self.refuse_confirmed(op, &attempt, &user, session, limit).await);
                }
                // Suspended, signed out everywhere or changed elsewhere while we hashed.
                Err(StoreError::Conflict(_)) => {
                    let seen = "credentials changed meanwhile";
                    return Err(self.not_confirmed(op, &attempt, &user, session, seen).await);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(self.refuse_confirmed(op, &attempt, &user, session, ErrorKind::Conflict.into()).await)
    }

    /// The password was right and nothing comes of it: nothing is held against the user.
    async fn refuse_confirmed(
        &self,
        op: &Op,
        attempt: &Attempt,
        user: &User,
        session: SessionId,
        refusal: Error,
    ) -> Error {
        let seen = refusal.kind().name();
        let event = Event::new(op, EventKind::SignInFailed).of(user).with_session(session).saying(seen);
        match self.core.store.commit(Commit { changes: attempt.succeeded(op), events: vec![event] }).await {
            Ok(_) => refusal,
            Err(error) => error.into(),
        }
    }

    async fn not_confirmed(
        &self,
        op: &Op,
        attempt: &Attempt,
        user: &User,
        session: SessionId,
        seen: &'static str,
    ) -> Error {
        let event = Event::new(op, EventKind::SignInFailed).of(user).with_session(session).saying(seen);
        let mut events = vec![event];
        events.extend(attempt.begun(op, &self.core, Some(user)));
        match self.core.store.commit(Commit { changes: attempt.failed(op), events }).await {
            Ok(_) => Error::new(ErrorKind::OldPasswordWrong).because(
                Rule::PasswordConfirmation,
                seen,
                "the user's password",
            ),
            Err(error) => error.into(),
        }
    }
}
