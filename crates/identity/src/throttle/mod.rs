//! How many tries an account has left: counted before the hash, settled after it.
//!
//! A try is *reserved* as a failure before any work is done and settled afterwards, so no number of simultaneous
//! tries gets past the count, and a crash in between leaves a counted failure. The first few failures in a row are
//! free; each further one makes the next try wait, twice as long as the one before, up to a quarter of an hour.
//! This module decides; the store keeps the counts, and `sign_in` asks.

use std::time::Duration;

use crate::op::Timestamp;

mod turns;

pub(crate) use turns::{Turn, Turns};

/// The wait after the last free failure.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// A count that nobody added to for this long begins anew, for users and for unknown names alike: a difference would
/// tell which is which.
pub(crate) const COUNT_LIFE: Duration = Duration::from_hours(24);
/// A try that was not settled by then was cut off by a crash: from then on it is an ordinary failure.
const IN_FLIGHT_LIFE: Duration = Duration::from_mins(1);

/// Where tries are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Those at one user, by whatever name and door.
    User(crate::user::UserNumber),
    /// Those at a name that nobody has, by the name's keyed digest.
    UnknownName([u8; 32]),
}

/// The count of one bucket, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Failures in a row, the tries in flight among them.
    pub failures: u32,
    /// Tries reserved and not settled yet.
    pub in_flight: u32,
    /// When tries still in flight are taken for failures.
    pub in_flight_until: Timestamp,
    /// When the last settled failure happened; the wait counts from here.
    pub last_failure: Timestamp,
    /// Raised by every change of the row.
    pub version: i64,
}

/// What is decided about a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Make it; first commit this state.
    Reserve(Throttle),
    /// Too many failures: not before then.
    Wait(Duration),
    /// As many tries are in flight as might fail without a wait: let one of them settle first.
    Busy,
}

/// Decides about one more try.
pub(crate) fn decide(seen: Option<Throttle>, now: Timestamp, free: u32) -> Decision {
    let Some(mut state) = seen else {
        return Decision::Reserve(Throttle {
            failures: 1,
            in_flight: 1,
            in_flight_until: now + IN_FLIGHT_LIFE,
            last_failure: now,
            version: 1,
        });
    };
    // An end further ahead than one is ever set was set by a clock that was wrong.
    if state.in_flight_until <= now || state.in_flight_until > now + IN_FLIGHT_LIFE {
        state.in_flight = 0;
    }
    let ahead = state.last_failure > now + LONGEST_WAIT;
    if ahead || now.since(state.last_failure) >= COUNT_LIFE {
        state.failures = state.in_flight;
    }
    if ahead {
        state.last_failure = now;
    }
    let settled = state.failures.saturating_sub(state.in_flight);
    let wait = wait_after(settled, free);
    let waited = now.since(state.last_failure);
    if waited < wait {
        return Decision::Wait(whole_seconds(wait.saturating_sub(waited)));
    }
    if state.in_flight >= free.saturating_sub(settled).max(1) {
        return Decision::Busy;
    }
    state.failures = state.failures.saturating_add(1);
    state.in_flight = state.in_flight.saturating_add(1);
    state.in_flight_until = now + IN_FLIGHT_LIFE;
    state.version = state.version.saturating_add(1);
    Decision::Reserve(state)
}

/// How long the next try waits after this many failures in a row.
fn wait_after(failures: u32, free: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(free) else { return Duration::ZERO };
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(beyond)).min(LONGEST_WAIT)
}

/// Rounded up, at least one: the form of `Retry-After`.
fn whole_seconds(wait: Duration) -> Duration {
    let up = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs((wait.as_secs() + up).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: u32 = 5;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn failures(count: u32, last: Timestamp) -> Throttle {
        Throttle { failures: count, in_flight: 0, in_flight_until: at(0), last_failure: last, version: 9 }
    }

    #[test]
    fn the_free_failures_do_not_wait_and_the_next_ones_wait_longer_and_longer() {
        for count in 0..FREE {
            assert!(matches!(decide(Some(failures(count, at(100))), at(100), FREE), Decision::Reserve(_)));
        }
        let waits: Vec<u64> = (FREE..FREE + 10)
            .map(|count| match decide(Some(failures(count, at(100))), at(100), FREE) {
                Decision::Wait(wait) => wait.as_secs(),
                other @ (Decision::Reserve(_) | Decision::Busy) => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert!(matches!(decide(Some(failures(u32::MAX, at(100))), at(999), FREE), Decision::Wait(_)));
    }

    #[test]
    fn a_try_after_the_wait_is_made_alone() {
        let Decision::Reserve(state) = decide(Some(failures(7, at(100))), at(120), FREE) else {
            panic!("the wait of 20 s is over")
        };
        assert_eq!((state.failures, state.in_flight, state.version), (8, 1, 10));
        assert_eq!(decide(Some(state), at(120), FREE), Decision::Busy);
    }

    #[test]
    fn as_many_are_in_flight_as_might_fail_for_nothing() {
        let mut state = None;
        for _ in 0..FREE {
            let Decision::Reserve(next) = decide(state, at(1), FREE) else { panic!("a free place") };
            state = Some(next);
        }
        assert_eq!(decide(state, at(1), FREE), Decision::Busy);
    }

    #[test]
    fn a_try_cut_off_by_a_crash_becomes_a_failure() {
        let mut state = None;
        for _ in 0..FREE {
            let Decision::Reserve(next) = decide(state, at(1), FREE) else { panic!("a free place") };
            state = Some(next);
        }
        let Decision::Reserve(after) = decide(state, at(62), FREE) else { panic!("the wait of 5 s is over") };
        assert_eq!((after.failures, after.in_flight), (FREE + 1, 1));
    }

    #[test]
    fn a_count_of_yesterday_begins_anew() {
        let day = 24 * 3600;
        let old = |since: i64| decide(Some(failures(9, at(1_000_000))), at(1_000_000 + since), FREE);
        assert!(matches!(old(day), Decision::Reserve(Throttle { failures: 1, .. })));
        assert!(matches!(old(day - 1), Decision::Reserve(Throttle { failures: 10, .. })));
    }

    #[test]
    fn a_clock_that_was_wrong_once_locks_nobody_out() {
        let ahead = Throttle { in_flight: 5, in_flight_until: at(9_000_000), ..failures(9, at(9_000_000)) };
        let Decision::Reserve(state) = decide(Some(ahead), at(100), FREE) else { panic!("no wait") };
        assert_eq!((state.failures, state.in_flight, state.last_failure), (1, 1, at(100)));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_rounded_up() {
        let state = failures(5, Timestamp::from_millis(100_000));
        assert_eq!(
            decide(Some(state), Timestamp::from_millis(100_001), FREE),
            Decision::Wait(Duration::from_secs(5))
        );
        assert_eq!(
            decide(Some(state), Timestamp::from_millis(104_999), FREE),
            Decision::Wait(Duration::from_secs(1))
        );
    }
}
