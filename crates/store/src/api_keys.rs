//! API keys, of users and of organizations.

use std::sync::Arc;

use identity::api_key::{ApiKey, ApiKeyId, Bounds, Grant, KeyOwner, NewApiKey};
use identity::organization::{Memberships, Organization, OrganizationId};
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::secret::{Digest, Sha256Digest};
use identity::session::EndReason;
use identity::user::{User, UserNumber};
use identity::{Door, Timestamp};

use crate::db::Db;
use crate::sessions::{permissions, read_end};
use crate::sql::{Row, Sql, Step, Value};
use crate::{organizations, users};

/// The columns of [`read`], in its order, from `api_keys AS k`.
macro_rules! columns {
    () => {
        "k.id, k.user_number, k.organization, k.bounds, k.door, k.standing, k.name, k.permissions, k.restrictions, k.created, \
         k.updated, k.expires, k.last_used, k.ended, k.end_reason, k.sealed"
    };
}

pub(crate) static BY_DIGEST: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", ",
    users::columns!(),
    " FROM api_keys AS k JOIN users AS u ON u.number = k.user_number",
    " WHERE k.digest = $1 AND k.digest_kind = $2"
));
/// Each row has a membership of the owner's before the rest; of an owner without any there is one row.
pub(crate) static WITH_MEMBERSHIPS: Sql = Sql::new(concat!(
    "SELECT ",
    organizations::belonging!(),
    ", ",
    columns!(),
    ", ",
    users::columns!(),
    " FROM api_keys AS k JOIN users AS u ON u.number = k.user_number ",
    organizations::belongings!(),
    " WHERE k.digest = $1 AND k.digest_kind = $2"
));
pub(crate) static OF_ORGANIZATION_BY_DIGEST: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", ",
    organizations::columns!(),
    " FROM api_keys AS k JOIN organizations AS o ON o.id = k.organization",
    " WHERE k.digest = $1 AND k.digest_kind = $2"
));
pub(crate) static BY_ID: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM api_keys AS k WHERE k.id = $1"));
pub(crate) static OF_ORGANIZATION: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM api_keys AS k WHERE k.organization = $1 AND k.door = $2 AND k.ended IS NULL ORDER BY k.id"
));
pub(crate) static OF_DOOR: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM api_keys AS k WHERE k.user_number = $1 AND k.door = $2 AND k.ended IS NULL ORDER BY k.id"
));
pub(crate) static OF_USER: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM api_keys AS k WHERE k.user_number = $1 AND k.ended IS NULL ORDER BY k.door, k.id"
));
/// The count is safe: whoever makes a key holds the lock of the user's row.
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO api_keys (id, user_number, door, standing, name, permissions, restrictions, digest_kind,
         digest, sealed, created, updated, expires, last_used, bounds)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
     WHERE $16 > (SELECT count(*) FROM api_keys WHERE user_number = $2 AND door = $3 AND ended IS NULL)",
);
/// The count is safe: whoever makes a key holds the lock of the organization's row.
pub(crate) static INSERT_OF_ORGANIZATION: Sql = Sql::new(
    "INSERT INTO api_keys (id, organization, door, standing, name, permissions, restrictions, digest_kind,
         digest, sealed, created, updated, expires, last_used, bounds)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
     WHERE $16 > (SELECT count(*) FROM api_keys WHERE organization = $2 AND door = $3 AND ended IS NULL)",
);
pub(crate) static UPDATE: Sql = Sql::new(
    "UPDATE api_keys SET permissions = $2, restrictions = $3, expires = $4, updated = $5
     WHERE id = $1 AND ended IS NULL",
);
pub(crate) static END: Sql = Sql::new(
    "UPDATE api_keys SET ended = $2, end_reason = $3, sealed = NULL WHERE id = $1 AND ended IS NULL",
);
pub(crate) static END_STANDING: Sql = Sql::new(
    "UPDATE api_keys SET ended = $2, end_reason = $3, sealed = NULL
     WHERE user_number = $1 AND standing = 1 AND ended IS NULL",
);
/// What a person called a key is personal; the rows stay, so that it is known what a key was that is shown later.
pub(crate) static WIPE: Sql = Sql::new(
    "UPDATE api_keys
     SET ended = COALESCE(ended, $2), end_reason = COALESCE(end_reason, $3), sealed = NULL, name = ''
     WHERE user_number = $1",
);
pub(crate) static TOUCH: Sql =
    Sql::new("UPDATE api_keys SET last_used = $2 WHERE id = $1 AND (last_used IS NULL OR last_used < $2)");

pub(crate) async fn by_digest(db: &Db, digest: &Digest) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>)>> {
    let sha256 = Sha256Digest::of(digest);
    if let Some((found, owner, _)) = sha256.and_then(|sha256| db.known()?.api_key(&sha256)) {
        return Ok(Some((found, owner)));
    }
    let reading = db.reading();
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let Some(mut row) = db.query_one(&BY_DIGEST, &values).await? else { return Ok(None) };
    let found = (Arc::new(read(&mut row)?), Arc::new(users::read(&mut row)?));
    if let Some(reading) = reading {
        reading.keep_api_key(digest, &found);
    }
    Ok(Some(found))
}

pub(crate) async fn with_memberships(
    db: &Db,
    digest: &Digest,
) -> StoreResult<Option<(Arc<ApiKey>, Arc<User>, Memberships)>> {
    let reading = db.reading();
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let mut rows = db.query(&WITH_MEMBERSHIPS, &values).await?;
    let memberships = organizations::read_belongings(&mut rows)?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let (key, owner) = (Arc::new(read(row)?), Arc::new(users::read(row)?));
    if let Some(reading) = reading {
        reading.keep_api_key(digest, &(Arc::clone(&key), Arc::clone(&owner)));
        reading.keep_memberships(owner.number, &memberships);
    }
    Ok(Some((key, owner, memberships)))
}

pub(crate) async fn of_organization_by_digest(
    db: &Db,
    digest: &Digest,
) -> StoreResult<Option<(ApiKey, Organization)>> {
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let Some(mut row) = db.query_one(&OF_ORGANIZATION_BY_DIGEST, &values).await? else { return Ok(None) };
    Ok(Some((read(&mut row)?, organizations::read(&mut row)?)))
}

pub(crate) async fn by_id(db: &Db, id: ApiKeyId) -> StoreResult<Option<ApiKey>> {
    db.query_one(&BY_ID, &[bytes(id)]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn of_organization(db: &Db, of: OrganizationId, door: &Door) -> StoreResult<Vec<ApiKey>> {
    let values = [organizations::bytes(of), door.as_str().into()];
    db.query(&OF_ORGANIZATION, &values).await?.iter_mut().map(read).collect()
}

pub(crate) async fn of_door(db: &Db, user: UserNumber, door: &Door) -> StoreResult<Vec<ApiKey>> {
    db.query(&OF_DOOR, &[user.0.into(), door.as_str().into()]).await?.iter_mut().map(read).collect()
}

pub(crate) async fn of_user(db: &Db, user: UserNumber) -> StoreResult<Vec<ApiKey>> {
    db.query(&OF_USER, &[user.0.into()]).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<ApiKey> {
    let id = ApiKeyId(row.uuid("api_keys.id")?);
    let owner = match (row.opt_int("api_keys.user_number")?, row.opt_uuid("api_keys.organization")?) {
        (Some(number), None) => KeyOwner::User(UserNumber(number)),
        (None, Some(id)) => KeyOwner::Organization(OrganizationId(id)),
        _ => return Err(StoreError::Corrupt("api_keys.organization")),
    };
    let bounds = match row.opt_text("api_keys.bounds")? {
        Some(text) => Bounds::from_text(&text).ok_or(StoreError::Corrupt("api_keys.bounds"))?,
        None => Bounds::default(),
    };
    Ok(ApiKey {
        id,
        owner,
        door: Door::recorded(row.text("api_keys.door")?),
        standing: row.bool("api_keys.standing")?,
        name: row.text("api_keys.name")?,
        grant: Grant {
            granted: permissions(&row.text("api_keys.permissions")?, "api_keys.permissions")?,
            withheld: permissions(&row.text("api_keys.restrictions")?, "api_keys.restrictions")?,
        },
        bounds,
        created: Timestamp::from_millis(row.int("api_keys.created")?),
        updated: Timestamp::from_millis(row.int("api_keys.updated")?),
        expires: row.opt_int("api_keys.expires")?.map(Timestamp::from_millis),
        last_used: row.opt_int("api_keys.last_used")?.map(Timestamp::from_millis),
        ended: read_end(row, "api_keys.ended", "api_keys.end_reason")?,
        sealed: row.opt_blob("api_keys.sealed")?,
    })
}

pub(crate) fn open(new: &NewApiKey, version: i64, limit: u32) -> Vec<Step> {
    let user = match new.key.owner {
        KeyOwner::User(user) => user,
        // Nobody has that number: the lock misses.
        KeyOwner::Organization(_) => UserNumber(0),
    };
    let mut steps = users::hold(user, version);
    steps.push(Step::one(&INSERT, values(new, user.0.into(), limit), Conflict::ApiKeyLimit));
    steps
}

pub(crate) fn open_of_organization(new: &NewApiKey, organization: OrganizationId, limit: u32) -> Vec<Step> {
    let values = values(new, organizations::bytes(organization), limit);
    vec![organizations::lock(organization), Step::one(&INSERT_OF_ORGANIZATION, values, Conflict::ApiKeyLimit)]
}

fn values(new: &NewApiKey, owner: Value, limit: u32) -> Vec<Value> {
    let NewApiKey { key, digest } = new;
    vec![
        bytes(key.id),
        owner,
        key.door.as_str().into(),
        key.standing.into(),
        key.name.as_str().into(),
        key.grant.granted.to_words().as_str().into(),
        key.grant.withheld.to_words().as_str().into(),
        digest.kind.as_str().into(),
        digest.bytes.as_slice().into(),
        key.sealed.as_deref().into(),
        key.created.millis().into(),
        key.updated.millis().into(),
        key.expires.map(Timestamp::millis).into(),
        key.last_used.map(Timestamp::millis).into(),
        key.bounds.to_text().as_deref().into(),
        limit.into(),
    ]
}

pub(crate) fn update(key: ApiKeyId, grant: Grant, expires: Option<Timestamp>, at: Timestamp) -> Vec<Step> {
    let values = vec![
        bytes(key),
        grant.granted.to_words().as_str().into(),
        grant.withheld.to_words().as_str().into(),
        expires.map(Timestamp::millis).into(),
        at.millis().into(),
    ];
    vec![Step::one(&UPDATE, values, Conflict::ApiKeyEnded)]
}

pub(crate) fn end(key: ApiKeyId, at: Timestamp, reason: EndReason) -> Vec<Step> {
    let values = vec![bytes(key), at.millis().into(), reason.as_str().into()];
    vec![Step::one(&END, values, Conflict::ApiKeyEnded).wiping()]
}

pub(crate) fn end_standing(user: UserNumber, at: Timestamp, reason: EndReason) -> Vec<Step> {
    let values = vec![user.0.into(), at.millis().into(), reason.as_str().into()];
    vec![users::lock(user, false), Step::any(&END_STANDING, values).wiping()]
}

/// What goes with its owner.
pub(crate) fn wipe(user: UserNumber, at: Timestamp) -> Step {
    let reason = EndReason::UserDeleted.as_str();
    Step::any(&WIPE, vec![user.0.into(), at.millis().into(), reason.into()]).wiping()
}

pub(crate) fn touch(key: ApiKeyId, at: Timestamp) -> Vec<Step> {
    vec![Step::any(&TOUCH, vec![bytes(key), at.millis().into()])]
}

fn bytes(id: ApiKeyId) -> Value {
    id.0.as_bytes().as_slice().into()
}
