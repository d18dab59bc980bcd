//! `/id/v1/login`, `/id/v1/confirm` and `/id/v1/logout`: a name and a password for a session, the password once more, and
//! the end of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use identity::{ErrorKind, SignedIn};
use web::fault::concerning;

use crate::native::error::{Refused, Reply, answer};
use crate::native::visit::{Call, Visit};
use crate::native::{caller, convert, wire};

/// Sign in with a name and a password. A session that came along ends with it.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/login", operation_id = "sign_in", tag = "session",
    request_body = wire::Login,
    responses((status = 200, body = wire::Me<'static>, description = "Signed in; the cookie carries the session."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn sign_in(mut visit: Visit) -> Reply {
    visit.must_be_of_a_known_page()?;
    let login: wire::Login = visit.body().await?;
    let presented = caller::presented(&visit.native, &visit.context, visit.headers()).await?;
    let command = convert::sign_in(&login, presented);
    let surface = &visit.native.surface;
    let signed_in = visit.identity().sign_in.with_password(&visit.op(), surface, command).await?;
    Ok(opened(&visit, &signed_in))
}

/// Show the password once more: the login is fresh again, and the cookie another one.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/confirm", operation_id = "confirm", tag = "session",
    request_body = wire::Confirm,
    responses((status = 200, body = wire::Me<'static>, description = "Fresh again, by a new cookie; the old one is dead."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn confirm(mut call: Call) -> Reply {
    let confirm: wire::Confirm = call.visit.body().await?;
    let (op, surface) = (call.op(), &call.visit.native.surface);
    let password = &confirm.password.0;
    let signed_in = call.identity().sign_in.confirm(&op, surface, &call.caller, password).await?;
    Ok(opened(&call.visit, &signed_in))
}

fn opened(visit: &Visit, signed_in: &SignedIn) -> Response {
    let response = answer(StatusCode::OK, &convert::signed_in(&signed_in.user, &signed_in.session));
    let response = visit.native.give(response, signed_in, visit.context.now);
    concerning(signed_in.user.number, response)
}

/// Sign out: the session of the cookie ends, if there is one.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/logout", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "Signed out, and the cookie is taken away."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn sign_out(visit: Visit) -> Reply {
    let callers = caller::everybody(&visit.native, &visit.context, visit.headers()).await?;
    let mut response = visit.native.cookie.clear(StatusCode::NO_CONTENT.into_response());
    for caller in callers {
        let op = visit.op_as(caller.actor());
        match visit.identity().sessions.sign_out(&op, &caller).await {
            Ok(()) => response = concerning(caller.user.number, response),
            // Something else was first: it is as wanted.
            Err(error) if error.kind() == ErrorKind::CredentialInvalid => {}
            Err(error) => return Err(Refused::from(error)),
        }
    }
    Ok(response)
}
