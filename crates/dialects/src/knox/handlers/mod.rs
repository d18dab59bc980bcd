//! One file an endpoint: negotiate, find the caller, call one use case, convert the outcome.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod logout_all;
pub(super) mod user;

use axum::http::HeaderMap;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use identity::Caller;
use web::drf::negotiation;
use web::{Context, Wire};

use super::error::Voice;
use super::{Knox, caller};

/// DRF's order: what the client accepts is settled before who it is.
pub(super) fn negotiate(voice: Voice, headers: &HeaderMap, uri: &Uri) -> Result<(), Response> {
    negotiation::negotiate_request(headers, uri, voice.forms()).map_err(|refusal| voice.unacceptable(refusal))
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
