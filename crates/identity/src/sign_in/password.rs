//! The story of a password login: reserve, hash, settle.
//!
//! A login costs the same work whether the name is known or not, whether the user may sign in or not, and whether
//! the password is right or not, up to the point where a session is opened. One difference is left: a user whose
//! hash was made under another cost takes that cost's time until the next good login renews it.

use ::password::Password;

use super::attempt::Attempt;
use super::{SignIn, SignedIn};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Purpose;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::session::EndReason;
use crate::session::ledger::Caller;
use crate::surface::Surface;
use crate::throttle::Bucket;
use crate::user::{Credentials, LoginKey, User};

/// Somebody claims a name and shows a password.
pub struct PasswordSignIn {
    /// A username or an e-mail address, as typed.
    pub name: String,
    /// As typed; never trimmed.
    pub password: String,
    /// Who is recognised by a credential of this door that came with the login.
    pub presented: Option<Caller>,
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
        let bucket = found.as_ref().map_or_else(
            || self.unknown_bucket(key.as_ref(), name),
            |credentials| Bucket::User(credentials.user.number),
        );
        let stored = found.as_ref().and_then(|credentials| credentials.password.as_deref());
        let attempt = self.core.attempt(op, bucket, stored, password.clone()).await?;
        let user = found.as_ref().map(|credentials| &credentials.user);
        if !attempt.matches {
            return Err(self.fail(op, &attempt, user, "wrong name or password").await);
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
        // A new secret at each login, and nothing from before a login is valid after it (ASVS 7.2.4).
        let replaced = command.presented.as_ref().filter(|_| surface.one_per_client);
        self.settle(op, surface, &attempt, replaced, credentials, renewed).await
    }

    /// Where failures at a name that nobody has are counted: by its keyed digest, so that the name is not stored.
    fn unknown_bucket(&self, key: Option<&LoginKey>, typed: &str) -> Bucket {
        let name = key.map_or(typed, LoginKey::as_str);
        Bucket::UnknownName(self.core.master_key.keyed_digest(Purpose::UnknownName, name.as_bytes()))
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
        replaced: Option<&Caller>,
        credentials: Credentials,
        renewed: Option<String>,
    ) -> Result<SignedIn> {
        let Credentials { user, password } = credentials;
        let (session, secret) = self.new_session(op, surface, user.number);
        let mut changes = vec![
            Change::OpenSession {
                session: session.clone(),
                version: user.credential_version,
                limit: surface.limit_per_user,
                replaces: replaced.map(|caller| caller.session.id),
            },
            attempt.succeeded(),
        ];
        if let (Some(from), Some(to)) = (password, renewed) {
            changes.push(Change::RenewHash { user: user.number, from, to });
        }
        let mut events = vec![Event::new(op, EventKind::SignedIn).of(&user).with_session(session.id)];
        events.extend(replaced.map(|caller| {
            Event::new(op, EventKind::SessionEnded)
                .of(&caller.user)
                .with_session(caller.session.id)
                .saying(EndReason::Replaced.as_str())
        }));
        match self.core.store.commit(Commit { changes, events }).await {
            Ok(_) => Ok(SignedIn { user, session: session.into(), secret }),
            Err(StoreError::Conflict(Conflict::SessionLimit)) => {
                Err(self.refuse_good(op, attempt, &user, ErrorKind::SessionLimit).await)
            }
            // The password was changed or the user suspended while we hashed: what was right is right no more.
            Err(StoreError::Conflict(_)) => {
                Err(self.fail(op, attempt, Some(&user), "credentials changed meanwhile").await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The password was right and there is still no session: the failure is taken back, the refusal recorded.
    async fn refuse_good(&self, op: &Op, attempt: &Attempt, user: &User, kind: ErrorKind) -> Error {
        let event = Event::new(op, EventKind::SignInFailed).of(user).saying(kind.name());
        match self.commit(vec![attempt.succeeded()], vec![event]).await {
            Ok(()) => Error::new(kind),
            Err(error) => error,
        }
    }

    /// The try stays counted, and every cause gets the same answer.
    async fn fail(&self, op: &Op, attempt: &Attempt, user: Option<&User>, seen: &'static str) -> Error {
        let mut event = Event::new(op, EventKind::SignInFailed).saying(seen);
        event.user = user.map(|user| user.id);
        match self.commit(vec![attempt.failed(op.now)], vec![event]).await {
            Ok(()) => Error::new(ErrorKind::InvalidCredentials).because(
                "password login",
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
