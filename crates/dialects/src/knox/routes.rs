//! The route table.

use axum::Router;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::routing::{get, post};
use web::{Endpoint, Express};

use super::Knox;
use super::handlers::{login, logout, logout_all, user};

pub(super) const CHANGES: &str = "POST, OPTIONS";
pub(super) const READS: &str = "GET, HEAD, OPTIONS";

/// The document's paths, and the same behind the product's `/api` prefix (contracts 2).
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/auth/login/", allow: CHANGES, summary: "trade a name and a password for a token" },
    Endpoint { path: "/auth/logout/", allow: CHANGES, summary: "end the token used" },
    Endpoint { path: "/auth/logoutall/", allow: CHANGES, summary: "end every token of the user" },
    Endpoint { path: "/auth/user/", allow: READS, summary: "whose token this is (an addition of ours)" },
    Endpoint { path: "/api/auth/login/", allow: CHANGES, summary: "as /auth/login/" },
    Endpoint { path: "/api/auth/logout/", allow: CHANGES, summary: "as /auth/logout/" },
    Endpoint { path: "/api/auth/logoutall/", allow: CHANGES, summary: "as /auth/logoutall/" },
    Endpoint { path: "/api/auth/user/", allow: READS, summary: "as /auth/user/" },
];

pub(super) fn router(knox: Knox) -> Router {
    let at = |login: &str, logout: &str, logout_all: &str, user: &str| {
        Router::new()
            .route(login, post(login::post).options(login::options))
            .route(logout, post(logout::post).options(logout::options))
            .route(logout_all, post(logout_all::post).options(logout_all::options))
            .route(user, get(user::get).options(user::options))
    };
    at("/auth/login/", "/auth/logout/", "/auth/logoutall/", "/auth/user/")
        .merge(at("/api/auth/login/", "/api/auth/logout/", "/api/auth/logoutall/", "/api/auth/user/"))
        .with_state(knox)
}

/// What back ends ask at every request of their own.
pub(super) fn express(knox: &Knox) -> Vec<Express> {
    let lane = |path| {
        let headers = [(CONTENT_TYPE, "application/json"), (VARY, "Accept")];
        Express::get(path, user::get, knox.clone()).at_once(knox.clone(), headers, user::at_once)
    };
    ["/auth/user/", "/api/auth/user/"].map(lane).into()
}
