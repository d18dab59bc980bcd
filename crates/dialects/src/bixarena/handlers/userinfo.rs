//! `GET /userinfo`: whose session or token this is.

use web::fault::concerning;

use crate::bixarena::error::{Reply, Voice, ok};
use crate::bixarena::visit::Visit;
use crate::bixarena::{caller, convert};

/// contracts 5.5. A token that was presented is judged by itself: a bad one does not make room for the cookie.
pub(in crate::bixarena) async fn get(visit: Visit) -> Reply {
    let (voice, caller) = match caller::by_bearer(&visit).await {
        Some(caller) => (Voice::Bearer, caller),
        None => (Voice::Session, caller::by_cookie(&visit).await),
    };
    let caller = caller.map_err(visit.refused(voice))?;
    Ok(concerning(caller.user.number, ok(&convert::user_info(&caller.user))))
}
