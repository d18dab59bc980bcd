//! The one carrier of this dialect: `Authorization: Token <token>`. Other schemes and cookies are not read.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use identity::{Actor, Caller, Error, ErrorKind, Secret};
use web::Context;
use web::drf::token_header::TokenHeader;

use super::Knox;

/// Why a request has no caller.
pub(super) enum NoCaller {
    /// The header itself is wrong; what to say about it.
    Header(&'static str),
    /// The core refuses the token.
    Refused(Error),
}

/// Whose request it is. `Ok(None)`: no token was presented.
pub(super) async fn presented(
    knox: &Knox,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Option<Caller>, NoCaller> {
    let header = TokenHeader::read(headers.get_all(AUTHORIZATION).iter().map(|value| value.as_bytes()));
    let token = match header {
        TokenHeader::Absent => return Ok(None),
        TokenHeader::Token(token) => Secret::presented(token),
        TokenHeader::Empty | TokenHeader::Spaces | TokenHeader::NotText => None,
    };
    let Some(token) = token else {
        return Err(match header.refusal() {
            Some(text) => NoCaller::Header(text),
            None => NoCaller::Refused(ErrorKind::CredentialInvalid.into()),
        });
    };
    let op = context.op(&knox.surface.door, Actor::Anonymous);
    knox.web.identity.sessions.check(&op, &knox.surface, &token).await.map(Some).map_err(NoCaller::Refused)
}

/// Whose request it is, where there must be somebody.
pub(super) async fn required(
    knox: &Knox,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Caller, NoCaller> {
    presented(knox, context, headers)
        .await?
        .ok_or_else(|| NoCaller::Refused(ErrorKind::CredentialMissing.into()))
}
