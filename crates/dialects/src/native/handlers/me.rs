//! `GET /id/v1/me`: who asks.

use web::{Check, Checked, json};

use crate::native::error::Reply;
use crate::native::visit::Known;
use crate::native::{Native, caller, convert};

/// Who asks, by a session or by a key of this door.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/me", operation_id = "who_am_i", tag = "account",
    responses((status = 200, body = crate::native::wire::Me<'static>, description = "Who asks."),
        (status = "default", body = crate::native::wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn get(Known(call): Known) -> Reply {
    let op = call.op();
    let profile = call.identity().accounts.own_profile(&op, &call.caller).await?;
    call.ok(&convert::me(&op, &profile.user, &call.caller))
}

/// [`get`], where it is plain who asks.
pub(in crate::native) fn at_once(native: &Native, asked: &Check<'_>) -> Option<Checked> {
    caller::says(native, asked, |caller| {
        let profile = native.web.identity.accounts.own_profile_known(caller)?;
        json::text(&convert::me(&asked.op(), &profile.user, caller))
    })
}
