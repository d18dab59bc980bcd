//! `GET /userinfo`: whose session or token this is.

use web::cookie::Carried;
use web::fault::concerning;
use web::{Check, Checked, Shown, json};

use crate::bixarena::error::{Reply, Voice, ok};
use crate::bixarena::visit::Visit;
use crate::bixarena::{BixArena, caller, convert};

/// contracts 5.5. A token that was presented is judged by itself: a bad one does not make room for the cookie.
pub(in crate::bixarena) async fn get(visit: Visit) -> Reply {
    let (voice, caller) = match caller::by_bearer(&visit).await {
        Some(caller) => (Voice::Bearer, caller),
        None => (Voice::Session, caller::by_cookie(&visit).await),
    };
    let caller = caller.map_err(visit.refused(voice))?;
    Ok(concerning(caller.user.number, ok(&convert::user_info(&caller.user))))
}

/// [`get`], where it is plain who asks: by the cookie alone.
pub(in crate::bixarena) fn at_once(arena: &BixArena, asked: &Check<'_>) -> Option<Checked> {
    let Carried::Value(secret) = arena.cookie.carried(asked.headers) else { return None };
    if asked.has_authorization() {
        return None;
    }
    asked.says(
        Shown::Session(secret),
        |digest| arena.web.identity.sessions.known(&asked.view, asked.now, &arena.surface, digest),
        |caller| json::text(&convert::user_info(&caller.user)),
    )
}
