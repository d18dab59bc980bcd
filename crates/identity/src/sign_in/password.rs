//! The story of a password login: reserve, hash, settle.
//!
//! A login costs the same work whether the name is known or not, whether the user may sign in or not, and whether
//! the password is right or not, up to the point where a session is opened. One difference is left: a user whose
//! hash was made under another cost takes that cost's time until the next good login renews it.

use std::time::Duration;

use ::password::{Password, PasswordHash};
use tracing::Instrument as _;

use super::{SignIn, SignedIn};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Purpose;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::surface::Surface;
use crate::throttle::{self, Bucket, Decision, Turn};
use crate::user::{Credentials, LoginKey, User};

/// How long a login waits for others at the same account to be settled.
const LONGEST_TURN: Duration = Duration::from_secs(10);
/// How soon a login looks again while another process holds the account's places.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often it looks at most.
const LOOKS: u32 = 500;

/// Somebody claims a name and shows a password.
pub struct PasswordSignIn {
    /// A username or an e-mail address, as typed.
    pub name: String,
    /// As typed; never trimmed.
    pub password: String,
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
        if !self.core.policy.password_sign_in {
            return Err(Error::new(ErrorKind::PasswordSignInDisabled).because(
                "[password] sign_in",
                "a password login",
                "sign_in = true",
            ));
        }
        let password = Password::new(&command.password).map_err(|_| ErrorKind::PasswordTooLong)?;
        let (this, op, surface) = (self.clone(), op.clone(), surface.clone());
        let story = async move { this.attempt(&op, &surface, &command.name, password).await };
        tokio::spawn(story.in_current_span())
            .await
            .unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal).caused_by(error)))
    }

    async fn attempt(&self, op: &Op, surface: &Surface, name: &str, password: Password) -> Result<SignedIn> {
        let key = LoginKey::of(name);
        let found = match &key {
            Some(key) => self.core.store.credentials(key).await?,
            None => None,
        };
        let bucket = found.as_ref().map_or_else(
            || self.unknown_bucket(key.as_ref(), name),
            |credentials| Bucket::User(credentials.user.number),
        );
        let _turn = self.reserve(op, &bucket).await?;

        let verified = self.verify(op, found.as_ref(), password.clone()).await;
        let outdated = match verified {
            Ok(Verified { matches: true, outdated }) => outdated,
            Ok(Verified { matches: false, .. }) => {
                return Err(self.fail(op, bucket, found.as_ref(), "wrong name or password").await);
            }
            Err(error) => {
                // No guess was made, so none is counted.
                self.commit(vec![Change::ReserveReleased { bucket }], vec![]).await?;
                return Err(error);
            }
        };
        let Some(credentials) = found else { return Err(ErrorKind::Internal.into()) };
        if !credentials.user.is_active() {
            return Err(self.fail(op, bucket, Some(&credentials), "not active").await);
        }
        if credentials.user.must_change_password && self.core.policy.must_change_blocks {
            return Err(self
                .refuse_good(op, bucket, &credentials.user, ErrorKind::PasswordChangeRequired)
                .await);
        }
        let renewed = if outdated { self.renewed_hash(op, password).await } else { None };
        self.settle(op, surface, bucket, credentials, renewed).await
    }

    /// Where failures at a name that nobody has are counted: by its keyed digest, so that the name is not stored.
    fn unknown_bucket(&self, key: Option<&LoginKey>, typed: &str) -> Bucket {
        let name = key.map_or(typed, LoginKey::as_str);
        Bucket::UnknownName(self.core.master_key.keyed_digest(Purpose::UnknownName, name.as_bytes()))
    }

    /// Counts the try as a failure, after waiting for its turn.
    ///
    /// Only the waiting is cut short: a commit that was begun is seen through, so that none is left uncounted for.
    async fn reserve(&self, op: &Op, bucket: &Bucket) -> Result<Turn> {
        let free = self.core.policy.account_failures_free;
        let Ok(turn) = tokio::time::timeout(LONGEST_TURN, self.core.turns.wait(bucket.clone(), free)).await
        else {
            return Err(turn_did_not_come());
        };
        for _ in 0..LOOKS {
            let seen = self.core.store.throttle(bucket).await?;
            match throttle::decide(seen, op.now, free) {
                Decision::Wait(retry_after) => {
                    return Err(Error::new(ErrorKind::Throttled { retry_after }).because(
                        "account failures",
                        "too many failures in a row",
                        "a pause ([limits] account_failures_free)",
                    ));
                }
                Decision::Busy => tokio::time::sleep(LOOK_AGAIN).await,
                Decision::Reserve(next) => {
                    let reserve = Change::Reserve { bucket: bucket.clone(), seen, next };
                    match self.core.store.commit(Commit { changes: vec![reserve], events: vec![] }).await {
                        Ok(_) => return Ok(turn),
                        Err(StoreError::Conflict(Conflict::ThrottleChanged)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(turn_did_not_come())
    }

    /// The costly step, the same for everybody.
    async fn verify(&self, op: &Op, found: Option<&Credentials>, password: Password) -> Result<Verified> {
        let lane = op.origin.lane();
        let stored = found.and_then(|credentials| credentials.password.as_deref());
        let Some(stored) = stored else {
            self.core.hash_pool.verify_unknown(lane, password).await?;
            return Ok(Verified { matches: false, outdated: false });
        };
        let hash =
            PasswordHash::parse(stored).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
        let verdict = self.core.hash_pool.verify(lane, password, hash).await?;
        Ok(Verified { matches: verdict.matches, outdated: verdict.outdated })
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
        bucket: Bucket,
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
            },
            Change::ReserveSucceeded { bucket: bucket.clone() },
        ];
        if let (Some(from), Some(to)) = (password, renewed) {
            changes.push(Change::RenewHash { user: user.number, from, to });
        }
        let event = Event::new(op, EventKind::SignedIn).of(&user).with_session(session.id);
        match self.core.store.commit(Commit { changes, events: vec![event] }).await {
            Ok(_) => Ok(SignedIn { user, session: session.into(), secret }),
            Err(StoreError::Conflict(Conflict::SessionLimit)) => {
                Err(self.refuse_good(op, bucket, &user, ErrorKind::SessionLimit).await)
            }
            // The password was changed or the user suspended while we hashed: what was right is right no more.
            Err(StoreError::Conflict(_)) => {
                Err(self.fail_for(op, bucket, Some(&user), "credentials changed meanwhile").await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The password was right and there is still no session: the failure is taken back, the refusal recorded.
    async fn refuse_good(&self, op: &Op, bucket: Bucket, user: &User, kind: ErrorKind) -> Error {
        let event = Event::new(op, EventKind::SignInFailed).of(user).saying(kind.name());
        match self.commit(vec![Change::ReserveSucceeded { bucket }], vec![event]).await {
            Ok(()) => Error::new(kind),
            Err(error) => error,
        }
    }

    async fn fail(&self, op: &Op, bucket: Bucket, found: Option<&Credentials>, seen: &'static str) -> Error {
        self.fail_for(op, bucket, found.map(|credentials| &credentials.user), seen).await
    }

    /// The try stays counted, and every cause gets the same answer.
    async fn fail_for(&self, op: &Op, bucket: Bucket, user: Option<&User>, seen: &'static str) -> Error {
        let mut event = Event::new(op, EventKind::SignInFailed).saying(seen);
        event.user = user.map(|user| user.id);
        match self.commit(vec![Change::ReserveFailed { bucket, at: op.now }], vec![event]).await {
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

fn turn_did_not_come() -> Error {
    Error::new(ErrorKind::Overloaded { retry_after: Duration::from_secs(1) }).because(
        "account's turn",
        "other logins at this account under way",
        "one of them settled",
    )
}

struct Verified {
    matches: bool,
    outdated: bool,
}
