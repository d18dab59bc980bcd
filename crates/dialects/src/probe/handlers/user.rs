//! `/user`, `/user/current` and `/user/{user-id}`: who there is, and what to call them.

use axum::http::StatusCode;
use identity::user::directory::UserPage;

use crate::probe::convert::user as convert;
use identity::Caller;
use web::{Check, Checked};

use crate::probe::error::{Reply, answer, text};
use crate::probe::visit::{Call, Takes, Visit};
use crate::probe::{Probe, caller};

pub(in crate::probe) async fn list(call: Call) -> Reply {
    let mut list = convert::list(&call.visit.query)?;
    let page = match list.command.take() {
        Some(command) => call.identity().accounts.page_for(&call.op(), &call.caller, command).await?,
        None => UserPage::default(),
    };
    call.ok(&convert::users(&list, &page))
}

/// Nobody is a user, too (contracts 3.5).
pub(in crate::probe) async fn show_current(visit: Visit) -> Reply {
    let Some(caller) = visit.caller().await? else {
        return Ok(answer(StatusCode::OK, &convert::anonymous()));
    };
    let call = Call { visit, caller };
    let profile = call.identity().accounts.own_profile(&call.op(), &call.caller).await?;
    call.ok(&convert::profile(&profile))
}

pub(in crate::probe) async fn change_current(mut call: Call) -> Reply {
    let form = call.visit.body(Takes::Json).await?;
    let name = convert::name(&form, &call.caller.user.name)?;
    let accounts = &call.identity().accounts;
    let profile = accounts.rename_as(&call.op(), &call.caller, call.user(), name).await?;
    call.ok(&convert::profile(&profile))
}

pub(in crate::probe) async fn show(mut call: Call) -> Reply {
    let number = convert::user_id(&call.visit.path("user-id").await?)?;
    let profile = call.identity().accounts.profile_for(&call.op(), &call.caller, number).await?;
    call.ok(&convert::profile(&profile))
}

pub(in crate::probe) async fn change(mut call: Call) -> Reply {
    let number = convert::user_id(&call.visit.path("user-id").await?)?;
    let form = call.visit.body(Takes::Json).await?;
    let accounts = &call.identity().accounts;
    let old = accounts.profile_for(&call.op(), &call.caller, number).await?;
    let name = convert::name(&form, &old.user.name)?;
    let profile = accounts.rename_as(&call.op(), &call.caller, number, name).await?;
    call.ok(&convert::profile(&profile))
}

/// [`show_current`], where it is plain who asks.
pub(in crate::probe) fn current_at_once(probe: &Probe, asked: &Check<'_>) -> Option<Checked> {
    let profile = |caller: &Caller| probe.web.identity.accounts.own_profile_known(caller);
    caller::says(probe, asked, |caller| text(&convert::profile(&profile(caller)?)))
}
