//! Who users are to providers. A row is a link; it goes with its user.

use identity::Timestamp;
use identity::federation::{ExternalIdentity, ExternalIdentityId, NewExternalIdentity};
use identity::ports::{Conflict, StoreResult};
use identity::user::{User, UserNumber};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::users;

/// The columns of [`read`], in its order, from `external_identities AS e`.
macro_rules! columns {
    () => {
        "e.id, e.user_number, e.issuer, e.subject, e.created"
    };
}

pub(crate) static BY_SUBJECT: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", ",
    users::columns!(),
    " FROM external_identities AS e JOIN users AS u ON u.number = e.user_number",
    " WHERE e.issuer = $1 AND e.subject = $2"
));
pub(crate) static OF_USER: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM external_identities AS e WHERE e.user_number = $1 ORDER BY e.id"
));
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO external_identities (id, user_number, issuer, subject, created)
     SELECT $1, number, $3, $4, $5 FROM users WHERE id = $2",
);
/// The link that is to remain must be there: two that are taken away at once do not leave a user without any.
pub(crate) static UNLINK_ONE: Sql = Sql::new(
    "DELETE FROM external_identities WHERE id = $1 AND user_number = $2
         AND (CAST($3 AS BYTEA) IS NULL
             OR EXISTS (SELECT 1 FROM external_identities AS o WHERE o.id = $3 AND o.user_number = $2))",
);
pub(crate) static UNLINK: Sql = Sql::new("DELETE FROM external_identities WHERE user_number = $1");

pub(crate) async fn by_subject(
    db: &Db,
    issuer: &str,
    subject: &str,
) -> StoreResult<Option<(ExternalIdentity, User)>> {
    let Some(mut row) = db.query_one(&BY_SUBJECT, &[issuer.into(), subject.into()]).await? else {
        return Ok(None);
    };
    Ok(Some((read(&mut row)?, users::read(&mut row)?)))
}

pub(crate) async fn of_user(db: &Db, user: UserNumber) -> StoreResult<Vec<ExternalIdentity>> {
    db.query(&OF_USER, &[user.0.into()]).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<ExternalIdentity> {
    Ok(ExternalIdentity {
        id: ExternalIdentityId(row.uuid("external_identities.id")?),
        user: UserNumber(row.int("external_identities.user_number")?),
        issuer: row.text("external_identities.issuer")?,
        subject: row.text("external_identities.subject")?,
        created: Timestamp::from_millis(row.int("external_identities.created")?),
    })
}

pub(crate) fn link(new: &NewExternalIdentity, version: i64) -> Vec<Step> {
    let values = vec![
        new.id.0.as_bytes().as_slice().into(),
        new.user.as_bytes().as_slice().into(),
        new.issuer.as_str().into(),
        new.subject.as_str().into(),
        new.created.millis().into(),
    ];
    vec![users::hold_by_id(new.user, version), Step::any(&INSERT, values)]
}

pub(crate) fn unlink_one(
    identity: ExternalIdentityId,
    user: UserNumber,
    version: i64,
    keeps: Option<ExternalIdentityId>,
) -> Vec<Step> {
    let bytes = |id: ExternalIdentityId| Value::from(id.0.as_bytes().as_slice());
    let mut steps = users::hold(user, version);
    let values = vec![bytes(identity), user.0.into(), keeps.map(bytes).into()];
    steps.push(Step::one(&UNLINK_ONE, values, Conflict::IdentityGone).wiping());
    steps
}

/// Under the lock of the user's row, which the deletion has taken.
pub(crate) fn unlink(user: UserNumber) -> Step {
    Step::any(&UNLINK, vec![user.0.into()]).wiping()
}
