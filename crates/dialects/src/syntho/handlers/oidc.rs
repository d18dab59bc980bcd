//! `/api/v1/oidc/...`: sign in with a provider, in a browser. Both are opened by it, so what goes wrong is told in the
//! answer itself.

use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Joining;
use identity::{Actor, ErrorKind, ProviderAnswer, Secret};
use web::Context;
use web::cookie::Carried;
use web::fault::concerning;
use web::form::Sent;

use crate::syntho::{Syntho, caller, error, routes};

/// A parameter that comes twice is none: others on the way may have read the other one.
fn only(uri: &Uri, name: &str) -> Option<String> {
    match Sent::of(uri.query(), name) {
        Sent::Value(value) => Some(value.to_string()),
        Sent::Nothing | Sent::Unclear => None,
    }
}

fn secret(uri: &Uri, name: &str) -> Option<Secret> {
    Secret::presented(&only(uri, name)?)
}

/// To the provider.
pub(in crate::syntho) async fn authenticate(
    State(syntho): State<Syntho>,
    context: Context,
    uri: Uri,
) -> Result<Response, Response> {
    let op = context.op(&syntho.surface.door, Actor::Anonymous);
    // mozilla-django-oidc's name for where the browser goes when the login is done.
    let return_to = match Sent::of(uri.query(), "next") {
        Sent::Nothing => String::new(),
        Sent::Value(next) => syntho.web.return_urls.place(&next).ok_or_else(|| error::next_refused(&next))?,
        Sent::Unclear => return Err(error::next_refused("several addresses")),
    };
    let begin = BeginLogin {
        provider: only(&uri, "provider"),
        redirect_uri: syntho.redirect_uri(),
        browser: None,
        return_to,
        joining: Joining::default(),
    };
    let federation = &syntho.web.identity.federation;
    let begun = federation.begin(&op, &syntho.surface, begin).await.map_err(|error| error::say(&error))?;
    let browser = begun.browser.ok_or_else(|| error::say(&ErrorKind::Internal.into()))?;
    let answer = found(&begun.location)?;
    Ok(syntho.flow_cookie.set(answer, browser.expose(), context.now, Some(begun.expires)))
}

/// Back from the provider.
pub(in crate::syntho) async fn callback(
    State(syntho): State<Syntho>,
    context: Context,
    request: Request,
) -> Result<Response, Response> {
    let (headers, uri) = (request.headers(), request.uri());
    let op = context.op(&syntho.surface.door, Actor::Anonymous);
    let browser = match syntho.flow_cookie.carried(headers) {
        Carried::Value(value) => Secret::presented(value),
        Carried::Nothing | Carried::Unclear => None,
    };
    let presented = caller::by_cookie(&syntho, &context, headers).await?;
    let answer = ProviderAnswer {
        browser,
        state: secret(uri, "state"),
        code: secret(uri, "code"),
        issuer: only(uri, "iss"),
        redirect_uri: syntho.redirect_uri(),
        presented,
    };
    let done = syntho.web.identity.sign_in.with_provider(&op, &syntho.surface, answer).await;
    let done = done.map_err(|error| syntho.flow_cookie.clear(error::say(&error)))?;
    let home = format!("{}/", syntho.web.site.origin);
    let answer = found(if done.return_to.is_empty() { &home } else { &done.return_to })?;
    let (session, secret) = (&done.signed_in.session, &done.signed_in.secret);
    let answer = syntho.cookie.set(answer, secret.expose(), context.now, session.expires());
    Ok(concerning(done.signed_in.user.number, syntho.flow_cookie.clear(answer)))
}

impl Syntho {
    /// What is registered at the provider.
    fn redirect_uri(&self) -> String {
        format!("{}{}", self.web.site.origin, routes::CALLBACK)
    }
}

fn found(location: &str) -> Result<Response, Response> {
    let location = HeaderValue::from_str(location).map_err(|_| error::say(&ErrorKind::Internal.into()))?;
    Ok((StatusCode::FOUND, [(LOCATION, location)]).into_response())
}
