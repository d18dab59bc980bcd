//! What is limited by its number alone: messages that strangers ask for, tokens that an account makes, and wrong secrets.
//!
//! Counted in the memory of each process, as [`super::origins`] is: so many at once, and one more as time goes by. A wrong
//! secret that is shown again and again counts once: a client whose key is gone keeps nobody out.

use crate::rule::Rule;
use std::collections::VecDeque;
use std::hash::Hash;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::table::{Entry, Table};
use super::told::Counted;
use super::{Bucket, OVERTAKEN, whole_seconds};
use crate::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::{Network, Op, Timestamp};
use crate::secret::Digest;
use crate::session::caller::Caller;
use crate::user::{User, UserNumber};

/// So many at once, and one more as often as `every`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) burst: u32,
    pub(crate) every: Duration,
    /// What the operator reads in the log.
    pub(crate) rule: Rule,
}

/// Wrong tickets of one network.
const TICKETS: Limit = Limit { burst: 30, every: Duration::from_mins(1), rule: Rule::WrongTickets };
/// Wrong API keys of one network.
const API_KEYS: Limit = Limit { burst: 100, every: Duration::from_secs(10), rule: Rule::WrongApiKeys };
/// Wrong secrets of one service from one network.
const SERVICES: Limit = Limit { burst: 20, every: Duration::from_mins(1), rule: Rule::WrongServiceSecrets };

/// How much of a limit is used up: the time at which nothing of it is.
#[derive(Debug)]
pub(crate) struct Used {
    until: Timestamp,
    /// The wrong secrets that were counted last, at most [`REMEMBERED`].
    wrong: VecDeque<[u8; 8]>,
}

/// Clients of one address whose keys are gone, and which do not stop, cost each other nothing up to so many.
const REMEMBERED: usize = 32;

impl Default for Used {
    fn default() -> Self {
        Self { until: Timestamp::from_millis(0), wrong: VecDeque::new() }
    }
}

impl Entry for Used {
    fn worth(&self, now: Timestamp) -> Option<(u64, Timestamp)> {
        Some((u64::try_from(self.until.since(now).as_millis()).unwrap_or(u64::MAX), self.until))
    }
}

impl Used {
    /// Whether there is one more.
    fn has_room(&mut self, now: Timestamp, limit: &Limit) -> std::result::Result<(), Duration> {
        let all = limit.every.saturating_mul(limit.burst);
        // Further ahead than all of it was told by a clock that was wrong; a little further, by a request that came later
        // and was faster.
        if self.until > now + all + OVERTAKEN {
            self.until = now;
        }
        let left = all.saturating_sub(self.until.since(now));
        if left >= limit.every { Ok(()) } else { Err(whole_seconds(limit.every.saturating_sub(left))) }
    }

    fn spend(&mut self, now: Timestamp, limit: &Limit) {
        self.until = self.until.max(now) + limit.every;
    }

    fn take(&mut self, now: Timestamp, limit: &Limit) -> std::result::Result<(), Duration> {
        self.has_room(now, limit)?;
        self.spend(now, limit);
        Ok(())
    }

    fn miss(&mut self, now: Timestamp, limit: &Limit, wrong: [u8; 8]) {
        if self.wrong.contains(&wrong) {
            return;
        }
        if self.wrong.len() == REMEMBERED {
            self.wrong.pop_front();
        }
        self.wrong.push_back(wrong);
        if self.has_room(now, limit).is_ok() {
            self.spend(now, limit);
        }
    }
}

/// The counts of this process.
#[derive(Default)]
pub(crate) struct Rates {
    tickets: Table<Network, Used>,
    api_keys: Table<Network, Used>,
    services: Table<(Network, [u8; 8]), Used>,
    mails: Table<Network, Used>,
    minting: Table<UserNumber, Used>,
    messages: Table<(UserNumber, MailKind), Used>,
}

impl Rates {
    /// Somebody is about to show a mailed ticket.
    fn may_show_ticket(&self, op: &Op) -> Result<()> {
        may(&self.tickets, op.origin.counted_network(), op, &TICKETS)
    }

    /// It was none of ours.
    pub(crate) fn wrong_ticket(&self, op: &Op, wrong: &Digest) {
        miss(&self.tickets, op.origin.counted_network(), op, &TICKETS, &wrong.bytes);
    }

    /// Somebody is about to show an API key.
    pub(crate) fn may_show_key(&self, op: &Op) -> Result<()> {
        may(&self.api_keys, op.origin.counted_network(), op, &API_KEYS)
    }

    /// It was none.
    pub(crate) fn wrong_key(&self, op: &Op, wrong: &Digest) {
        miss(&self.api_keys, op.origin.counted_network(), op, &API_KEYS, &wrong.bytes);
    }

    /// A service of this name is about to show its secret.
    fn may_show_service(&self, op: &Op, name: &str) -> Result<()> {
        may(&self.services, service(op, name), op, &SERVICES)
    }

    /// It was not the secret.
    pub(crate) fn wrong_service(&self, op: &Op, name: &str, wrong: &Digest) {
        miss(&self.services, service(op, name), op, &SERVICES, &wrong.bytes);
    }

    /// Somebody asks for a message to an address.
    fn ask_for_mail(&self, op: &Op, per_hour: u32) -> Result<()> {
        let every = Duration::from_hours(1) / per_hour.max(1);
        let rule = Rule::MailsOfNetwork;
        take(&self.mails, op.origin.counted_network(), op, &Limit { burst: per_hour, every, rule })
    }

    /// One more message of a kind is about to go to a user on somebody's word; whether it may. What the store counts of the
    /// hour is known once a message is queued; this is known before, to as many as ask at the same moment.
    pub(crate) fn may_send(&self, op: &Op, user: UserNumber, kind: MailKind, per_hour: u32) -> bool {
        let every = Duration::from_hours(1) / per_hour.max(1);
        let limit = Limit { burst: per_hour, every, rule: Rule::MailsOfUser };
        take(&self.messages, Some((user, kind)), op, &limit).is_ok()
    }

    /// This user asks for a token or a key. Not counted by session: a token that is made may be one.
    fn mint(&self, op: &Op, user: &User, per_minute: u32) -> Result<()> {
        let every = Duration::from_mins(1) / per_minute.max(1);
        let rule = Rule::TokensOfAccount;
        take(&self.minting, Some(user.number), op, &Limit { burst: per_minute, every, rule })
    }
}

impl Core {
    /// Whether one more token or key may be made for the caller now.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(crate) async fn may_mint(&self, op: &Op, caller: &Caller) -> Result<()> {
        let room = self.rates.mint(op, &caller.user, self.policy.account_tokens_per_minute);
        let bucket = Some(Bucket::User(caller.user.number));
        self.recorded(op, Counted { bucket, user: Some(caller.user.id) }, room).await
    }

    /// Whether a stranger may ask for one more message now.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(crate) async fn may_ask_for_mail(&self, op: &Op) -> Result<()> {
        let room = self.rates.ask_for_mail(op, self.policy.address_mails_per_hour);
        self.recorded(op, Counted::BY_NETWORK, room).await
    }

    /// Whether somebody may show a mailed ticket.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(crate) async fn may_show_ticket(&self, op: &Op) -> Result<()> {
        self.recorded(op, Counted::BY_NETWORK, self.rates.may_show_ticket(op)).await
    }

    /// Whether somebody may show an API key.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(crate) async fn may_show_key(&self, op: &Op) -> Result<()> {
        self.recorded(op, Counted::BY_NETWORK, self.rates.may_show_key(op)).await
    }

    /// Whether a service of this name may show its secret.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(crate) async fn may_show_service(&self, op: &Op, name: &str) -> Result<()> {
        self.recorded(op, Counted::BY_NETWORK, self.rates.may_show_service(op, name)).await
    }
}

fn may<K: Hash + Eq>(table: &Table<K, Used>, key: Option<K>, op: &Op, limit: &Limit) -> Result<()> {
    let room = key.and_then(|key| table.known(&key, |used| used.has_room(op.now, limit)));
    refused(room.unwrap_or(Ok(())), limit)
}

fn miss<K: Hash + Eq>(table: &Table<K, Used>, key: Option<K>, op: &Op, limit: &Limit, wrong: &[u8]) {
    if let Some(key) = key {
        table.with(key, op.now, |used| used.miss(op.now, limit, short(wrong)));
    }
}

fn take<K: Hash + Eq>(table: &Table<K, Used>, key: Option<K>, op: &Op, limit: &Limit) -> Result<()> {
    let taken = key.map(|key| table.with(key, op.now, |used| used.take(op.now, limit)));
    refused(taken.unwrap_or(Ok(())), limit)
}

fn refused(room: std::result::Result<(), Duration>, limit: &Limit) -> Result<()> {
    room.map_err(|retry_after| {
        Error::new(ErrorKind::Throttled { retry_after }).because(limit.rule, "too many", "a pause")
    })
}

fn service(op: &Op, name: &str) -> Option<(Network, [u8; 8])> {
    op.origin.counted_network().map(|network| (network, short(&Sha256::digest(name))))
}

/// Enough of a digest to tell one from another.
fn short(digest: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    short.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { burst: 3, every: Duration::from_secs(10), rule: Rule::WrongTickets };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// security 1, count-first: of requests at once some began before those that were counted already.
    #[test]
    fn a_request_that_was_overtaken_resets_nothing() {
        let mut used = Used::default();
        for _ in 0..LIMIT.burst {
            assert_eq!(used.take(at(1001), &LIMIT), Ok(()));
        }
        assert!(used.take(at(1000), &LIMIT).is_err());
        assert!(used.take(at(1001), &LIMIT).is_err());
    }

    #[test]
    fn so_many_at_once_and_one_more_as_time_goes_by() {
        let mut used = Used::default();
        let mut take = |seconds| used.take(at(seconds), &LIMIT).map_err(|wait| wait.as_secs());
        assert_eq!([take(100), take(100), take(100)], [Ok(()); 3]);
        assert_eq!([take(100), take(104)], [Err(10), Err(6)]);
        assert_eq!([take(110), take(111)], [Ok(()), Err(9)]);
        assert_eq!([take(500), take(500), take(500), take(500)], [Ok(()), Ok(()), Ok(()), Err(10)]);
    }

    #[test]
    fn the_same_wrong_secret_counts_once() {
        let mut used = Used::default();
        for _ in 0..99 {
            used.miss(at(1), &LIMIT, [1; 8]);
            used.miss(at(1), &LIMIT, [2; 8]);
        }
        assert!(used.has_room(at(1), &LIMIT).is_ok());
        used.miss(at(1), &LIMIT, [3; 8]);
        assert_eq!(used.has_room(at(1), &LIMIT), Err(Duration::from_secs(10)));
    }

    #[test]
    fn a_clock_that_was_wrong_once_locks_nobody_out() {
        let mut used = Used::default();
        for _ in 0..3 {
            used.spend(at(9_000_000), &LIMIT);
        }
        assert!(used.take(at(100), &LIMIT).is_ok());
    }
}
