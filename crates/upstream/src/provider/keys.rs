//! A provider's keys, and tokens that are verified with them.

use std::sync::Arc;

use identity::Timestamp;
use identity::federation::upstream::UpstreamError;
use jose::{Algorithm, Error, Expected, HeaderRules, KeySet, Typ};
use serde::de::DeserializeOwned;
use url::Url;

use super::description::Description;
use super::{Provider, seconds};

/// By how many seconds a provider's clock may differ from ours.
const LEEWAY_SECONDS: u32 = 60;

/// A key set, and how it was come by.
pub(super) struct Keys {
    set: KeySet,
    from: Url,
    algorithms: Vec<Algorithm>,
}

impl Provider {
    /// The claims of a token that this provider has signed, and which is for us, now. The outer error says that it
    /// could not be asked for its keys, the inner one what is wrong with the token.
    pub(super) async fn verified<C: DeserializeOwned>(
        self: &Arc<Self>,
        now: Timestamp,
        description: &Arc<Description>,
        token: &str,
        typ: Typ<'_>,
    ) -> Result<Result<C, Error>, UpstreamError> {
        let expected = Expected {
            issuer: Some(&self.settings.issuer),
            audience: Some(&self.settings.client_id),
            now: seconds(now),
            leeway: LEEWAY_SECONDS,
        };
        let fits =
            |keys: &Keys| keys.from == description.jwks_uri && keys.algorithms == description.algorithms;
        let keys = self.keys.value(now, fits, || self.fetching(description)).await?;
        match keys.set.verify(token, HeaderRules::Foreign(typ), &expected) {
            Err(Error::UnknownKey) => {
                let newer = self.keys.newer(now, &keys, || self.fetching(description)).await?;
                Ok(newer.set.verify(token, HeaderRules::Foreign(typ), &expected))
            }
            verified => Ok(verified),
        }
    }

    fn fetching(
        self: &Arc<Self>,
        description: &Arc<Description>,
    ) -> impl Future<Output = Result<Keys, UpstreamError>> + Send + 'static {
        let (asking, description) = (Arc::clone(self), Arc::clone(description));
        async move { asking.fetch_keys(&description).await }
    }

    pub(super) async fn fetch_keys(&self, description: &Description) -> Result<Keys, UpstreamError> {
        let answer = self.client.get(&description.jwks_uri, None, KeySet::MAX_BYTES).await;
        let answer = answer.map_err(|error| self.unreached("its keys", &error))?;
        if answer.status != 200 {
            return Err(self.unavailable(format!("its keys: status {}", answer.status)));
        }
        let set = KeySet::from_json(&answer.body, &description.algorithms)
            .map_err(|_| self.unavailable("its keys are no JWK Set, or one too large"))?;
        if set.keys().is_empty() {
            return Err(self.unavailable("its key set holds no key that is usable here"));
        }
        Ok(Keys { set, from: description.jwks_uri.clone(), algorithms: description.algorithms.clone() })
    }
}
