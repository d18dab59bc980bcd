//! Locks that are held too long, files that cannot be read, rows that nobody of ours wrote.

use std::fs::OpenOptions;
use std::time::Duration;

use identity::keyring::KeyUse;
use identity::mail::MailKind;
use identity::organization::OrganizationRole;
use identity::ports::{Change, Commit, Store as _, StoreError};
use identity::secret::Digest;
use identity::user::{Status, UserNumber};
use store::Store;

use super::{Folder, companion, create, names, open, raw};
use crate::world::{
    FAR, digest, failures_of_reads, name_bucket, new_flow, new_identity, new_invitation, new_key, new_mail,
    new_membership, new_organization, new_session, new_signing_key, new_ticket,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_waits_for_another_process() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let other = raw(&folder.database());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let release = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.execute_batch("COMMIT").unwrap();
    });
    create(&store, "ann").await.unwrap();
    assert!(release.is_finished(), "the commit did not wait");
    assert_eq!(names(&store).await, ["ann"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_held_too_long_fails_the_commits_that_wait_and_no_later_one() {
    let folder = Folder::new();
    let store = open(&folder.database());
    create(&store, "ann").await.unwrap();
    let other = raw(&folder.database());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = create(&store, "bob");
    let reading = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(names(&store).await, ["ann"], "readers do not wait");
    };
    let (outcome, ()) = tokio::join!(waiting, reading);
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    other.execute_batch("COMMIT").unwrap();
    create(&store, "cid").await.unwrap();
    assert_eq!(names(&store).await, ["ann", "cid"]);
}

/// An error after which SQLite leaves the transaction, and its lock, to us.
#[tokio::test]
async fn a_commit_that_fails_in_its_midst_is_undone_and_lets_the_next_one_in() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let other = raw(&folder.database());
    other.execute_batch("ALTER TABLE audit_events RENAME TO elsewhere").unwrap();
    // The user is made, then there is nowhere to record it.
    let outcome = create(&store, "ann").await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    other.execute_batch("ALTER TABLE elsewhere RENAME TO audit_events").unwrap();
    create(&store, "bob").await.unwrap();
    assert_eq!(names(&store).await, ["bob"]);
}

/// A check that cannot be made is no "no": every read says so.
#[tokio::test]
async fn a_database_that_cannot_be_read_is_unavailable() {
    let folder = Folder::new();
    let store = open(&folder.database());
    create(&store, "ann").await.unwrap();
    store.ping().await.unwrap();
    // A store whose reader has not read anything yet.
    let store = open(&folder.database());
    for suffix in ["", "-wal"] {
        OpenOptions::new()
            .write(true)
            .open(companion(&folder.database(), suffix))
            .unwrap()
            .set_len(0)
            .unwrap();
    }

    for (method, error) in failures_of_reads(&store).await {
        assert!(matches!(error, Some(StoreError::Unavailable(_))), "{method}: {error:?}");
    }
}

/// What a read says after somebody wrote this into the database by hand.
async fn read_after(sql: &str) -> &'static str {
    let folder = Folder::new();
    let store = open(&folder.database());
    create(&store, "ann").await.unwrap();
    let ann = store.user(UserNumber(1)).await.unwrap().unwrap();
    let session = new_session(&ann, "knox");
    let id = session.id;
    let change = Change::OpenSession { session, version: 1, limit: None, replaces: None };
    let (key, ticket) = (new_key(&ann, "probe"), new_ticket(&ann));
    let flow = new_flow();
    let acme = new_organization("Acme");
    let secrets = [digest(id), key.digest.clone(), ticket.digest.clone(), flow.digest.clone()];
    let (signing_key, version) = (new_signing_key(), 1);
    let changes = vec![
        change,
        Change::OpenApiKey { key, version, limit: 9 },
        Change::OpenTicket { ticket, signing_key: signing_key.id, version, status: Status::Active },
        Change::AddSigningKey { key: signing_key, previous: None },
        Change::LinkIdentity { identity: new_identity(ann.id, "1"), version },
        Change::OpenFlow(flow),
        Change::QueueMail(new_mail(&ann, MailKind::AddressTaken)),
        Change::CreateOrganization(acme.clone()),
        Change::OpenMembership(new_membership(&acme, &ann, OrganizationRole::Owner)),
        Change::OpenInvitation(new_invitation(&acme, &ann, "guest")),
    ];
    store.commit(Commit { changes, events: vec![] }).await.unwrap();
    raw(&folder.database()).execute_batch(&format!("PRAGMA ignore_check_constraints = ON; {sql}")).unwrap();

    match read_all(&store, &secrets).await {
        Err(StoreError::Corrupt(column)) => column,
        other => panic!("{sql}: {other:?}"),
    }
}

async fn read_all(store: &Store, [session, key, ticket, flow]: &[Digest; 4]) -> Result<(), StoreError> {
    store.session_by_digest(session).await?;
    store.api_key_by_digest(key).await?;
    store.ticket_by_digest(ticket).await?;
    store.external_identities(UserNumber(1)).await?;
    store.flow_by_digest(flow).await?;
    for (organization, _) in store.memberships(UserNumber(1)).await?.iter() {
        store.invitations(organization.id).await?;
    }
    store.signing_keys(KeyUse::Probe).await?;
    store.mail_due(FAR, 9).await?;
    store.throttle(&name_bucket(1)).await?;
    store.events(0, 9).await.map(drop)
}

/// A count of `name_bucket(1)` with these failures and tries in flight.
fn throttle(counts: &str) -> String {
    format!("INSERT INTO throttles VALUES ('name', x'{}', {counts}, 0, 0, 1, 0)", "01".repeat(32))
}

#[tokio::test]
async fn a_row_that_no_version_wrote_is_named_and_not_guessed_at() {
    for (sql, column) in [
        ("UPDATE users SET status = 'banned'", "users.status"),
        ("UPDATE users SET role = 'owner'", "users.role"),
        ("UPDATE users SET id = x'00'", "users.id"),
        ("UPDATE sessions SET ended = 5, end_reason = 'whim'", "sessions.end_reason"),
        ("UPDATE sessions SET ended = 5", "sessions.ended"),
        ("UPDATE sessions SET end_reason = 'revoked'", "sessions.ended"),
        ("UPDATE sessions SET permissions = 'read:everything'", "sessions.permissions"),
        ("UPDATE api_keys SET permissions = 'read:everything'", "api_keys.permissions"),
        ("UPDATE api_keys SET restrictions = 'read:everything'", "api_keys.restrictions"),
        ("UPDATE api_keys SET id = x'00'", "api_keys.id"),
        ("UPDATE api_keys SET ended = 5, end_reason = 'whim'", "api_keys.end_reason"),
        ("UPDATE api_keys SET ended = 5", "api_keys.ended"),
        ("UPDATE tickets SET purpose = 'whim'", "tickets.purpose"),
        ("UPDATE tickets SET address = 'a b'", "tickets.address"),
        ("UPDATE external_identities SET id = x'00'", "external_identities.id"),
        ("UPDATE flows SET id = x'00'", "flows.id"),
        ("UPDATE flows SET provider = 'a b'", "flows.provider"),
        ("UPDATE flows SET browser_kind = 'md5'", "flows.browser_kind"),
        ("UPDATE flows SET organization = x'00'", "flows.organization"),
        ("UPDATE flows SET invitation_kind = 'md5', invitation = x'00'", "flows.invitation_kind"),
        ("UPDATE api_keys SET bounds = '{\"role\": 3}'", "api_keys.bounds"),
        ("UPDATE api_keys SET organization = (SELECT id FROM organizations)", "api_keys.organization"),
        ("UPDATE memberships SET id = x'00'", "memberships.id"),
        ("UPDATE memberships SET role = 3", "memberships.role"),
        ("UPDATE invitations SET address = 'a b'", "invitations.address"),
        ("UPDATE invitations SET role = -1", "invitations.role"),
        ("UPDATE signing_keys SET id = x'00'", "signing_keys.id"),
        ("UPDATE signing_keys SET algorithm = 'none'", "signing_keys.algorithm"),
        ("UPDATE mail_queue SET tries = -1", "mail_queue.tries"),
        ("UPDATE mail_queue SET kind = 'whim'", "mail_queue.kind"),
        ("UPDATE audit_events SET kind = 'whim'", "audit_events.kind"),
        (&throttle("-1, 0"), "throttles.failures"),
        (&throttle("0, 4294967296"), "throttles.in_flight"),
    ] {
        assert_eq!(read_after(sql).await, column);
    }
}
