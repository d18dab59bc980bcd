//! What was acknowledged is there after a crash.

use super::{Folder, companion, create, names, open};

/// A copy of the files while they are open is what a process leaves that ends without closing them.
#[tokio::test]
async fn an_acknowledged_commit_survives_a_process_that_never_closes() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for (n, name) in ["ann", "bob", "cid"].into_iter().enumerate() {
        create(&store, name).await.unwrap();
        let after = Folder::new();
        for suffix in ["", "-wal"] {
            let (from, to) = (companion(&folder.database(), suffix), companion(&after.database(), suffix));
            std::fs::copy(from, to).unwrap();
        }
        let found = names(&open(&after.database())).await;
        assert_eq!(found.len(), n + 1);
        assert_eq!(found.last().map(String::as_str), Some(name));
    }
}
