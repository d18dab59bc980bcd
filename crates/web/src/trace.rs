//! The outermost layer: makes the request's context, adds the headers of every answer, writes one log line, and notes what
//! was refused.
//!
//! A line holds ids, fixed words and numbers: no name, address, token or query that somebody sent. The path of a
//! route is logged as the router spells it; an unknown path as it came, cut, and without what may be a secret: some
//! routes have one in their path, and a slash too many makes such a path unknown.

mod refusal;

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use identity::refusal::RefusalId;
use identity::{Blame, RequestId};

use self::refusal::{Came, Head};
use crate::fault::Subject;
use crate::mount::Spoken;
use crate::{Context, Fault, Web, headers};

/// The longest unknown path that is logged, in bytes.
const PATH_BYTES: usize = 128;
/// The longest segment of an unknown path that is logged, in bytes; no secret of ours is shorter.
const SEGMENT_BYTES: usize = 24;
/// The longest method that is logged or named in an answer, in bytes.
pub(crate) const METHOD_BYTES: usize = 32;

/// Wraps every request.
#[expect(clippy::disallowed_methods, reason = "the duration of a request is measured here and nowhere else")]
pub async fn layer(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let context = Context::of(&web, &request);
    let (id, now, address) = (context.id, context.now, context.address);
    let head = Head::of(&request);
    let method = cut(request.method().as_str(), METHOD_BYTES).to_owned();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| unknown(request.uri().path()), |matched| matched.as_str().to_owned());
    request.extensions_mut().insert(context);
    let mut response = next.run(request).await;

    headers::complete(response.headers_mut(), web.site.secure);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    if let Some(fault) = refusal::fault(&mut response) {
        let came = Came { id, now, address, method: &method, path: &path };
        refusal::tell(&web, &came, &head, &fault, &mut response);
    }
    write(&Line { id, method: &method, path: &path, began }, &response);
    response
}

struct Line<'a> {
    id: RequestId,
    method: &'a str,
    path: &'a str,
    began: Instant,
}

fn write(line: &Line<'_>, response: &Response) {
    let fault = response.extensions().get::<Fault>();
    let outcome = fault.map_or("ok", |fault| fault.kind);
    let refusal = fault.map(|_| RefusalId::of(line.id).to_string());
    let cause = fault.map(|fault| fault.cause.as_str()).filter(|cause| !cause.is_empty());
    let dialect = response.extensions().get::<Spoken>().map(|spoken| spoken.0);
    let user = response.extensions().get::<Subject>().map(|subject| subject.0.0);
    let duration_ms = (line.began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    // One macro call a level: the level of an event is part of its static description.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "request",
                request_id = line.id.to_string(),
                method = line.method,
                path = line.path,
                status = response.status().as_u16(),
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
