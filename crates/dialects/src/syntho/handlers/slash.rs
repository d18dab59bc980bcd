//! `/api/v1/auth`: Django's `APPEND_SLASH`, for the one path that no other dialect owns without its slash.

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

/// contracts 1.3: 301 for any method, with an empty page; the query goes along.
pub(in crate::syntho) async fn redirect(uri: Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = HeaderValue::from_str(&format!("/api/v1/auth/{query}"))
        .unwrap_or(HeaderValue::from_static("/api/v1/auth/"));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    (StatusCode::MOVED_PERMANENTLY, [(LOCATION, location), (CONTENT_TYPE, html)]).into_response()
}
