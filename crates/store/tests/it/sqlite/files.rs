//! The files: whose they are, what is refused, and several processes at one of them.

use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Barrier};

use rustix::process::{Flock, FlockType, fcntl_getlk};
use store::{OpenError, Store};

use super::{Folder, child, companion, create, names, open};

#[tokio::test]
async fn nobody_else_may_read_the_files() {
    let folder = Folder::new();
    let path = folder.database();
    let store = open(&path);
    create(&store, "ann").await.unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(companion(&path, suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "vestibule.db{suffix}");
    }
}

#[test]
fn a_path_that_cannot_be_written_is_refused_with_its_name() {
    let folder = Folder::new();
    let file = folder.database();
    std::fs::write(&file, "").unwrap();
    for path in
        [folder.0.path().join("missing/vestibule.db"), folder.0.path().to_owned(), file.join("below.db")]
    {
        let error = Store::open_sqlite(&path).err().unwrap();
        assert!(matches!(error, OpenError::File { .. }), "{error:?}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let letter = "Dear Ann, this is a letter and not a database. ".repeat(200);
    std::fs::write(folder.database(), &letter).unwrap();
    let error = Store::open_sqlite(&folder.database()).err().unwrap();
    assert!(matches!(error, OpenError::Engine(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(folder.database()).unwrap(), letter);
}

#[test]
fn threads_that_open_a_new_file_together_all_succeed() {
    for _ in 0..20 {
        let folder = Folder::new();
        let start = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (path, start) = (folder.database(), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    Store::open_sqlite(&path).map(drop)
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn processes_that_make_and_write_one_file_together_all_succeed() {
    const TEST: &str = "processes_that_make_and_write_one_file_together_all_succeed";
    const EACH: usize = 20;
    if let Some((folder, name)) = child::role() {
        let store = open(&folder.join("vestibule.db"));
        for n in 0..EACH {
            create(&store, &format!("{name}-{n}")).await.unwrap();
        }
        return;
    }
    let folder = Folder::new();
    let children: Vec<_> = ["a", "b", "c", "d"]
        .map(|name| child::start(module_path!(), TEST, folder.0.path(), name))
        .into_iter()
        .collect();
    for one in children {
        child::finish(one);
    }
    assert_eq!(names(&open(&folder.database())).await.len(), 4 * EACH);
}

/// The locks of a process on a file go when it closes any handle to that file (fcntl(2), "Advisory record locking").
/// Without them another process takes itself for the only one at the database, and the log for one of the past.
#[tokio::test]
async fn opening_the_file_again_takes_no_lock_from_who_has_it_open() {
    const TEST: &str = "opening_the_file_again_takes_no_lock_from_who_has_it_open";
    if let Some((folder, _)) = child::role() {
        let file = File::options().read(true).write(true).open(folder.join("vestibule.db")).unwrap();
        let found = fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).unwrap();
        assert!(found.is_some(), "nobody has the database open");
        return;
    }
    let folder = Folder::new();
    let store = open(&folder.database());
    create(&store, "ann").await.unwrap();
    let again = open(&folder.database());
    child::finish(child::start(module_path!(), TEST, folder.0.path(), "other"));
    assert_eq!((names(&store).await, names(&again).await), (vec!["ann".to_owned()], vec!["ann".to_owned()]));
}
