//! `POST /auth/sign-in` and `POST /auth/oauth-sign-in`. A credential that comes along is not looked at (contracts 3.2).

use axum::http::StatusCode;
use identity::Actor;
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
    let op = visit.op_as(Actor::User { user: signed_in.user.number, session: signed_in.session.id });
    let api_token = visit.identity().api_keys.standing(&op, &probe.keys, &signed_in.user).await?;
    let body = convert::signed_in(&signed_in, api_token.expose(), &echo);
    let (secret, end) = (signed_in.secret.expose(), signed_in.session.expires());
    let answer = probe.cookie.set(answer(StatusCode::OK, &body), secret, visit.context.now, end);
    Ok(concerning(signed_in.user.number, answer))
}

/// There is no provider yet whose token could be taken for a login.
pub(in crate::probe) async fn with_provider(mut visit: Visit) -> Reply {
    visit.must_be_of_a_known_page()?;
    let form = visit.any_body(Takes::JsonAndForms).await?;
    convert::oauth_sign_in(&form)?;
    Err(error::no_provider())
}
