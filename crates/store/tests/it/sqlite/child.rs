//! A part of a test in a process of its own: the test's binary is run again, for that test only.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FOLDER: &str = "STORE_TEST_CHILD_FOLDER";
const NAME: &str = "STORE_TEST_CHILD_NAME";

/// The folder to work in and the child's name, in a child; `None` in the test itself.
#[expect(clippy::disallowed_methods, reason = "how the test tells its own child what to do")]
pub(super) fn role() -> Option<(PathBuf, String)> {
    Some((std::env::var(FOLDER).ok()?.into(), std::env::var(NAME).ok()?))
}

/// Starts this test again, as a child of this name. `module` is the `module_path!()` of the test.
pub(super) fn start(module: &str, test: &str, folder: &Path, name: &str) -> Child {
    let (_, module) = module.split_once("::").unwrap();
    // A write beyond the limit on file sizes is to fail like one to a full disk, not to end the process.
    Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env(FOLDER, folder)
        .env(NAME, name)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a child, which must have run its part and found nothing wrong.
pub(super) fn finish(child: Child) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{}\n{out}\n{err}", output.status);
}
