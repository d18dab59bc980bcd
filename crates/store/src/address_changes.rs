//! Changes of address under way. A row is one that somebody has not agreed to yet.

use identity::Timestamp;
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::user::address_change::{AddressChange, Side};
use identity::user::{Email, UserNumber};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::{tickets, users};

pub(crate) static OF_USER: Sql = Sql::new(
    "SELECT user_number, address, waits_new, waits_old, expires FROM address_changes WHERE user_number = $1",
);
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO address_changes (user_number, address, waits_new, waits_old, expires)
     VALUES ($1, $2, $3, $4, $5)",
);
pub(crate) static AGREE_NEW: Sql = Sql::new(
    "UPDATE address_changes SET waits_new = 0
     WHERE user_number = $1 AND waits_new = 1 AND waits_old = 1 AND expires > $2",
);
pub(crate) static AGREE_OLD: Sql = Sql::new(
    "UPDATE address_changes SET waits_old = 0
     WHERE user_number = $1 AND waits_new = 1 AND waits_old = 1 AND expires > $2",
);
pub(crate) static CLOSE: Sql = Sql::new(
    "DELETE FROM address_changes
     WHERE user_number = $1 AND waits_new = $2 AND waits_old = $3 AND expires > $4",
);
pub(crate) static WIPE: Sql = Sql::new("DELETE FROM address_changes WHERE user_number = $1");
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM address_changes WHERE expires < $1");

pub(crate) async fn of_user(db: &Db, user: UserNumber) -> StoreResult<Option<AddressChange>> {
    db.query_one(&OF_USER, &[user.0.into()]).await?.as_mut().map(read).transpose()
}

fn read(row: &mut Row) -> StoreResult<AddressChange> {
    Ok(AddressChange {
        user: UserNumber(row.int("address_changes.user_number")?),
        email: Email::new(&row.text("address_changes.address")?)
            .map_err(|_| StoreError::Corrupt("address_changes.address"))?,
        waits_new: row.bool("address_changes.waits_new")?,
        waits_old: row.bool("address_changes.waits_old")?,
        expires: Timestamp::from_millis(row.int("address_changes.expires")?),
    })
}

pub(crate) fn open(change: &AddressChange, version: i64) -> Vec<Step> {
    let values = vec![
        change.user.0.into(),
        change.email.as_str().into(),
        change.waits_new.into(),
        change.waits_old.into(),
        change.expires.millis().into(),
    ];
    let mut steps = users::hold(change.user, version);
    steps.push(tickets::end_address_change(change.user));
    steps.push(wipe(change.user));
    steps.push(Step::any(&INSERT, values));
    steps
}

pub(crate) fn agree(user: UserNumber, side: Side, at: Timestamp) -> Vec<Step> {
    let sql = match side {
        Side::New => &AGREE_NEW,
        Side::Old => &AGREE_OLD,
    };
    vec![Step::one(sql, vec![user.0.into(), at.millis().into()], Conflict::TicketGone)]
}

pub(crate) fn close(user: UserNumber, side: Side, at: Timestamp) -> Vec<Step> {
    let waits = |one| Value::from(side == one);
    let values = vec![user.0.into(), waits(Side::New), waits(Side::Old), at.millis().into()];
    vec![Step::one(&CLOSE, values, Conflict::TicketGone).wiping()]
}

/// What goes with its owner.
pub(crate) fn wipe(user: UserNumber) -> Step {
    Step::any(&WIPE, vec![user.0.into()]).wiping()
}

pub(crate) fn forget(before: Timestamp) -> Step {
    Step::any(&FORGET, vec![before.millis().into()]).wiping()
}
