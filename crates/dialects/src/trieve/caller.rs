//! The carriers of this dialect, in the order in which they are looked at (contracts 4.4): the cookie `vault`, then
//! `Authorization`, then `x-api-key`, each of the two with the bare key or with `Bearer` before it.
//!
//! What opens nothing is no error: the request goes on as nobody's. `Authorization` that is there is the key's header,
//! good or not: `x-api-key` is not looked at then.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use identity::api_key::organization_keys::OrganizationCaller;
use identity::secret::Sha256Digest;
use identity::{Caller, Credential, Error, ErrorKind, Secret};
use web::cookie::Carried;
use web::{Check, Checked, Shown};

use super::Trieve;
use super::tenant::Tenant;
use super::visit::Visit;

/// Who asks.
pub(super) enum Asking {
    Nobody,
    /// A user, by a session or by a key.
    User(Box<Caller>),
    /// Nobody, for an organization, by its key.
    Organization(Box<OrganizationCaller>),
}

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Who asks, by the first carrier that opens something.
pub(super) async fn recognise(visit: &Visit) -> Result<Asking, Error> {
    if let Carried::Value(value) = visit.trieve.cookie.carried(visit.headers())
        && let Some((_, caller)) = open(visit, value).await?
    {
        return Ok(Asking::User(Box::new(caller)));
    }
    let Some(key) = key(visit.headers()) else { return Ok(Asking::Nobody) };
    let (keys, op, door) = (&visit.identity().api_keys, visit.op(), &visit.trieve.keys.door);
    if let Some(caller) = known(keys.find(&op, door, &key).await)?.flatten() {
        return Ok(Asking::User(Box::new(caller)));
    }
    let organization = known(keys.check_organization_key(&op, door, &key).await)?;
    Ok(organization.map_or(Asking::Nobody, |caller| Asking::Organization(Box::new(caller))))
}

/// [`recognise`], where it is plain what is presented, it is good, and for this route as it is asked: in no tenant, by a
/// session or by a key without bounds.
pub(super) fn says(
    trieve: &Trieve,
    asked: &Check<'_>,
    body: impl FnOnce(&Caller) -> Option<String>,
) -> Option<Checked> {
    if asked.headers.keys().any(|name| Tenant::NAMES.contains(&name.as_str())) {
        return None;
    }
    let is_free =
        |caller: &Caller| matches!(&caller.credential, Credential::ApiKey(key) if key.bounds.is_free());
    match trieve.cookie.carried(asked.headers) {
        Carried::Value(secret) => {
            let known = |digest: &Sha256Digest| {
                trieve.web.identity.sessions.known(&asked.view, asked.now, &trieve.surface, digest)
            };
            asked.says(Shown::Session(secret), known, body)
        }
        Carried::Nothing => {
            let key = bare_key(asked.headers)?;
            let known = |digest: &Sha256Digest| {
                let keys = &trieve.web.identity.api_keys;
                keys.known(&asked.view, &asked.op(), &trieve.keys.door, digest).filter(is_free)
            };
            asked.says(Shown::ApiKey(key), known, body)
        }
        Carried::Unclear => None,
    }
}

/// The live session behind a cookie's value, and its secret; `None`: it opens nothing.
pub(super) async fn open(visit: &Visit, value: &str) -> Result<Option<(Secret, Caller)>, Error> {
    let Some(secret) = Secret::presented(value) else { return Ok(None) };
    let checked = visit.identity().sessions.check(&visit.op(), &visit.trieve.surface, &secret).await;
    Ok(known(checked)?.map(|caller| (secret, caller)))
}

/// The live session of the one cookie that there is.
pub(super) async fn session(visit: &Visit) -> Result<Option<(Secret, Caller)>, Error> {
    match visit.trieve.cookie.carried(visit.headers()) {
        Carried::Value(value) => open(visit, value).await,
        Carried::Nothing | Carried::Unclear => Ok(None),
    }
}

/// What the browser is known by at the provider, whether it opens anything or not.
pub(super) fn browser(visit: &Visit) -> Option<Secret> {
    match visit.trieve.cookie.carried(visit.headers()) {
        Carried::Value(value) => Secret::presented(value),
        Carried::Nothing | Carried::Unclear => None,
    }
}

/// Everybody whom the cookie stands for: a neighbouring site may have planted a second one, and who signs out means
/// their own.
pub(super) async fn everybody(visit: &Visit) -> Result<Vec<Caller>, Error> {
    /// How many are looked at.
    const MOST: usize = 4;
    let mut callers = Vec::new();
    for value in visit.trieve.cookie.each(visit.headers()).take(MOST) {
        if let Some((_, caller)) = open(visit, value).await? {
            callers.push(caller);
        }
    }
    Ok(callers)
}

/// contracts 4.4: a bad credential is not an error.
fn known<T>(checked: Result<T, Error>) -> Result<Option<T>, Error> {
    match checked {
        Ok(known) => Ok(Some(known)),
        Err(error) if matches!(error.kind(), ErrorKind::CredentialInvalid | ErrorKind::UserInactive) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The key that a request presents. A header that is there twice presents none.
fn key(headers: &HeaderMap) -> Option<Secret> {
    bare_key(headers).and_then(Secret::presented)
}

/// The same, as it stands there.
fn bare_key(headers: &HeaderMap) -> Option<&str> {
    let name = if headers.contains_key(AUTHORIZATION) { AUTHORIZATION } else { X_API_KEY };
    let mut values = headers.get_all(name).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    let text = only.to_str().ok()?.trim();
    match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => Some(rest.trim_start()),
        None if text.eq_ignore_ascii_case("bearer") => None,
        Some(_) | None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Option<String> {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        key(&pairs.iter().map(pair).collect()).map(|key| key.expose().to_owned())
    }

    #[test]
    fn clause_4_4_a_key_is_read_bare_or_behind_bearer() {
        for header in ["authorization", "x-api-key"] {
            for value in ["tr-a", "Bearer tr-a", "bearer  tr-a", " tr-a "] {
                assert_eq!(read(&[(header, value)]).as_deref(), Some("tr-a"), "{header}: {value}");
            }
            for value in ["", " ", "Bearer ", "Bearer tr-a b", "tr-a b", "Basic a b"] {
                assert_eq!(read(&[(header, value)]), None, "{header}: {value:?}");
            }
            assert_eq!(read(&[(header, "tr-a"), (header, "tr-a")]), None);
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn clause_4_4_authorization_goes_before_x_api_key() {
        let both = |authorization| read(&[("authorization", authorization), ("x-api-key", "tr-b")]);
        assert_eq!(both("tr-a").as_deref(), Some("tr-a"));
        assert_eq!(both(""), None, "8.11: an empty one is one");
    }
}
