//! `GET /auth/user/`: whose token this is. Our addition, for back ends that check a token.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use web::drf::error as drf;
use web::fault::concerning;
use web::{Check, Checked, Context, Shown};

use super::known;
use crate::knox::{Knox, convert, routes};

pub(in crate::knox) async fn get(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let caller = known(&knox, &context, request.headers(), request.uri()).await?;
    let answer = drf::json(StatusCode::OK, &convert::user_answer(&caller.user));
    Ok(concerning(caller.user.number, answer))
}

pub(in crate::knox) async fn options(
    State(knox): State<Knox>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    known(&knox, &context, request.headers(), request.uri()).await?;
    Ok(drf::options("User", routes::READS))
}

/// [`get`], where it is plain who asks.
pub(in crate::knox) fn at_once(knox: &Knox, asked: &Check<'_>) -> Option<Checked> {
    let token = asked.behind("Token").filter(|_| asked.takes_json())?;
    asked.says(
        Shown::Session(token),
        |digest| knox.web.identity.sessions.known(&asked.view, asked.now, &knox.surface, digest),
        |caller| drf::text(&convert::user_answer(&caller.user)),
    )
}
