//! `/api/v1/users/`: list the users one may see, make one.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use web::Context;
use web::drf::error as drf;
use web::fault::concerning;

use super::{json, known, negotiate};
use crate::syntho::{Syntho, caller, convert, error, routes, wire};

pub(in crate::syntho) async fn get(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let caller = known(&syntho, &context, request.headers(), request.uri()).await?;
    let op = context.op(&syntho.surface.door, caller.actor());
    let users =
        syntho.web.identity.accounts.list_for(&op, &caller).await.map_err(|error| error::say(&error))?;
    let users: Vec<wire::User<'_>> = users.iter().map(convert::user).collect();
    Ok(concerning(caller.user.number, drf::json(StatusCode::OK, &users)))
}

pub(in crate::syntho) async fn post(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let (head, body) = request.into_parts();
    negotiate(&head.headers, &head.uri)?;
    let caller = caller::somebody(&syntho, &context, &head.headers).await?;
    let body = json(&syntho, &head.headers, body).await?;
    let account = convert::new_user(&body).map_err(|malformed| error::malformed(&malformed))?;
    let op = context.op(&syntho.surface.door, caller.actor());
    let made = syntho.web.identity.accounts.create_as(&op, &caller, account).await;
    let made = made.map_err(|error| error::say(&error))?;
    let answer = drf::json(StatusCode::CREATED, &convert::user_with_password(&made));
    Ok(concerning(caller.user.number, answer))
}

pub(in crate::syntho) async fn options(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    known(&syntho, &context, request.headers(), request.uri()).await?;
    Ok(drf::options("Users", routes::USERS))
}
