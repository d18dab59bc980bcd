//! One file an endpoint: negotiate, find the caller, call one use case, convert the outcome.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod logout_all;
pub(super) mod user;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use identity::Caller;
use web::Context;
use web::drf::negotiation;

use super::error::{Voice, Wire};
use super::{Knox, caller};

/// DRF's order: what the client accepts is settled before who it is.
pub(super) fn negotiate(voice: Voice, headers: &HeaderMap, uri: &Uri) -> Result<(), Response> {
    let accept = negotiation::header_text(headers.get_all(ACCEPT));
    negotiation::negotiate(accept.as_deref(), uri.query(), voice.forms())
        .map_err(|refusal| voice.unacceptable(refusal))
}

/// The caller of a route that serves nobody else.
async fn known(knox: &Knox, context: &Context, headers: &HeaderMap, uri: &Uri) -> Result<Caller, Response> {
    let voice = Voice::Rest(knox.wire);
    negotiate(voice, headers, uri)?;
    caller::required(knox, context, headers).await.map_err(|error| voice.no_caller(&error))
}

/// contracts 2.2, seed: 200 with an empty body; the product answers 204.
fn done(wire: Wire) -> Response {
    match wire {
        Wire::Documented => StatusCode::OK.into_response(),
        Wire::Deployed => StatusCode::NO_CONTENT.into_response(),
    }
}
