//! Messages that wait, and for a while the fact that one left. A message waits as long as it has its content.

use identity::Timestamp;
use identity::mail::queue::{NewMail, QueuedMail};
use identity::mail::{MailId, MailKind};
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::user::UserNumber;

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::{address_changes, tickets, users};

pub(crate) static COUNT: Sql =
    Sql::new("SELECT count(*) FROM mail_queue WHERE user_number = $1 AND kind = $2 AND created > $3");
pub(crate) static DUE: Sql = Sql::new(
    "SELECT m.id, m.kind, (SELECT u.id FROM users AS u WHERE u.number = m.user_number), m.sealed, m.created, m.tries
     FROM mail_queue AS m
     WHERE m.due <= $1 AND m.claimed_until <= $1 AND m.sealed IS NOT NULL ORDER BY m.due, m.id LIMIT $2",
);
/// Nothing is queued about a user who was deleted meanwhile: it would not be wiped with the account.
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO mail_queue (id, user_number, kind, sealed, created, due, tries, claimed_until)
     SELECT $1, number, $3, $4, $5, $5, 0, 0 FROM users WHERE number = $2 AND deleted IS NULL",
);
pub(crate) static INSERT_ABOUT_NOBODY: Sql = Sql::new(
    "INSERT INTO mail_queue (id, kind, sealed, created, due, tries, claimed_until)
     VALUES ($1, $2, $3, $4, $4, 0, 0)",
);
pub(crate) static CLAIM: Sql = Sql::new(
    "UPDATE mail_queue SET tries = tries + 1, claimed_until = $3
     WHERE id = $1 AND tries = $2 AND sealed IS NOT NULL",
);
pub(crate) static SENT: Sql =
    Sql::new("UPDATE mail_queue SET sent = $2, sealed = NULL WHERE id = $1 AND sealed IS NOT NULL");
pub(crate) static LATER: Sql = Sql::new(
    "UPDATE mail_queue SET due = $2, claimed_until = 0
     WHERE id = $1 AND tries = $3 AND sealed IS NOT NULL",
);
pub(crate) static FAILED: Sql =
    Sql::new("UPDATE mail_queue SET failed = $2, sealed = NULL WHERE id = $1 AND sealed IS NOT NULL");
pub(crate) static FORGET_SENT: Sql = Sql::new("DELETE FROM mail_queue WHERE sent < $1");
pub(crate) static FORGET_FAILED: Sql = Sql::new("DELETE FROM mail_queue WHERE failed < $1");
pub(crate) static DROP_WAITING: Sql =
    Sql::new("DELETE FROM mail_queue WHERE user_number = $1 AND sealed IS NOT NULL");

/// What a count is called in an error.
const COUNTED: &str = "count of mail_queue";

pub(crate) async fn count(db: &Db, of: UserNumber, kind: MailKind, after: Timestamp) -> StoreResult<u64> {
    let values = [of.0.into(), kind.as_str().into(), after.millis().into()];
    let Some(mut row) = db.query_one(&COUNT, &values).await? else { return Ok(0) };
    u64::try_from(row.int(COUNTED)?).map_err(|_| StoreError::Corrupt(COUNTED))
}

pub(crate) async fn due(db: &Db, now: Timestamp, limit: u32) -> StoreResult<Vec<QueuedMail>> {
    db.query(&DUE, &[now.millis().into(), limit.into()]).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<QueuedMail> {
    Ok(QueuedMail {
        id: MailId(row.uuid("mail_queue.id")?),
        kind: MailKind::from_name(&row.text("mail_queue.kind")?)
            .ok_or(StoreError::Corrupt("mail_queue.kind"))?,
        user: row.opt_uuid("mail_queue.user_number")?,
        sealed: row.blob("mail_queue.sealed")?,
        created: Timestamp::from_millis(row.int("mail_queue.created")?),
        tries: u32::try_from(row.int("mail_queue.tries")?)
            .map_err(|_| StoreError::Corrupt("mail_queue.tries"))?,
    })
}

/// Under the lock of the user's row, so that a deletion under way is waited for.
pub(crate) fn queue(mail: &NewMail) -> Vec<Step> {
    let Some(user) = mail.user else { return vec![queue_about_nobody(mail)] };
    let values = vec![
        bytes(mail.id),
        user.0.into(),
        mail.kind.as_str().into(),
        mail.sealed.as_slice().into(),
        mail.created.millis().into(),
    ];
    vec![users::lock(user, false), Step::any(&INSERT, values)]
}

fn queue_about_nobody(mail: &NewMail) -> Step {
    let values = vec![
        bytes(mail.id),
        mail.kind.as_str().into(),
        mail.sealed.as_slice().into(),
        mail.created.millis().into(),
    ];
    Step::any(&INSERT_ABOUT_NOBODY, values)
}

pub(crate) fn claim(mail: MailId, tries: u32, until: Timestamp) -> Vec<Step> {
    let values = vec![bytes(mail), tries.into(), until.millis().into()];
    vec![Step::one(&CLAIM, values, Conflict::MailTaken)]
}

pub(crate) fn sent(mail: MailId, at: Timestamp) -> Vec<Step> {
    vec![Step::any(&SENT, vec![bytes(mail), at.millis().into()]).wiping()]
}

pub(crate) fn later(mail: MailId, tries: u32, due: Timestamp) -> Vec<Step> {
    vec![Step::any(&LATER, vec![bytes(mail), due.millis().into(), tries.into()])]
}

pub(crate) fn failed(mail: MailId, at: Timestamp) -> Vec<Step> {
    vec![Step::any(&FAILED, vec![bytes(mail), at.millis().into()]).wiping()]
}

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    let values = || vec![before.millis().into()];
    vec![
        tickets::forget(before),
        address_changes::forget(before),
        Step::any(&FORGET_SENT, values()),
        Step::any(&FORGET_FAILED, values()),
    ]
}

/// What goes with its owner.
pub(crate) fn drop_waiting(user: UserNumber) -> Step {
    Step::any(&DROP_WAITING, vec![user.0.into()]).wiping()
}

fn bytes(id: MailId) -> Value {
    id.0.as_bytes().as_slice().into()
}
