//! `[dialects.probe]`

use std::time::Duration;

use super::check::{Judge, lasting};
use super::{Scope, WebOrigin, Wire, duration, raw};

/// `[dialects.probe]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Which truth it speaks.
    pub wire: Wire,
    /// How far listing and ending all sessions reaches.
    pub scope: Scope,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// How long a session with a long-term token lives, counted from the login; longer than zero.
    pub long_term: Duration,
    /// How long a session without one lives, counted from the login; longer than zero.
    pub short_term: Duration,
    /// Whether anyone can make an account.
    pub sign_up: bool,
}

impl Judge<'_> {
    pub(super) fn probe(&mut self, raw: &raw::Probe) -> Option<Probe> {
        let wire = self.wire("probe", &raw.wire);
        let scope = self.scope("probe", &raw.scope);
        let allowed_origins = self.origins("probe", &raw.allowed_origins);
        let long_term = self.take("dialects.probe.long_term", lasting(&raw.long_term));
        let short_term = self.take("dialects.probe.short_term", lasting(&raw.short_term));
        let (long_term, short_term) = (long_term?, short_term?);
        if short_term > long_term {
            let message = format!(
                "at most long_term, {}, is wanted: it is the shorter one",
                duration::format(long_term)
            );
            self.wrong("dialects.probe.short_term", message);
        }
        Some(Probe {
            enabled: raw.enabled,
            wire: wire?,
            scope: scope?,
            allowed_origins: allowed_origins?,
            long_term,
            short_term,
            sign_up: raw.sign_up,
        })
    }
}
