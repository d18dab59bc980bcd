//! `POST /api/v1/users/me/password/`: change the own password. Our addition, so that `new_password_required` can be
//! met: no page of the product's tells how.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use web::Context;
use web::drf::error as drf;
use web::fault::concerning;

use super::{json, known, negotiate};
use crate::syntho::{Syntho, caller, convert, error, routes};

pub(in crate::syntho) async fn post(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let (head, body) = request.into_parts();
    negotiate(&head.headers, &head.uri)?;
    let caller = caller::somebody(&syntho, &context, &head.headers).await?;
    let body = json(&syntho, &head.headers, body).await?;
    let change = convert::change_password(&body).map_err(|malformed| error::malformed(&malformed))?;
    let op = context.op(&syntho.surface.door, caller.actor());
    let changed = syntho.web.identity.accounts.change_password(&op, &caller, change).await;
    changed.map_err(|error| error::say(&error))?;
    Ok(concerning(caller.user.number, StatusCode::NO_CONTENT.into_response()))
}

pub(in crate::syntho) async fn options(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    known(&syntho, &context, request.headers(), request.uri()).await?;
    Ok(drf::options("Password", routes::PASSWORD))
}
