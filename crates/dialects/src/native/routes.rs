//! The route table.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::routing::{delete, get, post};
use web::{Endpoint, Express};

use super::handlers::{email, identities, keys, login, me, password, provider_login, providers, sessions};
use super::{Native, error};

macro_rules! path {
    ($tail:literal) => {
        concat!("/id/v1", $tail)
    };
}

/// What is registered at providers.
pub const CALLBACK: &str = "/login/callback";

const READ_MAKE: &str = "GET, HEAD, POST";

#[rustfmt::skip]
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: path!("/providers"), allow: "GET, HEAD", summary: "the ways in" },
    Endpoint { path: path!("/login"), allow: "POST", summary: "sign in with a name and a password" },
    Endpoint { path: path!("/confirm"), allow: "POST", summary: "make the login fresh again" },
    Endpoint { path: path!("/logout"), allow: "POST", summary: "sign out" },
    Endpoint { path: path!("/login/provider"), allow: "GET, HEAD", summary: "sign in with a provider" },
    Endpoint { path: CALLBACK, allow: "GET, HEAD", summary: "back from a provider" },
    Endpoint { path: path!("/me"), allow: "GET, HEAD", summary: "who asks" },
    Endpoint { path: path!("/sessions"), allow: "GET, HEAD", summary: "list the own sessions by every door" },
    Endpoint { path: path!("/sessions/end-others"), allow: "POST", summary: "end all of them but this one" },
    Endpoint { path: path!("/sessions/{id}"), allow: "DELETE", summary: "end one of them" },
    Endpoint { path: path!("/password"), allow: "POST", summary: "change the own password" },
    Endpoint { path: path!("/email"), allow: "POST", summary: "ask for another e-mail address" },
    Endpoint { path: path!("/email/verify"), allow: "POST", summary: "ask for the message that verifies the own one" },
    Endpoint { path: path!("/email/confirm"), allow: "POST", summary: "agree to it with a mailed token" },
    Endpoint { path: path!("/keys"), allow: READ_MAKE, summary: "list the own API keys by every door, make one" },
    Endpoint { path: path!("/keys/{id}"), allow: "DELETE", summary: "end one of them" },
    Endpoint { path: path!("/identities"), allow: READ_MAKE, summary: "list the linked providers, link one" },
    Endpoint { path: path!("/identities/{id}"), allow: "DELETE", summary: "unlink one of them" },
];

pub(super) fn router(native: Native) -> Router {
    Router::new()
        .route(path!("/providers"), get(providers::list))
        .route(path!("/login"), post(login::sign_in))
        .route(path!("/confirm"), post(login::confirm))
        .route(path!("/logout"), post(login::sign_out))
        .route(path!("/login/provider"), get(provider_login::begin))
        .route(CALLBACK, get(provider_login::callback))
        .route(path!("/me"), get(me::get))
        .route(path!("/sessions"), get(sessions::list))
        .route(path!("/sessions/end-others"), post(sessions::end_others))
        .route(path!("/sessions/{id}"), delete(sessions::end))
        .route(path!("/password"), post(password::change))
        .route(path!("/email"), post(email::change))
        .route(path!("/email/verify"), post(email::send_verification))
        .route(path!("/email/confirm"), post(email::confirm))
        .route(path!("/keys"), get(keys::list).post(keys::create))
        .route(path!("/keys/{id}"), delete(keys::end))
        .route(path!("/identities"), get(identities::list).post(identities::link))
        .route(path!("/identities/{id}"), delete(identities::unlink))
        .layer(map_response(async |response| error::without_referrer(response)))
        .with_state(native)
}

/// What back ends ask at every request of their own.
pub(super) fn express(native: &Native) -> Vec<Express> {
    let me = Express::get(path!("/me"), me::get, native.clone());
    let me = me.finished_by(error::without_referrer);
    vec![me.at_once(native.clone(), [(CONTENT_TYPE, "application/json")], me::at_once)]
}
