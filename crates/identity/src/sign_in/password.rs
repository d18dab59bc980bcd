//! The story of a password login: reserve, hash, settle.
//!
//! A login costs the same work whether the name is known or not, whether the user may sign in or not, and whether
//! the password is right or not, up to the point where a session is opened. One difference is left: a user whose
//! hash was made under another cost takes that cost's time until the next good login renews it.

use crate::rule::Rule;
use ::password::Password;

use super::attempt::{Attempt, Target};
use super::{Ends, Opening, SignIn, SignedIn};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Purpose;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::session::caller::Caller;
use crate::surface::Surface;
use crate::user::{Credentials, LoginKey, User};

/// Somebody claims a name and shows a password.
pub struct PasswordSignIn {
    /// A username or an e-mail address, as typed.
    pub name: String,
    /// As typed; never trimmed.
    pub password: String,
    /// Who is recognised by a credential of this door that came with the login.
    pub presented: Option<Caller>,
    /// Whether every other session of the user ends, as far as the surface's scope reaches.
    pub end_others: bool,
}

impl Drop for PasswordSignIn {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.password);
    }
}

impl SignIn {
    /// Opens a session for the user with this name and password.
    ///
    /// Once begun it runs to its end even when the client has gone away: a reservation is always settled.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`], [`ErrorKind::PasswordTooLong`], [`ErrorKind::InvalidCredentials`],
    /// [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`], [`ErrorKind::PasswordChangeRequired`],
    /// [`ErrorKind::SessionLimit`], [`ErrorKind::Unavailable`].
    pub async fn with_password(
        &self,
        op: &Op,
        surface: &Surface,
        command: PasswordSignIn,
    ) -> Result<SignedIn> {
        self.core.passwords_are_taken()?;
        let password = Password::new(&command.password).map_err(|_| ErrorKind::PasswordTooLong)?;
        let (this, op, surface) = (self.clone(), op.clone(), surface.clone());
        Core::to_its_end(async move { this.tell(&op, &surface, &command, password).await }).await
    }

    async fn tell(
        &self,
        op: &Op,
        surface: &Surface,
        command: &PasswordSignIn,
        password: Password,
    ) -> Result<SignedIn> {
        let name = command.name.as_str();
        let key = LoginKey::of(name);
        let found = match &key {
            Some(key) => self.core.store.credentials(key).await?,
            None => None,
        };
        let target = found.as_ref().map_or_else(
            || self.unknown_target(key.as_ref(), name),
            |credentials| Target::of(&credentials.user),
        );
        let stored = found.as_ref().and_then(|credentials| credentials.password.as_deref());
        let attempt = self.core.attempt(op, target, stored, password.clone()).await?;
        let user = found.as_ref().map(|credentials| &credentials.user);
        if !attempt.matches {
            return Err(self.fail(op, &attempt, user, attempt.seen("wrong name or password")).await);
        }
        let Some(credentials) = found else { return Err(ErrorKind::Internal.into()) };
        let user = &credentials.user;
        if !user.is_active() {
            return Err(self.fail(op, &attempt, Some(user), "not active").await);
        }
        let blocks = self.core.policy.must_change_blocks && !surface.asks_for_new_password;
        if user.must_change_password && blocks {
            return Err(self.refuse_good(op, &attempt, user, ErrorKind::PasswordChangeRequired).await);
        }
        let renewed = if attempt.outdated { self.renewed_hash(op, password).await } else { None };
        let ends = Ends::new(surface, command.presented.as_ref(), command.end_others);
        self.settle(op, surface, &attempt, &ends, credentials, renewed).await
    }

    /// Where failures at a name that nobody has are counted: by its keyed digest, so that the name is not stored.
    fn unknown_target(&self, key: Option<&LoginKey>, typed: &str) -> Target {
        let name = key.map_or(typed, LoginKey::as_str);
        Target::unknown(self.core.master_key.keyed_digest(Purpose::UnknownName, name.as_bytes()))
    }

    /// The same password under today's cost. A full queue only puts the renewal off.
    async fn renewed_hash(&self, op: &Op, password: Password) -> Option<String> {
        let salt = self.core.salt();
        let hash = self.core.hash_pool.hash(op.origin.lane(), password, salt).await.ok()?;
        Some(hash.as_str().to_owned())
    }

    /// Opens the session and takes the counted failure back, in one commit.
    async fn settle(
        &self,
        op: &Op,
        surface: &Surface,
        attempt: &Attempt,
        ends: &Ends,
        credentials: Credentials,
        renewed: Option<String>,
    ) -> Result<SignedIn> {
        let Credentials { mut user, password } = credentials;
        let renew = password.zip(renewed);
        for _ in 0..3 {
            let (opening, mut events) = match self.core.opening_with(op, surface, &user, ends).await {
                Ok(opening) => opening,
                Err(error) => {
                    let event = Event::new(op, EventKind::SignInFailed).of(&user).saying(error.kind().name());
                    self.commit(attempt.succeeded(op), vec![event]).await?;
                    return Err(error);
                }
            };
            let Opening { session, secret, mut changes } = opening;
            changes.extend(attempt.succeeded(op));
            if let Some((from, to)) = renew.clone() {
                changes.push(Change::RenewHash { user: user.number, from, to });
            }
            events.insert(0, Event::new(op, EventKind::SignedIn).of(&user).with_session(session.id));
            match self.core.store.commit(Commit { changes, events }).await {
                Ok(_) => {
                    // The end of all sessions by every door has raised it: what is done next in this user's name is
                    // held against what is so now.
                    user.credential_version += i64::from(ends.others && surface.reach().is_none());
                    return Ok(SignedIn { user, session: session.into(), secret });
                }
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(StoreError::Conflict(Conflict::SessionLimit)) => {
                    return Err(self.refuse_good(op, attempt, &user, ErrorKind::SessionLimit).await);
                }
                // The password was changed or the user suspended while we hashed: what was right is right no more.
                Err(StoreError::Conflict(_)) => {
                    return Err(self.fail(op, attempt, Some(&user), "credentials changed meanwhile").await);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(self.refuse_good(op, attempt, &user, ErrorKind::Conflict).await)
    }

    /// The password was right and there is still no session: the failure is taken back, the refusal recorded.
    async fn refuse_good(&self, op: &Op, attempt: &Attempt, user: &User, kind: ErrorKind) -> Error {
        let event = Event::new(op, EventKind::SignInFailed).of(user).saying(kind.name());
        match self.commit(attempt.succeeded(op), vec![event]).await {
            Ok(()) => Error::new(kind),
            Err(error) => error,
        }
    }

    /// The try stays counted, and every cause gets the same answer.
    async fn fail(&self, op: &Op, attempt: &Attempt, user: Option<&User>, seen: &'static str) -> Error {
        let mut event = Event::new(op, EventKind::SignInFailed).saying(seen);
        event.user = user.map(|user| user.id);
        let mut events = vec![event];
        events.extend(attempt.begun(op, &self.core, user));
        match self.commit(attempt.failed(op), events).await {
            Ok(()) => Error::new(ErrorKind::InvalidCredentials).because(
                Rule::Password,
                seen,
                "an active user's name and password",
            ),
            Err(error) => error,
        }
    }

    async fn commit(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<()> {
        self.core.store.commit(Commit { changes, events }).await?;
        Ok(())
    }
}
