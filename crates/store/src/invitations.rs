//! Invitations to organizations. Withdrawing one deletes the row; one that was followed stays with who followed it.

use identity::Timestamp;
use identity::organization::{Admission, Invitation, InvitationId, NewInvitation, OrganizationId};
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::secret::Digest;
use identity::user::{Email, UserNumber};

use crate::db::Db;
use crate::organizations::{self, bytes as organization_bytes, read_role};
use crate::sql::{Row, Sql, Step, Value};

/// The columns of [`read`], in its order, from `invitations AS i`.
macro_rules! columns {
    () => {
        "i.id, i.organization, i.address, i.role, i.inviter, i.created, i.expires, i.used, i.at_page"
    };
}

pub(crate) static BY_ID: Sql =
    Sql::new(concat!("SELECT ", columns!(), " FROM invitations AS i WHERE i.id = $1"));
pub(crate) static BY_DIGEST: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM invitations AS i WHERE i.digest = $1 AND i.digest_kind = $2"
));
pub(crate) static OF_ORGANIZATION: Sql = Sql::new(concat!(
    "SELECT ",
    columns!(),
    " FROM invitations AS i WHERE i.organization = $1 ORDER BY i.id"
));
/// Makes room for another invitation to the same address.
pub(crate) static REPLACE_EXPIRED: Sql = Sql::new(
    "DELETE FROM invitations WHERE organization = $1 AND address_key = $2 AND used IS NULL AND expires <= $3",
);
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO invitations (id, organization, address, address_key, role, inviter, digest_kind, digest, created,
         expires, at_page)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);
pub(crate) static REDEEM: Sql = Sql::new(
    "UPDATE invitations SET used = $2, used_by = $3 WHERE id = $1 AND used IS NULL AND expires > $2",
);
/// The same by somebody who may be made in the same commit and have no number yet.
pub(crate) static REDEEM_BY_ID: Sql = Sql::new(
    "UPDATE invitations SET used = $2, used_by = (SELECT number FROM users WHERE id = $3)
     WHERE id = $1 AND used IS NULL AND expires > $2",
);
pub(crate) static WITHDRAW: Sql = Sql::new("DELETE FROM invitations WHERE id = $1");
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM invitations WHERE used IS NULL AND expires < $1");
/// What was mailed to a user's addresses; the names are still claimed when this runs.
pub(crate) static WIPE_TO: Sql = Sql::new(
    "DELETE FROM invitations WHERE address_key IN (SELECT key FROM login_names WHERE user_number = $1)",
);
/// What a user followed, whatever the address is since.
pub(crate) static WIPE_USED: Sql = Sql::new("DELETE FROM invitations WHERE used_by = $1");
/// What waits by a user's word.
pub(crate) static WIPE_BY: Sql = Sql::new("DELETE FROM invitations WHERE inviter = $1 AND used IS NULL");

pub(crate) async fn by_id(db: &Db, id: InvitationId) -> StoreResult<Option<Invitation>> {
    db.query_one(&BY_ID, &[bytes(id)]).await?.as_mut().map(read).transpose()
}

pub(crate) async fn by_digest(db: &Db, digest: &Digest) -> StoreResult<Option<Invitation>> {
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    db.query_one(&BY_DIGEST, &values).await?.as_mut().map(read).transpose()
}

pub(crate) async fn of_organization(db: &Db, to: OrganizationId) -> StoreResult<Vec<Invitation>> {
    db.query(&OF_ORGANIZATION, &[organization_bytes(to)]).await?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> StoreResult<Invitation> {
    Ok(Invitation {
        id: InvitationId(row.uuid("invitations.id")?),
        organization: OrganizationId(row.uuid("invitations.organization")?),
        address: Email::new(&row.text("invitations.address")?)
            .map_err(|_| StoreError::Corrupt("invitations.address"))?,
        role: read_role(row, "invitations.role")?,
        inviter: row.opt_int("invitations.inviter")?.map(UserNumber),
        created: Timestamp::from_millis(row.int("invitations.created")?),
        expires: Timestamp::from_millis(row.int("invitations.expires")?),
        used: row.opt_int("invitations.used")?.map(Timestamp::from_millis),
        at_page: row.bool("invitations.at_page")?,
    })
}

pub(crate) fn open(new: &NewInvitation) -> Vec<Step> {
    let NewInvitation { invitation, digest } = new;
    let expired = vec![
        organization_bytes(invitation.organization),
        invitation.address.key().as_str().into(),
        invitation.created.millis().into(),
    ];
    let values = vec![
        bytes(invitation.id),
        organization_bytes(invitation.organization),
        invitation.address.as_str().into(),
        invitation.address.key().as_str().into(),
        invitation.role.number().into(),
        invitation.inviter.map(|inviter| inviter.0).into(),
        digest.kind.as_str().into(),
        digest.bytes.as_slice().into(),
        invitation.created.millis().into(),
        invitation.expires.millis().into(),
        invitation.at_page.into(),
    ];
    vec![Step::any(&REPLACE_EXPIRED, expired).wiping(), Step::any(&INSERT, values)]
}

pub(crate) fn redeem(invitation: InvitationId, user: UserNumber, at: Timestamp) -> Vec<Step> {
    let values = vec![bytes(invitation), at.millis().into(), user.0.into()];
    vec![Step::one(&REDEEM, values, Conflict::InvitationGone)]
}

pub(crate) fn admit(new: &Admission) -> Vec<Step> {
    let mut steps = organizations::join_by_id(new);
    let values = vec![bytes(new.invitation), new.at.millis().into(), new.user.as_bytes().as_slice().into()];
    steps.push(Step::one(&REDEEM_BY_ID, values, Conflict::InvitationGone));
    steps
}

pub(crate) fn withdraw(invitation: InvitationId) -> Vec<Step> {
    vec![Step::one(&WITHDRAW, vec![bytes(invitation)], Conflict::InvitationGone).wiping()]
}

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    vec![Step::any(&FORGET, vec![before.millis().into()]).wiping()]
}

/// What goes with a user. Before the user's names are released.
pub(crate) fn wipe(user: UserNumber) -> Vec<Step> {
    [&WIPE_TO, &WIPE_USED, &WIPE_BY].map(|sql| Step::any(sql, vec![user.0.into()]).wiping()).into()
}

fn bytes(id: InvitationId) -> Value {
    id.0.as_bytes().as_slice().into()
}
