//! What checks have read is remembered only as long as it is what the database says, whoever changes it, and with whatever
//! program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use identity::ports::{Change, Commit, Store as _};
use identity::secret::Sha256Digest;
use identity::session::{EndReason, SessionId};
use identity::user::{Status, User};
use rusqlite::params;
use store::Store;
use uuid::Uuid;

use super::{Folder, child, create, open, raw};
use crate::world::{at, digest, key, new_key, new_organization, new_session};

/// So many revocations by another process in the ordinary form of the test; `STORE_TEST_REVOCATIONS` sets more.
const REVOCATIONS: usize = 1500;

async fn commit(store: &Store, changes: Vec<Change>) {
    store.commit(Commit { changes, events: vec![] }).await.unwrap();
}

async fn ann(store: &Store) -> User {
    create(store, "ann").await.unwrap();
    store.user_by_name(&key("ann")).await.unwrap().unwrap()
}

async fn session(store: &Store, user: &User) -> (SessionId, Sha256Digest) {
    let session = new_session(user, "knox");
    let (id, digest) = (session.id, Sha256Digest::of(&session.digest).unwrap());
    commit(
        store,
        vec![Change::OpenSession { session, version: user.credential_version, limit: None, replaces: None }],
    )
    .await;
    (id, digest)
}

/// Asks as a check does, and once more: then it is remembered.
async fn look(store: &Store, id: SessionId) {
    store.session_by_digest(&digest(id)).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_read_is_known_until_anybody_commits_and_still_after() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let user = ann(&store).await;
    let (id, secret) = session(&store, &user).await;
    assert!(store.session_known_by(&secret).is_none(), "nobody has looked");
    look(&store, id).await;
    let first = store.session_known_by(&secret).unwrap();
    // What another process commits is seen, and what it is not about stays known.
    let other = open(&folder.database());
    create(&other, "bob").await.unwrap();
    let again = store.session_known_by(&secret).unwrap();
    assert!(Arc::ptr_eq(&first.0, &again.0) && Arc::ptr_eq(&first.1, &again.1), "it was not read again");
    assert!(store.session_known_by(&Sha256Digest([7; 32])).is_none());
}

/// A statement, its values, and whether the session, the key and the memberships are still known after it.
type Statement<'a> = (&'a str, &'a [&'a dyn rusqlite::ToSql], (bool, bool, bool));

/// Each table whose rows a check reads, changed by a program that is none of ours.
#[tokio::test]
async fn a_change_of_any_row_that_checks_read_is_seen_at_once() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let user = ann(&store).await;
    let (id, secret) = session(&store, &user).await;
    let new = new_key(&user, "probe");
    let key_digest = new.digest.clone();
    let key_secret = Sha256Digest::of(&key_digest).unwrap();
    commit(&store, vec![Change::OpenApiKey { key: new, version: user.credential_version, limit: 9 }]).await;
    let organization = new_organization("acme");
    commit(&store, vec![Change::CreateOrganization(organization.clone())]).await;
    let raw = raw(&folder.database());
    let known = || {
        (
            store.session_known_by(&secret).is_some(),
            store.api_key_known_by(&key_secret).is_some(),
            store.memberships_known_of(user.number).is_some(),
        )
    };
    let organization_id = organization.id.0.as_bytes().as_slice();
    let membership = Uuid::from_u128(7);
    let statements: [Statement<'_>; 11] = [
        ("UPDATE sessions SET last_seen = last_seen + 1", &[], (false, true, true)),
        ("UPDATE sessions SET ended = 5, end_reason = 'revoked'", &[], (false, true, true)),
        ("UPDATE sessions SET ended = NULL, end_reason = NULL", &[], (false, true, true)),
        ("UPDATE users SET status = 'suspended' WHERE number = ?1", &[&user.number.0], (false, false, false)),
        ("UPDATE users SET status = 'active' WHERE number = ?1", &[&user.number.0], (false, false, false)),
        ("UPDATE api_keys SET last_used = 5", &[], (true, false, true)),
        (
            "INSERT INTO memberships (id, organization, user_number, role, created, updated) VALUES (?1, ?2, ?3, 0, 1, 1)",
            &[&membership.as_bytes().as_slice(), &organization_id, &user.number.0],
            (false, false, false),
        ),
        ("UPDATE memberships SET role = 1", &[], (false, false, false)),
        ("UPDATE organizations SET name = 'other'", &[], (false, false, false)),
        ("DELETE FROM memberships", &[], (false, false, false)),
        ("DELETE FROM api_keys", &[], (true, false, true)),
    ];
    for (statement, values, still_known) in statements {
        look(&store, id).await;
        store.api_key_by_digest(&key_digest).await.unwrap().unwrap();
        store.memberships(user.number).await.unwrap();
        assert_eq!(known(), (true, true, true), "before {statement}");
        let stamps =
            (store.session_known_by(&secret).unwrap().2, store.api_key_known_by(&key_secret).unwrap().2);
        let still = || (store.is_still(&stamps.0), store.is_still(&stamps.1));
        assert_eq!(still(), (true, true), "before {statement}");
        assert!(raw.execute(statement, values).unwrap() > 0, "{statement}");
        assert_eq!(still(), (still_known.0, still_known.1), "after {statement}");
        assert_eq!(known(), still_known, "after {statement}");
        let told = store.session_by_digest(&digest(id)).await.unwrap().unwrap();
        let status: String = raw
            .query_row("SELECT status FROM users WHERE number = ?1", [user.number.0], |row| row.get(0))
            .unwrap();
        assert_eq!(told.1.status == Status::Active, status == "active", "{statement}");
    }
    raw.execute("DELETE FROM sessions", []).unwrap();
    assert!(store.session_known_by(&secret).is_none());
    assert!(store.session_by_digest(&digest(id)).await.unwrap().is_none());
}

/// More has changed than is told one by one: nothing is taken to be as it was.
#[tokio::test]
async fn who_has_missed_too_much_forgets_everything() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let user = ann(&store).await;
    let (id, secret) = session(&store, &user).await;
    let (other, _) = session(&store, &user).await;
    let raw = raw(&folder.database());
    for rows in [3, 4000, 5000, 9000] {
        look(&store, id).await;
        assert!(store.session_known_by(&secret).is_some());
        raw.execute_batch("BEGIN").unwrap();
        raw.execute(
            "UPDATE sessions SET last_seen = last_seen + 1 WHERE id = ?1",
            [id.0.as_bytes().as_slice()],
        )
        .unwrap();
        for _ in 0..rows {
            let touched = raw
                .prepare_cached("UPDATE sessions SET last_seen = last_seen + 1 WHERE id = ?1")
                .unwrap()
                .execute([other.0.as_bytes().as_slice()])
                .unwrap();
            assert_eq!(touched, 1);
        }
        raw.execute_batch("COMMIT").unwrap();
        assert!(store.session_known_by(&secret).is_none(), "{rows} rows");
        let kept: i64 = raw.query_row("SELECT count(*) FROM changed", [], |row| row.get(0)).unwrap();
        assert!(kept <= 4096 + 64, "{kept} rows are kept");
    }
    // Somebody has cleaned up.
    look(&store, id).await;
    raw.execute("DELETE FROM changed", []).unwrap();
    raw.execute("UPDATE sessions SET ended = 1, end_reason = 'revoked'", []).unwrap();
    assert!(store.session_known_by(&secret).is_none());
    assert!(store.session_by_digest(&digest(id)).await.unwrap().unwrap().0.ended.is_some());
}

/// security 1, revoked-session: what another process has ended is not known to be live for a moment longer,
/// while others check without a pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_older_than_a_revocation_by_another_process() {
    const TEST: &str = "no_answer_is_older_than_a_revocation_by_another_process";
    if let Some((folder, _)) = child::role() {
        revoke_all(&folder).await;
        return;
    }
    let folder = Folder::new();
    let store = Arc::new(open(&folder.database()));
    let user = ann(&store).await;
    let mut sessions = Vec::new();
    for some in chunks(revocations()) {
        let made: Vec<_> = (0..some).map(|_| new_session(&user, "knox")).collect();
        sessions.extend(made.iter().map(|session| session.id));
        let opening = |session| Change::OpenSession {
            session,
            version: user.credential_version,
            limit: None,
            replaces: None,
        };
        commit(&store, made.into_iter().map(opening).collect()).await;
    }
    // Those that were told to be ended, in the order of the list, and how often one was known without a query.
    let (ended, known, over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let stale = Mutex::new(Vec::new());
    let child = child::start(module_path!(), TEST, folder.0.path(), "revoking");
    let mut child = child;
    let told = BufReader::new(child.stdout.take().unwrap());
    let runtime = tokio::runtime::Handle::current();
    std::thread::scope(|scope| {
        for thread in 0..3_usize {
            let (store, sessions, runtime) = (&store, &sessions, runtime.clone());
            let (ended, known, over, stale) = (&ended, &known, &over, &stale);
            scope.spawn(move || {
                let mut n = thread;
                while !over.load(Ordering::Acquire) {
                    // Around the place where it is being revoked, so that what is asked was asked before.
                    n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let gone = ended.load(Ordering::Acquire);
                    let place = (gone + (n >> 33) % 64).saturating_sub(16).min(sessions.len() - 1);
                    let id = sessions[place];
                    let sha256 = Sha256Digest::of(&digest(id)).unwrap();
                    let at_once = store.session_known_by(&sha256);
                    known.fetch_add(usize::from(at_once.is_some()), Ordering::Relaxed);
                    let found = match at_once {
                        Some((session, owner, _)) => (session, owner),
                        None => runtime.block_on(store.session_by_digest(&digest(id))).unwrap().unwrap(),
                    };
                    if place < gone && found.0.ended.is_none() {
                        stale.lock().unwrap().push(place);
                    }
                }
            });
        }
        for line in told.lines() {
            let line = line.unwrap();
            let Some(place) = line.strip_prefix("ended ") else { continue };
            ended.store(place.parse::<usize>().unwrap() + 1, Ordering::Release);
        }
        over.store(true, Ordering::Release);
    });
    assert!(child.wait().unwrap().success());
    assert_eq!(ended.into_inner(), sessions.len(), "every session was ended");
    assert_eq!(stale.into_inner().unwrap(), Vec::<usize>::new(), "live after it was ended");
    let known = known.into_inner();
    assert!(known > sessions.len() / 10, "{known} answers were remembered: nothing was shown");
}

#[expect(clippy::disallowed_methods, reason = "how long the test takes is for whoever runs it to say")]
fn revocations() -> usize {
    std::env::var("STORE_TEST_REVOCATIONS").ok().map_or(REVOCATIONS, |text| text.parse().unwrap())
}

fn chunks(all: usize) -> impl Iterator<Item = usize> {
    (0..all).step_by(500).map(move |begun| 500.min(all - begun))
}

/// Ends every session there is, one by one, and says so when it is done.
async fn revoke_all(folder: &std::path::Path) {
    let path = folder.join("vestibule.db");
    let ids: Vec<Vec<u8>> = {
        let raw = raw(&path);
        let mut statement = raw.prepare("SELECT id FROM sessions ORDER BY id").unwrap();
        statement.query_map(params![], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let store = open(&path);
    for (place, id) in ids.iter().enumerate() {
        let session = SessionId(Uuid::from_slice(id).unwrap());
        commit(&store, vec![Change::EndSession { session, at: at(9), reason: EndReason::Revoked }]).await;
        let mut out = std::io::stdout().lock();
        writeln!(out, "ended {place}").unwrap();
        out.flush().unwrap();
    }
}
