//! The two carriers of this dialect: `Authorization: Bearer` with a provider's access token, and the cookie `sessionid`,
//! judged in this order, as the product does (contracts 1.3). Other schemes and cookies are not read.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use identity::Rule;
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
    Error::new(ErrorKind::CredentialInvalid).because(
        Rule::CredentialMalformed,
        seen,
        "a live session's cookie",
    )
}

/// What came in the header.
enum Header {
    Nothing,
    /// Not spelt as mozilla-django-oidc, which the product uses, wants it; in its words.
    Malformed(&'static str),
    Token(Option<Secret>),
}

/// The header, if it is one of ours. A single word without a scheme is a token too: the document declares the bare
/// header (contracts 1.1).
fn header(headers: &HeaderMap) -> Header {
    let token = |word: Option<&[u8]>| {
        let text = word.and_then(|word| std::str::from_utf8(word).ok());
        Header::Token(text.and_then(Secret::presented))
    };
    let found = headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let (first, second, third) = (words.next()?, words.next(), words.next());
        match (first.eq_ignore_ascii_case(b"bearer"), second, third) {
            (true, None, _) => Some(Header::Malformed("Invalid \"bearer\" header: No credentials provided.")),
            (true, Some(word), None) => Some(token(Some(word))),
            (true, Some(_), Some(_)) => Some(Header::Malformed(
                "Invalid \"bearer\" header: Credentials string should not contain spaces.",
            )),
            (false, None, _) => Some(token(Some(first))),
            (false, Some(_), _) => None,
        }
    });
    found.unwrap_or(Header::Nothing)
}

/// Whose access token the header holds; the refusal of a bad one.
async fn bearer(syntho: &Syntho, context: &Context, headers: &HeaderMap) -> Result<Option<Caller>, Response> {
    let token = match header(headers) {
        Header::Nothing => return Ok(None),
        Header::Malformed(text) => return Err(error::malformed_header(text)),
        Header::Token(token) => token,
    };
    let checked = match &token {
        Some(token) => {
            let op = context.op(&syntho.surface.door, Actor::Anonymous);
            syntho.web.identity.federation.check(&op, token).await
        }
        None => Err(Error::new(ErrorKind::CredentialInvalid).because(
            Rule::CredentialMalformed,
            "a header that no token can be",
            "a provider's access token",
        )),
    };
    checked.map(Some).map_err(|error| match error::is_stale(error.kind()) {
        true => error::unauthorized(&error, error::INCORRECT),
        false => error::say(&error),
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
    if let Err(refusal) = bearer(syntho, context, headers).await {
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
    if let Some(caller) = bearer(syntho, context, headers).await? {
        return Ok((Some(caller), false));
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
    if let Some(caller) = bearer(syntho, context, headers).await? {
        return Ok(caller);
    }
    required(syntho, context, headers).await
}

/// Who asks where there must be a session: one that a provider's token vouches for has none to end.
pub(super) async fn of_a_session(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, Response> {
    bearer(syntho, context, headers).await?;
    required(syntho, context, headers).await
}

async fn required(syntho: &Syntho, context: &Context, headers: &HeaderMap) -> Result<Caller, Response> {
    match cookie(syntho, context, headers).await.map_err(|error| error::say(&error))? {
        Cookie::Nothing => Err(error::say(&ErrorKind::CredentialMissing.into())),
        Cookie::Live(caller) => Ok(*caller),
        Cookie::Stale(error) => Err(syntho.cookie.clear(error::unauthorized(&error, error::NOT_PROVIDED))),
    }
}

/// Whose session the browser holds that comes back from a provider. A stale cookie does not matter: it is about to be
/// replaced.
pub(super) async fn by_cookie(
    syntho: &Syntho,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Response> {
    match cookie(syntho, context, headers).await.map_err(|error| error::say(&error))? {
        Cookie::Live(caller) => Ok(Some(*caller)),
        Cookie::Nothing | Cookie::Stale(_) => Ok(None),
    }
}
