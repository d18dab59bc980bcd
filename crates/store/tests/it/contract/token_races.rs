//! Many at once about keys, tickets and messages: what is to be used once is, and nothing slips through an end.

use identity::Door;
use identity::api_key::{ApiKey, NewApiKey};
use identity::keyring::{KeyUse, SigningKey, SigningKeyId};
use identity::mail::MailKind;
use identity::ports::{
    Change, Commit, Committed, Conflict, SessionQuery, Store as _, StoreError, StoreResult,
};
use identity::session::{EndReason, NewSession};
use identity::ticket::NewTicket;
use identity::user::{Status, User};
use uuid::Uuid;

use super::races::{applied, commit_together, only};
use crate::world::{
    FAR, World, at, digest_of, new_key, new_mail, new_session, new_signing_key, new_ticket, standing_key,
};

const KEY: SigningKeyId = SigningKeyId(Uuid::from_u128(7));
const PROBE: Door = Door::new("probe");

fn open_ticket(ticket: &NewTicket, user: &User, signing_key: SigningKeyId) -> Change {
    let (version, status) = (user.credential_version, user.status);
    Change::OpenTicket { ticket: ticket.clone(), signing_key, version, status }
}

fn open_key(user: &User, standing: bool, limit: u32) -> Change {
    let key = if standing { standing_key(user, "probe") } else { new_key(user, "probe") };
    Change::OpenApiKey { key, version: user.credential_version, limit }
}

/// security 1, code-race: 50 parallel redemptions, one success.
pub(super) async fn a_ticket_is_redeemed_by_one(world: &World) {
    let ann = world.user("ann").await;
    for _ in 0..4 {
        let ticket = world.open_ticket(new_ticket(&ann), KEY).await;
        let redeem = || only(Change::RedeemTicket { ticket: ticket.id, at: at(9) });
        let outcomes = commit_together(world, (0..50).map(|_| redeem()).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::TicketGone), 1);
    }
}

/// Of two tickets of one user, each of which sets a password and ends the other, one is used.
pub(super) async fn two_tickets_of_a_user_do_not_both_count(world: &World) {
    for round in 0..8 {
        let user = world.user(&format!("user-{round}")).await;
        let mut commits = Vec::new();
        for _ in 0..10 {
            let ticket = world.open_ticket(new_ticket(&user), KEY).await;
            let changes = vec![
                Change::RedeemTicket { ticket: ticket.id, at: at(9) },
                Change::SetPassword {
                    user: user.number,
                    version: user.credential_version,
                    hash: "new".to_owned(),
                    must_change: false,
                    at: at(9),
                },
                Change::EndTickets { user: user.number },
            ];
            commits.push(Commit { changes, events: vec![] });
        }
        let outcomes = commit_together(world, commits).await;
        assert_eq!(applied(&outcomes, Conflict::TicketGone), 1);
    }
}

pub(super) async fn a_message_is_taken_by_one(world: &World) {
    let ann = world.user("ann").await;
    let mail = new_mail(&ann, MailKind::PasswordChanged);
    let id = mail.id;
    world.apply(Change::QueueMail(mail)).await;
    for tries in 0..4 {
        let claim = |n: i64| only(Change::ClaimMail { mail: id, tries, until: at(100 + n) });
        let outcomes = commit_together(world, (0..50).map(claim).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::MailTaken), 1);
    }
}

pub(super) async fn an_account_gets_one_standing_key(world: &World) {
    let ann = world.user("ann").await;
    let commits = (0..50).map(|_| only(open_key(&ann, true, 100))).collect();
    let outcomes = commit_together(world, commits).await;
    assert_eq!(applied(&outcomes, Conflict::StandingKeyExists), 1);
    assert_eq!(world.store.api_keys(ann.number, &PROBE).await.unwrap().len(), 1);
}

pub(super) async fn the_key_limit_holds(world: &World) {
    let ann = world.user("ann").await;
    let commits = (0..50).map(|_| only(open_key(&ann, false, 7))).collect();
    let outcomes = commit_together(world, commits).await;
    assert_eq!(applied(&outcomes, Conflict::ApiKeyLimit), 7);
    assert_eq!(world.store.api_keys(ann.number, &PROBE).await.unwrap().len(), 7);
}

/// The first one, and each that follows another.
pub(super) async fn a_signing_key_is_followed_by_one(world: &World) {
    let mut active: Option<SigningKey> = None;
    for round in 1..=4 {
        let previous = active.as_ref().map(|key| (key.id, at(100)));
        let add = || only(Change::AddSigningKey { key: new_signing_key(), previous });
        let outcomes = commit_together(world, (0..30).map(|_| add()).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::SigningKeyChanged), 1);
        let mut keys = world.store.signing_keys(KeyUse::Probe).await.unwrap();
        assert_eq!(keys.len(), round);
        keys.retain(|key| key.ends.is_none());
        assert_eq!(keys.len(), 1);
        active = keys.pop();
    }
}

/// Thirty logins and twenty tickets that are signed with a key, and in their midst a rotation that drops it.
pub(super) async fn nothing_that_a_dropped_key_signed_survives(world: &World) {
    let ann = world.user("ann").await;
    let mut active = new_signing_key();
    world.apply(Change::AddSigningKey { key: active.clone(), previous: None }).await;
    for _ in 0..4 {
        let hold = Change::HoldSigningKey { key: active.id };
        let mut tickets = Vec::new();
        let mut commits = Vec::new();
        for n in 0..50 {
            let open = if n % 5 < 3 {
                let session = NewSession { signing_key: Some(active.id), ..new_session(&ann, "probe") };
                Change::OpenSession { session, version: 1, limit: None, replaces: None }
            } else {
                tickets.push(new_ticket(&ann));
                open_ticket(tickets.last().unwrap(), &ann, active.id)
            };
            commits.push(Commit { changes: vec![hold.clone(), open], events: vec![] });
        }
        let next = new_signing_key();
        let rotate = vec![
            Change::AddSigningKey { key: next.clone(), previous: Some((active.id, at(9))) },
            Change::DropSigningKeys { key_use: KeyUse::Probe, at: at(9) },
        ];
        commits.insert(25, Commit { changes: rotate, events: vec![] });
        let mut outcomes = commit_together(world, commits).await;
        outcomes.remove(25).unwrap();
        applied(&outcomes, Conflict::SigningKeyChanged);
        assert_eq!(world.live(&ann, at(10)).await, []);
        for ticket in tickets {
            assert!(world.store.ticket_by_digest(&ticket.digest).await.unwrap().is_none());
        }
        active = next;
    }
    let all = SessionQuery { live_at: None, after: None, limit: 1000 };
    let sessions = world.store.sessions(ann.number, all).await.unwrap();
    assert!(sessions.iter().all(|session| session.ended == Some((at(9), EndReason::KeyDropped))));
}

/// Fifty that open something for a user, and in their midst a commit that ends all of it. Who was told that it is
/// open is told the truth, and who reads too late is refused.
async fn in_their_midst(
    world: &World,
    openings: Vec<Change>,
    end: Vec<Change>,
) -> Vec<StoreResult<Committed>> {
    let late = openings.last().unwrap().clone();
    let mut commits: Vec<Commit> = openings.into_iter().map(only).collect();
    let middle = commits.len() / 2;
    commits.insert(middle, Commit { changes: end, events: vec![] });
    let mut outcomes = commit_together(world, commits).await;
    outcomes.remove(middle).unwrap();
    let late = world.store.commit(only(late)).await;
    assert!(matches!(late, Err(StoreError::Conflict(Conflict::UserChanged))), "{late:?}");
    outcomes
}

pub(super) async fn no_ticket_survives_a_suspension(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let tickets: Vec<NewTicket> = (0..50).map(|_| new_ticket(&user)).collect();
        let openings = tickets.iter().map(|ticket| open_ticket(ticket, &user, KEY)).collect();
        // In this order too, though the change that raises the version comes last.
        let mut end = vec![
            Change::EndTickets { user: user.number },
            Change::SetStatus { user: user.number, status: Status::Suspended, at: at(9) },
        ];
        if round % 2 == 0 {
            end.reverse();
        }
        let outcomes = in_their_midst(world, openings, end).await;
        applied(&outcomes, Conflict::UserChanged);
        for ticket in tickets {
            assert!(world.store.ticket_by_digest(&ticket.digest).await.unwrap().is_none());
        }
    }
}

pub(super) async fn no_key_is_made_for_who_was_suspended(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let openings = (0..50).map(|_| open_key(&user, false, 100)).collect();
        let suspend = Change::SetStatus { user: user.number, status: Status::Suspended, at: at(9) };
        let outcomes = in_their_midst(world, openings, vec![suspend]).await;
        let made = applied(&outcomes, Conflict::UserChanged);
        assert_eq!(world.store.api_keys(user.number, &PROBE).await.unwrap().len(), made);
    }
}

/// One at each of fifty doors.
pub(super) async fn no_standing_key_survives_a_new_password(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let version = user.credential_version;
        // In this order too, though the change that raises the version comes last.
        let mut end = vec![
            Change::EndStandingKeys { user: user.number, at: at(9), reason: EndReason::PasswordReset },
            Change::SetPassword {
                user: user.number,
                version,
                hash: "new".to_owned(),
                must_change: false,
                at: at(9),
            },
        ];
        if round % 2 == 0 {
            end.reverse();
        }
        let keys = (0..50).map(|n| {
            let NewApiKey { key, digest } = standing_key(&user, "probe");
            NewApiKey { key: ApiKey { door: Door::recorded(format!("door-{n}")), ..key }, digest }
        });
        let keys: Vec<NewApiKey> = keys.collect();
        let openings = keys.iter().map(|key| Change::OpenApiKey { key: key.clone(), version, limit: 1 });
        let outcomes = in_their_midst(world, openings.collect(), end).await;
        let made = applied(&outcomes, Conflict::UserChanged);
        let mut ended = 0;
        for NewApiKey { digest, .. } in keys {
            if let Some((key, _)) = world.store.api_key_by_digest(&digest).await.unwrap() {
                assert_eq!((key.ended, key.sealed.clone()), (Some((at(9), EndReason::PasswordReset)), None));
                ended += 1;
            }
        }
        assert_eq!(ended, made);
    }
}

/// Keys, tickets and messages, some of which come too late.
pub(super) async fn nothing_is_left_of_a_deleted_user(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let tickets: Vec<NewTicket> = (0..15).map(|_| new_ticket(&user)).collect();
        let mut openings = Vec::new();
        for ticket in &tickets {
            openings.push(Change::QueueMail(new_mail(&user, MailKind::AddressTaken)));
            openings.push(open_ticket(ticket, &user, KEY));
            openings.push(open_key(&user, false, 100));
        }
        let keys: Vec<_> = openings
            .iter()
            .filter_map(
                |change| if let Change::OpenApiKey { key, .. } = change { Some(key.key.id) } else { None },
            )
            .collect();
        let delete = Change::DeleteUser { user: user.number, at: at(9), retired: vec![] };
        let outcomes = in_their_midst(world, openings, vec![delete]).await;
        applied(&outcomes, Conflict::UserChanged);
        assert_eq!(world.store.mail_due(FAR, 100).await.unwrap(), []);
        for ticket in tickets {
            assert!(world.store.ticket_by_digest(&ticket.digest).await.unwrap().is_none());
        }
        for key in keys {
            let found = world.store.api_key_by_digest(&digest_of(key.0)).await.unwrap();
            assert!(found.is_none_or(|(key, _)| {
                key.ended == Some((at(9), EndReason::UserDeleted))
                    && key.sealed.is_none()
                    && key.name.is_empty()
            }));
        }
    }
}
