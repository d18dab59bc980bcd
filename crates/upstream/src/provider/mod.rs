//! The relying party of OpenID Connect: it leads browsers to providers, redeems what they come back with, and says
//! whose an access token is. What a provider says is verified here; what follows from it is decided by the core.
//!
//! | Module | Holds |
//! |---|---|
//! | `settings` | [`ProviderSettings`]: a provider as the operator wrote it, and what is refused of that |
//! | `kept` | a document that is fetched once for all who need it, and kept for a while |
//! | `description` | where a provider's endpoints are, as it says itself (OpenID Connect Discovery 1.0) |
//! | `examine` | what an operator should know of a provider before people meet it |
//! | `keys` | its key set, and tokens verified with it |
//! | `authorize` | where the browser is sent |
//! | `redeem` | from a code to claims |
//! | `id_token` | what an ID token must be (OpenID Connect Core section 3.1.3.7) |
//! | `access` | whose an access token is |
//! | `userinfo` | what a provider says of a token's owner |
//! | `claims` | the claims that are read of all of these |
//!
//! # What a provider must be
//!
//! Its issuer is compared as it stands, so one that stands for many, such as Entra's `{tenantid}`, is not supported: an
//! operator writes the tenant's own issuer. It signs with RSA, ECDSA on P-256 or P-384, or Ed25519. Of its userinfo the
//! plain form (`application/json`) is read, not the signed one.
//!
//! # What it may cost
//!
//! Each call has ten seconds and reads a bounded answer. No more than [`MOST_UNDER_WAY`] requests of ours wait for one
//! provider at a time; others are told at once that it is unavailable. Its description and keys are fetched once an
//! hour, and used for a day when it cannot be reached. Keys are fetched out of turn when a token names an unknown one,
//! twice a minute at most.

mod access;
mod authorize;
mod claims;
mod description;
mod examine;
mod id_token;
mod kept;
mod keys;
mod redeem;
mod settings;
mod userinfo;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use identity::federation::ProviderId;
use identity::federation::upstream::{
    AuthorizationRequest, Claims, Redemption, Upstream, UpstreamError, UpstreamFault,
};
use identity::{Secret, Timestamp};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use self::description::Description;
pub use self::examine::{Complaint, Examination, Registration, examine, verified_algorithms};
use self::kept::Kept;
use self::keys::Keys;
pub use self::settings::ProviderSettings;
use crate::http::{Client, HttpError};

/// How many requests may wait for one provider.
pub const MOST_UNDER_WAY: usize = 64;

/// The longest text of a provider's that a reason quotes, in characters.
const QUOTED_CHARS: usize = 100;

/// The providers that are configured.
pub struct Providers(HashMap<ProviderId, Arc<Provider>>);

/// One of them, with what is known of it.
struct Provider {
    settings: ProviderSettings,
    client: Client,
    description: Kept<Description>,
    keys: Kept<Keys>,
    under_way: Semaphore,
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values().map(|provider| &provider.settings)).finish()
    }
}

impl Providers {
    /// These providers. Nothing is asked of them yet.
    ///
    /// # Errors
    /// A sentence that names the provider and what is wrong with its settings.
    pub fn new(settings: Vec<ProviderSettings>) -> Result<Self, String> {
        let mut providers = HashMap::new();
        for settings in settings {
            settings.check().map_err(|wrong| format!("provider {}: {wrong}", settings.id))?;
            let id = settings.id.clone();
            if providers.insert(id.clone(), Arc::new(Provider::new(settings)?)).is_some() {
                return Err(format!("provider {id}: there are two of this id"));
            }
        }
        Ok(Self(providers))
    }

    fn provider(&self, id: &ProviderId) -> Result<&Arc<Provider>, UpstreamError> {
        self.0.get(id).ok_or_else(|| UpstreamError {
            provider: id.clone(),
            fault: UpstreamFault::Unknown,
            reason: "no provider of this id is configured".to_owned(),
        })
    }
}

#[async_trait]
impl Upstream for Providers {
    async fn authorization_url(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        request: &AuthorizationRequest<'_>,
    ) -> Result<String, UpstreamError> {
        let provider = self.provider(provider)?;
        let _permit = provider.admit()?;
        provider.authorization_url(now, request).await
    }

    async fn redeem(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        redemption: &Redemption<'_>,
    ) -> Result<Claims, UpstreamError> {
        let provider = self.provider(provider)?;
        let _permit = provider.admit()?;
        provider.redeem(now, redemption).await
    }

    async fn logout_url(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        return_to: &str,
    ) -> Result<Option<String>, UpstreamError> {
        let provider = self.provider(provider)?;
        let _permit = provider.admit()?;
        provider.logout_url(now, return_to).await
    }

    async fn inspect(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        token: &Secret,
    ) -> Result<Claims, UpstreamError> {
        let provider = self.provider(provider)?;
        let _permit = provider.admit()?;
        provider.inspect(now, token).await
    }
}

impl Provider {
    fn new(settings: ProviderSettings) -> Result<Self, String> {
        let client = if settings.allow_private_addresses { Client::new()? } else { Client::guarded()? };
        Ok(Self {
            description: Kept::new(settings.id.clone()),
            keys: Kept::new(settings.id.clone()),
            client,
            settings,
            under_way: Semaphore::new(MOST_UNDER_WAY),
        })
    }

    fn admit(&self) -> Result<SemaphorePermit<'_>, UpstreamError> {
        self.under_way.try_acquire().map_err(|_| {
            self.fault(UpstreamFault::Unavailable, format!("{MOST_UNDER_WAY} requests wait for it already"))
        })
    }

    fn fault(&self, fault: UpstreamFault, reason: impl Into<String>) -> UpstreamError {
        UpstreamError { provider: self.settings.id.clone(), fault, reason: reason.into() }
    }

    /// It says what it must not.
    fn untrusted(&self, reason: impl Into<String>) -> UpstreamError {
        self.fault(UpstreamFault::Untrusted, reason)
    }

    /// It says nothing, or nothing that can be read.
    fn unavailable(&self, reason: impl Into<String>) -> UpstreamError {
        self.fault(UpstreamFault::Unavailable, reason)
    }

    /// No answer came from this place.
    fn unreached(&self, place: &str, error: &HttpError) -> UpstreamError {
        let fault = match error {
            HttpError::NotPublic => UpstreamFault::Untrusted,
            HttpError::Failed(_) | HttpError::TimedOut | HttpError::TooLong(_) => UpstreamFault::Unavailable,
        };
        self.fault(fault, format!("{place}: {error}"))
    }
}

/// A text of a provider's as a reason may hold it: short, and nothing in it that could end a line.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_CHARS).collect();
    let more = if short.len() < text.len() { " and more" } else { "" };
    format!("{short:?}{more}")
}

/// A JSON object as this type; a derived reader alone would take an array for one.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(json).ok()
}

/// Whole seconds since the epoch, as tokens count.
fn seconds(now: Timestamp) -> i64 {
    now.millis().div_euclid(1000)
}
