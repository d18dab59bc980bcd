//! The carriers of this dialect: `Authorization: Bearer` with one of its API keys, and the cookie. The header is judged
//! where it is there, and a bad one never makes room for the cookie. Most routes take a session only: a key that could
//! do what they do could make itself another one.

use axum::http::HeaderMap;
use identity::Rule;
use identity::secret::Sha256Digest;
use identity::{Actor, Caller, Error, ErrorKind, Secret};
use web::authorization::bearer;
use web::cookie::Carried;
use web::{Check, Checked, Context, Shown};

use super::Native;
use super::error::Refused;

/// Who asks, by a session or by a key.
pub(super) async fn known(
    native: &Native,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, Refused> {
    let Some(presented) = bearer(headers) else {
        let caller = by_cookie(native, context, headers).await;
        return caller.map_err(|error| taken_away(native, error));
    };
    let Some(secret) = presented.and_then(Secret::presented) else {
        return Err(invalid("no key behind Bearer, or several").into());
    };
    let door = &native.surface.door;
    let op = context.op(door, Actor::Anonymous);
    Ok(native.web.identity.api_keys.check(&op, door, &secret).await?)
}

/// [`known`], where it is plain what is presented, and it is good.
pub(super) fn says(
    native: &Native,
    asked: &Check<'_>,
    body: impl FnOnce(&Caller) -> Option<String>,
) -> Option<Checked> {
    if asked.has_authorization() {
        let key = asked.behind("Bearer")?;
        let known = |digest: &Sha256Digest| {
            native.web.identity.api_keys.known(&asked.view, &asked.op(), &native.surface.door, digest)
        };
        return asked.says(Shown::ApiKey(key), known, body);
    }
    let Carried::Value(secret) = native.cookie.carried(asked.headers) else { return None };
    let known = |digest: &Sha256Digest| {
        native.web.identity.sessions.known(&asked.view, asked.now, &native.surface, digest)
    };
    asked.says(Shown::Session(secret), known, body)
}

/// Who asks, by a session.
pub(super) async fn signed_in(
    native: &Native,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, Refused> {
    let caller = known(native, context, headers).await?;
    if caller.session().is_some() {
        return Ok(caller);
    }
    let forbidden = Error::new(ErrorKind::Forbidden);
    Err(forbidden.because(Rule::Permission, "an API key", "the cookie of a session").into())
}

/// Who asks, by the cookie.
pub(super) async fn by_cookie(
    native: &Native,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, Error> {
    match native.cookie.carried(headers) {
        Carried::Nothing => Err(ErrorKind::CredentialMissing.into()),
        Carried::Value(value) => open(native, context, value).await,
        Carried::Unclear => Err(invalid("two cookies, or one that no login here set")),
    }
}

/// The refusal of a bad cookie takes it away.
fn taken_away(native: &Native, error: Error) -> Refused {
    let is_stale = is_stale(&error);
    let Refused(answer) = error.into();
    Refused(if is_stale { native.cookie.clear(answer) } else { answer })
}

async fn open(native: &Native, context: &Context, value: &str) -> Result<Caller, Error> {
    let secret = Secret::presented(value).ok_or_else(|| invalid("a cookie that no login here set"))?;
    let op = context.op(&native.surface.door, Actor::Anonymous);
    native.web.identity.sessions.check(&op, &native.surface, &secret).await
}

/// Everybody whom the cookie stands for: a neighbouring site may have planted a second one, and who signs out or in
/// anew means their own.
pub(super) async fn everybody(
    native: &Native,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Vec<Caller>, Error> {
    /// How many are looked at.
    const MOST: usize = 4;
    let mut callers = Vec::new();
    for value in native.cookie.each(headers).take(MOST) {
        match open(native, context, value).await {
            Ok(caller) => callers.push(caller),
            Err(error) if is_stale(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(callers)
}

/// Whose session the browser holds that signs in anew. A stale cookie does not matter: it is about to be replaced.
pub(super) async fn presented(
    native: &Native,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Error> {
    Ok(everybody(native, context, headers).await?.into_iter().next())
}

/// What the browser is known by that comes back from a provider.
pub(super) fn browser(native: &Native, headers: &HeaderMap) -> Option<Secret> {
    match native.flow_cookie.carried(headers) {
        Carried::Value(value) => Secret::presented(value),
        Carried::Nothing | Carried::Unclear => None,
    }
}

pub(super) fn is_stale(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::CredentialInvalid | ErrorKind::UserInactive)
}

fn invalid(seen: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(
        Rule::CredentialMalformed,
        seen,
        "one that this door gave out",
    )
}
