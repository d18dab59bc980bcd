//! Failures by where they come from: of one network at all accounts, and of one network at one account.
//!
//! Counted in the memory of each process, so a limit is so many times as wide as there are processes, and new after a
//! restart; what must be exact is the account's own count, in the store. A network's count forgives as many failures in an
//! hour as are free, and is cleared by no good login: who has one good account would guess at all others. That of a network at an account is
//! cleared by a good login of that account from there, and grows faster than the account's own: who guesses waits longer
//! than who is guessed at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::table::{Entry, Table};
use super::{Bucket, COUNT_LIFE, FIRST_WAIT, LONGEST_WAIT, whole_seconds};
use crate::op::{Network, Timestamp};

/// No wait of one network at one account is longer.
const LONGEST_WAIT_AT_ACCOUNT: Duration = Duration::from_hours(1);

/// How failures of one kind are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    free: u32,
    /// How many times as long each wait is as the one before.
    factor: u32,
    longest: Duration,
    /// One failure is forgiven as often as this; `None`: all of them after [`COUNT_LIFE`].
    forgives: Option<Duration>,
}

impl Rule {
    /// One network, at all accounts: so many in an hour, evenly forgiven.
    pub(crate) fn of_network(per_hour: u32) -> Self {
        let forgives = Some(Duration::from_hours(1) / per_hour.max(1));
        Self { free: per_hour, factor: 2, longest: LONGEST_WAIT, forgives }
    }

    /// One network, at one account.
    pub(crate) fn at_account(free: u32) -> Self {
        Self { free, factor: 3, longest: LONGEST_WAIT_AT_ACCOUNT, forgives: None }
    }

    fn wait_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.free) else { return Duration::ZERO };
        FIRST_WAIT.saturating_mul(self.factor.saturating_pow(beyond)).min(self.longest)
    }
}

/// What is decided about a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Make it: it is counted.
    Made,
    /// Not before then.
    Wait(Duration),
    /// As many are under way as might fail without a wait.
    Busy,
}

/// Failures, the tries under way among them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    failures: u32,
    in_flight: u32,
    last_failure: Timestamp,
    /// Failures are forgiven up to then.
    forgiven: Timestamp,
}

impl Default for Count {
    fn default() -> Self {
        let never = Timestamp::from_millis(0);
        Self { failures: 0, in_flight: 0, last_failure: never, forgiven: never }
    }
}

impl Entry for Count {
    fn worth(&self, _: Timestamp) -> Option<(u64, Timestamp)> {
        (self.in_flight == 0).then_some((self.failures.into(), self.last_failure))
    }
}

impl Count {
    /// Counts one more try as a failure, if it may be made.
    fn ask(&mut self, now: Timestamp, rule: &Rule) -> Asked {
        self.forgive(now, rule);
        let settled = self.failures.saturating_sub(self.in_flight);
        let (wait, waited) = (rule.wait_after(settled), now.since(self.last_failure));
        if waited < wait {
            return Asked::Wait(whole_seconds(wait.saturating_sub(waited)));
        }
        if self.in_flight >= rule.free.saturating_sub(settled).max(1) {
            return Asked::Busy;
        }
        self.failures = self.failures.saturating_add(1);
        self.in_flight = self.in_flight.saturating_add(1);
        Asked::Made
    }

    fn forgive(&mut self, now: Timestamp, rule: &Rule) {
        // A time further ahead than any wait was told by a clock that was wrong.
        if self.last_failure > now + rule.longest {
            *self = Self { in_flight: self.in_flight, failures: self.in_flight, ..Self::default() };
        }
        let Some(every) = rule.forgives else {
            if now.since(self.last_failure) >= COUNT_LIFE {
                self.failures = self.in_flight;
            }
            return;
        };
        let since = now.since(self.forgiven).as_millis() / every.as_millis().max(1);
        let since = u32::try_from(since).unwrap_or(u32::MAX);
        let settled = self.failures.saturating_sub(self.in_flight);
        if since >= settled {
            // Nothing is left to be forgiven, and nothing is forgiven beforehand.
            (self.failures, self.forgiven) = (self.in_flight, now);
        } else {
            self.failures = self.failures.saturating_sub(since);
            self.forgiven = self.forgiven + every.saturating_mul(since);
        }
    }

    fn failed(&mut self, at: Timestamp) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.last_failure = self.last_failure.max(at);
    }

    /// As if it had not been made.
    fn released(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.failures = self.failures.saturating_sub(1);
    }

    fn cleared(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.failures = self.in_flight;
    }
}

/// An account as it was read: another password, or the end of everything, makes it another one here, with no failures.
pub(crate) type AccountKey = (Bucket, i64);

/// The counts of this process.
#[derive(Default)]
pub(crate) struct Origins {
    networks: Table<Network, Count>,
    at_accounts: Table<(Network, AccountKey), Count>,
    /// Which known places were noted lately.
    noted: Table<[u8; 32], Noted>,
}

/// Why a try is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The network failed too often, at whatever account.
    Network(Duration),
    /// The network failed too often at this account.
    AtAccount(Duration),
    /// Others from there are under way.
    Busy,
}

impl Origins {
    /// Counts a try as a failure until it is settled.
    pub(crate) fn hold(
        self: &Arc<Self>,
        tried: Tried,
        network_rule: Option<Rule>,
        account_rule: Rule,
    ) -> Result<Held, Refusal> {
        let now = tried.at;
        let at_account = (tried.network, tried.account.clone());
        match self.at_accounts.with(at_account, now, |count| count.ask(now, &account_rule)) {
            Asked::Made => {}
            Asked::Wait(wait) => return Err(Refusal::AtAccount(wait)),
            Asked::Busy => return Err(Refusal::Busy),
        }
        let mut held =
            Held { origins: Arc::clone(self), tried, of_network: false, outcome: AtomicU8::new(RELEASED) };
        if let Some(rule) = network_rule {
            match self.networks.with(held.tried.network, now, |count| count.ask(now, &rule)) {
                Asked::Made => held.of_network = true,
                Asked::Wait(wait) => return Err(Refusal::Network(wait)),
                Asked::Busy => return Err(Refusal::Busy),
            }
        }
        held.outcome = AtomicU8::new(FAILED);
        Ok(held)
    }

    /// Whether it is long since this place was written down as this account's. A new version of the account is another
    /// account here: places are forgotten with an old password.
    pub(crate) fn is_to_be_noted(&self, place: &[u8; 32], version: i64, now: Timestamp) -> bool {
        let noted = self.noted.known(place, |noted| {
            noted.version == version && noted.at <= now && now.since(noted.at) < NOTED_STEP
        });
        noted != Some(true)
    }
}

/// How old the note of a known place may become before it is written again.
const NOTED_STEP: Duration = Duration::from_hours(24);

struct Noted {
    version: i64,
    at: Timestamp,
}

impl Default for Noted {
    fn default() -> Self {
        Self { version: 0, at: Timestamp::from_millis(0) }
    }
}

impl Entry for Noted {
    fn worth(&self, _: Timestamp) -> Option<(u64, Timestamp)> {
        Some((0, self.at))
    }
}

/// A try, as it is counted here.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    /// From where.
    pub(crate) network: Network,
    /// At which account.
    pub(crate) account: AccountKey,
    /// When.
    pub(crate) at: Timestamp,
}

const FAILED: u8 = 0;
const SUCCEEDED: u8 = 1;
const RELEASED: u8 = 2;

/// A try that is counted as a failure, and settled when this is dropped: as what was said last, or as a failure.
pub(crate) struct Held {
    origins: Arc<Origins>,
    tried: Tried,
    /// Whether it counts for the network at all accounts too.
    of_network: bool,
    outcome: AtomicU8,
}

impl Held {
    /// It was good.
    pub(crate) fn succeeded(&self) {
        self.outcome.store(SUCCEEDED, Ordering::Relaxed);
    }

    /// It was bad.
    pub(crate) fn failed(&self) {
        self.outcome.store(FAILED, Ordering::Relaxed);
    }

    /// It was not made.
    pub(crate) fn released(&self) {
        self.outcome.store(RELEASED, Ordering::Relaxed);
    }

    /// This place is written down with it.
    pub(crate) fn noted(&self, place: [u8; 32]) {
        let ((_, version), at) = (&self.tried.account, self.tried.at);
        let version = *version;
        self.origins.noted.with(place, at, |noted| *noted = Noted { version, at });
    }

    /// Whether its failure makes its network wait.
    pub(crate) fn begins_wait(&self, rule: &Rule) -> bool {
        let failures = self.origins.networks.known(&self.tried.network, |count| count.failures);
        self.of_network && failures.is_some_and(|failures| failures >= rule.free)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let outcome = self.outcome.load(Ordering::Relaxed);
        let at_account = (self.tried.network, self.tried.account.clone());
        let _gone = self.origins.at_accounts.known(&at_account, |count| match outcome {
            SUCCEEDED => count.cleared(),
            RELEASED => count.released(),
            _ => count.failed(self.tried.at),
        });
        if self.of_network {
            let _gone = self.origins.networks.known(&self.tried.network, |count| match outcome {
                SUCCEEDED | RELEASED => count.released(),
                _ => count.failed(self.tried.at),
            });
        }
    }
}
