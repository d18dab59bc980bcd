//! `GET /healthz` and `GET /readyz`, for whoever watches the process.

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use web::{Fault, Web};

/// The routes.
pub fn routes<S: Clone + Send + Sync + 'static>(web: &Web) -> Router<S> {
    let identity = web.identity.clone();
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || ready(identity.clone())))
}

/// 200 when the database answers. The keys were checked against it at the start, and without them there is no
/// process to ask.
async fn ready(identity: identity::Identity) -> Response {
    match identity.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            let answer = (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
            Fault::from(&error).on(answer.into_response())
        }
    }
}
