//! `/id/v1/login/provider` and `/login/callback`: to a provider and back, in a browser. The way back is the one of every
//! page of ours, so it stands outside of `/id`.

use axum::http::header::{ACCEPT, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::federation::linking::CameBack;
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Joining;
use identity::{Error, ErrorKind, ProviderAnswer, Secret};
use web::Fault;
use web::fault::concerning;
use web::form::Sent;

use crate::native::error::{self, Refused, Reply};
use crate::native::visit::Visit;
use crate::native::{Native, caller, routes};

/// Where people read why they were sent back in vain, and try again.
const LOGIN_PAGE: &str = "/login";

/// Begin a login by a provider. Opened in a browser.
#[cfg_attr(test, utoipa::path(get, path = "/id/v1/login/provider", operation_id = "sign_in_with_provider", tag = "session",
    params(("provider" = Option<String>, Query, description = "Its id; can be left out where there is one."),
        ("return_to" = Option<String>, Query, description = "Where the browser goes afterwards: a path here, or an address of `return_urls`.")),
    responses((status = 303, description = "To the provider."),
        (status = "default", body = crate::native::wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn begin(visit: Visit) -> Reply {
    let native = &visit.native;
    let return_to = match visit.sent("return_to") {
        Sent::Nothing => String::new(),
        Sent::Value(place) => {
            native.web.return_urls.place(&place).ok_or_else(|| error::return_url(&place))?
        }
        Sent::Unclear => return Err(error::return_url("several addresses")),
    };
    let begin = BeginLogin {
        provider: only(&visit, "provider"),
        redirect_uri: native.redirect_uri(),
        browser: None,
        return_to,
        joining: Joining::default(),
    };
    let begun = visit.identity().federation.begin(&visit.op(), &native.surface, begin).await?;
    Ok(native.see_off(see_other(&begun.location)?, &begun, visit.context.now)?)
}

/// Come back from a provider, to a login or with an identity to be linked. Opened by the provider, in a browser.
#[cfg_attr(test, utoipa::path(get, path = "/login/callback", operation_id = "come_back", tag = "session",
    params(("state" = String, Query, description = "As it was sent."),
        ("code" = Option<String>, Query, description = "What the provider gives for a login."),
        ("iss" = Option<String>, Query, description = "The provider (RFC 9207)."),
        ("error" = Option<String>, Query, description = "Instead of a code.")),
    responses((status = 303, description = "Done; to where the browser was to go."),
        (status = "default", body = crate::native::wire::Problem<'static>, content_type = "application/problem+json", description = "Refused."))))]
pub(in crate::native) async fn callback(visit: Visit) -> Reply {
    let native = &visit.native;
    let answer = ProviderAnswer {
        browser: caller::browser(native, visit.headers()),
        state: secret(&visit, "state"),
        // RFC 6749 section 4.1.2.1: an error comes instead of a code.
        code: secret(&visit, "code").filter(|_| visit.sent("error") == Sent::Nothing),
        issuer: only(&visit, "iss"),
        redirect_uri: native.redirect_uri(),
        presented: caller::presented(native, &visit.context, visit.headers()).await?,
    };
    let done = visit.identity().federation.come_back(&visit.op(), &native.surface, answer).await;
    let done = done.map_err(|error| visit.came_back_in_vain(&error))?;
    let (user, answer) = match done {
        CameBack::SignedIn(done) => {
            let answer = see_other(&native.home(&done.return_to))?;
            let answer = native.give(answer, &done.signed_in, visit.context.now);
            (done.signed_in.user.number, answer)
        }
        CameBack::Linked { caller, return_to } => (caller.user.number, see_other(&native.home(&return_to))?),
    };
    Ok(concerning(user, native.flow_cookie.clear(answer)))
}

impl Visit {
    /// A browser gets a page to read, which says why; a program the refusal itself.
    fn came_back_in_vain(&self, error: &Error) -> Refused {
        let reads = self.headers().get_all(ACCEPT).iter().any(|value| {
            value.to_str().is_ok_and(|ranges| ranges.to_ascii_lowercase().contains("text/html"))
        });
        let page = format!("{}{LOGIN_PAGE}?refused={}", self.native.web.site.origin, error.kind().name());
        let answer = match reads.then(|| see_other(&page)) {
            Some(Ok(answer)) => Fault::from(error).on(answer),
            Some(Err(_)) | None => error::say(error),
        };
        Refused(self.native.flow_cookie.clear(answer))
    }
}

/// A parameter that comes twice is none: others on the way may have read the other one.
fn only(visit: &Visit, name: &str) -> Option<String> {
    match visit.sent(name) {
        Sent::Value(value) => Some(value.to_string()),
        Sent::Nothing | Sent::Unclear => None,
    }
}

fn secret(visit: &Visit, name: &str) -> Option<Secret> {
    Secret::presented(&only(visit, name)?)
}

impl Native {
    /// What is registered at the provider.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}{}", self.web.site.origin, routes::CALLBACK)
    }

    /// Where a browser is led that was to go there.
    fn home(&self, return_to: &str) -> String {
        if return_to.is_empty() { format!("{}/", self.web.site.origin) } else { return_to.to_owned() }
    }
}

fn see_other(location: &str) -> Result<Response, Refused> {
    let location = HeaderValue::from_str(location).map_err(|_| Error::from(ErrorKind::Internal))?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}
