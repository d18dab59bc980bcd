//! `GET /api/v1/users/me/`: whose session this is. Our addition: the product's login tells only a number.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use web::cookie::Carried;
use web::drf::error as drf;
use web::fault::concerning;
use web::{Check, Checked, Context, Shown};

use super::known;
use crate::syntho::{Syntho, convert, routes};

pub(in crate::syntho) async fn get(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let caller = known(&syntho, &context, request.headers(), request.uri()).await?;
    let answer = drf::json(StatusCode::OK, &convert::user(&caller.user));
    Ok(concerning(caller.user.number, answer))
}

pub(in crate::syntho) async fn options(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    known(&syntho, &context, request.headers(), request.uri()).await?;
    Ok(drf::options("Me", routes::ME))
}

/// [`get`], where it is plain who asks.
pub(in crate::syntho) fn at_once(syntho: &Syntho, asked: &Check<'_>) -> Option<Checked> {
    let Carried::Value(secret) = syntho.cookie.carried(asked.headers) else { return None };
    if asked.has_authorization() || !asked.takes_json() {
        return None;
    }
    asked.says(
        Shown::Session(secret),
        |digest| syntho.web.identity.sessions.known(&asked.view, asked.now, &syntho.surface, digest),
        |caller| drf::text(&convert::user(&caller.user)),
    )
}
