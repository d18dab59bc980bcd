//! Failure counts, and the places that people have signed in from. `identity::throttle` decides about both.

use identity::Timestamp;
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::throttle::{Bucket, Throttle};
use identity::user::UserNumber;

use crate::db::Db;
use crate::sql::{Sql, Step, Value};

pub(crate) static FIND: Sql = Sql::new(
    "SELECT failures, in_flight, in_flight_until, last_failure, version, in_a_row
     FROM throttles WHERE bucket_kind = $1 AND bucket = $2",
);
pub(crate) static BEGIN: Sql = Sql::new(
    "INSERT INTO throttles (bucket_kind, bucket, failures, in_flight, in_flight_until, last_failure, version, in_a_row)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
pub(crate) static RESERVE: Sql = Sql::new(
    "UPDATE throttles
     SET failures = $3, in_flight = $4, in_flight_until = $5, last_failure = $6, version = $7, in_a_row = $8
     WHERE bucket_kind = $1 AND bucket = $2 AND version = $9",
);
pub(crate) static SUCCEEDED: Sql = Sql::new(
    "UPDATE throttles
     SET failures = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
         in_a_row = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
         in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
         version = version + 1
     WHERE bucket_kind = $1 AND bucket = $2",
);
pub(crate) static FAILED: Sql = Sql::new(
    "UPDATE throttles
     SET in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
         last_failure = CASE WHEN last_failure < $3 THEN $3 ELSE last_failure END,
         version = version + 1
     WHERE bucket_kind = $1 AND bucket = $2",
);
/// Only a try that is still counted as in flight is taken back: one that was taken for a failure meanwhile stays one.
pub(crate) static RELEASED: Sql = Sql::new(
    "UPDATE throttles
     SET failures = failures - 1, in_flight = in_flight - 1, version = version + 1,
         in_a_row = CASE WHEN in_a_row > 0 THEN in_a_row - 1 ELSE 0 END
     WHERE bucket_kind = $1 AND bucket = $2 AND in_flight > 0 AND failures > 0",
);
pub(crate) static CLEAR: Sql = Sql::new(
    "UPDATE throttles SET failures = in_flight, in_a_row = in_flight, version = version + 1
     WHERE bucket_kind = $1 AND bucket = $2",
);
/// Only at a place that is known; otherwise there is nothing to count.
pub(crate) static COUNT_AT_PLACE: Sql = Sql::new(
    "INSERT INTO throttles (bucket_kind, bucket, failures, in_flight, in_flight_until, last_failure, version, in_a_row)
     SELECT 'place', place, 1, 0, $2, $2, 1, 1 FROM known_places WHERE place = $1
     ON CONFLICT (bucket_kind, bucket) DO UPDATE
     SET failures = CASE WHEN throttles.last_failure <= $3 THEN throttles.in_flight ELSE throttles.failures END + 1,
         last_failure = CASE WHEN throttles.last_failure < $2 THEN $2 ELSE throttles.last_failure END,
         in_a_row = throttles.in_a_row + 1,
         version = throttles.version + 1",
);
pub(crate) static CLEAR_PLACES: Sql = Sql::new(
    "DELETE FROM throttles
     WHERE bucket_kind = 'place' AND bucket IN (SELECT place FROM known_places WHERE user_number = $1)",
);
pub(crate) static KNOWS_PLACE: Sql =
    Sql::new("SELECT seen FROM known_places WHERE place = $1 AND seen >= $2");
/// The time never goes back.
pub(crate) static NOTE_PLACE: Sql = Sql::new(
    "INSERT INTO known_places (place, user_number, seen) VALUES ($1, $2, $3)
     ON CONFLICT (place) DO UPDATE
     SET seen = CASE WHEN known_places.seen < excluded.seen THEN excluded.seen ELSE known_places.seen END",
);
pub(crate) static FORGET_PLACES_OF: Sql = Sql::new("DELETE FROM known_places WHERE user_number = $1");
pub(crate) static FORGET_PLACES: Sql = Sql::new("DELETE FROM known_places WHERE seen < $1");
pub(crate) static FORGET_AT_PLACES: Sql = Sql::new(
    "DELETE FROM throttles WHERE bucket_kind = 'place' AND last_failure < $1 AND in_flight_until < $1",
);
pub(crate) static FORGET: Sql = Sql::new(
    "DELETE FROM throttles WHERE bucket_kind = 'name' AND last_failure < $1 AND in_flight_until < $1",
);

pub(crate) async fn find(db: &Db, bucket: &Bucket) -> StoreResult<Option<Throttle>> {
    let Some(mut row) = db.query_one(&FIND, &key(bucket)).await? else { return Ok(None) };
    let count = |value: i64, column| u32::try_from(value).map_err(|_| StoreError::Corrupt(column));
    Ok(Some(Throttle {
        failures: count(row.int("throttles.failures")?, "throttles.failures")?,
        in_flight: count(row.int("throttles.in_flight")?, "throttles.in_flight")?,
        in_flight_until: Timestamp::from_millis(row.int("throttles.in_flight_until")?),
        last_failure: Timestamp::from_millis(row.int("throttles.last_failure")?),
        version: row.int("throttles.version")?,
        in_a_row: count(row.int("throttles.in_a_row")?, "throttles.in_a_row")?,
    }))
}

pub(crate) async fn knows_place(db: &Db, place: &[u8; 32], since: Timestamp) -> StoreResult<bool> {
    let row = db.query_one(&KNOWS_PLACE, &[place.as_slice().into(), since.millis().into()]).await?;
    Ok(row.is_some())
}

pub(crate) fn reserve(bucket: &Bucket, seen: Option<&Throttle>, next: &Throttle) -> Vec<Step> {
    let mut values = key(bucket).to_vec();
    values.extend([
        next.failures.into(),
        next.in_flight.into(),
        next.in_flight_until.millis().into(),
        next.last_failure.millis().into(),
        next.version.into(),
        next.in_a_row.into(),
    ]);
    let sql = match seen {
        None => &BEGIN,
        Some(seen) => {
            values.push(seen.version.into());
            &RESERVE
        }
    };
    // What comes of the try is told when it is settled, and what settles it is durable together with this.
    vec![Step::one(sql, values, Conflict::ThrottleChanged).provisional()]
}

pub(crate) fn succeeded(bucket: &Bucket) -> Vec<Step> {
    vec![Step::any(&SUCCEEDED, key(bucket).to_vec())]
}

pub(crate) fn failed(bucket: &Bucket, at: Timestamp) -> Vec<Step> {
    let mut values = key(bucket).to_vec();
    values.push(at.millis().into());
    vec![Step::any(&FAILED, values)]
}

pub(crate) fn released(bucket: &Bucket) -> Vec<Step> {
    vec![Step::any(&RELEASED, key(bucket).to_vec())]
}

pub(crate) fn clear(bucket: &Bucket) -> Vec<Step> {
    vec![Step::any(&CLEAR, key(bucket).to_vec())]
}

/// A new password: whoever guessed at the old one does not hold up the new one, and whoever knew it is no longer known.
pub(crate) fn clear_all(user: UserNumber) -> Vec<Step> {
    let mut steps = clear(&Bucket::User(user));
    steps.extend(wipe_places(user));
    steps
}

pub(crate) fn wipe_places(user: UserNumber) -> [Step; 2] {
    [&CLEAR_PLACES, &FORGET_PLACES_OF].map(|sql| Step::any(sql, vec![user.0.into()]))
}

pub(crate) fn count_at_place(place: &[u8; 32], at: Timestamp, anew_since: Timestamp) -> Vec<Step> {
    let values = vec![place.as_slice().into(), at.millis().into(), anew_since.millis().into()];
    vec![Step::any(&COUNT_AT_PLACE, values)]
}

pub(crate) fn note_place(place: &[u8; 32], user: UserNumber, at: Timestamp) -> Vec<Step> {
    vec![Step::any(&NOTE_PLACE, vec![place.as_slice().into(), user.0.into(), at.millis().into()])]
}

pub(crate) fn forget_places(before: Timestamp) -> Vec<Step> {
    [&FORGET_AT_PLACES, &FORGET_PLACES].map(|sql| Step::any(sql, vec![before.millis().into()])).into()
}

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    vec![Step::any(&FORGET, vec![before.millis().into()])]
}

fn key(bucket: &Bucket) -> [Value; 2] {
    match bucket {
        Bucket::User(number) => ["user".into(), number.0.to_be_bytes().as_slice().into()],
        Bucket::UnknownName(digest) => ["name".into(), digest.as_slice().into()],
        Bucket::Place(digest) => ["place".into(), digest.as_slice().into()],
    }
}
