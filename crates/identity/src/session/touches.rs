//! Uses of sessions that are not written yet: one entry a session, the latest, collected for one commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{SessionId, Touch};

/// The uses waiting to be written.
#[derive(Debug, Default)]
pub(crate) struct Touches(Mutex<HashMap<SessionId, Touch>>);

impl Touches {
    /// Notes a use; a later one of the same session takes its place.
    pub(crate) fn note(&self, touch: Touch) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = waiting.entry(touch.session).or_insert(touch);
        entry.last_seen = entry.last_seen.max(touch.last_seen);
        entry.idle_end = entry.idle_end.max(touch.idle_end);
    }

    /// Takes all of them out.
    pub(crate) fn take(&self) -> Vec<Touch> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_values().collect()
    }
}
