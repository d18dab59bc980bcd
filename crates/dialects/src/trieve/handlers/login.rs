//! `GET /api/auth` and `GET /api/auth/callback`: to the provider and back. A browser opens both; what goes wrong is told
//! in the answer itself.

use axum::http::header::{LOCATION, REFERER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::ErrorKind;
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Way;
use web::fault::concerning;
use web::headers::wants_a_page;

use crate::trieve::error::{Refused, Reply, Voice, answer, place_refused};
use crate::trieve::visit::Visit;
use crate::trieve::{caller, convert, query};

/// Where a browser is led when nobody says where.
const NOWHERE: &str = "/";

/// contracts 4.1. A browser that has a live session stays known by it; every other one is known by a new cookie from
/// here on, whatever it came with.
pub(in crate::trieve) async fn begin(visit: Visit) -> Reply {
    let trieve = &visit.trieve;
    let login = query::login(|name| visit.sent(name))?;
    let return_to = match login.redirect_uri {
        Some(named) => match trieve.web.return_urls.place(&named) {
            Some(_) => named,
            None => return Err(place_refused("redirect_uri", &named)),
        },
        None => referer(&visit).unwrap_or_default(),
    };
    let refused = visit.refused(Voice::Plain);
    let browser = caller::session(&visit).await.map_err(&refused)?.map(|(secret, _)| secret);
    let begin = BeginLogin {
        provider: trieve.provider.clone(),
        redirect_uri: trieve.redirect_uri.to_string(),
        browser,
        return_to,
        joining: login.joining,
    };
    let begun = visit.identity().federation.begin(&visit.op(), &trieve.surface, begin).await;
    let begun = begun.map_err(&refused)?;
    let answer = see_other(&visit, &begun.location)?;
    let end = visit.context.now + trieve.session_lifetime;
    Ok(match begun.browser {
        Some(browser) => trieve.cookie.set(answer, browser.expose(), visit.context.now, Some(end)),
        None => answer,
    })
}

/// contracts 4.1: the page that led here, where it is one that people may be led back to.
pub(in crate::trieve) fn referer(visit: &Visit) -> Option<String> {
    let referer = visit.headers().get(REFERER)?.to_str().ok()?;
    visit.trieve.web.return_urls.allows(referer).then(|| referer.to_owned())
}

/// contracts 4.1, 8.6: a browser is led on, everybody else is told who they are; both have a new cookie, and what they
/// came with is dead.
pub(in crate::trieve) async fn callback(visit: Visit) -> Reply {
    let trieve = &visit.trieve;
    let refused = visit.refused(Voice::Callback(trieve.wire));
    let presented = caller::session(&visit).await.map_err(&refused)?.map(|(_, caller)| caller);
    let browser = caller::browser(&visit);
    let brought = query::answer(|name| visit.sent(name), &trieve.redirect_uri, browser, presented)?;
    let done = visit.identity().sign_in.with_provider(&visit.op(), &trieve.surface, brought).await;
    let done = done.map_err(&refused)?;
    let user = &done.signed_in.user;
    let response = if wants_a_page(visit.headers()) {
        let place = if done.return_to.is_empty() { NOWHERE } else { &done.return_to };
        let founded = done.joined.is_some_and(|joined| joined.way == Way::Founded);
        match done.new_user && founded {
            true => see_other(&visit, &convert::with_new_user(place))?,
            false => see_other(&visit, place)?,
        }
    } else {
        let belongs = visit.identity().organizations.memberships_of(user).await.map_err(&refused)?;
        answer(StatusCode::OK, &convert::slim_user(user, &belongs))
    };
    let (secret, end) = (done.signed_in.secret.expose(), done.signed_in.session.expires());
    let response = trieve.cookie.set(response, secret, visit.context.now, end);
    Ok(concerning(user.number, response))
}

fn see_other(visit: &Visit, location: &str) -> Result<Response, Refused> {
    let location = HeaderValue::from_str(location);
    let location = location.map_err(|_| visit.refused(Voice::Plain)(ErrorKind::Internal.into()))?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}
