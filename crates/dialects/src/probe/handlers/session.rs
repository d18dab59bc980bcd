//! `/auth/session` and `/auth/session/{session-id}`: the caller's sessions, as far as `scope` reaches.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use crate::probe::convert::session as convert;
use crate::probe::error::Reply;
use crate::probe::visit::Call;

pub(in crate::probe) async fn list(call: Call) -> Reply {
    let surface = &call.visit.probe.long_term;
    let sessions = call.identity().sessions.list_own(&call.op(), surface, &call.caller).await?;
    call.ok(&convert::sessions(&sessions))
}

pub(in crate::probe) async fn end_all(call: Call) -> Reply {
    let probe = &call.visit.probe;
    call.identity().sessions.sign_out_everywhere(&call.op(), &probe.long_term, &call.caller).await?;
    Ok(call.concerning(probe.cookie.clear(StatusCode::NO_CONTENT.into_response())))
}

pub(in crate::probe) async fn show(mut call: Call) -> Reply {
    let id = convert::session_id(&call.visit.path("session-id").await?)?;
    let surface = &call.visit.probe.long_term;
    let session = call.identity().sessions.own(&call.op(), surface, &call.caller, id).await?;
    call.ok(&convert::session(&session))
}

pub(in crate::probe) async fn end(mut call: Call) -> Reply {
    let id = convert::session_id(&call.visit.path("session-id").await?)?;
    let surface = &call.visit.probe.long_term;
    call.identity().sessions.end_own(&call.op(), surface, &call.caller, id).await?;
    call.done()
}
