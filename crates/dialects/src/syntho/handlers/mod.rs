//! One file an endpoint: negotiate, find the caller, read the body, call one use case, convert the outcome.

pub(super) mod auth;
pub(super) mod me;
pub(super) mod oidc;
pub(super) mod password;
pub(super) mod slash;
pub(super) mod users;

use axum::body::Body;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use identity::Caller;
use web::Context;
use web::drf::json::Value;
use web::drf::negotiation::{Form, negotiate_request};
use web::drf::parser;

use super::{Syntho, caller, error};

/// DRF's order: what the client accepts is settled before who it is.
fn negotiate(headers: &HeaderMap, uri: &Uri) -> Result<(), Response> {
    negotiate_request(headers, uri, &[Form::JSON]).map_err(error::unacceptable)
}

/// The caller of a route that serves nobody else.
async fn known(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Caller, Response> {
    negotiate(headers, uri)?;
    caller::somebody(syntho, context, headers).await
}

async fn json(syntho: &Syntho, headers: &HeaderMap, body: Body) -> Result<Value, Response> {
    parser::read_request(headers, body, syntho.web.limits).await.map_err(|refusal| error::unread(&refusal))
}
