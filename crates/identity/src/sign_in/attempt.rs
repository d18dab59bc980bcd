//! One try at a user's password: reserved as a failure, hashed, and settled by whoever asked for it.
//!
//! Every place that compares a password goes through here, so that none is easier to guess at than another. What a
//! good or a bad try leads to is the caller's to say.

use ::password::{Password, PasswordHash};
use tracing::Instrument as _;
use uuid::Uuid;

use super::reservation::{Place, Reservation};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::{Change, Commit};
use crate::rule::Rule;
use crate::throttle::told::Counted;
use crate::throttle::{self, Begins, Bucket};
use crate::user::{User, UserNumber};
use crate::{Core, SeenThrough};

/// The account at which a password is tried.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Where tries at it are counted: a user or a name that nobody has.
    pub(crate) bucket: Bucket,
    /// Of the user, as read.
    pub(crate) version: i64,
    /// Whose it is, if it is anybody's.
    id: Option<Uuid>,
}

impl Target {
    /// This user.
    pub(crate) fn of(user: &User) -> Self {
        Self { bucket: Bucket::User(user.number), version: user.credential_version, id: Some(user.id) }
    }

    /// A name that nobody has, by its keyed digest.
    pub(super) fn unknown(digest: [u8; 32]) -> Self {
        Self { bucket: Bucket::UnknownName(digest), version: 0, id: None }
    }

    /// As what a limit counted the try that it refused.
    fn counted(&self, reserved: &Result<Reservation>) -> Counted {
        let rule = reserved.as_ref().err().map(|error| error.facts().rule);
        Counted { bucket: (rule == Some(Rule::AccountFailures)).then(|| self.bucket.clone()), user: self.id }
    }

    /// Whose it is. Nobody has the number zero.
    pub(super) fn user(&self) -> UserNumber {
        match &self.bucket {
            Bucket::User(number) => *number,
            Bucket::UnknownName(_) | Bucket::Place(_) => UserNumber(0),
        }
    }
}

/// A try that was made. It counts as a failure until its changes are committed.
pub(crate) struct Attempt {
    target: Target,
    /// Whether the password is the stored one, and taken.
    pub(crate) matches: bool,
    /// Whether the stored hash has another cost than today's.
    pub(crate) outdated: bool,
    /// What begins if it fails.
    begins: Option<Begins>,
    /// Whether the place is to be written down if it is good.
    notes: bool,
    // Its end counts here, and calls the next in line.
    reservation: Reservation,
}

impl Attempt {
    /// It was good.
    pub(crate) fn succeeded(&self, op: &Op) -> Vec<Change> {
        let reservation = &self.reservation;
        if let Some(held) = &reservation.held {
            held.succeeded();
        }
        let mut changes = vec![Change::ReserveSucceeded { bucket: reservation.bucket.clone() }];
        let Some(Place::Network(place)) = reservation.place else { return changes };
        // What failed from here while nobody had to wait was counted here too.
        if reservation.bucket != Bucket::Place(place) {
            changes.push(Change::ClearThrottle { bucket: Bucket::Place(place) });
        }
        if self.notes {
            changes.push(Change::NotePlace { place, user: self.target.user(), at: op.now });
            if let Some(held) = &reservation.held {
                held.noted(place);
            }
        }
        changes
    }

    /// It was bad.
    pub(crate) fn failed(&self, op: &Op) -> Vec<Change> {
        let reservation = &self.reservation;
        if let Some(held) = &reservation.held {
            held.failed();
        }
        let mut changes = vec![Change::ReserveFailed { bucket: reservation.bucket.clone(), at: op.now }];
        if let Some(Place::Network(place)) = reservation.place
            && reservation.bucket != Bucket::Place(place)
        {
            let anew_since = op.now - throttle::COUNT_LIFE;
            changes.push(Change::CountAtPlace { place, at: op.now, anew_since });
        }
        changes
    }

    /// What is told of a bad try beside itself: the waits that begin with it, and the stop.
    pub(crate) fn begun(&self, op: &Op, core: &Core, user: Option<&User>) -> Vec<Event> {
        let known = matches!(self.reservation.bucket, Bucket::Place(_));
        let began = |detail| {
            let mut event = Event::new(op, EventKind::WaitBegan).saying(detail);
            event.user = user.map(|user| user.id);
            event
        };
        let of_account = self.begins.map(|begins| match begins {
            Begins::Stop => Event { kind: EventKind::PasswordStopped, ..began("100 failures in a row") },
            Begins::Wait if known => began("account, from a known place"),
            Begins::Wait => began("account"),
        });
        let rule = core.network_rule();
        let of_network = self.reservation.held.as_ref().filter(|held| held.begins_wait(&rule));
        let of_network = of_network.map(|_| Event { user: None, ..began("address") });
        of_account.into_iter().chain(of_network).collect()
    }

    /// What the audit trail says of a bad try, of which the caller knows this.
    pub(crate) fn seen(&self, seen: &'static str) -> &'static str {
        if self.reservation.stopped { "password stopped" } else { seen }
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
            Rule::PasswordSignIn,
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

    /// Compares a password with the stored one, as soon as there is a try left. With nothing to compare with it does the
    /// same work and does not match; so it does with the right one, where the password is not taken any more.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`], [`ErrorKind::Overloaded`], [`ErrorKind::Unavailable`]: no guess was made, and none
    /// is counted.
    pub(crate) async fn attempt(
        &self,
        op: &Op,
        target: Target,
        stored: Option<&str>,
        password: Password,
    ) -> Result<Attempt> {
        let reserved = self.reserve(op, &target).await;
        let reservation = self.recorded(op, target.counted(&reserved), reserved).await?;
        match self.verify(op, stored, password).await {
            Ok((matches, outdated)) => {
                let matches = matches && !reservation.stopped;
                let notes = matches && self.is_to_be_noted(op, &target, &reservation);
                let begins = throttle::begins(&reservation.state, self.policy.account_failures_free);
                Ok(Attempt { target, matches, outdated, begins, notes, reservation })
            }
            Err(error) => {
                if let Some(held) = &reservation.held {
                    held.released();
                }
                let release = Change::ReserveReleased { bucket: reservation.bucket.clone() };
                self.store.commit(Commit { changes: vec![release], events: vec![] }).await?;
                Err(error)
            }
        }
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
