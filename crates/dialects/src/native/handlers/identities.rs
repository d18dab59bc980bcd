//! `/id/v1/identities`: the caller's links to providers.

use axum::http::StatusCode;
use identity::federation::ExternalIdentityId;
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Joining;

use crate::native::error::{self, Reply};
use crate::native::visit::Call;
use crate::native::{convert, wire};

/// List the links of the account to providers.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/identities", operation_id = "list_identities", tag = "identities",
    responses((status = 200, body = wire::Identities<'static>, description = "The links."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn list(call: Call) -> Reply {
    let federation = &call.identity().federation;
    let linked = federation.linked(&call.op(), &call.caller).await?;
    call.ok(&convert::identities(&linked, federation.providers()))
}

/// Begin to link a provider, by a fresh login: send the browser to `location`. It comes back to `/login/callback`.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/identities", operation_id = "link_identity", tag = "identities",
    request_body = wire::NewIdentity,
    responses((status = 200, body = wire::Leads<'static>, description = "Where to send the browser, which has a cookie now."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn link(mut call: Call) -> Reply {
    let new: wire::NewIdentity = call.visit.body().await?;
    let native = &call.visit.native;
    let return_to = match &new.return_to {
        Some(place) => native.web.return_urls.place(place).ok_or_else(|| error::return_url(place))?,
        None => String::new(),
    };
    let begin = BeginLogin {
        provider: Some(new.provider),
        redirect_uri: native.redirect_uri(),
        browser: None,
        return_to,
        joining: Joining::default(),
    };
    let federation = &call.identity().federation;
    let begun = federation.begin_link(&call.op(), &native.surface, &call.caller, begin).await?;
    let answer = error::answer(StatusCode::OK, &wire::Leads { location: &begun.location });
    let answer = native.see_off(answer, &begun, call.visit.context.now)?;
    Ok(call.concerning(answer))
}

/// Take a link away, by a fresh login; not the last way into the account.
#[cfg_attr(test, utoipa::path(delete, path = "/id/v1/identities/{id}", operation_id = "unlink_identity", tag = "identities",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    responses((status = 204, description = "It is gone."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn unlink(mut call: Call) -> Reply {
    let id = ExternalIdentityId(call.visit.id().await?);
    call.identity().federation.unlink(&call.op(), &call.caller, id).await?;
    call.done()
}
