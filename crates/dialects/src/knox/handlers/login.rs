//! `POST /auth/login/`: a name and a password for a token.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::Actor;
use web::Context;
use web::drf::{error as drf, parser};
use web::fault::concerning;

use super::negotiate;
use crate::knox::error::Voice;
use crate::knox::{Knox, caller, convert, routes};

pub(in crate::knox) async fn post(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let voice = Voice::Login;
    let (head, body) = request.into_parts();
    negotiate(voice, &head.headers, &head.uri)?;
    // contracts 2.1: a bad token sent along is told before the body is looked at; a good one changes nothing.
    let presented =
        caller::presented(&knox, &context, &head.headers).await.map_err(|error| voice.no_caller(&error))?;

    let json = parser::read_request(&head.headers, body, knox.web.limits)
        .await
        .map_err(|refusal| voice.unread(&refusal))?;
    let command = convert::sign_in(&json, presented).map_err(|malformed| voice.malformed(&malformed))?;

    let op = context.op(&knox.surface.door, Actor::Anonymous);
    let signed_in = knox
        .web
        .identity
        .sign_in
        .with_password(&op, &knox.surface, command)
        .await
        .map_err(|error| voice.say(&error))?;
    let answer = drf::json(StatusCode::OK, &convert::login_answer(&signed_in));
    Ok(concerning(signed_in.user.number, answer))
}

pub(in crate::knox) async fn options(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let voice = Voice::Login;
    negotiate(voice, request.headers(), request.uri())?;
    caller::presented(&knox, &context, request.headers()).await.map_err(|error| voice.no_caller(&error))?;
    Ok(drf::options("Login", routes::CHANGES))
}
