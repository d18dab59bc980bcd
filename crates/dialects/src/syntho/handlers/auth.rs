//! `/api/v1/auth/`: how to sign in, sign in, sign out.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::Actor;
use web::Context;
use web::drf::error as drf;
use web::fault::concerning;

use super::{json, negotiate};
use crate::syntho::{Syntho, caller, convert, error, routes, wire};

/// Whoever asks is told the ways in.
pub(in crate::syntho) async fn get(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    negotiate(request.headers(), request.uri())?;
    let (_, stale) = caller::anybody(&syntho, &context, request.headers()).await?;
    let identity = &syntho.web.identity;
    let (passwords, providers) = (identity.sign_in.takes_passwords(), identity.federation.providers());
    let answer = drf::json(StatusCode::OK, &convert::login_methods(passwords, providers, &syntho.surface));
    Ok(if stale { syntho.cookie.clear(answer) } else { answer })
}

/// An address and a password for a session.
pub(in crate::syntho) async fn post(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let (head, body) = request.into_parts();
    negotiate(&head.headers, &head.uri)?;
    let presented = caller::with_login(&syntho, &context, &head.headers).await?;
    let body = json(&syntho, &head.headers, body).await?;
    let command = convert::sign_in(&body, presented).map_err(|malformed| error::malformed(&malformed))?;
    let op = context.op(&syntho.surface.door, Actor::Anonymous);
    let signed_in = syntho
        .web
        .identity
        .sign_in
        .with_password(&op, &syntho.surface, command)
        .await
        .map_err(|error| error::say(&error))?;
    let answer = drf::json(StatusCode::CREATED, &convert::signed_in(&signed_in));
    let end = signed_in.session.expires();
    let answer = syntho.cookie.set(answer, signed_in.secret.expose(), context.now, end);
    Ok(concerning(signed_in.user.number, answer))
}

/// Ends the session of the cookie. A body is not looked at.
pub(in crate::syntho) async fn delete(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    negotiate(request.headers(), request.uri())?;
    let caller = caller::of_a_session(&syntho, &context, request.headers()).await?;
    let op = context.op(&syntho.surface.door, caller.actor());
    let ended = syntho.web.identity.sessions.sign_out(&op, &caller).await;
    ended.map_err(|error| syntho.cookie.clear(error::say(&error)))?;
    let answer = drf::json(StatusCode::OK, &wire::SignedOut { status: "OK" });
    Ok(concerning(caller.user.number, syntho.cookie.clear(answer)))
}

pub(in crate::syntho) async fn options(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    negotiate(request.headers(), request.uri())?;
    let (_, stale) = caller::anybody(&syntho, &context, request.headers()).await?;
    let answer = drf::options("Auth", routes::AUTH);
    Ok(if stale { syntho.cookie.clear(answer) } else { answer })
}
