//! The audit trail.

use identity::audit::{Event, EventKind};
use identity::ports::{StoreError, StoreResult};
use identity::session::SessionId;
use identity::{Door, RequestId, Timestamp};

use crate::db::Db;
use crate::sql::{Sql, Step, Value};

pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO audit_events (at, kind, user_id, actor, door, session_id, address, request, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
pub(crate) static PAGE: Sql = Sql::new(
    "SELECT number, at, kind, user_id, actor, door, session_id, address, request, detail
     FROM audit_events WHERE number > $1 ORDER BY number LIMIT $2",
);

pub(crate) async fn page(db: &Db, after: i64, limit: u32) -> StoreResult<Vec<(i64, Event)>> {
    let mut events = Vec::new();
    for mut row in db.query(&PAGE, &[after.into(), limit.into()]).await? {
        let number = row.int("audit_events.number")?;
        let event = Event {
            at: Timestamp::from_millis(row.int("audit_events.at")?),
            kind: EventKind::from_name(&row.text("audit_events.kind")?)
                .ok_or(StoreError::Corrupt("audit_events.kind"))?,
            user: row.opt_uuid("audit_events.user_id")?,
            actor: row.text("audit_events.actor")?,
            door: row.opt_text("audit_events.door")?.map(Door::recorded),
            session: row.opt_uuid("audit_events.session_id")?.map(SessionId),
            address: row.text("audit_events.address")?,
            request: RequestId(row.uuid("audit_events.request")?),
            detail: row.text("audit_events.detail")?,
        };
        events.push((number, event));
    }
    Ok(events)
}

pub(crate) fn record(event: &Event) -> Step {
    let values: Vec<Value> = vec![
        event.at.millis().into(),
        event.kind.as_str().into(),
        event.user.as_ref().map(|id| id.as_bytes().as_slice()).into(),
        event.actor.as_str().into(),
        event.door.as_ref().map(Door::as_str).into(),
        event.session.as_ref().map(|id| id.0.as_bytes().as_slice()).into(),
        event.address.as_str().into(),
        event.request.0.as_bytes().as_slice().into(),
        event.detail.as_str().into(),
    ];
    Step::any(&INSERT, values)
}
