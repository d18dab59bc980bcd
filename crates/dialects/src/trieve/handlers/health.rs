//! `GET /api/health`: whether the server answers. It asks nothing of the database; `/readyz` does.

use axum::http::StatusCode;

/// contracts 4.5: 200 without a body.
pub(in crate::trieve) async fn get() -> StatusCode {
    StatusCode::OK
}
