//! An answer, read whole, and its form in a snapshot.

use std::fmt;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use web::Fault;

/// Headers that every answer bears; a snapshot leaves them out, a test of their own looks at them.
const USUAL: &[&str] = &[
    "cache-control",
    "content-length",
    "content-security-policy",
    "cross-origin-opener-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
];

/// What a request got. Its `Display` is the form for snapshots: status, headers worth a look, body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Every header.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: String,
    /// What went wrong, as the log tells it.
    pub fault: Option<&'static str>,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let fault = response.extensions().get::<Fault>().map(|fault| fault.kind);
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Self { status: head.status, headers: head.headers, body, fault }
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            if !USUAL.contains(&name.as_str()) {
                writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
            }
        }
        if self.body.is_empty() { Ok(()) } else { write!(f, "\n{}", self.body) }
    }
}
