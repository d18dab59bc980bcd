//! The directory: page after page of the users that match, in one of six orders and their reverses.
//!
//! The order is that of bytes and numbers, so that it is the same on every engine and in every locale; what is missing
//! comes before everything else. Ties go by number, so that no user is on two pages.
//!
//! A listing of everybody reads every user, for the count if for nothing else; a household is found by its index.

use identity::ports::{StoreError, StoreResult};
use identity::user::Status;
use identity::user::directory::{SortField, UserPage, UserQuery};

use super::{columns, read};
use crate::db::Db;
use crate::sql::{Sql, Value};

/// Everybody with one of three statuses.
macro_rules! everybody {
    () => {
        " FROM users AS u WHERE u.deleted IS NULL AND u.status IN ($1, $2, $3)"
    };
    ($order:literal) => {
        concat!("SELECT ", columns!(), everybody!(), " ORDER BY ", $order, " LIMIT $4 OFFSET $5")
    };
}

/// Of them a user and those that belong to this user.
macro_rules! household {
    () => {
        concat!(everybody!(), " AND (u.number = $4 OR u.parent = $4)")
    };
    ($order:literal) => {
        concat!("SELECT ", columns!(), household!(), " ORDER BY ", $order, " LIMIT $5 OFFSET $6")
    };
}

pub(crate) static COUNT: Sql = Sql::new(concat!("SELECT count(*)", everybody!()));
pub(crate) static HOUSEHOLD_COUNT: Sql = Sql::new(concat!("SELECT count(*)", household!()));
pub(crate) static BY_NUMBER: Sql = Sql::new(everybody!("u.number"));
pub(crate) static BY_NUMBER_DOWN: Sql = Sql::new(everybody!("u.number DESC"));
pub(crate) static BY_USERNAME: Sql = Sql::new(everybody!("u.username NULLS FIRST, u.number"));
pub(crate) static BY_USERNAME_DOWN: Sql = Sql::new(everybody!("u.username DESC NULLS LAST, u.number DESC"));
pub(crate) static BY_EMAIL: Sql = Sql::new(everybody!("u.email NULLS FIRST, u.number"));
pub(crate) static BY_EMAIL_DOWN: Sql = Sql::new(everybody!("u.email DESC NULLS LAST, u.number DESC"));
pub(crate) static BY_STATUS: Sql = Sql::new(everybody!("u.status, u.number"));
pub(crate) static BY_STATUS_DOWN: Sql = Sql::new(everybody!("u.status DESC, u.number DESC"));
pub(crate) static BY_CREATED: Sql = Sql::new(everybody!("u.created, u.number"));
pub(crate) static BY_CREATED_DOWN: Sql = Sql::new(everybody!("u.created DESC, u.number DESC"));
pub(crate) static BY_UPDATED: Sql = Sql::new(everybody!("u.updated, u.number"));
pub(crate) static BY_UPDATED_DOWN: Sql = Sql::new(everybody!("u.updated DESC, u.number DESC"));
pub(crate) static HOUSEHOLD_BY_NUMBER: Sql = Sql::new(household!("u.number"));
pub(crate) static HOUSEHOLD_BY_NUMBER_DOWN: Sql = Sql::new(household!("u.number DESC"));
pub(crate) static HOUSEHOLD_BY_USERNAME: Sql = Sql::new(household!("u.username NULLS FIRST, u.number"));
pub(crate) static HOUSEHOLD_BY_USERNAME_DOWN: Sql =
    Sql::new(household!("u.username DESC NULLS LAST, u.number DESC"));
pub(crate) static HOUSEHOLD_BY_EMAIL: Sql = Sql::new(household!("u.email NULLS FIRST, u.number"));
pub(crate) static HOUSEHOLD_BY_EMAIL_DOWN: Sql =
    Sql::new(household!("u.email DESC NULLS LAST, u.number DESC"));
pub(crate) static HOUSEHOLD_BY_STATUS: Sql = Sql::new(household!("u.status, u.number"));
pub(crate) static HOUSEHOLD_BY_STATUS_DOWN: Sql = Sql::new(household!("u.status DESC, u.number DESC"));
pub(crate) static HOUSEHOLD_BY_CREATED: Sql = Sql::new(household!("u.created, u.number"));
pub(crate) static HOUSEHOLD_BY_CREATED_DOWN: Sql = Sql::new(household!("u.created DESC, u.number DESC"));
pub(crate) static HOUSEHOLD_BY_UPDATED: Sql = Sql::new(household!("u.updated, u.number"));
pub(crate) static HOUSEHOLD_BY_UPDATED_DOWN: Sql = Sql::new(household!("u.updated DESC, u.number DESC"));

/// How an order is written: of everybody, and of a household.
fn statements(sort: SortField, descending: bool) -> (&'static Sql, &'static Sql) {
    match (sort, descending) {
        (SortField::Number, false) => (&BY_NUMBER, &HOUSEHOLD_BY_NUMBER),
        (SortField::Number, true) => (&BY_NUMBER_DOWN, &HOUSEHOLD_BY_NUMBER_DOWN),
        (SortField::Username, false) => (&BY_USERNAME, &HOUSEHOLD_BY_USERNAME),
        (SortField::Username, true) => (&BY_USERNAME_DOWN, &HOUSEHOLD_BY_USERNAME_DOWN),
        (SortField::Email, false) => (&BY_EMAIL, &HOUSEHOLD_BY_EMAIL),
        (SortField::Email, true) => (&BY_EMAIL_DOWN, &HOUSEHOLD_BY_EMAIL_DOWN),
        (SortField::Status, false) => (&BY_STATUS, &HOUSEHOLD_BY_STATUS),
        (SortField::Status, true) => (&BY_STATUS_DOWN, &HOUSEHOLD_BY_STATUS_DOWN),
        (SortField::Created, false) => (&BY_CREATED, &HOUSEHOLD_BY_CREATED),
        (SortField::Created, true) => (&BY_CREATED_DOWN, &HOUSEHOLD_BY_CREATED_DOWN),
        (SortField::Updated, false) => (&BY_UPDATED, &HOUSEHOLD_BY_UPDATED),
        (SortField::Updated, true) => (&BY_UPDATED_DOWN, &HOUSEHOLD_BY_UPDATED_DOWN),
    }
}

/// What a count is called in an error.
const COUNTED: &str = "count of users";

pub(crate) async fn page(db: &Db, query: &UserQuery) -> StoreResult<UserPage> {
    let mut values = Status::ALL.map(|status| wanted(query, status)).to_vec();
    let (everybody, household) = statements(query.sort, query.descending);
    let (count, sql) = match query.household {
        None => (&COUNT, everybody),
        Some(head) => {
            values.push(head.0.into());
            (&HOUSEHOLD_COUNT, household)
        }
    };
    let mut counted = db.query_one(count, &values).await?.ok_or(StoreError::Corrupt(COUNTED))?;
    let total = u64::try_from(counted.int(COUNTED)?).map_err(|_| StoreError::Corrupt(COUNTED))?;
    values.extend([query.limit.into(), i64::try_from(query.offset).unwrap_or(i64::MAX).into()]);
    let users = db.query(sql, &values).await?.iter_mut().map(read).collect::<StoreResult<_>>()?;
    Ok(UserPage { users, total })
}

/// A status' word when users with it are wanted; null is nobody's.
fn wanted(query: &UserQuery, status: Status) -> Value {
    let any = query.statuses.is_empty();
    (any || query.statuses.contains(&status)).then_some(status.as_str()).into()
}
