//! `[dialects.syntho]`

use std::time::Duration;

use super::check::{Judge, lasting};
use super::{Scope, WebOrigin, Wire, raw};

/// `[dialects.syntho]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntho {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Which truth it speaks.
    pub wire: Wire,
    /// How far calls that end all sessions reach; it has none yet.
    pub scope: Scope,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// How long a session lives, counted from the login; whole seconds, longer than zero.
    pub session_lifetime: Duration,
}

impl Judge<'_> {
    pub(super) fn syntho(&mut self, raw: &raw::Syntho) -> Option<Syntho> {
        let wire = self.wire("syntho", &raw.wire);
        let scope = self.scope("syntho", &raw.scope);
        let allowed_origins = self.origins("syntho", &raw.allowed_origins);
        let lifetime = self.take("dialects.syntho.session_lifetime", lasting(&raw.session_lifetime));
        Some(Syntho {
            enabled: raw.enabled,
            wire: wire?,
            scope: scope?,
            allowed_origins: allowed_origins?,
            session_lifetime: lifetime?,
        })
    }
}
