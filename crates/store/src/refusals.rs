//! Refused requests that are kept, and how many were not. `identity::refusal` says how many rows each may have.

use identity::ports::{StoreError, StoreResult};
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::{RequestId, Timestamp};

use crate::db::Db;
use crate::sql::{Sql, Step};

pub(crate) static FIND: Sql = Sql::new(
    "SELECT at, request, door, method, route, status, outcome, rule, seen, wanted, observed, address, network
     FROM refusals WHERE id = $1",
);
pub(crate) static KEEP: Sql = Sql::new(
    "INSERT INTO refusals (id, at, request, door, method, route, status, outcome, rule, seen, wanted, observed,
         address, network)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (id) DO NOTHING",
);
/// Done for each one that is kept, so there is never more than one too many; a smaller share after an upgrade is reached in
/// steps.
pub(crate) static TRIM_NETWORK: Sql = Sql::new(
    "DELETE FROM refusals WHERE id IN (
         SELECT id FROM refusals WHERE rule = $1 AND network = $2
         ORDER BY at DESC, id DESC LIMIT 100 OFFSET $3)",
);
pub(crate) static TRIM_RULE: Sql = Sql::new(
    "DELETE FROM refusals WHERE id IN (
         SELECT id FROM refusals WHERE rule = $1 ORDER BY at DESC, id DESC LIMIT 100 OFFSET $2)",
);
pub(crate) static COUNT_LEFT_OUT: Sql = Sql::new(
    "INSERT INTO refusals_left_out (rule, counted, since, latest) VALUES ($1, $2, $3, $3)
     ON CONFLICT (rule) DO UPDATE
     SET counted = refusals_left_out.counted + excluded.counted,
         latest = CASE WHEN refusals_left_out.latest < excluded.latest THEN excluded.latest
                       ELSE refusals_left_out.latest END",
);
/// Every rule has a name, so that the order of the key is the way through the table.
pub(crate) static LEFT_OUT: Sql =
    Sql::new("SELECT rule, counted, since, latest FROM refusals_left_out WHERE rule > '' ORDER BY rule");
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM refusals WHERE at < $1");
pub(crate) static FORGET_LEFT_OUT: Sql = Sql::new("DELETE FROM refusals_left_out WHERE latest < $1");

pub(crate) async fn find(db: &Db, id: RefusalId) -> StoreResult<Option<Refused>> {
    let Some(mut row) = db.query_one(&FIND, &[id.to_string().as_str().into()]).await? else {
        return Ok(None);
    };
    Ok(Some(Refused {
        id,
        at: Timestamp::from_millis(row.int("refusals.at")?),
        request: RequestId(row.uuid("refusals.request")?),
        door: row.opt_text("refusals.door")?,
        method: row.text("refusals.method")?,
        route: row.text("refusals.route")?,
        status: u16::try_from(row.int("refusals.status")?)
            .map_err(|_| StoreError::Corrupt("refusals.status"))?,
        outcome: row.text("refusals.outcome")?,
        rule: row.text("refusals.rule")?,
        seen: row.text("refusals.seen")?,
        wanted: row.text("refusals.wanted")?,
        observed: row.text("refusals.observed")?,
        address: row.text("refusals.address")?,
        network: row
            .blob("refusals.network")?
            .try_into()
            .map_err(|_| StoreError::Corrupt("refusals.network"))?,
    }))
}

pub(crate) async fn left_out(db: &Db) -> StoreResult<Vec<LeftOut>> {
    let mut all = Vec::new();
    for mut row in db.query(&LEFT_OUT, &[]).await? {
        all.push(LeftOut {
            rule: row.text("refusals_left_out.rule")?,
            count: u64::try_from(row.int("refusals_left_out.counted")?)
                .map_err(|_| StoreError::Corrupt("refusals_left_out.counted"))?,
            since: Timestamp::from_millis(row.int("refusals_left_out.since")?),
            latest: Timestamp::from_millis(row.int("refusals_left_out.latest")?),
        });
    }
    Ok(all)
}

pub(crate) fn keep(refused: &Refused, of_network: u32, of_rule: u32) -> Vec<Step> {
    let (rule, network) = (refused.rule.as_str(), refused.network.as_slice());
    let values = vec![
        refused.id.to_string().as_str().into(),
        refused.at.millis().into(),
        refused.request.0.as_bytes().as_slice().into(),
        refused.door.as_deref().into(),
        refused.method.as_str().into(),
        refused.route.as_str().into(),
        u32::from(refused.status).into(),
        refused.outcome.as_str().into(),
        rule.into(),
        refused.seen.as_str().into(),
        refused.wanted.as_str().into(),
        refused.observed.as_str().into(),
        refused.address.as_str().into(),
        network.into(),
    ];
    vec![
        Step::any(&KEEP, values),
        Step::any(&TRIM_NETWORK, vec![rule.into(), network.into(), of_network.into()]),
        Step::any(&TRIM_RULE, vec![rule.into(), of_rule.into()]),
    ]
}

pub(crate) fn count_left_out(rule: &str, count: u64, at: Timestamp) -> Vec<Step> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    vec![Step::any(&COUNT_LEFT_OUT, vec![rule.into(), count.into(), at.millis().into()])]
}

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    [&FORGET_LEFT_OUT, &FORGET].map(|sql| Step::any(sql, vec![before.millis().into()])).into()
}
