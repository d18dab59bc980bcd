//! Uses of sessions and API keys that are not written yet: one entry each, the latest, collected for one commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::Touch;
use crate::api_key::ApiKeyId;
use crate::op::Timestamp;
use crate::ports::Change;

/// One use.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Use {
    /// Of a session.
    Session(Touch),
    /// Of an API key.
    ApiKey(ApiKeyId, Timestamp),
}

impl Use {
    fn of(&self) -> Uuid {
        match self {
            Self::Session(touch) => touch.session.0,
            Self::ApiKey(key, _) => key.0,
        }
    }

    /// The two as one; both are of the same session or key.
    fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Session(one), Self::Session(other)) => Self::Session(Touch {
                session: one.session,
                last_seen: one.last_seen.max(other.last_seen),
                idle_end: one.idle_end.max(other.idle_end),
            }),
            (Self::ApiKey(key, one), Self::ApiKey(_, other)) => Self::ApiKey(key, one.max(other)),
            (Self::Session(_), Self::ApiKey(..)) | (Self::ApiKey(..), Self::Session(_)) => later,
        }
    }
}

impl From<Use> for Change {
    fn from(used: Use) -> Self {
        match used {
            Use::Session(touch) => Self::TouchSession(touch),
            Use::ApiKey(key, at) => Self::TouchApiKey { key, at },
        }
    }
}

/// The uses waiting to be written.
#[derive(Debug, Default)]
pub(crate) struct Touches(Mutex<HashMap<Uuid, Use>>);

impl Touches {
    /// Notes a use; a later one takes its place.
    pub(crate) fn note(&self, used: Use) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.entry(used.of()).and_modify(|entry| *entry = entry.and(used)).or_insert(used);
    }

    /// Takes all of them out.
    pub(crate) fn take(&self) -> Vec<Use> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_values().collect()
    }
}
