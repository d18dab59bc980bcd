//! `PUT /auth/{user-id}/password`: change the password of a sub-user, knowing the old one.

use crate::probe::convert::{password, user};
use crate::probe::error::{self, Reply};
use crate::probe::visit::{Call, Takes};

pub(in crate::probe) async fn put(mut call: Call) -> Reply {
    let number = user::user_id(&call.visit.path("user-id").await?)?;
    let end_others = password::logout_all(&call.visit.query)?;
    let form = call.visit.body(Takes::JsonAndForms).await?;
    let change = password::change(&form, end_others)?;
    let accounts = &call.identity().accounts;
    let changed = accounts.change_sub_password(&call.op(), &call.caller, number, change).await;
    changed.map_err(error::at(form.place(), "new-password"))?;
    call.done()
}
