//! The carriers of this dialect: the cookie `JSESSIONID`, and at `userinfo` before it `Authorization: Bearer` with one
//! of our own tokens (contracts 5.1, 5.5). Other schemes and cookies are not read. A service's `Basic` is no caller: it
//! is read where it is traded.

use identity::Rule;
use identity::{Caller, Error, ErrorKind, Secret};
use web::authorization::bearer;
use web::cookie::Carried;

use super::visit::Visit;

/// What came in the cookie.
pub(super) enum Cookie {
    Nothing,
    /// The secret of a live session.
    Live(Secret, Box<Caller>),
    /// It opens nothing: that of a browser that is at the provider, or of a session that is over.
    Closed(Error),
}

/// What came in the cookie, and what it opens.
pub(super) async fn cookie(visit: &Visit) -> Result<Cookie, Error> {
    match visit.arena.cookie.carried(&visit.headers) {
        Carried::Nothing => Ok(Cookie::Nothing),
        Carried::Value(value) => open(visit, value).await,
        Carried::Unclear => Ok(Cookie::Closed(invalid("two cookies, or one that no login here set"))),
    }
}

async fn open(visit: &Visit, value: &str) -> Result<Cookie, Error> {
    let Some(secret) = Secret::presented(value) else {
        return Ok(Cookie::Closed(invalid("a cookie that no login here set")));
    };
    match visit.identity().sessions.check(&visit.op(), &visit.arena.surface, &secret).await {
        Ok(caller) => Ok(Cookie::Live(secret, Box::new(caller))),
        Err(error) if matches!(error.kind(), ErrorKind::CredentialInvalid | ErrorKind::UserInactive) => {
            Ok(Cookie::Closed(error))
        }
        Err(error) => Err(error),
    }
}

/// What the browser is known by at the provider, whether it opens anything or not.
pub(super) fn browser(visit: &Visit) -> Option<Secret> {
    match visit.arena.cookie.carried(&visit.headers) {
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
    for value in visit.arena.cookie.each(&visit.headers).take(MOST) {
        if let Cookie::Live(_, caller) = open(visit, value).await? {
            callers.push(*caller);
        }
    }
    Ok(callers)
}

/// Who asks, by the cookie.
pub(super) async fn by_cookie(visit: &Visit) -> Result<Caller, Error> {
    match cookie(visit).await? {
        Cookie::Nothing => Err(ErrorKind::CredentialMissing.into()),
        Cookie::Live(_, caller) => Ok(*caller),
        Cookie::Closed(error) => Err(error),
    }
}

/// Who asks, by a token. `None`: none was presented, and the cookie may speak.
pub(super) async fn by_bearer(visit: &Visit) -> Option<Result<Caller, Error>> {
    let presented = bearer(&visit.headers)?;
    let Some(token) = presented.and_then(Secret::presented) else {
        return Some(Err(invalid("no token behind Bearer, or several")));
    };
    let arena = &visit.arena;
    Some(visit.identity().tokens.check(&visit.op(), &arena.surface, &arena.tokens, &token).await)
}

fn invalid(seen: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(
        Rule::CredentialMalformed,
        seen,
        "one that a login here gave out",
    )
}
