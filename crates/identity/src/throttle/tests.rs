//! The decision about one more try at an account.

use super::*;

const FREE: u32 = 5;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn failures(count: u32, last: Timestamp) -> Throttle {
    Throttle {
        failures: count,
        in_a_row: count,
        in_flight: 0,
        in_flight_until: at(0),
        last_failure: last,
        version: 9,
    }
}

#[test]
fn the_free_failures_do_not_wait_and_the_next_ones_wait_longer_and_longer() {
    for count in 0..FREE {
        assert!(matches!(decide(Some(failures(count, at(100))), at(100), FREE), Decision::Reserve(_)));
    }
    let waits: Vec<u64> = (FREE..FREE + 10)
        .map(|count| match decide(Some(failures(count, at(100))), at(100), FREE) {
            Decision::Wait(wait) => wait.as_secs(),
            other @ (Decision::Reserve(_) | Decision::Stopped(_) | Decision::Busy) => panic!("{other:?}"),
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

/// security 1, count-first: of tries at once some began before those that were counted already.
#[test]
fn a_try_that_was_overtaken_forgets_none_that_are_under_way() {
    let mut state = None;
    for _ in 0..FREE {
        let Decision::Reserve(next) = decide(state, at(101), FREE) else { panic!("a free place") };
        state = Some(next);
    }
    assert_eq!(decide(state, at(100), FREE), Decision::Busy);
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

/// NIST SP 800-63B-4, 3.2.2: a day of silence forgives the waits, not the number.
#[test]
fn after_a_hundred_failures_in_a_row_the_password_is_not_taken_however_long_they_took() {
    let after = |in_a_row| {
        let state = Throttle { in_a_row, ..failures(3, at(100)) };
        decide(Some(state), at(100) + COUNT_LIFE, FREE)
    };
    assert!(matches!(after(STOP - 1), Decision::Reserve(Throttle { failures: 1, in_a_row: STOP, .. })));
    assert!(matches!(after(STOP), Decision::Stopped(Throttle { failures: 1, .. })));
    assert!(matches!(after(u32::MAX), Decision::Stopped(Throttle { in_a_row: u32::MAX, .. })));
}

/// Or a good login that meets others at the 100th place would be refused.
#[test]
fn nothing_is_stopped_by_tries_under_way() {
    let state = Throttle { in_a_row: STOP, in_flight: 1, in_flight_until: at(150), ..failures(1, at(100)) };
    assert_eq!(decide(Some(state), at(101), FREE), Decision::Busy);
    assert!(matches!(decide(Some(state), at(150), FREE), Decision::Stopped(_)));
}

#[test]
fn a_stopped_account_waits_like_any_other() {
    assert_eq!(
        decide(Some(failures(STOP, at(100))), at(101), FREE),
        Decision::Wait(LONGEST_WAIT - Duration::from_secs(1))
    );
}

#[test]
fn a_wait_begins_with_the_last_free_failure_and_the_stop_with_the_hundredth() {
    let of = |count| begins(&failures(count, at(1)), FREE);
    assert_eq!((of(4), of(5), of(99)), (None, Some(Begins::Wait), Some(Begins::Wait)));
    assert_eq!((of(STOP), of(STOP + 1)), (Some(Begins::Stop), Some(Begins::Wait)));
}
