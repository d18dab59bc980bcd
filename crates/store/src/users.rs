//! Users and the names they sign in with. Listings that one user asks for stand in [`directory`].

pub(crate) mod directory;

use identity::Timestamp;
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::user::{
    Credentials, Email, FIRST_VERSION, LoginKey, NewUser, PersonName, Role, Status, User, UserNumber,
};
use uuid::Uuid;

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::{
    address_changes, api_keys, external_identities, invitations, mail, organizations, sessions, throttles,
    tickets,
};

/// The columns of [`read`], in its order, from `users AS u`.
macro_rules! columns {
    () => {
        "u.number, u.id, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.role, \
         u.status, u.parent, u.must_change_password, u.password_hash IS NOT NULL, u.created, u.updated, \
         u.last_sign_in, u.deleted, u.credential_version"
    };
}
pub(crate) use columns;

pub(crate) static BY_NUMBER: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM users AS u WHERE u.number = $1 AND u.deleted IS NULL"));
pub(crate) static BY_ID: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM users AS u WHERE u.id = $1 AND u.deleted IS NULL"));
pub(crate) static BY_NAME: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM login_names AS n JOIN users AS u ON u.number = n.user_number",
    " WHERE n.key = $1 AND u.deleted IS NULL"
));
pub(crate) static CREDENTIALS: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    ", u.password_hash FROM login_names AS n JOIN users AS u ON u.number = n.user_number",
    " WHERE n.key = $1 AND u.deleted IS NULL"
));
pub(crate) static PAGE: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM users AS u WHERE u.number > $1 AND u.deleted IS NULL ORDER BY u.number LIMIT $2"
));
pub(crate) static ANY: Sql = Sql::new("SELECT number FROM users WHERE number > 0 ORDER BY number LIMIT 1");
/// The lock of whoever claims to make the first user: the one row that every installation has from its start on.
pub(crate) static FIRST_LOCK: Sql =
    Sql::new("UPDATE master_key SET check_value = check_value WHERE only_row = 1");
pub(crate) static FIRST_CLAIM: Sql = Sql::new(
    "UPDATE master_key SET check_value = check_value
     WHERE only_row = 1 AND NOT EXISTS (SELECT number FROM users WHERE number > 0)",
);
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO users (id, username, email, email_verified, name, given_name, family_name, role, status, parent,
         password_hash, must_change_password, credential_version, created, updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
);
pub(crate) static CLAIM_NAME: Sql =
    Sql::new("INSERT INTO login_names (key, user_number) SELECT $1, number FROM users WHERE id = $2");
pub(crate) static NAME_NOT_RETIRED: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM retired_names WHERE digest = $2)",
);
pub(crate) static SET_PASSWORD: Sql = Sql::new(
    "UPDATE users SET password_hash = $3, must_change_password = $4, updated = $5,
         credential_version = credential_version + 1
     WHERE number = $1 AND credential_version = $2 AND deleted IS NULL",
);
pub(crate) static SET_NAME: Sql = Sql::new(
    "UPDATE users SET name = $2, given_name = $3, family_name = $4, updated = $5
     WHERE number = $1 AND deleted IS NULL",
);
pub(crate) static SET_EMAIL: Sql = Sql::new(
    "UPDATE users SET email = $3, email_verified = $4, updated = $5, credential_version = credential_version + 1
     WHERE number = $1 AND credential_version = $2 AND deleted IS NULL",
);
pub(crate) static RELEASE_NAME: Sql = Sql::new("DELETE FROM login_names WHERE key = $2 AND user_number = $1");
pub(crate) static CLAIM_ADDRESS: Sql = Sql::new("INSERT INTO login_names (key, user_number) VALUES ($2, $1)");
pub(crate) static ADDRESS_NOT_RETIRED: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM retired_names WHERE digest = $2)",
);
pub(crate) static VERIFY_EMAIL: Sql = Sql::new(
    "UPDATE users SET email_verified = 1, status = 'active', password_hash = COALESCE($3, password_hash),
         updated = $4, credential_version = credential_version + 1
     WHERE number = $1 AND credential_version = $2 AND status IN ('pending', 'active') AND deleted IS NULL",
);
pub(crate) static RENEW_HASH: Sql = Sql::new(
    "UPDATE users SET password_hash = $3 WHERE number = $1 AND password_hash = $2 AND deleted IS NULL",
);
pub(crate) static SET_STATUS: Sql = Sql::new(
    "UPDATE users SET status = $2, credential_version = credential_version + $3, updated = $4
     WHERE number = $1 AND deleted IS NULL",
);
pub(crate) static WIPE: Sql = Sql::new(
    "UPDATE users SET username = NULL, email = NULL, email_verified = 0, name = '', given_name = NULL,
         family_name = NULL, password_hash = NULL, credential_version = credential_version + 1, deleted = $2
     WHERE number = $1 AND deleted IS NULL",
);
pub(crate) static RELEASE_NAMES: Sql = Sql::new("DELETE FROM login_names WHERE user_number = $1");
pub(crate) static RETIRE_NAME: Sql =
    Sql::new("INSERT INTO retired_names (digest) VALUES ($1) ON CONFLICT DO NOTHING");
/// Takes the lock and raises the version when asked to; a deleted user's row serves as well.
pub(crate) static LOCK: Sql =
    Sql::new("UPDATE users SET credential_version = credential_version + $2 WHERE number = $1");
/// The lock of a commit that the user makes to others.
pub(crate) static HOLD: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE number = $1 AND credential_version = $2 AND status = 'active' AND deleted IS NULL",
);
pub(crate) static HOLD_BY_ID: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE id = $1 AND credential_version = $2 AND status = 'active' AND deleted IS NULL",
);
/// The lock of a commit that opens something for the user.
pub(crate) static SIGN_IN: Sql = Sql::new(
    "UPDATE users SET last_sign_in = $3
     WHERE number = $1 AND credential_version = $2 AND status = 'active' AND deleted IS NULL",
);

pub(crate) async fn by_number(db: &Db, number: UserNumber) -> StoreResult<Option<User>> {
    db.query_one(&BY_NUMBER, &[number.0.into()]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn by_id(db: &Db, id: Uuid) -> StoreResult<Option<User>> {
    db.query_one(&BY_ID, &[id.as_bytes().as_slice().into()]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn by_name(db: &Db, key: &LoginKey) -> StoreResult<Option<User>> {
    db.query_one(&BY_NAME, &[key.as_str().into()]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn page(db: &Db, after: UserNumber, limit: u32) -> StoreResult<Vec<User>> {
    db.query(&PAGE, &[after.0.into(), limit.into()]).await?.iter_mut().map(read).collect()
}

pub(crate) async fn has_had_any(db: &Db) -> StoreResult<bool> {
    Ok(db.query_one(&ANY, &[]).await?.is_some())
}

pub(crate) async fn credentials(db: &Db, key: &LoginKey) -> StoreResult<Option<Credentials>> {
    let Some(mut row) = db.query_one(&CREDENTIALS, &[key.as_str().into()]).await? else { return Ok(None) };
    Ok(Some(Credentials { user: read(&mut row)?, password: row.opt_text("users.password_hash")? }))
}

/// A user from [`columns`].
pub(crate) fn read(row: &mut Row) -> StoreResult<User> {
    Ok(User {
        number: UserNumber(row.int("users.number")?),
        id: row.uuid("users.id")?,
        username: row.opt_text("users.username")?,
        email: row.opt_text("users.email")?,
        email_verified: row.bool("users.email_verified")?,
        name: PersonName::recorded(
            row.text("users.name")?,
            row.opt_text("users.given_name")?,
            row.opt_text("users.family_name")?,
        ),
        role: Role::from_name(&row.text("users.role")?).ok_or(StoreError::Corrupt("users.role"))?,
        status: Status::from_name(&row.text("users.status")?).ok_or(StoreError::Corrupt("users.status"))?,
        parent: row.opt_int("users.parent")?.map(UserNumber),
        must_change_password: row.bool("users.must_change_password")?,
        has_password: row.bool("users.password_hash")?,
        created: Timestamp::from_millis(row.int("users.created")?),
        updated: Timestamp::from_millis(row.int("users.updated")?),
        last_sign_in: row.opt_int("users.last_sign_in")?.map(Timestamp::from_millis),
        deleted: row.opt_int("users.deleted")?.map(Timestamp::from_millis),
        credential_version: row.int("users.credential_version")?,
    })
}

/// Two statements, because one would not do on PostgreSQL: it would wait for the row and then look at the users as they
/// were when it began to wait. The second one sees whom the commit that held the row has made.
pub(crate) fn claim_first() -> Vec<Step> {
    [&FIRST_LOCK, &FIRST_CLAIM].map(|sql| Step::one(sql, Vec::new(), Conflict::UserExists)).into()
}

pub(crate) fn create(user: &NewUser) -> Vec<Step> {
    let id = || Value::from(user.id.as_bytes().as_slice());
    let parts = user.name.told_parts();
    let insert = vec![
        id(),
        user.username.as_ref().map(|name| name.as_str()).into(),
        user.email.as_ref().map(|email| email.as_str()).into(),
        user.email_verified.into(),
        user.name.as_str().into(),
        parts.map(|(given, _)| given).into(),
        parts.map(|(_, family)| family).into(),
        user.role.as_str().into(),
        user.status.as_str().into(),
        user.parent.map(|parent| parent.0).into(),
        user.password.as_deref().into(),
        user.must_change_password.into(),
        FIRST_VERSION.into(),
        user.created.millis().into(),
    ];
    let mut steps = vec![Step::one(&INSERT, insert, Conflict::UserChanged)];
    for key in user.login_keys() {
        steps.push(Step::one(&CLAIM_NAME, vec![key.as_str().into(), id()], Conflict::LoginNameTaken));
    }
    // After the claims: a claim waits for a deletion of the same name under way, and then sees what it retired.
    for digest in &user.name_digests {
        let values = vec![id(), digest.as_slice().into()];
        steps.push(Step::one(&NAME_NOT_RETIRED, values, Conflict::LoginNameRetired));
    }
    steps
}

pub(crate) fn set_password(
    user: UserNumber,
    version: i64,
    hash: &str,
    must_change: bool,
    at: Timestamp,
) -> Vec<Step> {
    let values = vec![user.0.into(), version.into(), hash.into(), must_change.into(), at.millis().into()];
    vec![Step::one(&SET_PASSWORD, values, Conflict::UserChanged)]
}

pub(crate) fn set_name(user: UserNumber, name: &PersonName, at: Timestamp) -> Vec<Step> {
    let parts = name.told_parts();
    let values = vec![
        user.0.into(),
        name.as_str().into(),
        parts.map(|(given, _)| given).into(),
        parts.map(|(_, family)| family).into(),
        at.millis().into(),
    ];
    vec![Step::one(&SET_NAME, values, Conflict::UserChanged)]
}

/// Another address for a user.
pub(crate) struct NewAddress<'a> {
    pub(crate) user: UserNumber,
    pub(crate) version: i64,
    pub(crate) release: Option<&'a LoginKey>,
    pub(crate) email: &'a Email,
    pub(crate) claim: bool,
    pub(crate) verified: bool,
    pub(crate) digest: &'a [u8; 32],
    pub(crate) at: Timestamp,
}

pub(crate) fn set_email(new: &NewAddress<'_>) -> Vec<Step> {
    let user = || Value::from(new.user.0);
    let values = vec![
        user(),
        new.version.into(),
        new.email.as_str().into(),
        new.verified.into(),
        new.at.millis().into(),
    ];
    let mut steps = vec![Step::one(&SET_EMAIL, values, Conflict::UserChanged)];
    steps.extend(new.release.map(|old| Step::any(&RELEASE_NAME, vec![user(), old.as_str().into()])));
    if new.claim {
        let values = vec![user(), new.email.key().as_str().into()];
        steps.push(Step::one(&CLAIM_ADDRESS, values, Conflict::LoginNameTaken));
    }
    // After the claim, as in `create`.
    let values = vec![user(), new.digest.as_slice().into()];
    steps.push(Step::one(&ADDRESS_NOT_RETIRED, values, Conflict::LoginNameRetired));
    steps
}

pub(crate) fn verify_email(
    user: UserNumber,
    version: i64,
    password: Option<&str>,
    at: Timestamp,
) -> Vec<Step> {
    let values = vec![user.0.into(), version.into(), password.into(), at.millis().into()];
    vec![Step::one(&VERIFY_EMAIL, values, Conflict::UserChanged)]
}

pub(crate) fn renew_hash(user: UserNumber, from: &str, to: &str) -> Vec<Step> {
    vec![Step::any(&RENEW_HASH, vec![user.0.into(), from.into(), to.into()])]
}

pub(crate) fn set_status(user: UserNumber, status: Status, at: Timestamp) -> Vec<Step> {
    let raise = i64::from(status != Status::Active);
    let values = vec![user.0.into(), status.as_str().into(), raise.into(), at.millis().into()];
    vec![Step::one(&SET_STATUS, values, Conflict::UserChanged)]
}

pub(crate) fn delete(user: UserNumber, at: Timestamp, retired: &[[u8; 32]]) -> Vec<Step> {
    let wipe = Step::one(&WIPE, vec![user.0.into(), at.millis().into()], Conflict::UserChanged).wiping();
    let mut steps = vec![wipe, organizations::leave_all(user)];
    steps.extend(invitations::wipe(user));
    steps.extend([
        Step::any(&RELEASE_NAMES, vec![user.0.into()]),
        sessions::forget_devices(user),
        api_keys::wipe(user, at),
        mail::drop_waiting(user),
        external_identities::unlink(user),
        address_changes::wipe(user),
    ]);
    steps.extend(throttles::wipe_places(user));
    steps.extend(tickets::end_all(user));
    steps.extend(retired.iter().map(|digest| Step::any(&RETIRE_NAME, vec![digest.as_slice().into()])));
    steps
}

pub(crate) fn lock(user: UserNumber, raise_version: bool) -> Step {
    Step::any(&LOCK, vec![user.0.into(), raise_version.into()])
}

pub(crate) fn hold(user: UserNumber, version: i64) -> Vec<Step> {
    vec![Step::one(&HOLD, vec![user.0.into(), version.into()], Conflict::UserChanged)]
}

/// Of a user who may be made in the same commit and have no number yet.
pub(crate) fn hold_by_id(user: Uuid, version: i64) -> Step {
    let values = vec![user.as_bytes().as_slice().into(), version.into()];
    Step::one(&HOLD_BY_ID, values, Conflict::UserChanged)
}

pub(crate) fn lock_for_sign_in(user: UserNumber, version: i64, at: Timestamp) -> Step {
    Step::one(&SIGN_IN, vec![user.0.into(), version.into(), at.millis().into()], Conflict::UserChanged)
}
