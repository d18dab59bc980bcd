//! For how long what was said of somebody who presented a secret stays true. Who they are, and what is said, is not told here.

use std::time::Duration;

use super::{LAST_SEEN_STEP, Session};
use crate::Identity;
use crate::api_key::ApiKey;
use crate::api_key::keys::LAST_USED_STEP;
use crate::op::{Op, Timestamp};
use crate::session::freshness::FRESH;
use crate::surface::Surface;

/// A use that was noted need not be noted again for so long: by then it is written, and what was known is read anew.
const NOTED: Duration = Duration::from_secs(1);

/// What a store that remembers gives beside what it remembered: [`crate::ports::Store::is_still`] tells by it whether that is
/// still so. What stands in it is the store's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub [u64; 4]);

/// As long as this lasts ([`Identity::stays`]), the same secret at the same door is the same caller's, everything about the caller
/// and what the caller belongs to is as it was, and no use of the secret has to be noted.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    stamp: Stamp,
    /// From then on time may have changed something.
    until: Timestamp,
    /// The state of the rings by whose keys a token was read; none: it was no token.
    rings: Option<u64>,
    /// Too many wrong API keys from where it comes from make a good one wait as well.
    is_api_key: bool,
}

impl Stay {
    /// `noted`: a use at this time was noted.
    pub(super) fn of_session(
        stamp: Stamp,
        session: &Session,
        surface: &Surface,
        now: Timestamp,
        noted: bool,
    ) -> Self {
        let fresh = Some(session.created + FRESH).filter(|end| now < *end);
        let moved = session.idle_end.zip(surface.idle).map(|(end, idle)| end + idle.step - idle.life);
        let seen = session.last_seen + LAST_SEEN_STEP;
        let due = if noted { now + NOTED } else { moved.map_or(seen, |moved| moved.min(seen)) };
        let until = [session.expires(), fresh].into_iter().flatten().fold(due, Timestamp::min);
        Self { stamp, until, rings: None, is_api_key: false }
    }

    /// `noted`: a use at this time was noted.
    pub(crate) fn of_api_key(stamp: Stamp, key: &ApiKey, now: Timestamp, noted: bool) -> Self {
        let last = key.last_used.filter(|_| !noted);
        let due = last.map_or(now + NOTED, |last| last + LAST_USED_STEP);
        let until = key.expires.map_or(due, |end| end.min(due));
        Self { stamp, until, rings: None, is_api_key: true }
    }

    /// By way of a token that these rings accept until then.
    pub(super) fn by_token(self, rings: u64, until: Timestamp) -> Self {
        Self { rings: Some(rings), until: self.until.min(until), ..self }
    }
}

impl Identity {
    /// Whether a stay still lasts when this is asked for.
    pub fn stays(&self, op: &Op, stay: &Stay) -> bool {
        op.now < stay.until
            && stay.rings.is_none_or(|rings| rings == self.core.rings.state())
            && (!stay.is_api_key || self.core.rates.may_show_key(op).is_ok())
            && self.core.store.is_still(&stay.stamp)
    }
}
