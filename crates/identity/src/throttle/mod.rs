//! How many tries there are left: counted before the hash, settled after it.
//!
//! A try is *reserved* as a failure before any work is done and settled afterwards, so no number of simultaneous
//! tries gets past the count, and a crash in between leaves a counted failure. The first few failures in a row are
//! free; each further one makes the next try wait, longer than the one before.
//!
//! An account's count is kept by the store, exact over all processes; this module decides about it. What comes from one
//! network, and from one network at one account, is counted in the memory of each process ([`origins`]), and so are the
//! things that are limited by their number alone ([`rate`]); both in tables with an end ([`table`]). `sign_in` asks for
//! all of it.

use std::time::Duration;

use crate::op::Timestamp;

pub(crate) mod origins;
pub(crate) mod rate;
mod table;
pub(crate) mod told;
mod turns;

pub(crate) use turns::{Turn, Turns};

/// The wait after the last free failure.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// A count that nobody added to for this long begins anew, for users and for unknown names alike: a difference would
/// tell which is which.
pub(crate) const COUNT_LIFE: Duration = Duration::from_hours(24);
/// After so many failures in a row, however long they took, the password is not taken any more (NIST SP 800-63B-4,
/// 3.2.2).
pub const STOP: u32 = 100;
/// How long a place is known that nobody signed in from again.
pub(crate) const PLACE_LIFE: Duration = Duration::from_hours(90 * 24);
/// No request is under way for longer than this. Its time is that of its beginning, so that it may find what others, which came
/// later and were faster, have left ahead of it.
pub(crate) const OVERTAKEN: Duration = Duration::from_mins(5);
/// A try that was not settled by then was cut off by a crash: from then on it is an ordinary failure.
const IN_FLIGHT_LIFE: Duration = Duration::from_mins(1);

/// Where tries are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Those at one user, by whatever name and door.
    User(crate::user::UserNumber),
    /// Those at a name that nobody has, by the name's keyed digest.
    UnknownName([u8; 32]),
    /// Those at one user from a place that the user signed in from before, by its keyed digest, while the user's own
    /// count makes others wait.
    Place([u8; 32]),
}

/// The count of one bucket, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Failures in a row, the tries in flight among them.
    pub failures: u32,
    /// The same, but no time makes it begin anew: only a good try, and a new password, do.
    pub in_a_row: u32,
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
    /// The same, but whatever is shown is not taken: there were [`STOP`] failures in a row.
    Stopped(Throttle),
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
            in_a_row: 1,
            in_flight: 1,
            in_flight_until: now + IN_FLIGHT_LIFE,
            last_failure: now,
            version: 1,
        });
    };
    // An end further ahead than one is ever set was set by a clock that was wrong.
    if state.in_flight_until <= now || state.in_flight_until > now + IN_FLIGHT_LIFE + OVERTAKEN {
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
    let stopped = state.in_a_row.saturating_sub(state.in_flight) >= STOP;
    if state.in_a_row >= STOP && !stopped {
        return Decision::Busy;
    }
    state.in_a_row = state.in_a_row.saturating_add(1);
    state.failures = state.failures.saturating_add(1);
    state.in_flight = state.in_flight.saturating_add(1);
    state.in_flight_until = now + IN_FLIGHT_LIFE;
    state.version = state.version.saturating_add(1);
    if stopped { Decision::Stopped(state) } else { Decision::Reserve(state) }
}

/// What begins when a try in this state fails: a wait, or the stop.
pub(crate) fn begins(state: &Throttle, free: u32) -> Option<Begins> {
    if state.in_a_row == STOP {
        return Some(Begins::Stop);
    }
    (state.failures >= free).then_some(Begins::Wait)
}

/// What the failure of a try begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    /// The next try waits.
    Wait,
    /// The password is not taken any more.
    Stop,
}

/// How long the next try waits after this many failures in a row.
fn wait_after(failures: u32, free: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(free) else { return Duration::ZERO };
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(beyond)).min(LONGEST_WAIT)
}

/// Rounded up, at least one: the form of `Retry-After`.
pub(crate) fn whole_seconds(wait: Duration) -> Duration {
    let up = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs((wait.as_secs() + up).max(1))
}

#[cfg(test)]
mod tests;
