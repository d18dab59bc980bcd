//! `POST /auth/jwt`: another JWT for the own account, with claims and permissions of the caller's choice. It is a session
//! of its own.

use crate::probe::convert::api_token as convert;
use crate::probe::error::Reply;
use crate::probe::visit::{Call, Takes};

pub(in crate::probe) async fn post(mut call: Call) -> Reply {
    let form = call.visit.any_body(Takes::JsonAndForms).await?;
    let (wanted, long_term) = convert::custom(&form)?;
    let surface = call.visit.probe.surface(long_term);
    let token = call.identity().tokens.mint(&call.op(), surface, &call.caller, wanted).await?;
    call.ok(&convert::minted(&token))
}
