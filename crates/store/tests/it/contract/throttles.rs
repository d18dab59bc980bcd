//! Failure counts.

use identity::ports::{Change, Conflict, Store as _};
use identity::throttle::{Bucket, Throttle};
use identity::user::UserNumber;

use crate::world::{World, at, first_try, name_bucket, one_more};

fn reserve(bucket: &Bucket, seen: Option<Throttle>, next: Throttle) -> Change {
    Change::Reserve { bucket: bucket.clone(), seen, next }
}

fn succeeded(bucket: &Bucket) -> Change {
    Change::ReserveSucceeded { bucket: bucket.clone() }
}

fn failed(bucket: &Bucket, seconds: i64) -> Change {
    Change::ReserveFailed { bucket: bucket.clone(), at: at(seconds) }
}

fn released(bucket: &Bucket) -> Change {
    Change::ReserveReleased { bucket: bucket.clone() }
}

const ANN: Bucket = Bucket::User(UserNumber(1));

/// A bucket with this state.
async fn counted(world: &World, bucket: &Bucket, failures: u32, in_flight: u32) -> Throttle {
    let state = Throttle { failures, in_flight, ..first_try(at(10)) };
    world.apply(reserve(bucket, None, state)).await;
    state
}

pub(super) async fn a_try_is_counted(world: &World) {
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), None);
    let first = first_try(at(10));
    assert_eq!(world.apply(reserve(&ANN, None, first)).await, 1);
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(first));
    let next =
        Throttle { failures: 7, in_flight: 2, in_flight_until: at(90), last_failure: at(30), version: 2 };
    assert_eq!(world.apply(reserve(&ANN, Some(first), next)).await, 1);
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(next));
}

pub(super) async fn a_try_is_counted_on_the_state_that_was_read(world: &World) {
    let first = first_try(at(10));
    let second = one_more(first);
    // Read before there was a row; read a row that was forgotten since.
    assert_eq!(world.refused(reserve(&ANN, Some(first), second)).await, Conflict::ThrottleChanged);
    world.apply(reserve(&ANN, None, first)).await;
    assert_eq!(world.refused(reserve(&ANN, None, first)).await, Conflict::ThrottleChanged);
    world.apply(reserve(&ANN, Some(first), second)).await;
    assert_eq!(world.refused(reserve(&ANN, Some(first), second)).await, Conflict::ThrottleChanged);
    assert_eq!(world.throttle(&ANN).await, Some(second));
}

pub(super) async fn buckets_are_counted_apart(world: &World) {
    let buckets = [ANN, Bucket::User(UserNumber(256)), name_bucket(1), name_bucket(2)];
    for (bucket, seconds) in buckets.iter().zip(10..) {
        world.apply(reserve(bucket, None, first_try(at(seconds)))).await;
    }
    world.apply(failed(&ANN, 99)).await;
    for (bucket, seconds) in buckets.iter().zip(10..).skip(1) {
        assert_eq!(world.store.throttle(bucket).await.unwrap(), Some(first_try(at(seconds))), "{bucket:?}");
    }
}

pub(super) async fn a_good_try_leaves_the_others_in_flight(world: &World) {
    let state = counted(world, &ANN, 5, 3).await;
    for (left, version) in [(2, 2), (1, 3), (0, 4), (0, 5)] {
        assert_eq!(world.apply(succeeded(&ANN)).await, 1);
        let expected = Throttle { failures: left, in_flight: left, version, ..state };
        assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(expected));
    }
}

pub(super) async fn a_bad_try_stays_counted(world: &World) {
    let state = counted(world, &ANN, 5, 2).await;
    for (seconds, in_flight, last, version) in [(30, 1, 30, 2), (20, 0, 30, 3), (40, 0, 40, 4)] {
        assert_eq!(world.apply(failed(&ANN, seconds)).await, 1);
        let expected = Throttle { in_flight, last_failure: at(last), version, ..state };
        assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(expected));
    }
}

pub(super) async fn a_try_that_was_not_made_is_taken_back(world: &World) {
    let state = counted(world, &ANN, 5, 2).await;
    for (failures, in_flight, version) in [(4, 1, 2), (3, 0, 3)] {
        assert_eq!(world.apply(released(&ANN)).await, 1);
        let expected = Throttle { failures, in_flight, version, ..state };
        assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(expected));
    }
    // What was taken for a failure meanwhile stays one.
    assert_eq!(world.apply(released(&ANN)).await, 0);
    assert_eq!(world.throttle(&ANN).await.unwrap().failures, 3);
}

pub(super) async fn settling_is_seen_by_who_read_before(world: &World) {
    for (n, settle) in
        [(1, succeeded(&name_bucket(1))), (2, failed(&name_bucket(2), 20)), (3, released(&name_bucket(3)))]
    {
        let seen = counted(world, &name_bucket(n), 3, 2).await;
        world.apply(settle).await;
        let late = reserve(&name_bucket(n), Some(seen), one_more(seen));
        assert_eq!(world.refused(late).await, Conflict::ThrottleChanged);
    }
}

pub(super) async fn settling_what_is_not_counted_does_nothing(world: &World) {
    for settle in [succeeded(&ANN), failed(&ANN, 20), released(&ANN)] {
        assert_eq!(world.apply(settle).await, 0);
        assert_eq!(world.store.throttle(&ANN).await.unwrap(), None);
    }
}

pub(super) async fn old_counts_of_unknown_names_are_forgotten(world: &World) {
    let settled = |bucket: &Bucket, failed_at, until| {
        let state = first_try(at(failed_at));
        reserve(bucket, None, Throttle { in_flight_until: at(until), ..state })
    };
    let (old, recent, in_flight) = (name_bucket(1), name_bucket(2), name_bucket(3));
    world.apply(settled(&old, 9, 9)).await;
    world.apply(settled(&recent, 10, 9)).await;
    world.apply(settled(&in_flight, 9, 10)).await;
    world.apply(settled(&ANN, 9, 9)).await;
    let forget = Change::ForgetThrottles { before: at(10) };
    assert_eq!(world.apply(forget.clone()).await, 1);
    assert_eq!(world.store.throttle(&old).await.unwrap(), None);
    for kept in [&recent, &in_flight, &ANN] {
        assert!(world.store.throttle(kept).await.unwrap().is_some(), "{kept:?}");
    }
    assert_eq!(world.apply(forget).await, 0);
}

pub(super) async fn a_cleared_count_keeps_the_tries_in_flight(world: &World) {
    let counted_before = counted(world, &ANN, 7, 2).await;
    let other = counted(world, &name_bucket(1), 7, 2).await;
    assert_eq!(world.apply(Change::ClearThrottle { bucket: ANN }).await, 1);
    let cleared = Throttle { failures: 2, version: counted_before.version + 1, ..counted_before };
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(cleared));
    assert_eq!(world.store.throttle(&name_bucket(1)).await.unwrap(), Some(other));
    assert_eq!(world.apply(Change::ClearThrottle { bucket: name_bucket(9) }).await, 0);
}
