//! `POST /auth/sign-in` and `POST /auth/oauth-sign-in`. A credential that comes along is not looked at (contracts 3.2).

use axum::http::StatusCode;
use identity::Rule;
use identity::user::User;
use identity::{Actor, Error, ErrorKind, ProviderTokenSignIn, Secret};
use web::fault::concerning;

use crate::probe::convert::sign_in as convert;
use crate::probe::error::{self, Reply, answer};
use crate::probe::visit::{Takes, Visit};

/// An address and a password for a JWT, in the answer and in the cookie, beside the account's API token.
pub(in crate::probe) async fn with_password(mut visit: Visit) -> Reply {
    visit.must_be_of_a_known_page()?;
    let form = visit.body(Takes::JsonAndForms).await?;
    let convert::SignIn { command, long_term, echo } = convert::sign_in(&form, &visit.probe.web.return_urls)?;
    let probe = &visit.probe;
    let surface = probe.surface(long_term);
    let signed_in = visit.identity().sign_in.with_password(&visit.op(), surface, command).await?;
    let op = visit.op_as(Actor::User {
        user: signed_in.user.number,
        id: signed_in.user.id,
        session: signed_in.session.id,
    });
    let api_token = visit.identity().api_keys.standing(&op, &probe.keys, &signed_in).await?;
    let body = convert::signed_in(&signed_in, api_token.expose(), &echo);
    let (secret, end) = (signed_in.secret.expose(), signed_in.session.expires());
    let answer = probe.cookie.set(answer(StatusCode::OK, &body), secret, visit.context.now, end);
    Ok(concerning(signed_in.user.number, answer))
}

/// A provider's access token for a JWT, as with a password. With `check-auth` the token is only looked at, and what is
/// wrong with it is told in the answer.
pub(in crate::probe) async fn with_provider(mut visit: Visit) -> Reply {
    visit.must_be_of_a_known_page()?;
    let form = visit.any_body(Takes::JsonAndForms).await?;
    let wanted = convert::oauth_sign_in(&form, &visit.probe.web.return_urls)?;
    let shown = wanted.token.or_else(|| in_cookies(&visit));
    let token = shown.and_then(|shown| Secret::presented(shown.token));
    if wanted.check_auth {
        let found = match shown.zip(token) {
            None => Err(no_token()),
            Some((shown, token)) => {
                let sign_in = &visit.identity().sign_in;
                sign_in.would_with_provider_token(&visit.op(), shown.provider, &token).await
            }
        };
        return looked_at(found, shown, &wanted.echo);
    }
    let (Some(shown), Some(token)) = (shown, token) else { return Err(no_token().into()) };
    let probe = &visit.probe;
    let command = ProviderTokenSignIn {
        provider: shown.provider.to_owned(),
        token,
        presented: None,
        end_others: wanted.end_others,
    };
    let surface = probe.surface(wanted.long_term);
    let signed_in = visit.identity().sign_in.with_provider_token(&visit.op(), surface, command).await?;
    let op = visit.op_as(Actor::User {
        user: signed_in.user.number,
        id: signed_in.user.id,
        session: signed_in.session.id,
    });
    let api_token = visit.identity().api_keys.standing(&op, &probe.keys, &signed_in).await?;
    let body = convert::oauth_signed_in(&signed_in, api_token.expose(), shown, &wanted.echo);
    let (secret, end) = (signed_in.secret.expose(), signed_in.session.expires());
    let answer = probe.cookie.set(answer(StatusCode::OK, &body), secret, visit.context.now, end);
    Ok(concerning(signed_in.user.number, answer))
}

/// A token that nobody is let in with is an answer; what was not judged is none.
fn looked_at(
    found: Result<User, Error>,
    shown: Option<convert::ShownToken<'_>>,
    echo: &convert::Echo<'_>,
) -> Reply {
    let found = match found {
        Ok(user) => Ok(user),
        Err(error) => Err(error::about_a_provider_token(error.kind()).ok_or(error)?),
    };
    let body = convert::looked_at(found.as_ref().map_err(|text| *text), shown, echo);
    Ok(answer(StatusCode::OK, &body))
}

/// contracts 3.4: where the body shows no token, the cookies may.
fn in_cookies(visit: &Visit) -> Option<convert::ShownToken<'_>> {
    let provider = visit.cookie("oauth-provider-name")?;
    let token = visit.cookie("oauth-provider-token")?;
    Some(convert::ShownToken { provider, token })
}

fn no_token() -> Error {
    Error::new(ErrorKind::CredentialMissing).because(
        Rule::CredentialMissing,
        "none, or nothing that a provider gives out",
        "oauth-provider-token, or the cookies oauth-provider-name and oauth-provider-token",
    )
}
