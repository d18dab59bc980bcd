//! The outermost layer: makes the request's context, adds the headers of every answer, writes one log line, and notes what
//! was refused.
//!
//! A line holds ids, fixed words and numbers: no name, address, token or query that somebody sent. The path of a
//! route is logged as the router spells it; an unknown path as it came, cut, and without what may be a secret: some
//! routes have one in their path, and a slash too many makes such a path unknown.

mod refusal;

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use identity::refusal::RefusalId;
use identity::user::UserNumber;
use identity::{Blame, RequestId, Timestamp};

use self::refusal::{Came, Head};
use crate::fault::Subject;
use crate::mount::Spoken;
use crate::{Context, Fault, Web, headers};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest unknown path that is logged, in bytes.
const PATH_BYTES: usize = 128;
/// The longest segment of an unknown path that is logged, in bytes; no secret of ours is shorter.
const SEGMENT_BYTES: usize = 24;
/// The longest method that is logged or named in an answer, in bytes.
pub(crate) const METHOD_BYTES: usize = 32;

/// Wraps every request that the router answers.
pub async fn layer(State(web): State<Web>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let path = matched
        .as_ref()
        .map_or_else(|| Cow::Owned(unknown(request.uri().path())), |matched| matched.as_str().into());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    around(&web, peer, &path, request, |request| next.run(request)).await
}

/// What every answer has around it, whoever makes it. `path` is the route, as it is logged.
pub(crate) async fn around<F: Future<Output = Response>>(
    web: &Web,
    peer: Option<IpAddr>,
    path: &str,
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let Asked { began, id, now, address } = Asked::of(web, peer, request.headers());
    let context = Context::new(web, id, now, address, request.headers());
    let head = Head::of(&request);
    let method = request.method().clone();
    request.extensions_mut().insert(context);
    let mut response = answer(request).await;

    let method = cut(method.as_str(), METHOD_BYTES);
    complete(web, response.headers_mut());
    number(id, response.headers_mut());
    if let Some(fault) = refusal::fault(&mut response) {
        let came = Came { id, now, address, method, path };
        refusal::tell(web, &came, &head, &fault, &mut response);
    }
    if let Some(began) = began {
        let extensions = response.extensions();
        let told = Told {
            status: response.status(),
            dialect: extensions.get::<Spoken>().map(|spoken| spoken.0),
            user: extensions.get::<Subject>().map(|subject| subject.0),
            fault: extensions.get::<Fault>(),
        };
        write(&Line { id, method, path, began }, &told);
    }
    response
}

/// What every answer says of itself.
pub(crate) fn complete(web: &Web, headers: &mut HeaderMap) {
    headers::complete(headers, web.site.secure);
}

/// The request's number, for whoever asks what became of it.
pub(crate) fn number(id: RequestId, headers: &mut HeaderMap) {
    headers.insert(REQUEST_ID, headers::request_id(id));
}

/// A request that has just come in, as far as a line tells of it.
pub(crate) struct Asked {
    /// `None`: no line is written.
    began: Option<Instant>,
    pub(crate) id: RequestId,
    pub(crate) now: Timestamp,
    pub(crate) address: Option<IpAddr>,
}

impl Asked {
    #[expect(
        clippy::disallowed_methods,
        reason = "the duration of a request is measured here and nowhere else"
    )]
    pub(crate) fn of(web: &Web, peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        let began = tracing::enabled!(target: "request", tracing::Level::ERROR).then(Instant::now);
        let now = web.clock.now();
        let address = peer.map(|peer| web.proxies.client(peer, headers));
        Self { began, id: Context::number(web, now), now, address }
    }

    /// Writes the line of a good answer to a `GET` of this path, by this dialect, for this user.
    pub(crate) fn tell_ok(&self, path: &str, dialect: &'static str, user: UserNumber) {
        if let Some(began) = self.began {
            let line = Line { id: self.id, method: "GET", path, began };
            let told = Told { status: StatusCode::OK, dialect: Some(dialect), user: Some(user), fault: None };
            write(&line, &told);
        }
    }
}

struct Line<'a> {
    id: RequestId,
    method: &'a str,
    path: &'a str,
    began: Instant,
}

/// How it was answered.
struct Told<'a> {
    status: StatusCode,
    dialect: Option<&'static str>,
    user: Option<UserNumber>,
    fault: Option<&'a Fault>,
}

fn write(line: &Line<'_>, told: &Told<'_>) {
    let &Told { status, dialect, user, fault } = told;
    let outcome = fault.map_or("ok", |fault| fault.kind);
    let refusal = fault.map(|_| RefusalId::of(line.id).to_string());
    let cause = fault.map(|fault| fault.cause.as_str()).filter(|cause| !cause.is_empty());
    let user = user.map(|user| user.0);
    let duration_ms = (line.began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    // One macro call a level: the level of an event is part of its static description.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "request",
                request_id = tracing::field::display(line.id),
                method = line.method,
                path = line.path,
                status = status.as_u16(),
                dialect,
                outcome,
                user,
                refusal,
                rule = fault.map(|fault| fault.facts.rule.name()),
                seen = fault.map(|fault| fault.facts.seen),
                wanted = fault.map(|fault| fault.facts.wanted),
                cause,
                duration_ms,
                "request"
            )
        };
    }
    match fault.map(|fault| fault.blame) {
        None | Some(Blame::Caller) => line!(info),
        Some(Blame::Service) => line!(warn),
        Some(Blame::Us) => line!(error),
    }
}

/// An unknown path for the log.
fn unknown(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.len() > SEGMENT_BYTES { "*" } else { segment });
    cut(&segments.collect::<Vec<_>>().join("/"), PATH_BYTES).to_owned()
}

/// The beginning of what a client sent, where it must not be copied whole.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_path_is_logged_without_what_may_be_a_secret() {
        assert_eq!(unknown("/api/v1/users/me/x"), "/api/v1/users/me/x");
        assert_eq!(unknown(&format!("/api-token/{}/", "k".repeat(64))), "/api-token/*/");
        assert_eq!(unknown(&"/abc".repeat(100)).len(), PATH_BYTES);
        assert_eq!(unknown("/%20"), "/%20");
    }
}
