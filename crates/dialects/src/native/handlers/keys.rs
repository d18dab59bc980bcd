//! `/id/v1/keys`: the caller's API keys of every door.

use axum::http::StatusCode;
use identity::ErrorKind;
use identity::api_key::ApiKeyId;

use crate::native::error::{self, Reply};
use crate::native::visit::Call;
use crate::native::{convert, wire};

/// List the keys of the account, by every door, and the doors where more can be made.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/keys", operation_id = "list_keys", tag = "keys",
    responses((status = 200, body = wire::Keys<'static>, description = "The keys, without their secrets."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn list(call: Call) -> Reply {
    let keys = call.identity().api_keys.list_own(&call.op(), &call.caller).await?;
    call.ok(&convert::keys(&keys, &call.visit.native, call.visit.context.now))
}

/// Make a key, by a fresh login. Its secret is shown this once.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/keys", operation_id = "create_key", tag = "keys",
    request_body = wire::NewKey,
    responses((status = 201, body = wire::MadeKey<'static>, description = "It is made."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn create(mut call: Call) -> Reply {
    let new: wire::NewKey = call.visit.body().await?;
    let native = &call.visit.native;
    let (surface, make) = convert::new_key(&new, native).map_err(error::malformed)?;
    let made = call.identity().api_keys.create_own(&call.op(), surface, &call.caller, make).await?;
    let secret = made.secret.ok_or(identity::Error::from(ErrorKind::Internal))?;
    let key = convert::key(&made.key, native, call.visit.context.now);
    call.answer(StatusCode::CREATED, &wire::MadeKey { key, secret: secret.expose() })
}

/// End a key.
#[cfg_attr(test, utoipa::path(delete, path = "/id/v1/keys/{id}", operation_id = "end_key", tag = "keys",
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses((status = 204, description = "It is ended."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn end(mut call: Call) -> Reply {
    let id = ApiKeyId(call.visit.id().await?);
    call.identity().api_keys.end_own(&call.op(), &call.caller, id).await?;
    call.done()
}
