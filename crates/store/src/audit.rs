//! The audit trail.

use identity::audit::trail::EventQuery;
use identity::audit::{Event, EventKind};
use identity::ports::{StoreError, StoreResult};
use identity::session::SessionId;
use identity::{Door, RequestId, Timestamp};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};

macro_rules! columns {
    () => {
        "SELECT number, at, kind, user_id, actor, by_user, door, session_id, address, request, detail
         FROM audit_events "
    };
}

/// The newest that fit, by an index that begins with what is asked first and goes on by time. The kinds come as one text
/// with bars between and around them, because a statement has as many values as it has.
macro_rules! matching {
    ($first:literal) => {
        concat!(
            columns!(),
            "WHERE ",
            $first,
            "at >= $1 AND (at, number) < ($2, $3)
                 AND ($4 = '' OR replace($4, '|' || kind || '|', '') <> $4)
                 AND ($5 = '' OR door = $5) AND ($6 = '' OR address = $6)
                 AND (CAST($7 AS BYTEA) IS NULL OR session_id = $7)
                 AND (CAST($8 AS BYTEA) IS NULL OR request = $8)
             ORDER BY at DESC, number DESC LIMIT $9"
        )
    };
}

pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO audit_events (at, kind, user_id, actor, by_user, door, session_id, address, request, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
pub(crate) static PAGE: Sql = Sql::new(concat!(columns!(), "WHERE number > $1 ORDER BY number LIMIT $2"));
pub(crate) static MATCHING: Sql = Sql::new(matching!(""));
pub(crate) static MATCHING_TO: Sql = Sql::new(matching!("user_id = $10 AND "));
/// What somebody did to themselves is found by the statement before.
pub(crate) static MATCHING_BY: Sql =
    Sql::new(matching!("by_user = $10 AND (user_id IS NULL OR user_id <> $10) AND "));
pub(crate) static FORGET: Sql = Sql::new(
    "DELETE FROM audit_events
     WHERE number IN (SELECT number FROM audit_events WHERE at < $1 ORDER BY at, number LIMIT $2)",
);

pub(crate) async fn page(db: &Db, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
    db.query(&PAGE, &[after.into(), limit.into()]).await?.iter_mut().map(read).collect()
}

pub(crate) async fn matching(db: &Db, query: &EventQuery) -> StoreResult<Vec<(i64, Event)>> {
    let mut values = wanted(query);
    let Some(user) = query.user else {
        return db.query(&MATCHING, &values).await?.iter_mut().map(read).collect();
    };
    values.push(user.as_bytes().as_slice().into());
    let mut rows = db.query(&MATCHING_TO, &values).await?;
    rows.extend(db.query(&MATCHING_BY, &values).await?);
    let mut events = rows.iter_mut().map(read).collect::<StoreResult<Vec<_>>>()?;
    events.sort_unstable_by_key(|(number, event)| std::cmp::Reverse((event.at, *number)));
    events.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    Ok(events)
}

/// A query as the statements' values, but for the user. An empty text or null asks for nothing.
fn wanted(query: &EventQuery) -> Vec<Value> {
    let end = query.end();
    let kinds = query.wanted_kinds().map(|kinds| {
        let words: String = kinds.into_iter().map(|kind| format!("{}|", kind.as_str())).collect();
        format!("|{words}")
    });
    vec![
        query.earliest().millis().into(),
        end.at.millis().into(),
        end.number.into(),
        kinds.as_deref().unwrap_or_default().into(),
        query.door.as_ref().map_or("", Door::as_str).into(),
        query.address.as_deref().unwrap_or_default().into(),
        query.session.as_ref().map(|id| id.0.as_bytes().as_slice()).into(),
        query.request.as_ref().map(|id| id.0.as_bytes().as_slice()).into(),
        query.limit.into(),
    ]
}

fn read(row: &mut Row) -> StoreResult<(i64, Event)> {
    let number = row.int("audit_events.number")?;
    let event = Event {
        at: Timestamp::from_millis(row.int("audit_events.at")?),
        kind: EventKind::from_name(&row.text("audit_events.kind")?)
            .ok_or(StoreError::Corrupt("audit_events.kind"))?,
        user: row.opt_uuid("audit_events.user_id")?,
        actor: row.text("audit_events.actor")?,
        by: row.opt_uuid("audit_events.by_user")?,
        door: row.opt_text("audit_events.door")?.map(Door::recorded),
        session: row.opt_uuid("audit_events.session_id")?.map(SessionId),
        address: row.text("audit_events.address")?,
        request: RequestId(row.uuid("audit_events.request")?),
        detail: row.text("audit_events.detail")?,
    };
    Ok((number, event))
}

pub(crate) fn record(event: &Event) -> Step {
    let values: Vec<Value> = vec![
        event.at.millis().into(),
        event.kind.as_str().into(),
        event.user.as_ref().map(|id| id.as_bytes().as_slice()).into(),
        event.actor.as_str().into(),
        event.by.as_ref().map(|id| id.as_bytes().as_slice()).into(),
        event.door.as_ref().map(Door::as_str).into(),
        event.session.as_ref().map(|id| id.0.as_bytes().as_slice()).into(),
        event.address.as_str().into(),
        event.request.0.as_bytes().as_slice().into(),
        event.detail.as_str().into(),
    ];
    Step::any(&INSERT, values)
}

/// A few at a time, so that other commits come in between.
pub(crate) fn forget(before: Timestamp, limit: u32) -> Vec<Step> {
    vec![Step::any(&FORGET, vec![before.millis().into(), limit.into()])]
}
