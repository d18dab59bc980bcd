//! A full disk, played by a limit on the size of files in a process of its own.

use std::path::Path;

use identity::audit::{Event, EventKind};
use identity::ports::{Commit, Store as _, StoreError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{Folder, child, companion, create, names, open, raw};
use crate::world::event;

/// Room for a few commits.
const ROOM: u64 = 64 * 1024;

fn limit_files_to(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

/// More than a connection keeps in memory: it is written out, and fails, in the midst of its statements.
fn large() -> Vec<Event> {
    (0..200).map(|_| event(EventKind::SignedIn, &"x".repeat(32 * 1024))).collect()
}

#[tokio::test]
async fn a_full_disk_is_unavailable_keeps_nothing_half_written_and_is_got_over() {
    const TEST: &str = "a_full_disk_is_unavailable_keeps_nothing_half_written_and_is_got_over";
    if let Some((folder, _)) = child::role() {
        return fill(&folder.join("vestibule.db")).await;
    }
    let folder = Folder::new();
    child::finish(child::start(module_path!(), TEST, folder.0.path(), "full"));
    let answer: String =
        raw(&folder.database()).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(answer, "ok");
    assert_eq!(names(&open(&folder.database())).await.last().map(String::as_str), Some("late"));
}

async fn fill(path: &Path) {
    let store = open(path);
    create(&store, "early").await.unwrap();
    let used = std::fs::metadata(companion(path, "-wal")).unwrap().len();
    limit_files_to(Some(used + ROOM));

    let mut acknowledged = vec!["early".to_owned()];
    let mut refused = 0;
    for n in 0..60 {
        let name = format!("user-{n}");
        match create(&store, &name).await {
            Ok(_) => acknowledged.push(name),
            Err(StoreError::Unavailable(_)) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
        if n % 20 == 10 {
            let outcome = store.commit(Commit { changes: vec![], events: large() }).await;
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
    }
    assert!(acknowledged.len() > 1, "there was room for some");
    assert!(refused > 0, "the disk was not full");
    assert_eq!(names(&store).await, acknowledged, "who is there was acknowledged, and the other way round");
    let events = store.events(0, 1000).await.unwrap();
    assert!(events.iter().map(|(_, event)| &event.detail).eq(&acknowledged));

    limit_files_to(None);
    store.commit(Commit { changes: vec![], events: large() }).await.unwrap();
    create(&store, "late").await.unwrap();
    acknowledged.push("late".to_owned());
    assert_eq!(names(&store).await, acknowledged);
}
