//! An answer, read whole, and its form in a snapshot.

use std::fmt;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt as _;
use identity::refusal::RefusalId;
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
    "x-vestibule-refusal",
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
        let fault = response.extensions().get::<Fault>().cloned();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        let kind = fault.as_ref().map(|fault| fault.kind);
        let answer = Self { status: head.status, headers: head.headers, body, fault: kind };
        answer.keeps_what_refusals_promise(fault.as_ref());
        answer
    }

    /// What holds for every answer to every request of every test, by whatever door: a refused one bears an id and nothing
    /// else of what the operator is told, and a good one bears none.
    fn keeps_what_refusals_promise(&self, fault: Option<&Fault>) {
        let says_no = self.status.is_client_error()
            || self.status.is_server_error()
            || self.header("location").is_some_and(|location| location.contains("refused="));
        let id = self.header("x-vestibule-refusal");
        assert_eq!(
            id.is_some(),
            fault.is_some(),
            "an id without a refusal, or a refusal without one: {self}"
        );
        assert!(!says_no || id.is_some(), "a refusal that nobody can explain: {self}");
        let Some((fault, id)) = fault.zip(id) else { return };
        assert!(id.len() == 10 && RefusalId::parse(id).is_some_and(|read| read.to_string() == id), "{id}");
        let rule = fault.facts.rule;
        for told in [fault.facts.seen, fault.facts.wanted, rule.means(), rule.remedy()] {
            // What is shorter may be a word of the language.
            if told.len() >= 24 {
                assert!(!self.body.contains(told), "the client reads \"{told}\": {self}");
            }
        }
        for (name, value) in &self.headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            assert!(!text.contains(rule.means()) && !text.contains(rule.remedy()), "{name}: {text}");
        }
    }

    /// The id of the refusal.
    pub fn refusal(&self) -> Option<RefusalId> {
        self.header("x-vestibule-refusal").and_then(RefusalId::parse)
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
