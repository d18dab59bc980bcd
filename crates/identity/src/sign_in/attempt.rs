//! One try at a user's password: reserved as a failure, hashed, and settled by whoever asked for it.
//!
//! Every place that compares a password goes through here, so that none is easier to guess at than another. What a
//! good or a bad try leads to is the caller's to say.

use std::time::Duration;

use ::password::{Password, PasswordHash};
use tracing::Instrument as _;

use crate::error::{Error, ErrorKind, Result};
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::throttle::{self, Bucket, Decision, Turn};
use crate::user::User;
use crate::{Core, SeenThrough};

/// How long a try waits for others at the same account to be settled.
const LONGEST_TURN: Duration = Duration::from_secs(10);
/// How soon a try looks again while another process holds the account's places.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often it looks at most.
const LOOKS: u32 = 500;

/// A try that was made. It counts as a failure until one of its changes is committed.
pub(crate) struct Attempt {
    bucket: Bucket,
    /// Whether the password is the stored one.
    pub(crate) matches: bool,
    /// Whether the stored hash has another cost than today's.
    pub(crate) outdated: bool,
    // The next try at this account waits until this one is settled.
    _turn: Turn,
}

impl Attempt {
    /// It was good.
    pub(crate) fn succeeded(&self) -> Change {
        Change::ReserveSucceeded { bucket: self.bucket.clone() }
    }

    /// It was bad.
    pub(crate) fn failed(&self, at: Timestamp) -> Change {
        Change::ReserveFailed { bucket: self.bucket.clone(), at }
    }
}

impl Core {
    /// Whether there is any comparing of passwords.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`].
    pub(crate) fn passwords_are_taken(&self) -> Result<()> {
        if self.policy.password_sign_in {
            return Ok(());
        }
        Err(Error::new(ErrorKind::PasswordSignInDisabled).because(
            "[password] sign_in",
            "a password",
            "sign_in = true",
        ))
    }

    /// Sees a use case through even when the client goes away, so that a reservation is always settled.
    pub(crate) async fn to_its_end<T: Send + 'static>(
        story: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        SeenThrough::new(story.in_current_span()).await
    }

    /// What is stored of a user's password. The commit that follows sees to it that it is still of the version that was
    /// checked.
    pub(crate) async fn stored_password(&self, user: &User) -> Result<Option<String>> {
        let Some(key) = user.login_keys().into_iter().next() else { return Ok(None) };
        let found = self.store.credentials(&key).await?;
        Ok(found.filter(|credentials| credentials.user.number == user.number).and_then(|own| own.password))
    }

    /// Compares a password with the stored one, as soon as this account has a try left. With nothing to compare
    /// with it does the same work and does not match.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`], [`ErrorKind::Unavailable`]: no guess was made, and none
    /// is counted.
    pub(crate) async fn attempt(
        &self,
        op: &Op,
        bucket: Bucket,
        stored: Option<&str>,
        password: Password,
    ) -> Result<Attempt> {
        let turn = self.reserve(op, &bucket).await?;
        match self.verify(op, stored, password).await {
            Ok((matches, outdated)) => Ok(Attempt { bucket, matches, outdated, _turn: turn }),
            Err(error) => {
                let release = Change::ReserveReleased { bucket };
                self.store.commit(Commit { changes: vec![release], events: vec![] }).await?;
                Err(error)
            }
        }
    }

    /// Counts the try as a failure, after waiting for its turn.
    ///
    /// Only the waiting is cut short: a commit that was begun is seen through, so that none is left uncounted for.
    async fn reserve(&self, op: &Op, bucket: &Bucket) -> Result<Turn> {
        let free = self.policy.account_failures_free;
        let Ok(turn) = tokio::time::timeout(LONGEST_TURN, self.turns.wait(bucket.clone(), free)).await else {
            return Err(turn_did_not_come());
        };
        for _ in 0..LOOKS {
            let seen = self.store.throttle(bucket).await?;
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
                    match self.store.commit(Commit { changes: vec![reserve], events: vec![] }).await {
                        Ok(_) => return Ok(turn),
                        Err(StoreError::Conflict(Conflict::ThrottleChanged)) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
        Err(turn_did_not_come())
    }

    /// The costly step, the same for everybody: whether the password matches, and whether its hash is outdated.
    async fn verify(&self, op: &Op, stored: Option<&str>, password: Password) -> Result<(bool, bool)> {
        let lane = op.origin.lane();
        let Some(stored) = stored else {
            self.hash_pool.verify_unknown(lane, password).await?;
            return Ok((false, false));
        };
        let hash =
            PasswordHash::parse(stored).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
        let verdict = self.hash_pool.verify(lane, password, hash).await?;
        Ok((verdict.matches, verdict.outdated))
    }
}

fn turn_did_not_come() -> Error {
    Error::new(ErrorKind::Overloaded { retry_after: Duration::from_secs(1) }).because(
        "account's turn",
        "other tries at this account under way",
        "one of them settled",
    )
}
