//! Organizations and who belongs to them.
//!
//! Locks are taken in one order, so that no two commits wait for each other: a user's row, a membership's, an
//! organization's, an invitation's.

use identity::Timestamp;
use identity::organization::{
    Admission, Membership, MembershipId, Memberships, NewMembership, Organization, OrganizationId,
    OrganizationRole,
};
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::user::{User, UserNumber};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::users;

/// The columns of [`read`], in its order, from `organizations AS o`.
macro_rules! columns {
    () => {
        "o.id, o.name, o.registerable, o.created, o.updated"
    };
}
pub(crate) use columns;

/// The columns of [`read_membership`], in its order, from `memberships AS m`.
macro_rules! membership {
    () => {
        "m.id, m.organization, m.user_number, m.role, m.created, m.updated"
    };
}

/// How many columns [`belonging`] has.
const BELONGING: usize = 11;
/// The columns of [`read_belongings`], in its order, from [`belongings`].
macro_rules! belonging {
    () => {
        "m.id, m.organization, m.user_number, m.role, m.created, m.updated, \
         o.id, o.name, o.registerable, o.created, o.updated"
    };
}
pub(crate) use belonging;

/// The memberships of `users AS u`, and a row of nulls where there is none.
macro_rules! belongings {
    () => {
        "LEFT JOIN memberships AS m ON m.user_number = u.number \
         LEFT JOIN organizations AS o ON o.id = m.organization"
    };
}
pub(crate) use belongings;

pub(crate) static BY_ID: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM organizations AS o WHERE o.id = $1"));
pub(crate) static NAMED: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM organizations AS o WHERE o.name = $1 ORDER BY o.id LIMIT $2"
));
pub(crate) static PAGE: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM organizations AS o WHERE o.id > $1 ORDER BY o.id LIMIT $2"
));
pub(crate) static OF_USER: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", ",
    membership!(),
    " FROM memberships AS m JOIN organizations AS o ON o.id = m.organization",
    " WHERE m.user_number = $1 ORDER BY m.id"
));
pub(crate) static MEMBERSHIP: Sql = Sql::new(concat!(
    "SELECT ",
    membership!(),
    " FROM memberships AS m WHERE m.organization = $1 AND m.user_number = $2"
));
pub(crate) static MEMBERS: Sql = Sql::new(concat!(
    "SELECT ",
    membership!(),
    ", ",
    users::columns!(),
    " FROM memberships AS m JOIN users AS u ON u.number = m.user_number",
    " WHERE m.organization = $1 ORDER BY m.id"
));
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO organizations (id, name, registerable, created, updated) VALUES ($1, $2, $3, $4, $5)",
);
/// The lock of a commit that makes a key.
pub(crate) static LOCK: Sql = Sql::new("UPDATE organizations SET updated = updated WHERE id = $1");
/// The count is safe: whoever makes a membership holds the lock of the user's row.
pub(crate) static JOIN: Sql = Sql::new(
    "INSERT INTO memberships (id, organization, user_number, role, created, updated)
     SELECT $1, $2, $3, $4, $5, $6
     WHERE 0 = $7 * (SELECT count(*) FROM memberships WHERE user_number = $3)",
);
/// Of a user who may be made in the same commit and have no number yet.
pub(crate) static JOIN_BY_ID: Sql = Sql::new(
    "INSERT INTO memberships (id, organization, user_number, role, created, updated)
     SELECT $1, $2, number, $4, $5, $5 FROM users WHERE id = $3",
);
pub(crate) static HOLD: Sql = Sql::new("UPDATE memberships SET role = role WHERE id = $1 AND role = $2");
pub(crate) static SET_ROLE: Sql = Sql::new("UPDATE memberships SET role = $2, updated = $3 WHERE id = $1");
pub(crate) static LEAVE: Sql = Sql::new("DELETE FROM memberships WHERE id = $1");
pub(crate) static LEAVE_ALL: Sql = Sql::new("DELETE FROM memberships WHERE user_number = $1");

pub(crate) async fn by_id(db: &Db, id: OrganizationId) -> StoreResult<Option<Organization>> {
    db.query_one(&BY_ID, &[bytes(id)]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn named(db: &Db, name: &str, limit: u32) -> StoreResult<Vec<Organization>> {
    db.query(&NAMED, &[name.into(), limit.into()]).await?.iter_mut().map(read).collect()
}

pub(crate) async fn page(db: &Db, after: OrganizationId, limit: u32) -> StoreResult<Vec<Organization>> {
    db.query(&PAGE, &[bytes(after), limit.into()]).await?.iter_mut().map(read).collect()
}

pub(crate) async fn of_user(db: &Db, user: UserNumber) -> StoreResult<Memberships> {
    if let Some(known) = db.known().and_then(|known| known.memberships(user)) {
        return Ok(known);
    }
    let reading = db.reading();
    let mut rows = db.query(&OF_USER, &[user.0.into()]).await?;
    let found = rows.iter_mut().map(|row| Ok((read(row)?, read_membership(row)?)));
    let found = found.collect::<StoreResult<Memberships>>()?;
    if let Some(reading) = reading {
        reading.keep_memberships(user, &found);
    }
    Ok(found)
}

pub(crate) async fn membership(
    db: &Db,
    to: OrganizationId,
    user: UserNumber,
) -> StoreResult<Option<Membership>> {
    db.query_one(&MEMBERSHIP, &[bytes(to), user.0.into()]).await?.as_mut().map(read_membership).transpose()
}

pub(crate) async fn members(db: &Db, of: OrganizationId) -> StoreResult<Vec<(Membership, User)>> {
    let mut rows = db.query(&MEMBERS, &[bytes(of)]).await?;
    rows.iter_mut().map(|row| Ok((read_membership(row)?, users::read(row)?))).collect()
}

/// An organization from [`columns`].
pub(crate) fn read(row: &mut Row) -> StoreResult<Organization> {
    Ok(Organization {
        id: OrganizationId(row.uuid("organizations.id")?),
        name: row.text("organizations.name")?,
        registerable: row.bool("organizations.registerable")?,
        created: Timestamp::from_millis(row.int("organizations.created")?),
        updated: Timestamp::from_millis(row.int("organizations.updated")?),
    })
}

/// Memberships from [`belonging`], oldest first. What stands behind them in each row is left there.
pub(crate) fn read_belongings(rows: &mut [Row]) -> StoreResult<Memberships> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(id) = row.opt_uuid("memberships.id")? {
            let membership = read_membership_of(MembershipId(id), row)?;
            found.push((read(row)?, membership));
        } else {
            row.skip(BELONGING - 1);
        }
    }
    // Here and not in the statement: most have one, and a server would make its sort ready for each.
    found.sort_unstable_by_key(|(_, membership)| membership.id);
    Ok(found.into())
}

fn read_membership(row: &mut Row) -> StoreResult<Membership> {
    let id = MembershipId(row.uuid("memberships.id")?);
    read_membership_of(id, row)
}

/// From the columns behind its id.
fn read_membership_of(id: MembershipId, row: &mut Row) -> StoreResult<Membership> {
    Ok(Membership {
        id,
        organization: OrganizationId(row.uuid("memberships.organization")?),
        user: UserNumber(row.int("memberships.user_number")?),
        role: read_role(row, "memberships.role")?,
        created: Timestamp::from_millis(row.int("memberships.created")?),
        updated: Timestamp::from_millis(row.int("memberships.updated")?),
    })
}

pub(crate) fn read_role(row: &mut Row, column: &'static str) -> StoreResult<OrganizationRole> {
    OrganizationRole::from_number(row.int(column)?).ok_or(StoreError::Corrupt(column))
}

pub(crate) fn create(new: &Organization) -> Vec<Step> {
    let values = vec![
        bytes(new.id),
        new.name.as_str().into(),
        new.registerable.into(),
        new.created.millis().into(),
        new.updated.millis().into(),
    ];
    vec![Step::any(&INSERT, values)]
}

pub(crate) fn join(new: &NewMembership) -> Vec<Step> {
    let NewMembership { membership, version, first } = new;
    let values = vec![
        membership_bytes(membership.id),
        bytes(membership.organization),
        membership.user.0.into(),
        membership.role.number().into(),
        membership.created.millis().into(),
        membership.updated.millis().into(),
        (*first).into(),
    ];
    let mut steps = users::hold(membership.user, *version);
    steps.push(Step::one(&JOIN, values, Conflict::MembershipExists));
    steps
}

pub(crate) fn join_by_id(new: &Admission) -> Vec<Step> {
    let values = vec![
        membership_bytes(new.membership),
        bytes(new.organization),
        new.user.as_bytes().as_slice().into(),
        new.role.number().into(),
        new.at.millis().into(),
    ];
    vec![users::hold_by_id(new.user, new.version), Step::one(&JOIN_BY_ID, values, Conflict::MembershipExists)]
}

pub(crate) fn hold(membership: MembershipId, role: OrganizationRole) -> Vec<Step> {
    let values = vec![membership_bytes(membership), role.number().into()];
    vec![Step::one(&HOLD, values, Conflict::MembershipChanged)]
}

pub(crate) fn set_role(membership: MembershipId, role: OrganizationRole, at: Timestamp) -> Vec<Step> {
    let values = vec![membership_bytes(membership), role.number().into(), at.millis().into()];
    vec![Step::one(&SET_ROLE, values, Conflict::MembershipChanged)]
}

pub(crate) fn leave(membership: MembershipId) -> Vec<Step> {
    vec![Step::one(&LEAVE, vec![membership_bytes(membership)], Conflict::MembershipChanged)]
}

/// Under the lock of the user's row, which the deletion has taken.
pub(crate) fn leave_all(user: UserNumber) -> Step {
    Step::any(&LEAVE_ALL, vec![user.0.into()])
}

pub(crate) fn lock(organization: OrganizationId) -> Step {
    Step::any(&LOCK, vec![bytes(organization)])
}

pub(crate) fn bytes(id: OrganizationId) -> Value {
    id.0.as_bytes().as_slice().into()
}

fn membership_bytes(id: MembershipId) -> Value {
    id.0.as_bytes().as_slice().into()
}
