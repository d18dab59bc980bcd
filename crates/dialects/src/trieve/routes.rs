//! The route table. Paths are exact; what ends in a slash under `/api/auth/` is another dialect's (contracts 8.1).

use axum::Router;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::routing::{MethodRouter, any};
use web::headers::without_referrer;
use web::{Endpoint, Express, Refusal};

use super::Trieve;
use super::error::Refused;
use super::handlers::{health, invitations, login, logout, me, organization_keys, user_keys};

/// What is registered at the provider.
pub const CALLBACK: &str = "/api/auth/callback";

/// In the document's order, then the related ones (contracts 4.1, 4.5).
#[rustfmt::skip]
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/api/auth", allow: "GET, DELETE", summary: "to the provider; end the session" },
    Endpoint { path: CALLBACK, allow: "GET", summary: "back from the provider, with a session" },
    Endpoint { path: "/api/auth/me", allow: "GET", summary: "whose session or key this is" },
    Endpoint { path: "/api/user/api_key", allow: "GET, POST", summary: "the caller's API keys; make one" },
    Endpoint { path: "/api/user/api_key/{api_key_id}", allow: "DELETE", summary: "end an API key of the caller's" },
    Endpoint { path: "/api/organization/api_key", allow: "GET, POST", summary: "an organization's API keys; make one" },
    Endpoint { path: "/api/organization/api_key/{api_key_id}", allow: "DELETE", summary: "end an API key of an organization's" },
    Endpoint { path: "/api/invitation", allow: "POST", summary: "invite somebody to an organization" },
    Endpoint { path: "/api/invitation/{id}", allow: "GET, DELETE", summary: "an organization's invitations; withdraw one" },
    Endpoint { path: "/api/invitations/{organization_id}", allow: "GET", summary: "an organization's invitations" },
    Endpoint { path: "/api/health", allow: "GET", summary: "whether the server answers" },
];

pub(super) fn router(trieve: Trieve) -> Router {
    // A code stands in the URL that these are asked by.
    let logins = Router::new()
        .route("/api/auth", methods().get(login::begin).delete(logout::delete))
        .route(CALLBACK, methods().get(login::callback))
        .layer(map_response(async |response| without_referrer(response)));
    Router::new()
        .merge(logins)
        .route("/api/auth/me", methods().get(me::get))
        .route("/api/user/api_key", methods().get(user_keys::list).post(user_keys::create))
        .route("/api/user/api_key/{api_key_id}", methods().delete(user_keys::end))
        .route(
            "/api/organization/api_key",
            methods().get(organization_keys::list).post(organization_keys::create),
        )
        .route("/api/organization/api_key/{api_key_id}", methods().delete(organization_keys::end))
        .route("/api/invitation", methods().post(invitations::invite))
        .route("/api/invitation/{id}", methods().get(invitations::list).delete(invitations::withdraw))
        .route("/api/invitations/{organization_id}", methods().get(invitations::list))
        .route("/api/health", methods().get(health::get))
        .with_state(trieve)
}

/// What back ends ask at every request of their own.
pub(super) fn express(trieve: &Trieve) -> Vec<Express> {
    let me = Express::get("/api/auth/me", me::get, trieve.clone());
    let me = me.at_once(trieve.clone(), [(CONTENT_TYPE, "application/json")], me::at_once);
    vec![me.with_memberships()]
}

/// contracts 6: a method that a path lacks is told without `Allow`, which the router would add, and `HEAD` is no `GET`.
fn methods() -> MethodRouter<Trieve> {
    any(lacking).head(lacking)
}

async fn lacking(method: Method) -> Refused {
    Refusal::MethodNotAllowed { method: method.to_string(), allow: "" }.into()
}
