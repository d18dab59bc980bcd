//! `GET /api/auth/me`: whose session or key this is.

use identity::{Caller, ErrorKind};
use web::fault::concerning;
use web::{Check, Checked, json};

use crate::trieve::caller::Asking;
use crate::trieve::error::{Reply, Voice, answer, bad_request};
use crate::trieve::visit::Visit;
use crate::trieve::{Trieve, caller, convert};

/// contracts 4.1.
pub(in crate::trieve) async fn get(visit: Visit) -> Reply {
    let (asking, _) = visit.asking().await?;
    let caller = match asking {
        Asking::User(caller) => caller,
        Asking::Nobody => {
            let refused = visit.refused(Voice::Me(visit.trieve.wire));
            return Err(refused(ErrorKind::CredentialMissing.into()));
        }
        // Such keys have no user.
        Asking::Organization(_) => {
            let text = "Error loading user by itself for get_user_by_id_query";
            return Err(bad_request("no_user_behind_the_key", text));
        }
    };
    let belongs = visit.identity().organizations.memberships_by(&caller).await;
    let belongs = belongs.map_err(visit.refused(Voice::Plain))?;
    let body = convert::slim_user(&caller.user, &belongs);
    Ok(concerning(caller.user.number, answer(axum::http::StatusCode::OK, &body)))
}

/// [`get`], where it is plain who asks.
pub(in crate::trieve) fn at_once(trieve: &Trieve, asked: &Check<'_>) -> Option<Checked> {
    let belongs =
        |caller: &Caller| trieve.web.identity.organizations.memberships_known_by(&asked.view, caller);
    caller::says(trieve, asked, |caller| json::text(&convert::slim_user(&caller.user, &belongs(caller)?)))
}
