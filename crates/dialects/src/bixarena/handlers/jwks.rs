//! `GET /.well-known/jwks.json`: the keys that our tokens are verified with.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use identity::keyring::KeyUse;
use identity::keyring::ring::Keyring;

use crate::bixarena::error::{Reply, Voice};
use crate::bixarena::visit::Visit;

/// The keys are kept by whoever asks, for less time than a new one waits before it signs.
pub(in crate::bixarena) async fn get(visit: Visit) -> Reply {
    let set = visit.identity().keyring.published(&visit.op(), KeyUse::BixArena).await;
    let set = set.map_err(visit.refused(Voice::Plain))?;
    let kept = format!("public, max-age={}", Keyring::KEPT_BY_OTHERS.as_secs());
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, kept.as_str())], set).into_response())
}
