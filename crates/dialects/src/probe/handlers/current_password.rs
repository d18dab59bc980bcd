//! `PUT /auth/current/password`: change the own password, knowing the old one; or, which is our addition, set it anew
//! with the ticket of `POST /auth/password-restore-verify`, which no document says how to use.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use identity::user::restore::RestoreStep;
use web::fault::concerning;

use crate::probe::convert::password as convert;
use crate::probe::error::{self, Reply};
use crate::probe::schema::Fields;
use crate::probe::visit::{Takes, Visit};

const NEW: &str = "new-password";

pub(in crate::probe) async fn put(mut visit: Visit) -> Reply {
    let form = visit.any_body(Takes::JsonAndForms).await;
    // The ticket decides, whoever asks.
    if let Ok(form) = &form
        && let Some(restored) = convert::restored(form)
    {
        return restore(visit, form, restored?).await;
    }
    let call = visit.known().await?;
    let form = form?;
    let change = convert::change(&form, convert::logout_all(&call.visit.query)?)?;
    let changed = call.identity().accounts.change_password(&call.op(), &call.caller, change).await;
    changed.map_err(error::at(form.place(), NEW))?;
    call.done()
}

async fn restore(visit: Visit, form: &Fields, restored: convert::Restored<'_>) -> Reply {
    let convert::Restored { token, password } = restored;
    let accounts = &visit.identity().accounts;
    let user = accounts.restore_password(&visit.op(), RestoreStep::Exchanged, token, password).await;
    let user = user.map_err(error::at(form.place(), NEW))?;
    Ok(concerning(user.number, StatusCode::NO_CONTENT.into_response()))
}
