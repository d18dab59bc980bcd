//! The carriers of this dialect (contracts 3.1), in the order in which they are looked at: `Authorization: Bearer`
//! with a JWT or an API token, the queries `jwt` and `token`, the cookie `jwt`. The first that is there decides; a bad
//! one never makes room for the next. Other schemes, and credentials of other forms, are not read.

use axum::http::HeaderMap;
use identity::Rule;
use identity::secret::Sha256Digest;
use identity::{Actor, Caller, Error, ErrorKind, Secret};
use web::authorization::bearer;
use web::cookie::Carried;
use web::{Check, Checked, Context, Shown};

use super::Probe;
use super::error::Refused;
use super::schema::Fields;

/// What a request presents; `None` inside is nothing that could have been given out here.
enum Presented {
    Nothing,
    Jwt(Option<Secret>),
    ApiToken(Option<Secret>),
    Cookie(Option<Secret>),
}

fn presented(probe: &Probe, headers: &HeaderMap, query: &Fields) -> Presented {
    if let Some(bearer) = bearer(headers) {
        return match bearer {
            Some(text) if is_jwt(text) => Presented::Jwt(Secret::presented(text)),
            other => Presented::ApiToken(other.and_then(Secret::presented)),
        };
    }
    if let Some(jwt) = only(query.sent("jwt")) {
        return Presented::Jwt(jwt);
    }
    if let Some(token) = only(query.sent("token")) {
        return Presented::ApiToken(token);
    }
    match probe.cookie.carried(headers) {
        Carried::Nothing => Presented::Nothing,
        Carried::Value(value) => Presented::Cookie(Secret::presented(value)),
        Carried::Unclear => Presented::Cookie(None),
    }
}

/// contracts 8.5: what has the three parts of a JWT is one.
fn is_jwt(text: &str) -> bool {
    // As many bytes as one can count in a byte: so many are looked at at once.
    let dots = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte == b'.')).sum::<u8>();
    text.as_bytes().chunks(255).map(|bytes| usize::from(dots(bytes))).sum::<usize>() == 2
}

/// The one value that was sent. `Some(None)`: it is nothing of ours, or there are several.
fn only<'a>(mut sent: impl Iterator<Item = &'a str>) -> Option<Option<Secret>> {
    let first = sent.next()?;
    Some(Secret::presented(first).filter(|_| sent.next().is_none()))
}

/// Whose request it is. `Ok(None)`: nothing was presented. The refusal of a bad cookie takes it away.
pub(super) async fn recognise(
    probe: &Probe,
    context: &Context,
    headers: &HeaderMap,
    query: &Fields,
) -> Result<Option<Caller>, Refused> {
    let presented = presented(probe, headers, query);
    let op = context.op(&probe.keys.door, Actor::Anonymous);
    let identity = &probe.web.identity;
    let (is_cookie, checked) = match presented {
        Presented::Nothing => return Ok(None),
        Presented::Jwt(None) | Presented::ApiToken(None) => return Err(unclear().into()),
        Presented::Cookie(None) => (true, Err(unclear())),
        Presented::Jwt(Some(secret)) => {
            (false, identity.sessions.check(&op, &probe.long_term, &secret).await)
        }
        Presented::Cookie(Some(secret)) => {
            (true, identity.sessions.check(&op, &probe.long_term, &secret).await)
        }
        Presented::ApiToken(Some(secret)) => {
            (false, identity.api_keys.check(&op, &probe.keys.door, &secret).await)
        }
    };
    checked.map(Some).map_err(|error| {
        let is_stale = matches!(error.kind(), ErrorKind::CredentialInvalid | ErrorKind::UserInactive);
        let Refused(answer) = error.into();
        Refused(if is_cookie && is_stale { probe.cookie.clear(answer) } else { answer })
    })
}

/// [`recognise`], where it is plain what is presented, and it is good.
pub(super) fn says(
    probe: &Probe,
    asked: &Check<'_>,
    body: impl FnOnce(&Caller) -> Option<String>,
) -> Option<Checked> {
    let presented = if asked.has_authorization() {
        match asked.behind("Bearer")? {
            jwt if is_jwt(jwt) => Shown::Session(jwt),
            token => Shown::ApiKey(token),
        }
    } else {
        let Carried::Value(jwt) = probe.cookie.carried(asked.headers) else { return None };
        Shown::Session(jwt)
    };
    let known = |digest: &Sha256Digest| match presented {
        Shown::Session(_) => {
            probe.web.identity.sessions.known(&asked.view, asked.now, &probe.long_term, digest)
        }
        Shown::ApiKey(_) => {
            probe.web.identity.api_keys.known(&asked.view, &asked.op(), &probe.keys.door, digest)
        }
    };
    asked.says(presented, known, body)
}

fn unclear() -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(
        Rule::CredentialMalformed,
        "what nothing here gave out, or several at once",
        "one JWT or API token",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_is_what_has_three_parts_however_long_they_are() {
        let part = "x".repeat(300);
        for count in 1..600 {
            let text = vec![part.as_str(); count].join(".");
            assert_eq!(is_jwt(&text), count == 3, "{count} parts");
            assert_eq!(is_jwt(&".".repeat(count)), count == 2, "{count} dots");
        }
        assert!(!is_jwt(""));
    }
}
