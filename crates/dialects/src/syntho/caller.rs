//! The two carriers of this dialect: `Authorization: Bearer` with a token of an upstream, and the cookie `sessionid`,
//! judged in this order, as the product does (contracts 1.3). Other schemes and cookies are not read.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use identity::{Actor, Caller, Error, ErrorKind, Secret};
use web::cookie::Carried;
use web::{Context, Wire};

use super::{Syntho, error};

/// What came in the cookie.
enum Cookie {
    Nothing,
    Live(Box<Caller>),
    /// It opens nothing, or not any more.
    Stale(Error),
}

async fn cookie(syntho: &Syntho, context: &Context, headers: &HeaderMap) -> Result<Cookie, Error> {
    let secret = match syntho.cookie.carried(headers) {
        Carried::Nothing => return Ok(Cookie::Nothing),
        Carried::Value(value) => Secret::presented(value),
        Carried::Unclear => None,
    };
    let Some(secret) = secret else {
        return Ok(Cookie::Stale(invalid("a cookie that no login here set, or two of them")));
    };
    let op = context.op(&syntho.surface.door, Actor::Anonymous);
    match syntho.web.identity.sessions.check(&op, &syntho.surface, &secret).await {
        Ok(caller) => Ok(Cookie::Live(Box::new(caller))),
        Err(error) if error::is_stale(error.kind()) => Ok(Cookie::Stale(error)),
        Err(error) => Err(error),
    }
}

fn invalid(seen: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because("presented credential", seen, "a live session's cookie")
}

/// What is wrong with the header, if it is one of ours: the words of mozilla-django-oidc, which the product uses.
/// No upstream gives out tokens that are known here, so none is good.
fn bearer(headers: &HeaderMap) -> Option<&'static str> {
    headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let scheme = words.next()?;
        match (scheme.eq_ignore_ascii_case(b"bearer"), words.count()) {
            (true, 0) => Some("Invalid \"bearer\" header: No credentials provided."),
            (true, 1) => Some(error::INCORRECT),
            (true, _) => Some("Invalid \"bearer\" header: Credentials string should not contain spaces."),
            // The document declares the bare header, without a scheme in front.
            (false, 0) => Some(error::INCORRECT),
            (false, _) => None,
        }
    })
}

/// Who signs in, so far. contracts, decision 8: an invalid header or a stale cookie that comes with the login is 401,
/// and the answer takes the cookie away, so that the next try is judged by its body. The product itself ignores a
/// stale cookie (contracts 1.3, measured).
pub(super) async fn with_login(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Response> {
    let cookie = cookie(syntho, context, headers).await.map_err(|error| error::say(&error))?;
    if let Some(text) = bearer(headers) {
        let refusal = error::malformed_header(text);
        let live = matches!(cookie, Cookie::Live(_));
        return Err(if live { refusal } else { syntho.cookie.clear(refusal) });
    }
    match (cookie, syntho.wire) {
        (Cookie::Nothing, _) | (Cookie::Stale(_), Wire::Deployed) => Ok(None),
        (Cookie::Live(caller), _) => Ok(Some(*caller)),
        (Cookie::Stale(error), Wire::Documented) => {
            Err(syntho.cookie.clear(error::unauthorized(&error, error::INCORRECT)))
        }
    }
}

/// Who asks where everybody is served. A stale cookie makes nobody of its bearer and is taken away; the flag says so.
pub(super) async fn anybody(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
) -> Result<(Option<Caller>, bool), Response> {
    if let Some(text) = bearer(headers) {
        return Err(error::malformed_header(text));
    }
    match cookie(syntho, context, headers).await.map_err(|error| error::say(&error))? {
        Cookie::Nothing => Ok((None, false)),
        Cookie::Live(caller) => Ok((Some(*caller), false)),
        Cookie::Stale(_) => Ok((None, true)),
    }
}

/// Who asks where there must be somebody.
pub(super) async fn somebody(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, Response> {
    if let Some(text) = bearer(headers) {
        return Err(error::malformed_header(text));
    }
    match cookie(syntho, context, headers).await.map_err(|error| error::say(&error))? {
        Cookie::Nothing => Err(error::say(&ErrorKind::CredentialMissing.into())),
        Cookie::Live(caller) => Ok(*caller),
        Cookie::Stale(error) => Err(syntho.cookie.clear(error::unauthorized(&error, error::NOT_PROVIDED))),
    }
}
