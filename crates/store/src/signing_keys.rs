//! The keyring's keys, sealed. The row of the newest is the lock between those who sign and a rotation.

use identity::Timestamp;
use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey, SigningKeyId};
use identity::ports::{Conflict, StoreError, StoreResult};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::{sessions, tickets};

pub(crate) static OF_USE: Sql = Sql::new(
    "SELECT id, key_use, algorithm, sealed, created, begins, ends FROM signing_keys
     WHERE key_use = $1 ORDER BY id DESC",
);
pub(crate) static HOLD: Sql =
    Sql::new("UPDATE signing_keys SET created = created WHERE id = $1 AND ends IS NULL");
pub(crate) static RETIRE: Sql =
    Sql::new("UPDATE signing_keys SET ends = $3 WHERE id = $1 AND key_use = $2 AND ends IS NULL");
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO signing_keys (id, key_use, algorithm, sealed, created, begins, ends)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);
pub(crate) static DROP: Sql = Sql::new("DELETE FROM signing_keys WHERE key_use = $1 AND ends IS NOT NULL");
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM signing_keys WHERE ends < $1");

pub(crate) async fn of_use(db: &Db, key_use: KeyUse) -> StoreResult<Vec<SigningKey>> {
    db.query(&OF_USE, &[key_use.as_str().into()]).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<SigningKey> {
    Ok(SigningKey {
        id: SigningKeyId(row.uuid("signing_keys.id")?),
        key_use: KeyUse::from_name(&row.text("signing_keys.key_use")?)
            .ok_or(StoreError::Corrupt("signing_keys.key_use"))?,
        algorithm: KeyAlgorithm::from_word(&row.text("signing_keys.algorithm")?)
            .ok_or(StoreError::Corrupt("signing_keys.algorithm"))?,
        sealed: row.blob("signing_keys.sealed")?,
        created: Timestamp::from_millis(row.int("signing_keys.created")?),
        begins: Timestamp::from_millis(row.int("signing_keys.begins")?),
        ends: row.opt_int("signing_keys.ends")?.map(Timestamp::from_millis),
    })
}

pub(crate) fn hold(key: SigningKeyId) -> Vec<Step> {
    vec![Step::one(&HOLD, vec![bytes(key)], Conflict::SigningKeyChanged)]
}

pub(crate) fn add(key: &SigningKey, previous: Option<(SigningKeyId, Timestamp)>) -> Vec<Step> {
    let key_use = || Value::from(key.key_use.as_str());
    let retire = previous.map(|(old, ends)| {
        Step::one(&RETIRE, vec![bytes(old), key_use(), ends.millis().into()], Conflict::SigningKeyChanged)
    });
    let values = vec![
        bytes(key.id),
        key_use(),
        key.algorithm.as_str().into(),
        key.sealed.as_slice().into(),
        key.created.millis().into(),
        key.begins.millis().into(),
        key.ends.map(Timestamp::millis).into(),
    ];
    retire.into_iter().chain([Step::any(&INSERT, values)]).collect()
}

pub(crate) fn drop_retired(key_use: KeyUse, at: Timestamp) -> Vec<Step> {
    vec![
        sessions::end_signed(key_use, at),
        tickets::end_signed(key_use),
        Step::any(&DROP, vec![key_use.as_str().into()]).wiping(),
    ]
}

/// Nobody could tell afterwards which sessions had such a key: those whose own end is later are ended first, and the
/// tickets are gone with it.
pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    vec![
        sessions::end_outlived(before),
        tickets::end_outlived(before),
        Step::any(&FORGET, vec![before.millis().into()]).wiping(),
    ]
}

fn bytes(id: SigningKeyId) -> Value {
    id.0.as_bytes().as_slice().into()
}
