//! `POST /auth/logout/`: ends the token used. A body is not looked at.

use axum::extract::{Request, State};
use axum::response::Response;
use web::Context;
use web::drf::error as drf;
use web::fault::concerning;

use super::{done, known};
use crate::knox::error::Voice;
use crate::knox::{Knox, routes};

pub(in crate::knox) async fn post(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let caller = known(&knox, &context, request.headers(), request.uri()).await?;
    let op = context.op(&knox.surface.door, caller.actor());
    let ended = knox.web.identity.sessions.sign_out(&op, &caller).await;
    ended.map_err(|error| Voice::Rest(knox.wire).say(&error))?;
    Ok(concerning(caller.user.number, done(knox.wire)))
}

pub(in crate::knox) async fn options(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    known(&knox, &context, request.headers(), request.uri()).await?;
    Ok(drf::options("Logout", routes::CHANGES))
}
