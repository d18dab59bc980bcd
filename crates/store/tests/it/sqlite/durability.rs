//! What was acknowledged is there after a crash.

use identity::ports::{Change, Commit, Store as _};
use store::Store;

use super::{Folder, companion, create, names, open};
use crate::world::{at, first_try, name_bucket};

/// The store that finds the files as they are now.
fn left_behind(folder: &Folder) -> (Store, Folder) {
    let after = Folder::new();
    for suffix in ["", "-wal"] {
        let (from, to) = (companion(&folder.database(), suffix), companion(&after.database(), suffix));
        std::fs::copy(from, to).unwrap();
    }
    (open(&after.database()), after)
}

/// A copy of the files while they are open is what a process leaves that ends without closing them.
#[tokio::test]
async fn an_acknowledged_commit_survives_a_process_that_never_closes() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for (n, name) in ["ann", "bob", "cid"].into_iter().enumerate() {
        create(&store, name).await.unwrap();
        let (after, _folder) = left_behind(&folder);
        let found = names(&after).await;
        assert_eq!(found.len(), n + 1);
        assert_eq!(found.last().map(String::as_str), Some(name));
    }
}

/// It is not flushed by itself, and yet it is the system's and no longer the process's.
#[tokio::test]
async fn a_reservation_survives_a_process_that_never_closes() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for n in 1..4 {
        let (bucket, next) = (name_bucket(n), first_try(at(10)));
        let changes = vec![Change::Reserve { bucket: bucket.clone(), seen: None, next }];
        store.commit(Commit { changes, events: vec![] }).await.unwrap();
        let (after, _folder) = left_behind(&folder);
        assert_eq!(after.throttle(&bucket).await.unwrap(), Some(next));
    }
}
