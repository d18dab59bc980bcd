//! The head of the write-ahead log's index, from which it is seen without a transaction whether anybody has committed since.
//!
//! Every commit, of whatever process, ends with writing this head: a counter, how long the log is, and checksums over
//! all of it (sqlite.org/walformat.html, section 2.1). It stands there twice, and the first copy is written last. So while
//! the first is what it was, no commit since has been acknowledged to anybody.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;

use mapped::Words;

/// The words of one copy.
const COPY: usize = 12;
/// The word in which a byte says that the copy was ever written.
const IS_INITIALISED: usize = 3;

/// A state of the database, told apart from every other by the counter and the checksums in it.
pub(super) type Mark = [u32; COPY];

/// The index's head.
#[derive(Debug)]
pub(super) struct WalIndex {
    head: Words<{ 2 * COPY }>,
}

impl WalIndex {
    /// The index beside this database. A connection of this process must have it open as long as this lives: then nobody
    /// removes it or makes it anew. `None` where it cannot be read; there is nothing to prove then.
    pub(super) fn beside(database: &Path) -> Option<Self> {
        // Where files and mappings of one file may differ for a while, as on some systems, nothing is proven.
        if !cfg!(target_os = "linux") {
            return None;
        }
        let mut path = database.as_os_str().to_owned();
        path.push("-shm");
        // Never closed: closing any handle to this file would take away the locks that SQLite holds on it for this process
        // (fcntl(2), "Advisory record locking"), and it would go on as if it had them.
        let file = ManuallyDrop::new(File::open(path).ok()?);
        let index = Self { head: Words::of(&file).ok()? };
        index.mark().map(|_| index)
    }

    /// The state that the last commit left. `None` while one is being written, and when the file is not as it should be.
    pub(super) fn mark(&self) -> Option<Mark> {
        let head = self.head.read();
        let (first, second) = head.split_first_chunk::<COPY>()?;
        let is_written = first.get(IS_INITIALISED)?.to_ne_bytes().first() == Some(&1);
        (first == second && is_written).then_some(*first)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn every_commit_of_any_connection_leaves_another_mark_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        let one = Connection::open(&path).unwrap();
        one.pragma_update(None, "journal_mode", "WAL").unwrap();
        one.execute_batch("CREATE TABLE t (n INTEGER)").unwrap();
        let index = WalIndex::beside(&path).expect("it is there");
        let mut seen = vec![index.mark().unwrap()];
        let other = Connection::open(&path).unwrap();
        for n in 0..50 {
            let writer = if n % 3 == 0 { &other } else { &one };
            writer.execute("INSERT INTO t (n) VALUES (?1)", [n]).unwrap();
            // The log begins anew now and then.
            if n % 7 == 0 {
                one.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            }
            let mark = index.mark().unwrap();
            assert!(!seen.contains(&mark), "commit {n}");
            let read: i64 = other.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
            assert_eq!((read, index.mark()), (n + 1, Some(mark)), "reading is no commit");
            one.execute_batch("BEGIN IMMEDIATE; INSERT INTO t (n) VALUES (0); ROLLBACK").unwrap();
            assert_eq!(index.mark(), Some(mark), "nor is what was taken back");
            seen.push(mark);
        }
    }

    #[test]
    fn half_a_mark_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        let shm = folder.path().join("some.db-shm");
        const BYTES: usize = 4 * COPY;
        let mut head = [0; 2 * BYTES];
        head[12] = 1;
        head[BYTES + 12] = 1;
        let marked = |head: &[u8]| {
            std::fs::write(&shm, head).unwrap();
            WalIndex::beside(&path).is_some()
        };
        assert!(marked(&head));
        assert!(!marked(&head[..2 * BYTES - 1]), "cut short");
        assert!(!marked(&[0; 2 * BYTES]), "never written");
        head[BYTES + 20] = 1;
        assert!(!marked(&head), "the copies differ");
        std::fs::remove_file(&shm).unwrap();
        assert!(WalIndex::beside(&path).is_none());
    }
}
