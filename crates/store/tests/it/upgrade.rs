//! A database with rows in it that earlier programs made: what was in it is there afterwards.

use identity::api_key::{ApiKey, ApiKeyId};
use identity::audit::trail::EventQuery;
use identity::audit::{Event, EventKind};
use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey, SigningKeyId};
use identity::mail::MailKind;
use identity::organization::OrganizationRole;
use identity::ports::{Change, Commit, Conflict, Store as _, StoreError};
use identity::secret::{Digest, DigestKind};
use identity::session::{EndReason, SessionId};
use identity::user::{PersonName, User, UserNumber};
use identity::{Door, RequestId, Timestamp};
use sha2::Digest as _;
use store::{PostgresUrl, Store};
use uuid::Uuid;

use crate::postgres::cluster;
use crate::world::{
    at, create, everybody, key, new_identity, new_key, new_session, new_signing_key, standing_key,
};

/// A migration, and the rows that the program made whose last one it was.
struct Earlier {
    name: &'static str,
    sql: &'static str,
    rows: fn(Bytes) -> String,
}

/// Bytes as an engine writes them: one of them, so many times.
type Bytes = fn(u8, usize) -> String;

const SQLITE: [Earlier; 4] = [
    Earlier {
        name: "foundation",
        sql: include_str!("../../migrations/sqlite/0001_foundation.sql"),
        rows: users_and_sessions,
    },
    Earlier {
        name: "tokens_and_mail",
        sql: include_str!("../../migrations/sqlite/0002_tokens_and_mail.sql"),
        rows: signing_key,
    },
    Earlier {
        name: "federation",
        sql: include_str!("../../migrations/sqlite/0003_federation.sql"),
        rows: api_keys,
    },
    Earlier {
        name: "organizations",
        sql: include_str!("../../migrations/sqlite/0004_organizations.sql"),
        rows: invitation,
    },
];

const POSTGRES: [Earlier; 4] = [
    Earlier { sql: include_str!("../../migrations/postgres/0001_foundation.sql"), ..SQLITE[0] },
    Earlier { sql: include_str!("../../migrations/postgres/0002_tokens_and_mail.sql"), ..SQLITE[1] },
    Earlier { sql: include_str!("../../migrations/postgres/0003_federation.sql"), ..SQLITE[2] },
    Earlier { sql: include_str!("../../migrations/postgres/0004_organizations.sql"), ..SQLITE[3] },
];

/// What these programs did, one after the other, to a database with an empty history.
fn made_by(programs: &[Earlier], bytes: Bytes, blob: fn(&str) -> String) -> String {
    let made = programs.iter().zip(1..).map(|(program, number)| {
        let Earlier { name, sql, rows } = program;
        let checksum: String = sha2::Sha256::digest(sql).iter().map(|byte| format!("{byte:02x}")).collect();
        let remember =
            format!("INSERT INTO schema_migrations VALUES ({number}, '{name}', {});", blob(&checksum));
        format!("{sql}; {remember} {}", rows(bytes))
    });
    made.collect()
}

/// An active user and a deleted one, and a session each.
fn users_and_sessions(bytes: Bytes) -> String {
    let user = |n: u8, names: &str, deleted: &str| {
        format!(
            "INSERT INTO users (id, username, email, email_verified, name, role, status, password_hash,
                 must_change_password, credential_version, created, last_sign_in, deleted)
             VALUES ({}, {names}, 0, 'Ann Mary Lee', 'user', 'active', 'hash', 0, 3, {n}000, 5, {deleted});
             INSERT INTO sessions VALUES ({}, {n}, 'knox', 'sha256', {}, 1, 2, NULL, NULL, NULL, NULL, '', '');",
            bytes(n, 16),
            bytes(n, 16),
            bytes(n, 32)
        )
    };
    format!(
        "{} {} INSERT INTO login_names VALUES ('ann', 1), ('ann@example.org', 1);
         INSERT INTO audit_events (at, kind, user_id, actor, door, session_id, address, request, detail)
         VALUES (5000, 'signed_in', {id}, 'user', 'knox', {id}, '192.0.2.7', {id}, '');",
        user(1, "'Ann', 'ann@example.org'", "NULL"),
        user(2, "NULL, NULL", "9"),
        id = bytes(1, 16),
    )
}

/// The key that signs.
fn signing_key(bytes: Bytes) -> String {
    let (id, sealed) = (bytes(0, 16), bytes(8, 40));
    format!("INSERT INTO signing_keys VALUES ({id}, 'probe', 'HS256', {sealed}, 7000, NULL);")
}

/// A standing key of the active user, and one that was ended.
fn api_keys(bytes: Bytes) -> String {
    let key = |n: u8, standing: u8, sealed: &str, ended: &str| {
        format!(
            "INSERT INTO api_keys (id, user_number, door, standing, name, permissions, restrictions, digest_kind,
                 digest, sealed, created, updated, expires, last_used, ended, end_reason)
             VALUES ({}, 1, 'knox', {standing}, 'laptop', '', '', 'sha256', {}, {sealed}, 1, 2, 3, 4, {ended});",
            bytes(n, 16),
            bytes(n, 32)
        )
    };
    key(5, 1, &bytes(9, 40), "NULL, NULL") + &key(6, 0, "NULL", "5, 'revoked'")
}

/// An organization, an invitation to it, and its message.
fn invitation(bytes: Bytes) -> String {
    let (id, digest) = (bytes(7, 16), bytes(7, 32));
    format!(
        "INSERT INTO organizations (id, name, registerable, created, updated) VALUES ({id}, 'Acme', 0, 1, 1);
         INSERT INTO invitations (id, organization, address, address_key, role, inviter, digest_kind, digest, created,
             expires)
         VALUES ({id}, {id}, 'Bob@example.org', 'bob@example.org', 1, 1, 'sha256', {digest}, 2, 3);
         INSERT INTO mail_queue (id, user_number, kind, sealed, created, due, tries, claimed_until)
         VALUES ({id}, 1, 'invitation', {digest}, 2, 2, 0, 0);"
    )
}

/// They wait as they did.
async fn holds_the_invitation(store: &Store, ann: &User) {
    let digest = Digest { kind: DigestKind::Sha256, bytes: vec![7; 32] };
    let found = store.invitation_by_digest(&digest).await.unwrap().unwrap();
    assert_eq!((found.inviter, found.at_page, found.used), (Some(ann.number), false, None));
    assert_eq!((found.address.as_str(), found.role), ("Bob@example.org", OrganizationRole::Admin));
    assert_eq!((found.created.millis(), found.expires.millis()), (2, 3));
    assert_eq!(store.mails(ann.number, MailKind::Invitation, Timestamp::from_millis(0)).await.unwrap(), 1);
    let due = store.mail_due(at(0), 9).await.unwrap();
    assert_eq!((due.len(), due[0].sealed.len(), due[0].created.millis()), (1, 32, 2));
}

/// They are the user's, whole, and as singular as they were.
async fn holds_the_api_keys(store: &Store, ann: &User) {
    let found = async |n| {
        let digest = Digest { kind: DigestKind::Sha256, bytes: vec![n; 32] };
        store.api_key_by_digest(&digest).await.unwrap().unwrap()
    };
    let millis = Timestamp::from_millis;
    let ((standing, owner), (ended, _)) = (found(5).await, found(6).await);
    let expected = ApiKey {
        id: ApiKeyId(Uuid::from_bytes([5; 16])),
        standing: true,
        created: millis(1),
        updated: millis(2),
        expires: Some(millis(3)),
        last_used: Some(millis(4)),
        sealed: Some(vec![9; 40]),
        ..new_key(ann, "knox").key
    };
    assert_eq!((&*standing, owner.id), (&expected, ann.id));
    assert_eq!(ended.ended, Some((millis(5), EndReason::Revoked)));
    let version = ann.credential_version;
    let second = Change::OpenApiKey { key: standing_key(ann, "knox"), version, limit: 9 };
    let refused = store.commit(Commit { changes: vec![second], events: vec![] }).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::StandingKeyExists))), "{refused:?}");
}

/// What the first of these many programs made, and that all of it goes on.
async fn holds_what_they_made(store: &Store, programs: usize) {
    let ann = store.user_by_name(&key("ann@example.org")).await.unwrap().unwrap();
    let secret = |n| Digest { kind: DigestKind::Sha256, bytes: vec![n; 32] };
    for (n, owner) in [(1, false), (2, true)] {
        let (session, user) = store.session_by_digest(&secret(n)).await.unwrap().unwrap();
        assert_eq!((session.permissions, user.deleted.is_some()), (None, owner));
        assert_eq!((user.updated, user.created.millis()), (user.created, i64::from(n) * 1000));
        assert!(user.name == PersonName::whole("Ann Mary Lee") && user.parent.is_none());
    }
    let page = store.users_matching(&everybody()).await.unwrap();
    assert!(page.users == [ann.clone()] && page.total == 1);
    holds_the_event(store, &ann).await;

    // And it goes on.
    create(store, "bob").await.unwrap();
    let bob = store.user_by_name(&key("bob")).await.unwrap().unwrap();
    assert_eq!((bob.number, bob.updated), (UserNumber(3), at(0)));
    let version = ann.credential_version;
    let session = new_session(&ann, "probe");
    let changes = vec![
        Change::OpenSession { session, version, limit: Some(2), replaces: None },
        Change::OpenApiKey { key: new_key(&ann, "probe"), version, limit: 1 },
        Change::SetName { user: ann.number, name: PersonName::parts("Ann", "Lee"), at: at(8) },
    ];
    store.commit(Commit { changes, events: vec![] }).await.unwrap();
    let renamed = store.user(ann.number).await.unwrap().unwrap();
    let expected = User {
        name: PersonName::parts("Ann", "Lee"),
        updated: at(8),
        last_sign_in: renamed.last_sign_in,
        ..ann
    };
    assert!(renamed == expected);
    if programs > 1 {
        holds_the_key(store).await;
    }
    if programs > 2 {
        holds_the_api_keys(store, &expected).await;
    }
    if programs > 3 {
        holds_the_invitation(store, &expected).await;
    }
    let identity = new_identity(expected.id, "1");
    let link = Change::LinkIdentity { identity, version: expected.credential_version };
    store.commit(Commit { changes: vec![link], events: vec![] }).await.unwrap();
    assert_eq!(store.external_identities(expected.number).await.unwrap().len(), 1);
}

/// It is found as what was done to its user; who did it was not written down.
async fn holds_the_event(store: &Store, ann: &User) {
    let query = EventQuery { user: Some(ann.id), ..EventQuery::newest(9) };
    let found = store.events_matching(&query).await.unwrap();
    let made = Event {
        at: Timestamp::from_millis(5000),
        kind: EventKind::SignedIn,
        user: Some(ann.id),
        actor: "user".to_owned(),
        by: None,
        door: Some(Door::new("knox")),
        session: Some(SessionId(ann.id)),
        address: "192.0.2.7".to_owned(),
        request: RequestId(ann.id),
        detail: String::new(),
    };
    assert_eq!(found, [(1, made)]);
}

/// It began when it was made, and may be followed by another.
async fn holds_the_key(store: &Store) {
    let begun = Timestamp::from_millis(7000);
    let made = SigningKey {
        id: SigningKeyId(Uuid::nil()),
        key_use: KeyUse::Probe,
        algorithm: KeyAlgorithm::Hs256,
        sealed: vec![8; 40],
        created: begun,
        begins: begun,
        ends: None,
    };
    assert_eq!(store.signing_keys(KeyUse::Probe).await.unwrap(), std::slice::from_ref(&made));
    let next = new_signing_key();
    let add = Change::AddSigningKey { key: next.clone(), previous: Some((made.id, at(100))) };
    store.commit(Commit { changes: vec![add], events: vec![] }).await.unwrap();
    let retired = SigningKey { ends: Some(at(100)), ..made };
    assert_eq!(store.signing_keys(KeyUse::Probe).await.unwrap(), [next, retired]);
}

#[tokio::test]
async fn an_earlier_database_is_brought_up_to_date_on_sqlite() {
    for programs in 1..=SQLITE.len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vestibule.db");
        let earlier = rusqlite::Connection::open(&path).unwrap();
        let remembered =
            "CREATE TABLE schema_migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            checksum BLOB NOT NULL) STRICT";
        let blob = |hex: &str| format!("x'{hex}'");
        let bytes = |n, times| format!("x'{}'", format!("{n:02x}").repeat(times));
        let made = made_by(&SQLITE[..programs], bytes, blob);
        earlier.execute_batch(&format!("{remembered}; {made}")).unwrap();
        drop(earlier);
        holds_what_they_made(&Store::open_sqlite(&path).unwrap(), programs).await;
    }
}

#[tokio::test]
async fn an_earlier_database_is_brought_up_to_date_on_postgres() {
    for programs in 1..=POSTGRES.len() {
        let url = cluster::database();
        let (earlier, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let remembered = "CREATE TABLE schema_migrations (number BIGINT NOT NULL, name TEXT NOT NULL,
            checksum BYTEA NOT NULL, CONSTRAINT schema_migrations_number PRIMARY KEY (number))";
        let blob = |hex: &str| format!("'\\x{hex}'");
        let bytes = |n, times| format!("'\\x{}'", format!("{n:02x}").repeat(times));
        let made = made_by(&POSTGRES[..programs], bytes, blob);
        earlier.batch_execute(&format!("{remembered}; {made}")).await.unwrap();
        let store = Store::open_postgres(&PostgresUrl::parse(&url).unwrap()).await.unwrap();
        holds_what_they_made(&store, programs).await;
    }
}
