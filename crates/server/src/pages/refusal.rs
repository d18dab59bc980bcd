//! Pages that say no: what is not there, what did not arrive, what came from elsewhere.

use askama::Template;
use axum::extract::Request;
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use identity::ErrorKind;
use web::{Context, Fault, Refusal};

use super::said::{later, said};
use super::shell::Shell;
use super::{Pages, Visitor, dress};

/// A title, a sentence, perhaps a way on.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct Message {
    pub(super) shell: Shell,
    /// The icon that goes with it.
    pub(super) mood: Mood,
    pub(super) text: String,
    /// A label and an address that the configuration allows.
    pub(super) way_on: Option<(String, String)>,
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    Bad,
}

impl Mood {
    /// The name of its icon, and of its colours in the style sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "success",
            Self::Bad => "error",
        }
    }
}

/// What can be wrong with a request for any page.
pub(super) enum Told {
    /// There is no such page.
    Missing,
    /// The page does not take such a request.
    Method,
    /// The form did not come whole.
    NotArrived { status: StatusCode },
    /// A page of another site sent it.
    Foreign,
    /// The form is too old, or was made for another browser.
    Stale { path: String },
    /// A fault of ours.
    Broken,
    /// The core is busy or cannot reach its database.
    NotNow,
}

impl Told {
    pub(super) fn to(&self, visitor: &Visitor) -> Response {
        let t = visitor.t;
        let (status, title, text) = match self {
            Self::Missing => (StatusCode::NOT_FOUND, t.say("missing-title"), t.say("missing-text")),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, t.say("not-arrived-title"), t.say("missing-text"))
            }
            Self::NotArrived { status } => (*status, t.say("not-arrived-title"), t.say("not-arrived-text")),
            Self::Foreign => (StatusCode::FORBIDDEN, t.say("foreign-title"), t.say("foreign-text")),
            Self::Stale { .. } => (StatusCode::FORBIDDEN, t.say("stale-title"), t.say("stale-text")),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, t.say("broken-title"), t.say("broken-text")),
            Self::NotNow => (StatusCode::SERVICE_UNAVAILABLE, t.say("not-now-title"), t.say("not-now-text")),
        };
        let way_on = match self {
            Self::Missing | Self::Method => Some((t.say("to-the-start"), "/".to_owned())),
            Self::Stale { path } => Some((t.say("open-again"), path.clone())),
            Self::NotArrived { .. } | Self::Foreign | Self::Broken | Self::NotNow => None,
        };
        let shell = visitor.shell(title).only_here();
        visitor.answer(status, &Message { shell, mood: Mood::Bad, text, way_on })
    }
}

/// The core did not do it now, and when it would.
pub(super) fn not_now(visitor: &Visitor, kind: ErrorKind) -> Response {
    let page = if matches!(kind, ErrorKind::Throttled { .. }) {
        let (status, text) = said(visitor.t, kind);
        let shell = visitor.shell(visitor.t.say("not-now-title")).only_here();
        visitor.answer(status, &Message { shell, mood: Mood::Bad, text, way_on: None })
    } else {
        Told::NotNow.to(visitor)
    };
    later(kind, page)
}

/// A method that a page does not take.
pub(super) async fn method_not_allowed(visitor: Visitor) -> Response {
    let refusal = Refusal::MethodNotAllowed { method: String::new(), allow: "" };
    Fault::from(&refusal).on(Told::Method.to(&visitor))
}

impl Pages {
    /// What people see at an address that nobody owns; `None` for programs, which want a line of text.
    pub(crate) fn nothing_there(&self, context: Context, request: &Request) -> Option<Response> {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        if !reads || !wants_html(request.headers()) {
            return None;
        }
        let visitor = Visitor::of(self, context, request.method(), request.uri(), request.headers());
        Some(dress::complete(Told::Missing.to(&visitor)))
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    ranges
        .flat_map(|value| value.split(','))
        .any(|range| range.trim().to_ascii_lowercase().starts_with("text/html"))
}
