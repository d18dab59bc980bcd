//! `POST /auth/logout`: ends the session of the cookie, if there is one.

use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use identity::ErrorKind;
use web::fault::concerning;

use crate::bixarena::caller;
use crate::bixarena::error::{Reply, Voice};
use crate::bixarena::visit::Visit;

/// contracts 5.1: 204 for everybody, and the cookie is taken away.
pub(in crate::bixarena) async fn post(visit: Visit) -> Reply {
    let refused = visit.refused(Voice::Plain);
    let callers = caller::everybody(&visit).await.map_err(&refused)?;
    let mut answer = visit.arena.cookie.clear(StatusCode::NO_CONTENT.into_response());
    let nothing_kept = HeaderValue::from_static("no-store, no-cache, must-revalidate, max-age=0");
    answer.headers_mut().insert(CACHE_CONTROL, nothing_kept);
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    for caller in callers {
        let ended = visit.identity().sessions.sign_out(&visit.op_as(caller.actor()), &caller).await;
        match ended {
            Ok(()) => answer = concerning(caller.user.number, answer),
            // Something else was first: it is as wanted.
            Err(error) if error.kind() == ErrorKind::CredentialInvalid => {}
            Err(error) => return Err(refused(error)),
        }
    }
    Ok(answer)
}
