//! The route table. `current` stands before `{user-id}`, as the router has it for fixed names.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::routing::{delete, get, post, put};
use web::{Endpoint, Express};

use super::handlers::{
    account, api_token, current_password, jwt, restore, session, sign_in, sign_out, user, user_password,
};
use super::{Probe, error};

const READ_MAKE: &str = "GET, HEAD, POST";
const READ_CHANGE: &str = "GET, HEAD, PUT";
const READ_CHANGE_END: &str = "GET, HEAD, PUT, DELETE";
const READ_END: &str = "GET, HEAD, DELETE";

macro_rules! path {
    ($tail:literal) => {
        concat!("/frontend/api/v1", $tail)
    };
}

/// In the document's order, then the newer ones, then ours (contracts 3.2, 3.5, 3.6).
#[rustfmt::skip]
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: path!("/auth/sign-in"), allow: "POST", summary: "trade an address and a password for a JWT" },
    Endpoint { path: path!("/auth/oauth-sign-in"), allow: "POST", summary: "the same for a provider's access token" },
    Endpoint { path: path!("/auth/session"), allow: READ_END, summary: "list the own sessions, end them all" },
    Endpoint { path: path!("/auth/session/{session-id}"), allow: READ_END, summary: "show one of them, end it" },
    Endpoint { path: path!("/auth/sign-out"), allow: "DELETE", summary: "end this session, or all" },
    Endpoint { path: path!("/auth/current/password"), allow: "PUT", summary: "change the own password, or restore it" },
    Endpoint { path: path!("/auth/{user-id}/password"), allow: "PUT", summary: "change a sub-user's password" },
    Endpoint { path: path!("/auth/verify"), allow: "POST", summary: "verify the address of a sign-up" },
    Endpoint { path: path!("/user"), allow: "GET, HEAD", summary: "list users" },
    Endpoint { path: path!("/user/current"), allow: READ_CHANGE, summary: "who asks; change the own name" },
    Endpoint { path: path!("/user/{user-id}"), allow: READ_CHANGE, summary: "a user; change the name" },
    Endpoint { path: path!("/auth/api-token"), allow: READ_MAKE, summary: "list the own API tokens, make one" },
    Endpoint { path: path!("/auth/api-token/{token}"), allow: READ_CHANGE_END, summary: "show one of them, change it, end it" },
    Endpoint { path: path!("/auth/jwt"), allow: "POST", summary: "another JWT, with claims of one's own" },
    Endpoint { path: path!("/auth/password-restore"), allow: "POST", summary: "ask for a new password by mail" },
    Endpoint { path: path!("/auth/password-restore-verify"), allow: "POST", summary: "trade the mailed token for one that sets a password" },
    Endpoint { path: path!("/auth/sign-up"), allow: "POST", summary: "make an account (an addition of ours)" },
];

pub(super) fn router(probe: Probe) -> Router {
    Router::new()
        .route(path!("/auth/sign-in"), post(sign_in::with_password))
        .route(path!("/auth/oauth-sign-in"), post(sign_in::with_provider))
        .route(path!("/auth/session"), get(session::list).delete(session::end_all))
        .route(path!("/auth/session/{session-id}"), get(session::show).delete(session::end))
        .route(path!("/auth/sign-out"), delete(sign_out::delete))
        .route(path!("/auth/current/password"), put(current_password::put))
        .route(path!("/auth/{user-id}/password"), put(user_password::put))
        .route(path!("/auth/verify"), post(account::verify))
        .route(path!("/user"), get(user::list))
        .route(path!("/user/current"), get(user::show_current).put(user::change_current))
        .route(path!("/user/{user-id}"), get(user::show).put(user::change))
        .route(path!("/auth/api-token"), get(api_token::list).post(api_token::create))
        .route(
            path!("/auth/api-token/{token}"),
            get(api_token::show).put(api_token::change).delete(api_token::end),
        )
        .route(path!("/auth/jwt"), post(jwt::post))
        .route(path!("/auth/password-restore"), post(restore::ask))
        .route(path!("/auth/password-restore-verify"), post(restore::verify))
        .route(path!("/auth/sign-up"), post(account::sign_up))
        .layer(map_response(async |response| error::without_referrer(response)))
        .with_state(probe)
}

/// What back ends ask at every request of their own.
pub(super) fn express(probe: &Probe) -> Vec<Express> {
    let current = Express::get(path!("/user/current"), user::show_current, probe.clone());
    let current = current.finished_by(error::without_referrer);
    vec![current.at_once(probe.clone(), [(CONTENT_TYPE, "application/json")], user::current_at_once)]
}
