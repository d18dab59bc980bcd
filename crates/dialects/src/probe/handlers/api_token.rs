//! `/auth/api-token` and `/auth/api-token/{token}`: the caller's API tokens. The one in the path is a secret that the
//! contract puts there.

use identity::api_key::keys::ShownKey;
use identity::{ErrorKind, Secret};

use crate::probe::convert::api_token as convert;
use crate::probe::error::{Refused, Reply};
use crate::probe::visit::{Call, Takes};

pub(in crate::probe) async fn list(call: Call) -> Reply {
    let expired = convert::include_expired(&call.visit.query)?;
    let door = &call.visit.probe.keys.door;
    let keys = call.identity().api_keys.list(&call.op(), door, &call.caller, expired).await?;
    call.ok(&convert::api_tokens(&keys, &call.caller.user, call.visit.context.now))
}

pub(in crate::probe) async fn create(mut call: Call) -> Reply {
    let form = call.visit.any_body(Takes::JsonAndForms).await?;
    let make = convert::make(&form)?;
    let keys = &call.visit.probe.keys;
    let made = call.identity().api_keys.create(&call.op(), keys, &call.caller, make).await?;
    show_key(&call, &made)
}

pub(in crate::probe) async fn show(mut call: Call) -> Reply {
    let secret = secret(&mut call).await?;
    let expired = convert::include_expired(&call.visit.query)?;
    let door = &call.visit.probe.keys.door;
    let key = call.identity().api_keys.own(&call.op(), door, &call.caller, &secret, expired).await?;
    show_key(&call, &key)
}

pub(in crate::probe) async fn change(mut call: Call) -> Reply {
    let secret = secret(&mut call).await?;
    let form = call.visit.any_body(Takes::JsonAndForms).await?;
    let change = convert::change(&form)?;
    let door = &call.visit.probe.keys.door;
    let key = call.identity().api_keys.change(&call.op(), door, &call.caller, &secret, change).await?;
    show_key(&call, &key)
}

pub(in crate::probe) async fn end(mut call: Call) -> Reply {
    let secret = secret(&mut call).await?;
    let door = &call.visit.probe.keys.door;
    call.identity().api_keys.end(&call.op(), door, &call.caller, &secret).await?;
    call.done()
}

/// The token in the path; what nothing here gave out is nobody's.
async fn secret(call: &mut Call) -> Result<Secret, Refused> {
    let path = call.visit.path("token").await?;
    let secret = Secret::presented(convert::token(&path)?);
    secret.ok_or_else(|| identity::Error::from(ErrorKind::ApiKeyNotFound).into())
}

fn show_key(call: &Call, key: &ShownKey) -> Reply {
    call.ok(&convert::api_token(key, &call.caller.user, call.visit.context.now))
}
