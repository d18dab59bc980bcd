//! Failure counts. `identity::throttle` decides about them.

use identity::Timestamp;
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::throttle::{Bucket, Throttle};

use crate::db::Db;
use crate::sql::{Sql, Step, Value};

pub(crate) static FIND: Sql = Sql::new(
    "SELECT failures, in_flight, in_flight_until, last_failure, version
     FROM throttles WHERE bucket_kind = $1 AND bucket = $2",
);
pub(crate) static BEGIN: Sql = Sql::new(
    "INSERT INTO throttles (bucket_kind, bucket, failures, in_flight, in_flight_until, last_failure, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);
pub(crate) static RESERVE: Sql = Sql::new(
    "UPDATE throttles
     SET failures = $3, in_flight = $4, in_flight_until = $5, last_failure = $6, version = $7
     WHERE bucket_kind = $1 AND bucket = $2 AND version = $8",
);
pub(crate) static SUCCEEDED: Sql = Sql::new(
    "UPDATE throttles
     SET failures = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END,
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
    "UPDATE throttles SET failures = failures - 1, in_flight = in_flight - 1, version = version + 1
     WHERE bucket_kind = $1 AND bucket = $2 AND in_flight > 0 AND failures > 0",
);
pub(crate) static CLEAR: Sql = Sql::new(
    "UPDATE throttles SET failures = in_flight, version = version + 1 WHERE bucket_kind = $1 AND bucket = $2",
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
    }))
}

pub(crate) fn reserve(bucket: &Bucket, seen: Option<&Throttle>, next: &Throttle) -> Vec<Step> {
    let mut values = key(bucket).to_vec();
    values.extend([
        next.failures.into(),
        next.in_flight.into(),
        next.in_flight_until.millis().into(),
        next.last_failure.millis().into(),
        next.version.into(),
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

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    vec![Step::any(&FORGET, vec![before.millis().into()])]
}

fn key(bucket: &Bucket) -> [Value; 2] {
    match bucket {
        Bucket::User(number) => ["user".into(), number.0.to_be_bytes().as_slice().into()],
        Bucket::UnknownName(digest) => ["name".into(), digest.as_slice().into()],
    }
}
