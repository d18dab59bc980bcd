//! `DELETE /api/auth`: ends the session of the cookie. API keys are no sessions: they do not help here, and live on.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use identity::Rule;
use identity::{Error, ErrorKind};
use web::fault::concerning;
use web::{Fault, Wire};

use crate::trieve::error::{Refused, Reply, Voice, answer};
use crate::trieve::handlers::login::referer;
use crate::trieve::visit::Visit;
use crate::trieve::{caller, query, wire};

/// contracts 4.1, 0.6: 204 as the document says, or 200 with where the browser signs out of the provider.
pub(in crate::trieve) async fn delete(visit: Visit) -> Reply {
    let refused = visit.refused(Voice::Plain);
    let callers = caller::everybody(&visit).await.map_err(&refused)?;
    let Some(first) = callers.first() else { return Err(without_session()) };
    let number = first.user.number;
    for caller in &callers {
        let ended = visit.identity().sessions.sign_out(&visit.op_as(caller.actor()), caller).await;
        match ended {
            Ok(()) => {}
            // Something else was first: it is as wanted.
            Err(error) if error.kind() == ErrorKind::CredentialInvalid => {}
            Err(error) => return Err(refused(error)),
        }
    }
    let done = match visit.trieve.wire {
        Wire::Documented => StatusCode::NO_CONTENT.into_response(),
        Wire::Deployed => signed_out(&visit).await,
    };
    Ok(concerning(number, visit.trieve.cookie.clear(done)))
}

/// contracts 4.1: actix's own refusal, without a body.
fn without_session() -> Refused {
    let error = Error::new(ErrorKind::CredentialMissing).because(
        Rule::CredentialMissing,
        "no live session",
        "one in the cookie",
    );
    Refused(Fault::from(&error).on(StatusCode::UNAUTHORIZED.into_response()))
}

/// Where the browser signs out of the provider, and where that leads back to. What nobody may be led to is passed over:
/// the session has ended either way.
async fn signed_out(visit: &Visit) -> Response {
    let web = &visit.trieve.web;
    let named = query::redirect_uri(|name| visit.sent(name)).ok().flatten();
    let named = named.and_then(|named| web.return_urls.place(&named));
    let place = named.or_else(|| referer(visit)).unwrap_or_else(|| format!("{}/", web.site.origin));
    let federation = &visit.identity().federation;
    let url = federation.logout_url(&visit.op(), visit.trieve.provider.as_deref(), &place).await;
    let logout_url = url.ok().flatten().unwrap_or(place);
    answer(StatusCode::OK, &wire::LogoutUrl { logout_url: &logout_url })
}
