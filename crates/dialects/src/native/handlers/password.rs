//! `POST /id/v1/password`: change the own password, by the old one or by a fresh login.

use identity::ChangePassword;

use crate::native::error::Reply;
use crate::native::visit::Call;
use crate::native::wire;

/// Change the password. Without the old one the login must be fresh. This session lives on; the others end when asked to.
#[cfg_attr(test, utoipa::path(post, path = "/id/v1/password", operation_id = "change_password", tag = "account",
    request_body = wire::ChangePassword,
    responses((status = 204, description = "It is changed."),
        (status = "default", body = wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn change(mut call: Call) -> Reply {
    let wire::ChangePassword { old_password, new_password, end_other_sessions } = call.visit.body().await?;
    let (op, accounts) = (call.op(), &call.identity().accounts);
    match old_password {
        Some(old) => {
            let change = ChangePassword { old: old.0, new: new_password.0, end_others: end_other_sessions };
            accounts.change_password(&op, &call.caller, change).await?;
        }
        None => accounts.choose_password(&op, &call.caller, new_password.0, end_other_sessions).await?,
    }
    call.done()
}
