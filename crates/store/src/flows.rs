//! Logins under way. A row is one that nobody came back to yet; taking it deletes the row.

use identity::federation::ProviderId;
use identity::flow::{Flow, FlowId, HandOver, NewFlow};
use identity::organization::OrganizationId;
use identity::organization::joining::KeptJoining;
use identity::ports::{Conflict, StoreError, StoreResult};
use identity::secret::{Digest, DigestKind};
use identity::session::SessionId;
use identity::user::UserNumber;
use identity::{Door, Timestamp};

use crate::db::Db;
use crate::sql::{Row, Sql, Step, Value};
use crate::users;

pub(crate) static BY_DIGEST: Sql = Sql::new(
    "SELECT id, provider, door, browser_kind, browser, return_to, created, expires, organization,
         invitation_kind, invitation, links, callback, handed_to, handed_version
     FROM flows
     WHERE digest = $1 AND digest_kind = $2",
);
pub(crate) static INSERT: Sql = Sql::new(
    "INSERT INTO flows (id, provider, door, browser_kind, browser, return_to, digest_kind, digest, created,
         expires, organization, invitation_kind, invitation, links, callback)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);
pub(crate) static TAKE: Sql = Sql::new("DELETE FROM flows WHERE id = $1 AND expires > $2");
pub(crate) static HAND_OVER: Sql = Sql::new(
    "UPDATE flows SET handed_to = $2, handed_version = $3
     WHERE id = $1 AND callback IS NOT NULL AND expires > $4 AND coalesce(handed_to, $2) = $2",
);
pub(crate) static FORGET: Sql = Sql::new("DELETE FROM flows WHERE expires < $1");

pub(crate) async fn by_digest(db: &Db, digest: &Digest) -> StoreResult<Option<Flow>> {
    let values = [digest.bytes.as_slice().into(), digest.kind.as_str().into()];
    db.query_one(&BY_DIGEST, &values).await?.as_mut().map(read).transpose()
}

fn read(row: &mut Row) -> StoreResult<Flow> {
    Ok(Flow {
        id: FlowId(row.uuid("flows.id")?),
        provider: ProviderId::new(&row.text("flows.provider")?)
            .ok_or(StoreError::Corrupt("flows.provider"))?,
        door: Door::recorded(row.text("flows.door")?),
        browser: Digest {
            kind: digest_kind(&row.text("flows.browser_kind")?)
                .ok_or(StoreError::Corrupt("flows.browser_kind"))?,
            bytes: row.blob("flows.browser")?,
        },
        return_to: row.text("flows.return_to")?,
        created: Timestamp::from_millis(row.int("flows.created")?),
        expires: Timestamp::from_millis(row.int("flows.expires")?),
        joining: KeptJoining {
            organization: row.opt_uuid("flows.organization")?.map(OrganizationId),
            invitation: invitation(row)?,
        },
        links: row.opt_uuid("flows.links")?.map(SessionId),
        hand_over: hand_over(row)?,
    })
}

fn hand_over(row: &mut Row) -> StoreResult<Option<HandOver>> {
    let callback = row.opt_text("flows.callback")?;
    let (to, version) = (row.opt_int("flows.handed_to")?, row.opt_int("flows.handed_version")?);
    let to = to.map(UserNumber).zip(version);
    Ok(callback.map(|callback| HandOver { callback, to }))
}

fn invitation(row: &mut Row) -> StoreResult<Option<Digest>> {
    let (kind, bytes) = (row.opt_text("flows.invitation_kind")?, row.opt_blob("flows.invitation")?);
    let Some(word) = kind else { return Ok(None) };
    let kind = digest_kind(&word).ok_or(StoreError::Corrupt("flows.invitation_kind"))?;
    let bytes = bytes.ok_or(StoreError::Corrupt("flows.invitation"))?;
    Ok(Some(Digest { kind, bytes }))
}

/// Digests are looked for by their kind elsewhere; here one is read back.
fn digest_kind(word: &str) -> Option<DigestKind> {
    [DigestKind::Sha256].into_iter().find(|kind| kind.as_str() == word)
}

pub(crate) fn open(new: &NewFlow) -> Vec<Step> {
    let NewFlow { flow, digest } = new;
    let KeptJoining { organization, invitation } = &flow.joining;
    let values = vec![
        bytes(flow.id),
        flow.provider.as_str().into(),
        flow.door.as_str().into(),
        flow.browser.kind.as_str().into(),
        flow.browser.bytes.as_slice().into(),
        flow.return_to.as_str().into(),
        digest.kind.as_str().into(),
        digest.bytes.as_slice().into(),
        flow.created.millis().into(),
        flow.expires.millis().into(),
        organization.as_ref().map(|id| id.0.as_bytes().as_slice()).into(),
        invitation.as_ref().map(|digest| digest.kind.as_str()).into(),
        invitation.as_ref().map(|digest| digest.bytes.as_slice()).into(),
        flow.links.as_ref().map(|session| session.0.as_bytes().as_slice()).into(),
        flow.hand_over.as_ref().map(|hand_over| hand_over.callback.as_str()).into(),
    ];
    vec![Step::any(&INSERT, values)]
}

pub(crate) fn take(flow: FlowId, at: Timestamp) -> Vec<Step> {
    vec![Step::one(&TAKE, vec![bytes(flow), at.millis().into()], Conflict::FlowGone)]
}

pub(crate) fn hand_over_to(flow: FlowId, user: UserNumber, version: i64, at: Timestamp) -> Vec<Step> {
    let values = vec![bytes(flow), user.0.into(), version.into(), at.millis().into()];
    let mut steps = users::hold(user, version);
    steps.push(Step::one(&HAND_OVER, values, Conflict::FlowGone));
    steps
}

pub(crate) fn forget(before: Timestamp) -> Vec<Step> {
    vec![Step::any(&FORGET, vec![before.millis().into()])]
}

fn bytes(id: FlowId) -> Value {
    id.0.as_bytes().as_slice().into()
}
