//! The place of one try among all others: by where it comes from, by its account, and past the account's wait from where
//! the account is known.
//!
//! In this order: the turn, what this process has counted (which costs nothing), and the account's count in the store. Only
//! a try that would have to wait is asked whether its user has signed in from there before; such a place has a count of its
//! own. So whoever keeps guessing at an account does not keep its owner out. The same questions are asked about a name that
//! nobody has.

use crate::rule::Rule as Refusing;
use std::time::Duration;

use super::attempt::Target;
use crate::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Purpose;
use crate::op::{Actor, Op};
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::throttle::origins::{Held, Refusal, Rule, Tried};
use crate::throttle::{self, Bucket, Decision, PLACE_LIFE, Throttle, Turn};

/// How long a try waits for others at the same account to be settled.
const LONGEST_TURN: Duration = Duration::from_secs(10);
/// How soon a try looks again while others hold all places.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often it looks at most.
const LOOKS: u32 = 500;

/// What tells one origin of a user from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The user's session that the try came with, by its keyed digest.
    Session([u8; 32]),
    /// The network, by its and the user's keyed digest.
    Network([u8; 32]),
}

impl Place {
    fn digest(self) -> [u8; 32] {
        match self {
            Self::Session(digest) | Self::Network(digest) => digest,
        }
    }
}

/// A try that is counted as a failure until it is settled.
pub(super) struct Reservation {
    /// Where the store counts it.
    pub(super) bucket: Bucket,
    /// The count with it.
    pub(super) state: Throttle,
    /// Whether the password is not taken any more.
    pub(super) stopped: bool,
    /// Where it comes from.
    pub(super) place: Option<Place>,
    /// Where this process counts it.
    pub(super) held: Option<Held>,
    // The next try at this account waits until this one is settled.
    _turn: Turn,
}

/// What the store's count says.
enum Counted {
    Made(Throttle),
    Stopped(Throttle),
    Wait(Duration),
}

impl Core {
    /// Counts the try as a failure, after waiting for its turn.
    ///
    /// Only the waiting is cut short: a commit that was begun is seen through, so that none is left uncounted for.
    pub(super) async fn reserve(&self, op: &Op, target: &Target) -> Result<Reservation> {
        let place = self.place(op, target);
        let turn = self.turn(&target.bucket).await?;
        let held = self.hold(op, target, place).await?;
        let made = |bucket: &Bucket, state, stopped, held, turn| {
            Ok(Reservation { bucket: bucket.clone(), state, stopped, place, held, _turn: turn })
        };
        let refused = match self.count(op, &target.bucket, false).await {
            Ok(Counted::Made(state)) => return made(&target.bucket, state, false, held, turn),
            Ok(refused) => refused,
            Err(error) => return Err(released(held, error)),
        };
        let known = match self.knows(op, place).await {
            Ok(known) => known,
            Err(error) => return Err(released(held, error)),
        };
        let (bucket, turn, counted) = match known {
            Some(place) => {
                drop(turn);
                let bucket = Bucket::Place(place);
                let turn = match self.turn(&bucket).await {
                    Ok(turn) => turn,
                    Err(error) => return Err(released(held, error)),
                };
                let counted = self.count(op, &bucket, true).await;
                (bucket, turn, counted)
            }
            None if matches!(refused, Counted::Stopped(_)) => {
                (target.bucket.clone(), turn, self.count(op, &target.bucket, true).await)
            }
            None => (target.bucket.clone(), turn, Ok(refused)),
        };
        match counted {
            Ok(Counted::Made(state)) => made(&bucket, state, false, held, turn),
            Ok(Counted::Stopped(state)) => made(&bucket, state, true, held, turn),
            Ok(Counted::Wait(wait)) => Err(released(held, throttled(wait, Refusing::AccountFailures))),
            Err(error) => Err(released(held, error)),
        }
    }

    /// What is counted of one network.
    pub(super) fn network_rule(&self) -> Rule {
        Rule::of_network(self.policy.address_failures_per_hour)
    }

    /// Whether the place of a good try is to be written down: it is new, or was written down long ago.
    pub(super) fn is_to_be_noted(&self, op: &Op, target: &Target, reservation: &Reservation) -> bool {
        let Some(Place::Network(place)) = reservation.place else { return false };
        matches!(target.bucket, Bucket::User(_))
            && self.origins.is_to_be_noted(&place, target.version, op.now)
    }

    async fn turn(&self, bucket: &Bucket) -> Result<Turn> {
        let places = self.policy.account_failures_free;
        let turn = tokio::time::timeout(LONGEST_TURN, self.turns.wait(bucket.clone(), places)).await;
        turn.map_err(|_| turn_did_not_come())
    }

    /// Counts it in this process. Whoever is known there is not held up by what others do in the same network.
    async fn hold(&self, op: &Op, target: &Target, place: Option<Place>) -> Result<Option<Held>> {
        let Some(network) = op.origin.counted_network() else { return Ok(None) };
        let at_account = Rule::at_account(self.policy.account_failures_free);
        let mut of_network = Some(self.network_rule());
        for _ in 0..LOOKS {
            let account = (target.bucket.clone(), target.version);
            let tried = Tried { network, account, at: op.now };
            match self.origins.hold(tried, of_network, at_account) {
                Ok(held) => return Ok(Some(held)),
                Err(Refusal::Busy) => tokio::time::sleep(LOOK_AGAIN).await,
                Err(Refusal::AtAccount(wait)) => {
                    return Err(throttled(wait, Refusing::AccountFailuresOfNetwork));
                }
                Err(Refusal::Network(wait)) => {
                    if self.knows(op, place).await?.is_none() {
                        return Err(throttled(wait, Refusing::NetworkFailures));
                    }
                    of_network = None;
                }
            }
        }
        Err(turn_did_not_come())
    }

    /// Counts it in the store.
    async fn count(&self, op: &Op, bucket: &Bucket, though_stopped: bool) -> Result<Counted> {
        for _ in 0..LOOKS {
            let seen = self.store.throttle(bucket).await?;
            let (next, counted) = match throttle::decide(seen, op.now, self.policy.account_failures_free) {
                Decision::Wait(wait) => return Ok(Counted::Wait(wait)),
                Decision::Stopped(next) if !though_stopped => return Ok(Counted::Stopped(next)),
                Decision::Stopped(next) => (next, Counted::Stopped(next)),
                Decision::Reserve(next) => (next, Counted::Made(next)),
                Decision::Busy => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                }
            };
            let reserve = Change::Reserve { bucket: bucket.clone(), seen, next };
            match self.store.commit(Commit { changes: vec![reserve], events: vec![] }).await {
                Ok(_) => return Ok(counted),
                Err(StoreError::Conflict(Conflict::ThrottleChanged)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(turn_did_not_come())
    }

    /// Where this try comes from, as its user's: by the session it came with, or by the network.
    fn place(&self, op: &Op, target: &Target) -> Option<Place> {
        let user = target.user();
        let digest = |kind: u8, of: &[u8]| {
            let mut data = user.0.to_be_bytes().to_vec();
            data.push(kind);
            data.extend_from_slice(of);
            self.master_key.keyed_digest(Purpose::KnownPlace, &data)
        };
        if let Actor::User { user: caller, session, .. } = op.actor
            && caller == user
        {
            return Some(Place::Session(digest(0, session.0.as_bytes())));
        }
        Some(Place::Network(digest(1, &op.origin.network()?.to_bytes())))
    }

    /// This place, if the user signed in from there before.
    async fn knows(&self, op: &Op, place: Option<Place>) -> Result<Option<[u8; 32]>> {
        let Some(place) = place else { return Ok(None) };
        let digest = place.digest();
        let known = match place {
            Place::Session(_) => true,
            Place::Network(_) => self.store.knows_place(&digest, op.now - PLACE_LIFE).await?,
        };
        Ok(known.then_some(digest))
    }
}

/// No guess was made, so this process does not count one.
fn released(held: Option<Held>, error: Error) -> Error {
    if let Some(held) = held {
        held.released();
    }
    error
}

fn throttled(retry_after: Duration, rule: Refusing) -> Error {
    Error::new(ErrorKind::Throttled { retry_after }).because(rule, "too many failures", "a pause")
}

fn turn_did_not_come() -> Error {
    Error::new(ErrorKind::Overloaded { retry_after: Duration::from_secs(1) }).because(
        Refusing::AccountTurn,
        "other tries at this account under way",
        "one of them settled",
    )
}
