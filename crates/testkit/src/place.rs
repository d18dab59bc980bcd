//! Where a test's server keeps what it has: a throw-away folder, and in it or beside it a database.

use std::process::{Command, Stdio};

use server::config::Config;
use store::Store;

/// A folder and a database that nobody else uses.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// `None`: SQLite's file in the folder.
    database: Option<String>,
}

impl Place {
    /// An empty one, on the engine that `TEST_ENGINE` names.
    #[expect(clippy::disallowed_methods, reason = "./test runs the same tests on the other engine")]
    pub(crate) fn new() -> Self {
        let engine = std::env::var("TEST_ENGINE").unwrap_or_else(|_| "sqlite".to_owned());
        assert!(
            ["sqlite", "postgres"].contains(&engine.as_str()),
            "TEST_ENGINE is sqlite or postgres, not {engine}"
        );
        // All tests of one run share a server, which ends with whoever started them.
        let run = std::os::unix::process::parent_id().to_string();
        let database = (engine == "postgres").then(|| text(ask(&["create", &run])));
        Self { folder: tempfile::tempdir().expect("a temporary folder"), database }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// The keys of `vestibule.toml` that lead here.
    pub(crate) fn settings(&self) -> String {
        let data_dir = self.folder.path().to_str().expect("a readable path");
        let database = self.database.as_ref().map(|url| format!("database.url = {url:?}\n"));
        format!("data_dir = {data_dir:?}\n{}", database.unwrap_or_default())
    }

    pub(crate) fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).expect("the data folder");
        let mut bytes: Vec<u8> =
            files.filter_map(|file| std::fs::read(file.ok()?.path()).ok()).flatten().collect();
        if let Some(url) = &self.database {
            bytes.extend(unescaped(&ask(&["dump", url])));
        }
        bytes
    }
}

/// Opens the database. A test's runtime cannot wait for that within it; no connection of the opening is kept, so
/// another one may.
pub(crate) fn open(config: &Config) -> Store {
    std::thread::scope(|scope| {
        let opening = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(server::house::open_store(config)).expect("a database")
        };
        scope.spawn(opening).join().expect("an opened database")
    })
}

/// A dump with the bytes that it writes as three octal digits behind two backslashes.
fn unescaped(dump: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(dump.len());
    let mut rest = dump;
    while let Some((first, behind)) = rest.split_first() {
        let digits = rest.strip_prefix(b"\\\\").and_then(|behind| behind.split_at_checked(3));
        let byte = digits.and_then(|(digits, behind)| {
            Some((u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok()?, behind))
        });
        let (byte, behind) = byte.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    bytes
}

/// The answer of `tests/postgres`.
fn ask(arguments: &[&str]) -> Vec<u8> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");
    let output = Command::new(script).args(arguments).stdin(Stdio::null()).output().expect("a shell");
    assert!(output.status.success(), "{arguments:?}: {}", text(output.stderr));
    output.stdout
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("a text").trim_end().to_owned()
}
