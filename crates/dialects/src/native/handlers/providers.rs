//! `GET /id/v1/providers`: the ways in.

use axum::http::StatusCode;

use crate::native::convert;
use crate::native::error::{Reply, answer};
use crate::native::visit::Visit;

/// List the ways in.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/providers", operation_id = "list_providers", tag = "session",
    responses((status = 200, body = crate::native::wire::Providers<'static>, description = "The ways in."))))]
pub(in crate::native) async fn list(visit: Visit) -> Reply {
    let identity = visit.identity();
    let (password, providers) = (identity.sign_in.takes_passwords(), identity.federation.providers());
    Ok(answer(StatusCode::OK, &convert::providers(password, providers)))
}
