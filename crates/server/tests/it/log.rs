//! The log as the whole server writes it, line by line; what a line may hold at all is said in CONTRIBUTING.md, "Logging".

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use testkit::TestServer;
use tracing::subscriber::set_default;

/// What was logged so far.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panics here").clone()).expect("text")
    }
}

/// security 2, no. 35; security 2, no. 49: a code, a ticket or a password may stand in a query, of a route and of a path
/// that is none.
#[tokio::test]
async fn a_line_holds_no_query() {
    let server = TestServer::start();
    let written = Written::default();
    let writer = written.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let guard = set_default(lines);
    let paths = ["/auth/user/", "/login", "/auth/oidc/callback", "/healthz", "/nothing/here", "/frontend/x"];
    for path in paths {
        server.anonymous().get(&format!("{path}?code=s3cret&t=s3cret")).send().await;
    }
    drop(guard);
    let text = written.text();
    let requests: Vec<&str> = text.lines().filter(|line| line.contains("request_id")).collect();
    assert_eq!(requests.len(), paths.len(), "{text}");
    for (line, path) in requests.iter().zip(paths) {
        assert!(line.contains(path), "{line}");
    }
    assert!(!text.contains("s3cret"), "{text}");
}
