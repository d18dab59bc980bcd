//! `/auth/oidc/start`, `/auth/oidc/callback` and their newer names: to the provider and back. A browser opens both; what
//! goes wrong is told in the answer itself.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::ErrorKind;
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Joining;
use web::fault::concerning;
use web::headers::wants_a_page;

use crate::bixarena::caller::{self, Cookie};
use crate::bixarena::error::{Refused, Reply, Voice, ok};
use crate::bixarena::visit::Visit;
use crate::bixarena::{convert, wire};

/// contracts 5.1: always 302.
pub(in crate::bixarena) async fn start(visit: Visit) -> Reply {
    begin(&visit, String::new()).await
}

/// contracts 5.5: and then where the site wants the browser.
pub(in crate::bixarena) async fn start_with_return(visit: Visit) -> Reply {
    let return_to = convert::return_to(visit.sent("return_to"));
    let return_to = return_to.map_err(|wrong| Voice::Plain.unreadable(wrong, visit.path()))?;
    begin(&visit, return_to).await
}

/// A browser that has a live session stays known by it; every other one is known by a new cookie from here on, whatever
/// it came with.
async fn begin(visit: &Visit, return_to: String) -> Reply {
    let refused = visit.refused(Voice::Plain);
    let arena = &visit.arena;
    let browser = match caller::cookie(visit).await.map_err(&refused)? {
        Cookie::Live(secret, _) => Some(secret),
        Cookie::Nothing | Cookie::Closed(_) => None,
    };
    let begin = BeginLogin {
        provider: arena.provider.clone(),
        redirect_uri: arena.redirect_uri.to_string(),
        browser,
        return_to,
        joining: Joining::default(),
    };
    let begun = visit.identity().federation.begin(&visit.op(), &arena.surface, begin).await;
    let begun = begun.map_err(&refused)?;
    let answer = found(visit, &begun.location)?;
    Ok(match begun.browser {
        Some(browser) => arena.cookie.set(answer, browser.expose(), visit.context.now, None),
        None => answer,
    })
}

/// contracts 5.1: a browser is led on, everybody else is told; both have a new cookie, and what they came with is dead.
pub(in crate::bixarena) async fn callback(visit: Visit) -> Reply {
    let arena = &visit.arena;
    let voice = Voice::Callback(arena.wire);
    let presented = match caller::cookie(&visit).await.map_err(visit.refused(voice))? {
        Cookie::Live(_, caller) => Some(*caller),
        Cookie::Nothing | Cookie::Closed(_) => None,
    };
    let browser = caller::browser(&visit);
    let answer = convert::answer(|name| visit.sent(name), &arena.redirect_uri, browser, presented);
    let answer = answer.map_err(|wrong| voice.unreadable(wrong, visit.path()))?;
    let done = visit.identity().sign_in.with_provider(&visit.op(), &arena.surface, answer).await;
    let done = done.map_err(visit.refused(voice))?;
    let answer = match wants_a_page(&visit.headers) {
        true => found(&visit, &convert::destination(&arena.ui_url, &done.return_to))?,
        false => ok(&wire::Status { status: "ok" }),
    };
    let secret = done.signed_in.secret.expose();
    let answer = arena.cookie.set(answer, secret, visit.context.now, None);
    Ok(concerning(done.signed_in.user.number, answer))
}

fn found(visit: &Visit, location: &str) -> Result<Response, Refused> {
    let location = HeaderValue::from_str(location);
    let location = location.map_err(|_| visit.refused(Voice::Plain)(ErrorKind::Internal.into()))?;
    Ok((StatusCode::FOUND, [(LOCATION, location)]).into_response())
}
