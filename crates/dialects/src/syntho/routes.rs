//! The route table.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::routing::{any, get, post};
use web::{Endpoint, Express};

use super::handlers::{auth, me, oidc, password, slash, users};
use super::{Syntho, error};

/// In the product's order (contracts 1.3).
pub(super) const AUTH: &str = "GET, POST, DELETE, HEAD, OPTIONS";
pub(super) const USERS: &str = "GET, POST, HEAD, OPTIONS";
pub(super) const ME: &str = "GET, HEAD, OPTIONS";
pub(super) const PASSWORD: &str = "POST, OPTIONS";

/// contracts 1.4: where a login by a provider begins and ends; they are opened by a browser.
pub(super) const AUTHENTICATE: &str = "/api/v1/oidc/authenticate/";
/// What is registered at providers.
pub const CALLBACK: &str = "/api/v1/oidc/callback/";
const READ: &str = "GET, HEAD";

/// contracts 1.3: the redirect is for any method.
const ANY: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/api/v1/auth/", allow: AUTH, summary: "how to sign in; sign in; sign out" },
    Endpoint { path: "/api/v1/auth", allow: ANY, summary: "leads to /api/v1/auth/" },
    Endpoint { path: AUTHENTICATE, allow: READ, summary: "leads to a provider to sign in with" },
    Endpoint { path: CALLBACK, allow: READ, summary: "back from the provider, for a session" },
    Endpoint { path: "/api/v1/users/", allow: USERS, summary: "list users, make one" },
    Endpoint { path: "/api/v1/users/me/", allow: ME, summary: "whose session this is (an addition of ours)" },
    Endpoint {
        path: "/api/v1/users/me/password/",
        allow: PASSWORD,
        summary: "change the own password (an addition of ours)",
    },
];

pub(super) fn router(syntho: Syntho) -> Router {
    Router::new()
        .route("/api/v1/auth/", get(auth::get).post(auth::post).delete(auth::delete).options(auth::options))
        .route("/api/v1/auth", any(slash::redirect))
        .route(AUTHENTICATE, get(oidc::authenticate))
        .route(CALLBACK, get(oidc::callback))
        .route("/api/v1/users/", get(users::get).post(users::post).options(users::options))
        .route("/api/v1/users/me/", get(me::get).options(me::options))
        .route("/api/v1/users/me/password/", post(password::post).options(password::options))
        .layer(map_response(error::varied))
        .with_state(syntho)
}

/// What back ends ask at every request of their own.
pub(super) fn express(syntho: &Syntho) -> Vec<Express> {
    let me = Express::get("/api/v1/users/me/", me::get, syntho.clone()).finished_by(error::vary);
    vec![me.at_once(syntho.clone(), [(CONTENT_TYPE, "application/json")], me::at_once)]
}
