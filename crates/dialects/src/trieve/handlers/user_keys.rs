//! `/api/user/api_key`: the caller's own API keys.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use identity::Secret;
use identity::api_key::ApiKeyId;

use crate::trieve::error::{Reply, Voice, bad_request};
use crate::trieve::visit::Call;
use crate::trieve::{convert, wire};

const VOICE: Voice<'static> = Voice::Keys("user");

/// contracts 4.5: shown once.
pub(in crate::trieve) async fn create(mut call: Call) -> Reply {
    let body: wire::MakeUserKey = call.body().await?;
    let make = convert::user_key(body).map_err(|wrong| bad_request("body_malformed", wrong.0))?;
    let keys = &call.visit.trieve.keys;
    let made = call.identity().api_keys.create(&call.op(), keys, &call.caller, make).await;
    let made = made.map_err(call.refused(VOICE))?;
    let secret = made.secret.as_ref().map(Secret::expose).unwrap_or_default();
    Ok(call.ok(&wire::NewKey { api_key: secret }))
}

pub(in crate::trieve) async fn list(call: Call) -> Reply {
    let door = &call.visit.trieve.keys.door;
    let keys = call.identity().api_keys.list(&call.op(), door, &call.caller, true).await;
    let keys = keys.map_err(call.refused(VOICE))?;
    let owner = &call.caller.user;
    let body: Vec<_> = keys.iter().map(|shown| convert::key_of_user(&shown.key, owner)).collect();
    Ok(call.ok(&body))
}

pub(in crate::trieve) async fn end(mut call: Call) -> Reply {
    let id = ApiKeyId(call.id().await?);
    let door = &call.visit.trieve.keys.door;
    let ended = call.identity().api_keys.end_by_id(&call.op(), door, &call.caller, id).await;
    ended.map_err(call.refused(VOICE))?;
    Ok(call.answer(StatusCode::NO_CONTENT.into_response()))
}
