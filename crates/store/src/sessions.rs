//! The ledger of sessions.

use std::sync::Arc;

use identity::keyring::KeyUse;
use identity::organization::Memberships;
use identity::ports::{Conflict, SessionQuery, StoreError, StoreResult};
use identity::secret::{Digest, Sha256Digest};
use identity::session::{EndReason, NewSession, Session, SessionId, Touch};
use identity::user::{Permissions, User, UserNumber};
use identity::{Door, Timestamp};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::{organizations, users};

/// The columns of [`read`], in its order, from `sessions AS s`.
macro_rules! columns {
    () => {
        "s.id, s.user_number, s.door, s.created, s.last_seen, s.idle_end, s.absolute_end, s.ended, \
         s.end_reason, s.address, s.user_agent, s.permissions"
    };
}

pub(crate) static BY_DIGEST: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", ",
    users::columns!(),
    " FROM sessions AS s JOIN users AS u ON u.number = s.user_number",
    " WHERE s.digest = $1 AND s.digest_kind = $2"
));
/// Each row has a membership of the owner's before the rest; of an owner without any there is one row.
pub(crate) static WITH_MEMBERSHIPS: Sql = Sql::new(concat!(
    "SELECT ",
    organizations::belonging!(),
    ", ",
    columns!(),
    ", ",
    users::columns!(),
    " FROM sessions AS s JOIN users AS u ON u.number = s.user_number ",
    organizations::belongings!(),
    " WHERE s.digest = $1 AND s.digest_kind = $2"
));
pub(crate) static BY_ID: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM sessions AS s WHERE s.id = $1"));
pub(crate) static PAGE: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM sessions AS s WHERE s.user_number = $1 AND s.id > $2 ORDER BY s.id LIMIT $3"
));
pub(crate) static LIVE_PAGE: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM sessions AS s WHERE s.user_number = $1 AND s.id > $2 AND s.ended IS NULL",
    " AND (s.idle_end IS NULL OR s.idle_end > $4) AND (s.absolute_end IS NULL OR s.absolute_end > $4)",
    " ORDER BY s.id LIMIT $3"
));
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO sessions (id, user_number, door, digest_kind, digest, created, last_seen, idle_end,
         absolute_end, address, user_agent, permissions, signing_key)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)",
);
/// The count is safe: whoever opens a session holds the lock of the user's row.
pub(crate) static INSERT_WITHIN: Sql = Sql::new(
    "INSERT INTO sessions (id, user_number, door, digest_kind, digest, created, last_seen, idle_end,
         absolute_end, address, user_agent, permissions, signing_key)
     SELECT $1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12
     WHERE $13 > (
         SELECT count(*) FROM sessions
         WHERE user_number = $2 AND door = $3 AND ended IS NULL
             AND (idle_end IS NULL OR idle_end > $6) AND (absolute_end IS NULL OR absolute_end > $6))",
);
pub(crate) static END: Sql =
    Sql::new("UPDATE sessions SET ended = $2, end_reason = $3 WHERE id = $1 AND ended IS NULL");
pub(crate) static END_ALL: Sql = Sql::new(
    "UPDATE sessions SET ended = $2, end_reason = $3
     WHERE user_number = $1 AND ended IS NULL AND (CAST($4 AS TEXT) IS NULL OR door = $4)
         AND (CAST($5 AS BYTEA) IS NULL OR id <> $5)",
);
/// Where somebody was and with what is personal; the rows stay for the count and the audit trail.
pub(crate) static FORGET_DEVICES: Sql =
    Sql::new("UPDATE sessions SET address = '', user_agent = '' WHERE user_number = $1");
/// The sessions whose tokens are signed with a key that signs no more.
pub(crate) static END_SIGNED: Sql = Sql::new(
    "UPDATE sessions SET ended = $2, end_reason = $3
     WHERE ended IS NULL
         AND signing_key IN (SELECT id FROM signing_keys WHERE key_use = $1 AND ends IS NOT NULL)",
);
/// The sessions that would live on though nobody accepts their tokens: they ended with their key.
pub(crate) static END_OUTLIVED: Sql = Sql::new(
    "UPDATE sessions SET ended = (SELECT k.ends FROM signing_keys AS k WHERE k.id = signing_key), end_reason = $2
     WHERE ended IS NULL
         AND (idle_end IS NULL OR idle_end > $1) AND (absolute_end IS NULL OR absolute_end > $1)
         AND signing_key IN (SELECT id FROM signing_keys WHERE ends < $1)",
);
/// A use that is written down late counts when the session lived at the time of it.
pub(crate) static TOUCH: Sql = Sql::new(
    "UPDATE sessions
     SET last_seen = CASE WHEN last_seen < $2 THEN $2 ELSE last_seen END,
         idle_end = CASE WHEN idle_end < $3 THEN $3 ELSE idle_end END
     WHERE id = $1 AND ended IS NULL
         AND (idle_end IS NULL OR idle_end > $2) AND (absolute_end IS NULL OR absolute_end > $2)",
);

pub(crate) async fn by_digest(db: &Db, digest: &Digest) -> StoreResult<Option<(Arc<Session>, Arc<User>)>> {
    let sha256 = Sha256Digest::of(digest);
    if let Some((found, owner, _)) = sha256.and_then(|sha256| db.known()?.session(&sha256)) {
        return Ok(Some((found, owner)));
    }
    let reading = db.reading();
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let Some(mut row) = db.query_one(&BY_DIGEST, &values).await? else { return Ok(None) };
    let found = (Arc::new(read(&mut row)?), Arc::new(users::read(&mut row)?));
    if let Some(reading) = reading {
        reading.keep_session(digest, &found);
    }
    Ok(Some(found))
}

pub(crate) async fn with_memberships(
    db: &Db,
    digest: &Digest,
) -> StoreResult<Option<(Arc<Session>, Arc<User>, Memberships)>> {
    let reading = db.reading();
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let mut rows = db.query(&WITH_MEMBERSHIPS, &values).await?;
    let memberships = organizations::read_belongings(&mut rows)?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let (session, owner) = (Arc::new(read(row)?), Arc::new(users::read(row)?));
    if let Some(reading) = reading {
        reading.keep_session(digest, &(Arc::clone(&session), Arc::clone(&owner)));
        reading.keep_memberships(owner.number, &memberships);
    }
    Ok(Some((session, owner, memberships)))
}

pub(crate) async fn by_id(db: &Db, id: SessionId) -> StoreResult<Option<Session>> {
    db.query_one(&BY_ID, &[bytes(id)]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn page(db: &Db, user: UserNumber, query: SessionQuery) -> StoreResult<Vec<Session>> {
    let after = query.after.map_or_else(|| Value::Blob(Vec::new()), bytes);
    let mut values = vec![user.0.into(), after, query.limit.into()];
    let sql = match query.live_at {
        Some(now) => {
            values.push(now.millis().into());
            &LIVE_PAGE
        }
        None => &PAGE,
    };
    db.query(sql, &values).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<Session> {
    let id = SessionId(row.uuid("sessions.id")?);
    let user = UserNumber(row.int("sessions.user_number")?);
    let door = Door::recorded(row.text("sessions.door")?);
    let created = Timestamp::from_millis(row.int("sessions.created")?);
    let last_seen = Timestamp::from_millis(row.int("sessions.last_seen")?);
    let idle_end = row.opt_int("sessions.idle_end")?.map(Timestamp::from_millis);
    let absolute_end = row.opt_int("sessions.absolute_end")?.map(Timestamp::from_millis);
    let ended = read_end(row, "sessions.ended", "sessions.end_reason")?;
    let address = row.text("sessions.address")?;
    let user_agent = row.text("sessions.user_agent")?;
    let words = row.opt_text("sessions.permissions")?;
    let permissions = words.map(|words| permissions(&words, "sessions.permissions")).transpose()?;
    Ok(Session {
        id,
        user,
        door,
        created,
        last_seen,
        idle_end,
        absolute_end,
        ended,
        address,
        user_agent,
        permissions,
    })
}

/// When and why something was ended, from these two columns.
pub(crate) fn read_end(
    row: &mut Row,
    ended: &'static str,
    end_reason: &'static str,
) -> StoreResult<Option<(Timestamp, EndReason)>> {
    let at = row.opt_int(ended)?.map(Timestamp::from_millis);
    let reason = row.opt_text(end_reason)?;
    match (at, reason.as_deref()) {
        (None, None) => Ok(None),
        (Some(at), Some(name)) => {
            Ok(Some((at, EndReason::from_name(name).ok_or(StoreError::Corrupt(end_reason))?)))
        }
        _ => Err(StoreError::Corrupt(ended)),
    }
}

/// Permissions from their words in this column.
pub(crate) fn permissions(words: &str, column: &'static str) -> StoreResult<Permissions> {
    Permissions::from_words(words).ok_or(StoreError::Corrupt(column))
}

pub(crate) fn open(
    session: &NewSession,
    version: i64,
    limit: Option<u32>,
    replaces: Option<SessionId>,
) -> Vec<Step> {
    let mut values = vec![
        bytes(session.id),
        session.user.0.into(),
        session.door.as_str().into(),
        session.digest.kind.as_str().into(),
        session.digest.bytes.as_slice().into(),
        session.created.millis().into(),
        session.idle_end.map(Timestamp::millis).into(),
        session.absolute_end.map(Timestamp::millis).into(),
        session.address.as_str().into(),
        session.user_agent.as_str().into(),
        session.permissions.map(Permissions::to_words).as_deref().into(),
        session.signing_key.as_ref().map(|key| key.0.as_bytes().as_slice()).into(),
    ];
    // Most doors have no limit, and then nothing needs to be counted.
    let insert = match limit {
        None => &INSERT,
        Some(limit) => {
            values.push(limit.into());
            &INSERT_WITHIN
        }
    };
    let mut steps = vec![users::lock_for_sign_in(session.user, version, session.created)];
    steps.extend(replaces.map(|old| Step::any(&END, end_values(old, session.created, EndReason::Replaced))));
    steps.push(Step::one(insert, values, Conflict::SessionLimit));
    steps
}

pub(crate) fn end(session: SessionId, at: Timestamp, reason: EndReason) -> Vec<Step> {
    vec![Step::one(&END, end_values(session, at, reason), Conflict::SessionEnded)]
}

fn end_values(session: SessionId, at: Timestamp, reason: EndReason) -> Vec<Value> {
    vec![bytes(session), at.millis().into(), reason.as_str().into()]
}

pub(crate) fn end_all(
    user: UserNumber,
    door: Option<&Door>,
    except: Option<SessionId>,
    at: Timestamp,
    reason: EndReason,
) -> Vec<Step> {
    let values = vec![
        user.0.into(),
        at.millis().into(),
        reason.as_str().into(),
        door.map(Door::as_str).into(),
        except.map(bytes).into(),
    ];
    vec![users::lock(user, door.is_none()), Step::any(&END_ALL, values)]
}

pub(crate) fn end_signed(key_use: KeyUse, at: Timestamp) -> Step {
    let reason = EndReason::KeyDropped.as_str();
    Step::any(&END_SIGNED, vec![key_use.as_str().into(), at.millis().into(), reason.into()])
}

pub(crate) fn end_outlived(before: Timestamp) -> Step {
    Step::any(&END_OUTLIVED, vec![before.millis().into(), EndReason::KeyDropped.as_str().into()])
}

pub(crate) fn forget_devices(user: UserNumber) -> Step {
    Step::any(&FORGET_DEVICES, vec![user.0.into()])
}

pub(crate) fn touch(touch: Touch) -> Vec<Step> {
    let values = vec![
        bytes(touch.session),
        touch.last_seen.millis().into(),
        touch.idle_end.map(Timestamp::millis).into(),
    ];
    vec![Step::any(&TOUCH, values)]
}

fn bytes(id: SessionId) -> Value {
    id.0.as_bytes().as_slice().into()
}
