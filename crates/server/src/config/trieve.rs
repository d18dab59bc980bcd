//! `[dialects.trieve]`

use std::time::Duration;

use identity::federation::ProviderId;

use super::check::{Judge, lasting};
use super::provider::named;
use super::{Scope, WebOrigin, Wire, raw};

/// `[dialects.trieve]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trieve {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Which truth it speaks.
    pub wire: Wire,
    /// How far calls that end all sessions reach; it has none.
    pub scope: Scope,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// How long a session lives, counted from the login; whole seconds, longer than zero.
    pub session_lifetime: Duration,
    /// Whom people sign in with; `None`: the only provider.
    pub provider: Option<ProviderId>,
}

impl Judge<'_> {
    pub(super) fn trieve(&mut self, raw: &raw::Trieve, providers: &[raw::Provider]) -> Option<Trieve> {
        let wire = self.wire("trieve", &raw.wire);
        let scope = self.scope("trieve", &raw.scope);
        let allowed_origins = self.origins("trieve", &raw.allowed_origins);
        let lifetime = self.take("dialects.trieve.session_lifetime", lasting(&raw.session_lifetime));
        let provider = self.take("dialects.trieve.provider", named(&raw.provider, providers));
        Some(Trieve {
            enabled: raw.enabled,
            wire: wire?,
            scope: scope?,
            allowed_origins: allowed_origins?,
            session_lifetime: lifetime?,
            provider: provider?,
        })
    }
}
