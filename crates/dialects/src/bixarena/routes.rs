//! The route table: everything under `/v1`, where the published client asks, and at the root, where the product's own
//! service answers (contracts 5, 8.1). Paths are exact; what ends in a slash under `/auth/` is another dialect's.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::routing::{get, post};
use web::headers::without_referrer;
use web::{Endpoint, Express};

use super::BixArena;
use super::handlers::{jwks, login, logout, token, userinfo};

const READS: &str = "GET, HEAD";
const CHANGES: &str = "POST";

/// What is registered at the provider.
pub const CALLBACK: &str = "/v1/auth/oidc/callback";

/// In the document's order, then the newer ones (contracts 5.1, 5.5).
#[rustfmt::skip]
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/v1/auth/oidc/start", allow: READS, summary: "to the provider" },
    Endpoint { path: CALLBACK, allow: READS, summary: "back from the provider, with a session" },
    Endpoint { path: "/v1/auth/logout", allow: CHANGES, summary: "end the session" },
    Endpoint { path: "/v1/token", allow: CHANGES, summary: "trade a session for a token that other services verify" },
    Endpoint { path: "/v1/.well-known/jwks.json", allow: READS, summary: "the keys that such tokens are verified with" },
    Endpoint { path: "/v1/auth/login", allow: READS, summary: "to the provider, and then where return_to says" },
    Endpoint { path: "/v1/auth/callback", allow: READS, summary: "as /v1/auth/oidc/callback" },
    Endpoint { path: "/v1/oauth2/token", allow: CHANGES, summary: "as /v1/token, for an audience" },
    Endpoint { path: "/v1/oauth2/service-token", allow: CHANGES, summary: "trade a service's secret for a token" },
    Endpoint { path: "/v1/userinfo", allow: READS, summary: "whose session or token this is" },
    Endpoint { path: "/auth/oidc/start", allow: READS, summary: "as /v1/auth/oidc/start" },
    Endpoint { path: "/auth/oidc/callback", allow: READS, summary: "as /v1/auth/oidc/callback" },
    Endpoint { path: "/auth/logout", allow: CHANGES, summary: "as /v1/auth/logout" },
    Endpoint { path: "/token", allow: CHANGES, summary: "as /v1/token" },
    Endpoint { path: "/.well-known/jwks.json", allow: READS, summary: "as /v1/.well-known/jwks.json" },
    Endpoint { path: "/auth/login", allow: READS, summary: "as /v1/auth/login" },
    Endpoint { path: "/auth/callback", allow: READS, summary: "as /v1/auth/callback" },
    Endpoint { path: "/oauth2/token", allow: CHANGES, summary: "as /v1/oauth2/token" },
    Endpoint { path: "/oauth2/service-token", allow: CHANGES, summary: "as /v1/oauth2/service-token" },
    Endpoint { path: "/userinfo", allow: READS, summary: "as /v1/userinfo" },
];

pub(super) fn router(arena: BixArena) -> Router {
    let at = |prefix: &str| {
        let path = |tail: &str| format!("{prefix}{tail}");
        // A code stands in the URL that these are asked by.
        let logins = Router::new()
            .route(&path("/auth/oidc/start"), get(login::start))
            .route(&path("/auth/oidc/callback"), get(login::callback))
            .route(&path("/auth/login"), get(login::start_with_return))
            .route(&path("/auth/callback"), get(login::callback))
            .layer(map_response(async |response| without_referrer(response)));
        Router::new()
            .merge(logins)
            .route(&path("/auth/logout"), post(logout::post))
            .route(&path("/token"), post(token::for_session))
            .route(&path("/.well-known/jwks.json"), get(jwks::get))
            .route(&path("/oauth2/token"), post(token::for_audience))
            .route(&path("/oauth2/service-token"), post(token::for_service))
            .route(&path("/userinfo"), get(userinfo::get))
    };
    at("/v1").merge(at("")).with_state(arena)
}

/// What back ends ask at every request of their own.
pub(super) fn express(arena: &BixArena) -> Vec<Express> {
    let lane = |path| {
        let headers = [(CONTENT_TYPE, "application/json")];
        Express::get(path, userinfo::get, arena.clone()).at_once(arena.clone(), headers, userinfo::at_once)
    };
    ["/v1/userinfo", "/userinfo"].map(lane).into()
}
