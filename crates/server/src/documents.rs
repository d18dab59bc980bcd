//! `GET /docs/{dialect}.json`: each served dialect's OpenAPI document. Nothing is read of it before somebody asks.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;
use web::Dialect;

/// A route for each dialect's document.
pub fn routes<S: Clone + Send + Sync + 'static>(dialects: &[&Dialect]) -> Router<S> {
    let mut router = Router::new();
    for dialect in dialects {
        let source = dialect.document;
        let document = Arc::new(OnceLock::new());
        let path = format!("/docs/{}.json", dialect.name);
        router = router.route(
            &path,
            get(move || {
                let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
                let document: &Bytes = document.get_or_init(|| json(source).into());
                std::future::ready((headers, document.clone()).into_response())
            }),
        );
    }
    router
}

/// The YAML source as JSON. The sources are ours and a test reads each of them, so an unreadable one does not ship.
fn json(document: &str) -> String {
    serde_saphyr::from_str::<serde_json::Value>(document).map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::DIALECTS;

    /// Ratchet: a route without a description, or a description without a route, is a document that lies.
    #[test]
    fn every_dialects_document_describes_its_routes() {
        for entry in DIALECTS {
            let dialect = entry.dialect;
            let document: serde_json::Value =
                serde_json::from_str(&json(dialect.document)).expect("a document that can be read");
            let described = document["paths"].as_object().expect("paths");
            for endpoint in dialect.endpoints {
                let methods = described
                    .get(endpoint.path)
                    .unwrap_or_else(|| panic!("{}: {} is not described", dialect.name, endpoint.path))
                    .as_object()
                    .expect("an object");
                for method in
                    endpoint.allow.split(", ").filter(|method| !matches!(*method, "OPTIONS" | "HEAD"))
                {
                    assert!(methods.contains_key(&method.to_lowercase()), "{method} {}", endpoint.path);
                }
            }
            assert_eq!(described.len(), dialect.endpoints.len(), "{}: a path without a route", dialect.name);
        }
    }
}
