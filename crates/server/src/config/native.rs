//! `[dialects.native]`

use std::time::Duration;

use super::check::{Judge, lasting};
use super::{WebOrigin, duration, raw};

/// `[dialects.native]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Native {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// How long a session lives without being used; longer than zero.
    pub session_idle: Duration,
    /// How long it lives at most, counted from the login; not shorter than `session_idle`.
    pub session_lifetime: Duration,
}

impl Judge<'_> {
    pub(super) fn native(&mut self, raw: &raw::Native) -> Option<Native> {
        let allowed_origins = self.origins("native", &raw.allowed_origins);
        let idle = self.take("dialects.native.session_idle", lasting(&raw.session_idle));
        let lifetime = self.take("dialects.native.session_lifetime", lasting(&raw.session_lifetime));
        let (session_idle, session_lifetime) = (idle?, lifetime?);
        if session_idle > session_lifetime {
            let message = format!(
                "at most session_lifetime, {}, is wanted: no session rests longer than it lives",
                duration::format(session_lifetime)
            );
            self.wrong("dialects.native.session_idle", message);
        }
        Some(Native {
            enabled: raw.enabled,
            allowed_origins: allowed_origins?,
            session_idle,
            session_lifetime,
        })
    }
}
