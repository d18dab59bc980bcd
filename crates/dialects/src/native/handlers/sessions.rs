//! `/id/v1/sessions`: the caller's sessions by every door.

use identity::session::SessionId;

use crate::native::error::Reply;
use crate::native::visit::Call;
use crate::native::{convert, wire};

/// List the live sessions of the account, by every door.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/sessions", operation_id = "list_sessions", tag = "session",
    responses((status = 200, body = wire::Sessions<'static>, description = "The live sessions."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn list(call: Call) -> Reply {
    let native = &call.visit.native;
    let sessions = call.identity().sessions.list_own(&call.op(), &native.surface, &call.caller).await?;
    let current = call.caller.session().map(|session| session.id);
    call.ok(&convert::sessions(&sessions, current, native))
}

/// End one of them, this one or another.
#[cfg_attr(test, utoipa::path(delete, path = "/id/v1/sessions/{id}", operation_id = "end_session", tag = "session",
    params(("id" = uuid::Uuid, Path, description = "The session.")),
    responses((status = 204, description = "It is ended."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn end(mut call: Call) -> Reply {
    let id = SessionId(call.visit.id().await?);
    let surface = &call.visit.native.surface;
    call.identity().sessions.end_own(&call.op(), surface, &call.caller, id).await?;
    call.done()
}

/// End all of them but this one.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/sessions/end-others", operation_id = "end_other_sessions", tag = "session",
    responses((status = 200, body = wire::Ended, description = "They are ended."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn end_others(call: Call) -> Reply {
    let surface = &call.visit.native.surface;
    let ended = call.identity().sessions.end_others(&call.op(), surface, &call.caller).await?;
    call.ok(&wire::Ended { ended })
}
