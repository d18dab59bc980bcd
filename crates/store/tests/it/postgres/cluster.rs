//! Throw-away PostgreSQL servers and databases, made by `tests/postgres`.

use std::path::Path;
use std::process::{Command, Stdio};

/// The script's answer.
fn ask(arguments: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");
    let output = Command::new(script).args(arguments).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// Who started this test: all tests of one run share a server, which ends with it.
fn run() -> String {
    std::os::unix::process::parent_id().to_string()
}

/// The URL of an empty database that nobody else uses.
pub(crate) fn database() -> String {
    ask(&["create", &run()])
}

/// A server of one test's own, which can be ended and started again.
pub(crate) struct Server<'a>(pub(crate) &'a Path);

impl Server<'_> {
    fn folder(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// Starts it; the URL of its first database.
    pub(crate) fn start(&self) -> String {
        format!("{}postgres", ask(&["start", self.folder(), &std::process::id().to_string()]))
    }

    /// Ends it as a power cut would.
    pub(crate) fn crash(&self) {
        ask(&["crash", self.folder()]);
    }
}
