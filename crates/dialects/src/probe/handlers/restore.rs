//! `POST /auth/password-restore` and `POST /auth/password-restore-verify`: a forgotten password, up to the ticket that
//! sets a new one.

use axum::http::StatusCode;

use crate::probe::convert::password as convert;
use crate::probe::error::{Reply, answer};
use crate::probe::visit::{Takes, Visit};
use crate::probe::wire::Success;

/// The answer is one, whether the address has an account or not.
pub(in crate::probe) async fn ask(mut visit: Visit) -> Reply {
    let captcha = visit.captcha()?;
    let form = visit.body(Takes::JsonAndForms).await?;
    let forgotten = convert::forgotten(&form, captcha, &visit.probe.web.return_urls)?;
    visit.identity().accounts.forgot_password(&visit.op(), forgotten).await?;
    Ok(answer(StatusCode::OK, &Success { success: true }))
}

pub(in crate::probe) async fn verify(mut visit: Visit) -> Reply {
    let captcha = visit.captcha()?;
    let form = visit.body(Takes::JsonAndForms).await?;
    let token = convert::restore_token(&form)?;
    let ticket = visit.identity().accounts.verify_restore(&visit.op(), token, Some(&captcha)).await?;
    Ok(answer(StatusCode::OK, &convert::password_update(&ticket)))
}
