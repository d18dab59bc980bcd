//! A database with rows in it that an earlier program made: what was in it is there afterwards.

use identity::ports::{Change, Commit, Store as _};
use identity::secret::{Digest, DigestKind};
use identity::user::{PersonName, User, UserNumber};
use sha2::Digest as _;
use store::{PostgresUrl, Store};

use crate::postgres::cluster;
use crate::world::{at, create, everybody, key, new_key, new_session};

/// The rows of an earlier program, with bytes as this engine writes them: an active user and a deleted one, and a
/// session each.
fn rows(bytes: fn(u8, usize) -> String) -> String {
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
        "{} {} INSERT INTO login_names VALUES ('ann', 1), ('ann@example.org', 1);",
        user(1, "'Ann', 'ann@example.org'", "NULL"),
        user(2, "NULL, NULL", "9")
    )
}

fn hex(n: u8, times: usize) -> String {
    format!("{n:02x}").repeat(times)
}

fn checksum(text: &str) -> String {
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn holds_what_was_in_it(store: &Store) {
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
}

#[tokio::test]
async fn an_earlier_database_is_brought_up_to_date_on_sqlite() {
    const FOUNDATION: &str = include_str!("../../migrations/sqlite/0001_foundation.sql");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vestibule.db");
    let earlier = rusqlite::Connection::open(&path).unwrap();
    let history = format!(
        "CREATE TABLE schema_migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
             checksum BLOB NOT NULL) STRICT;
         INSERT INTO schema_migrations VALUES (1, 'foundation', x'{}');",
        checksum(FOUNDATION)
    );
    let rows = rows(|n, times| format!("x'{}'", hex(n, times)));
    earlier.execute_batch(&format!("{FOUNDATION} {history} {rows}")).unwrap();
    drop(earlier);
    holds_what_was_in_it(&Store::open_sqlite(&path).unwrap()).await;
}

#[tokio::test]
async fn an_earlier_database_is_brought_up_to_date_on_postgres() {
    const FOUNDATION: &str = include_str!("../../migrations/postgres/0001_foundation.sql");
    let url = cluster::database();
    let (earlier, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let history = format!(
        "CREATE TABLE schema_migrations (number BIGINT NOT NULL, name TEXT NOT NULL, checksum BYTEA NOT NULL,
             CONSTRAINT schema_migrations_number PRIMARY KEY (number));
         INSERT INTO schema_migrations VALUES (1, 'foundation', '\\x{}');",
        checksum(FOUNDATION)
    );
    let rows = rows(|n, times| format!("'\\x{}'", hex(n, times)));
    earlier.batch_execute(&format!("{FOUNDATION}; {history} {rows}")).await.unwrap();
    let store = Store::open_postgres(&PostgresUrl::parse(&url).unwrap()).await.unwrap();
    holds_what_was_in_it(&store).await;
}
