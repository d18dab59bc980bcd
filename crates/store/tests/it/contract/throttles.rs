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
const HOME: [u8; 32] = [1; 32];
const AT_HOME: Bucket = Bucket::Place(HOME);

/// A bucket with this state.
async fn counted(world: &World, bucket: &Bucket, failures: u32, in_flight: u32) -> Throttle {
    let state = Throttle { failures, in_a_row: failures + 90, in_flight, ..first_try(at(10)) };
    world.apply(reserve(bucket, None, state)).await;
    state
}

pub(super) async fn a_try_is_counted(world: &World) {
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), None);
    let first = first_try(at(10));
    assert_eq!(world.apply(reserve(&ANN, None, first)).await, 1);
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(first));
    let next = Throttle {
        failures: 7,
        in_a_row: 97,
        in_flight: 2,
        in_flight_until: at(90),
        last_failure: at(30),
        version: 2,
    };
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
    let buckets =
        [ANN, Bucket::User(UserNumber(256)), name_bucket(1), name_bucket(2), AT_HOME, Bucket::Place([9; 32])];
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
        let expected = Throttle { failures: left, in_a_row: left, in_flight: left, version, ..state };
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
        let expected = Throttle { failures, in_a_row: failures + 90, in_flight, version, ..state };
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
    let cleared =
        Throttle { failures: 2, in_a_row: 2, version: counted_before.version + 1, ..counted_before };
    assert_eq!(world.store.throttle(&ANN).await.unwrap(), Some(cleared));
    assert_eq!(world.store.throttle(&name_bucket(1)).await.unwrap(), Some(other));
    assert_eq!(world.apply(Change::ClearThrottle { bucket: name_bucket(9) }).await, 0);
}

/// Notes that a user has signed in from this place.
fn noted(place: u8, user: UserNumber, seconds: i64) -> Change {
    Change::NotePlace { place: [place; 32], user, at: at(seconds) }
}

fn at_home(seconds: i64, anew_since: i64) -> Change {
    Change::CountAtPlace { place: HOME, at: at(seconds), anew_since: at(anew_since) }
}

pub(super) async fn a_place_is_known_from_its_last_login_on(world: &World) {
    let ann = world.user("ann").await.number;
    assert!(!world.store.knows_place(&HOME, at(-1)).await.unwrap());
    world.apply(noted(1, ann, 20)).await;
    for (seconds, known) in [(19, true), (20, true), (21, false)] {
        assert_eq!(world.store.knows_place(&HOME, at(seconds)).await.unwrap(), known, "{seconds}");
    }
    // Forward, never back.
    world.apply(noted(1, ann, 10)).await;
    assert!(world.store.knows_place(&HOME, at(20)).await.unwrap());
    world.apply(noted(1, ann, 30)).await;
    assert!(world.store.knows_place(&HOME, at(30)).await.unwrap());
    assert!(!world.store.knows_place(&[2; 32], at(-1)).await.unwrap());
}

pub(super) async fn a_failure_is_counted_at_a_known_place_only(world: &World) {
    let ann = world.user("ann").await.number;
    assert_eq!(world.apply(at_home(10, 0)).await, 0);
    assert_eq!(world.throttle(&AT_HOME).await, None);
    world.apply(noted(1, ann, 5)).await;
    assert_eq!(world.apply(at_home(10, 0)).await, 1);
    let first = Throttle { in_flight: 0, ..first_try(at(10)) };
    assert_eq!(world.throttle(&AT_HOME).await, Some(first));
    world.apply(at_home(30, 9)).await;
    let second = Throttle { failures: 2, in_a_row: 2, last_failure: at(30), version: 2, ..first };
    assert_eq!(world.throttle(&AT_HOME).await, Some(second));
    // A late word does not turn the time back.
    world.apply(at_home(20, 9)).await;
    let third = Throttle { failures: 3, in_a_row: 3, version: 3, ..second };
    assert_eq!(world.throttle(&AT_HOME).await, Some(third));
    // The waits begin anew, the number in a row does not.
    world.apply(at_home(99, 30)).await;
    let anew = Throttle { failures: 1, in_a_row: 4, last_failure: at(99), version: 4, ..third };
    assert_eq!(world.throttle(&AT_HOME).await, Some(anew));
}

pub(super) async fn all_counts_of_a_user_are_cleared_and_the_places_forgotten(world: &World) {
    let (ann, bob) = (world.user("ann").await.number, world.user("bob").await.number);
    for (place, user) in [(1, ann), (2, ann), (3, bob)] {
        world.apply(noted(place, user, 5)).await;
        counted(world, &Bucket::Place([place; 32]), 7, 0).await;
    }
    counted(world, &Bucket::User(ann), 7, 2).await;
    let of_bob = counted(world, &Bucket::User(bob), 7, 2).await;
    world.apply(Change::ClearAllThrottles { user: ann }).await;
    let of_ann = world.throttle(&Bucket::User(ann)).await.unwrap();
    assert_eq!((of_ann.failures, of_ann.in_a_row, of_ann.in_flight), (2, 2, 2));
    assert_eq!(world.throttle(&Bucket::User(bob)).await, Some(of_bob));
    for (place, left) in [(1, false), (2, false), (3, true)] {
        assert_eq!(world.store.knows_place(&[place; 32], at(0)).await.unwrap(), left, "{place}");
        assert_eq!(world.throttle(&Bucket::Place([place; 32])).await.is_some(), left, "{place}");
    }
}

pub(super) async fn the_places_of_a_deleted_user_are_forgotten(world: &World) {
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    for (place, user) in [(1, &ann), (2, &bob)] {
        world.apply(noted(place, user.number, 5)).await;
        counted(world, &Bucket::Place([place; 32]), 7, 0).await;
    }
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    for (place, left) in [(1, false), (2, true)] {
        assert_eq!(world.store.knows_place(&[place; 32], at(0)).await.unwrap(), left, "{place}");
        assert_eq!(world.throttle(&Bucket::Place([place; 32])).await.is_some(), left, "{place}");
    }
}

pub(super) async fn old_places_and_what_is_counted_there_are_forgotten(world: &World) {
    let ann = world.user("ann").await.number;
    for (place, seconds) in [(1, 9), (2, 10)] {
        world.apply(noted(place, ann, seconds)).await;
        let bucket = Bucket::Place([place; 32]);
        world.apply(reserve(&bucket, None, first_try(at(seconds)))).await;
    }
    counted(world, &Bucket::User(ann), 7, 0).await;
    assert_eq!(world.apply(Change::ForgetPlaces { before: at(10) }).await, 1);
    for (place, left) in [(1, false), (2, true)] {
        assert_eq!(world.store.knows_place(&[place; 32], at(0)).await.unwrap(), left, "{place}");
        assert_eq!(world.throttle(&Bucket::Place([place; 32])).await.is_some(), left, "{place}");
    }
    assert!(world.throttle(&Bucket::User(ann)).await.is_some());
}
