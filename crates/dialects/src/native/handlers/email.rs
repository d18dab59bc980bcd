//! `/id/v1/email`: another e-mail address, agreed to by both sides, and the own one verified.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use crate::native::error::{self, Reply};
use crate::native::visit::{Call, Visit};
use crate::native::{convert, wire};

/// Ask for another e-mail address, by a fresh login. A message goes there, and one to the old address where that is
/// verified; it changes when both were followed. The answer is the same whoever has the address.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/email", operation_id = "change_email", tag = "account",
    request_body = wire::ChangeEmail,
    responses((status = 202, description = "Messages are on their way."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn change(mut call: Call) -> Reply {
    let change: wire::ChangeEmail = call.visit.body().await?;
    call.identity().accounts.ask_for_address(&call.op(), &call.caller, &change.email).await?;
    Ok(call.concerning(StatusCode::ACCEPTED.into_response()))
}

/// Ask once more for the message that the own address is verified by. Nothing is sent where it is verified already. Five
/// times an hour at most.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/email/verify", operation_id = "send_verification", tag = "account",
    responses((status = 202, description = "A message is on its way, where there is something to verify."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn send_verification(call: Call) -> Reply {
    call.identity().accounts.send_verification(&call.op(), &call.caller).await?;
    Ok(call.concerning(StatusCode::ACCEPTED.into_response()))
}

/// Follow one of the two messages, by its token. Nobody need be signed in.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/email/confirm", operation_id = "confirm_email", tag = "account",
    request_body = wire::MailedToken,
    responses((status = 200, body = wire::EmailConfirmed, description = "Whether the address is changed."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn confirm(mut visit: Visit) -> Reply {
    let mailed: wire::MailedToken = visit.body().await?;
    let agreed = visit.identity().accounts.agree_to_address(&visit.op(), &mailed.token.0).await?;
    Ok(error::answer(StatusCode::OK, &convert::email_confirmed(agreed)))
}
