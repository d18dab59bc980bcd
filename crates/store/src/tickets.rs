//! Tickets. A row is a live ticket; using it up or ending it deletes the row.
//!
//! Locks are taken in one order, so that no two commits wait for each other: the signing key's row, the user's, the
//! ticket's.

use identity::Timestamp;
use identity::keyring::{KeyUse, SigningKeyId};
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::secret::Digest;
use identity::ticket::{NewTicket, Purpose, Ticket, TicketId};
use identity::user::{LoginKey, Status, User, UserNumber};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::users;

pub(crate) static BY_DIGEST: Sql = Sql::new(concat!(
    "SELECT t.id, t.user_number, t.purpose, t.address, t.password_hash, t.created, t.expires, ",
    users::columns!(),
    " FROM tickets AS t JOIN users AS u ON u.number = t.user_number",
    " WHERE t.digest = $1 AND t.digest_kind = $2"
));
/// The lock of a commit that opens a ticket.
pub(crate) static HOLD_USER: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE number = $1 AND credential_version = $2 AND status = $3 AND deleted IS NULL",
);
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO tickets (id, user_number, purpose, address, password_hash, digest_kind, digest, signing_key,
         created, expires)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
/// The user's row before the ticket's, as whoever ends tickets takes them.
pub(crate) static LOCK_OWNER: Sql = Sql::new(
    "UPDATE users SET credential_version = credential_version
     WHERE number = (SELECT user_number FROM tickets WHERE id = $1)",
);
pub(crate) static REDEEM: Sql = Sql::new("DELETE FROM tickets WHERE id = $1 AND expires > $2");
pub(crate) static END_ALL: Sql = Sql::new("DELETE FROM tickets WHERE user_number = $1");
/// Those of a change of address that another one takes the place of.
pub(crate) static END_ADDRESS_CHANGE: Sql = Sql::new(
    "DELETE FROM tickets WHERE user_number = $1 AND purpose IN ('confirm_address', 'approve_address')",
);
/// The tickets that are signed with a key that signs no more.
pub(crate) static END_SIGNED: Sql = Sql::new(
    "DELETE FROM tickets
     WHERE signing_key IN (SELECT id FROM signing_keys WHERE key_use = $1 AND ends IS NOT NULL)",
);
/// The tickets that nobody accepts any more, because their key ended before this time.
pub(crate) static END_OUTLIVED: Sql =
    Sql::new("DELETE FROM tickets WHERE signing_key IN (SELECT id FROM signing_keys WHERE ends < $1)");
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM tickets WHERE expires < $1");

pub(crate) async fn by_digest(db: &Db, digest: &Digest) -> StoreResult<Option<(Ticket, User)>> {
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    let Some(mut row) = db.query_one(&BY_DIGEST, &values).await? else { return Ok(None) };
    Ok(Some((read(&mut row)?, users::read(&mut row)?)))
}

fn read(row: &mut Row) -> StoreResult<Ticket> {
    Ok(Ticket {
        id: TicketId(row.uuid("tickets.id")?),
        user: UserNumber(row.int("tickets.user_number")?),
        purpose: Purpose::from_name(&row.text("tickets.purpose")?)
            .ok_or(StoreError::Corrupt("tickets.purpose"))?,
        // The key of a key is the same key.
        address: LoginKey::of(&row.text("tickets.address")?).ok_or(StoreError::Corrupt("tickets.address"))?,
        password: row.opt_text("tickets.password_hash")?,
        created: Timestamp::from_millis(row.int("tickets.created")?),
        expires: Timestamp::from_millis(row.int("tickets.expires")?),
    })
}

pub(crate) fn open(new: &NewTicket, signing_key: SigningKeyId, version: i64, status: Status) -> Vec<Step> {
    let NewTicket { ticket, digest } = new;
    let user = vec![ticket.user.0.into(), version.into(), status.as_str().into()];
    let values = vec![
        bytes(ticket.id),
        ticket.user.0.into(),
        ticket.purpose.as_str().into(),
        ticket.address.as_str().into(),
        ticket.password.as_deref().into(),
        digest.kind.as_str().into(),
        digest.bytes.as_slice().into(),
        signing_key.0.as_bytes().as_slice().into(),
        ticket.created.millis().into(),
        ticket.expires.millis().into(),
    ];
    vec![Step::one(&HOLD_USER, user, Conflict::UserChanged), Step::any(&INSERT, values)]
}

pub(crate) fn redeem(ticket: TicketId, at: Timestamp) -> Vec<Step> {
    vec![
        Step::any(&LOCK_OWNER, vec![bytes(ticket)]),
        Step::one(&REDEEM, vec![bytes(ticket), at.millis().into()], Conflict::TicketGone),
    ]
}

/// Under the lock of the user's row: a ticket that is being opened meanwhile is waited for, and ends too.
pub(crate) fn end_all(user: UserNumber) -> Vec<Step> {
    vec![users::lock(user, false), Step::any(&END_ALL, vec![user.0.into()])]
}

/// Under the lock of the user's row, which the change has taken.
pub(crate) fn end_address_change(user: UserNumber) -> Step {
    Step::any(&END_ADDRESS_CHANGE, vec![user.0.into()])
}

pub(crate) fn end_signed(key_use: KeyUse) -> Step {
    Step::any(&END_SIGNED, vec![key_use.as_str().into()])
}

pub(crate) fn end_outlived(before: Timestamp) -> Step {
    Step::any(&END_OUTLIVED, vec![before.millis().into()])
}

pub(crate) fn forget(before: Timestamp) -> Step {
    Step::any(&FORGET, vec![before.millis().into()])
}

fn bytes(id: TicketId) -> Value {
    id.0.as_bytes().as_slice().into()
}
