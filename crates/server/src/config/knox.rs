//! `[dialects.knox]`

use std::num::NonZeroU32;
use std::time::Duration;

use super::check::{Judge, optional_lasting};
use super::{Scope, WebOrigin, Wire, duration, raw};

/// `[dialects.knox]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knox {
    /// Whether the dialect is served.
    pub enabled: bool,
    /// Which truth it speaks.
    pub wire: Wire,
    /// How far logging out everywhere reaches.
    pub scope: Scope,
    /// Foreign origins whose pages may call it.
    pub allowed_origins: Vec<WebOrigin>,
    /// Hexadecimal characters of a token without its prefix; even, 32 to 128, so 16 to 64 random bytes.
    pub token_length: usize,
    /// What a token begins with: at most 10 visible ASCII characters.
    pub token_prefix: String,
    /// How long a token lives; none: it never ends.
    pub token_ttl: Option<Duration>,
    /// Live tokens a user may have; none: any number.
    pub token_limit_per_user: Option<NonZeroU32>,
    /// Whether use moves a token's end. `token_ttl` is then set.
    pub auto_refresh: bool,
    /// The latest end of a refreshed token, counted from its making; not shorter than `token_ttl`.
    pub auto_refresh_max_ttl: Option<Duration>,
    /// An end is moved only when that moves it by more than this.
    pub min_refresh_interval: Duration,
}

impl Judge<'_> {
    pub(super) fn knox(&mut self, raw: &raw::Knox) -> Option<Knox> {
        let at = |name: &str| format!("dialects.knox.{name}");
        let wire = self.wire("knox", &raw.wire);
        let scope = self.scope("knox", &raw.scope);
        let allowed_origins = self.origins("knox", &raw.allowed_origins);
        let token_length = self.take(&at("token_length"), token_length(raw.token_length));
        let token_prefix = self.take(&at("token_prefix"), token_prefix(&raw.token_prefix));
        let token_ttl = self.take(&at("token_ttl"), optional_lasting(&raw.token_ttl));
        let limit: Option<u32> =
            self.number(&at("token_limit_per_user"), raw.token_limit_per_user, 0..=i64::from(u32::MAX));
        let max_ttl = self.take(&at("auto_refresh_max_ttl"), optional_lasting(&raw.auto_refresh_max_ttl));
        let interval = self.take(&at("min_refresh_interval"), duration::parse(&raw.min_refresh_interval));
        let knox = Knox {
            enabled: raw.enabled,
            wire: wire?,
            scope: scope?,
            allowed_origins: allowed_origins?,
            token_length: token_length?,
            token_prefix: token_prefix?,
            token_ttl: token_ttl?,
            token_limit_per_user: NonZeroU32::new(limit?),
            auto_refresh: raw.auto_refresh,
            auto_refresh_max_ttl: max_ttl?,
            min_refresh_interval: interval?,
        };
        self.refresh(&knox);
        Some(knox)
    }

    fn refresh(&mut self, knox: &Knox) {
        let Some(ttl) = knox.token_ttl else {
            if knox.auto_refresh {
                let message = "token_ttl is wanted beside it: a token that never ends has no end to move";
                self.wrong("dialects.knox.auto_refresh", message.to_owned());
            }
            return;
        };
        if knox.auto_refresh_max_ttl.is_some_and(|longest| longest < ttl) {
            let message =
                format!("at least token_ttl, {}, is wanted: no token may outlive it", duration::format(ttl));
            self.wrong("dialects.knox.auto_refresh_max_ttl", message);
        }
        if knox.auto_refresh && knox.min_refresh_interval >= ttl {
            let message = "dialects.knox.min_refresh_interval is not shorter than token_ttl: no token is ever refreshed";
            self.warnings.push(message.to_owned());
        }
    }
}

/// Two characters are one random byte; 16 bytes are the least that a bearer credential should have.
fn token_length(number: i64) -> Result<usize, String> {
    let fits = (32..=128).contains(&number) && number % 2 == 0;
    let wanted = || {
        format!(
            "an even number from 32 to 128 is wanted, not {number}: two characters are one random byte, and a \
             token needs at least 128 random bits"
        )
    };
    fits.then(|| usize::try_from(number).ok()).flatten().ok_or_else(wanted)
}

/// Ten characters, as django-rest-knox caps its `TOKEN_PREFIX`; visible ASCII, because the token travels in a
/// header after a blank.
fn token_prefix(text: &str) -> Result<String, String> {
    if text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("at most 10 characters of visible ASCII without white space are wanted".to_owned())
    }
}
