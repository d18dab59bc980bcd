//! `POST /auth/sign-up`, which is an addition of ours, and `POST /auth/verify`: making an account.

use axum::http::StatusCode;
use identity::user::Status;
use web::fault::concerning;

use crate::probe::convert::account as convert;
use crate::probe::error::{self, Reply, answer};
use crate::probe::visit::{Takes, Visit};
use crate::probe::wire::SignedUp;

/// The answer is one, whether the address is free or not.
pub(in crate::probe) async fn sign_up(mut visit: Visit) -> Reply {
    let captcha = visit.captcha()?;
    let form = visit.body(Takes::JsonAndForms).await?;
    let sign_up = convert::sign_up(&form, captcha, &visit.probe.web.return_urls)?;
    let email = sign_up.email.clone();
    let signed_up = visit.identity().accounts.sign_up(&visit.op(), &visit.probe.long_term, sign_up).await;
    signed_up.map_err(error::at(form.place(), "password"))?;
    Ok(answer(StatusCode::OK, &SignedUp { email: &email, status: Status::Pending.as_str() }))
}

pub(in crate::probe) async fn verify(mut visit: Visit) -> Reply {
    let captcha = visit.captcha()?;
    let form = visit.body(Takes::Json).await?;
    let token = convert::verify_token(&form)?;
    let user = visit.identity().accounts.verify_email(&visit.op(), token, Some(&captcha)).await?;
    Ok(concerning(user.number, answer(StatusCode::OK, &convert::verified(&user))))
}
