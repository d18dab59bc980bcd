//! `[audit]`

use std::time::Duration;

use super::check::{Judge, optional_lasting};
use super::{duration, raw};

/// Whatever is done to an account, its owner has a day to find out by whom.
const SHORTEST: Duration = Duration::from_hours(24);

/// `[audit]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// How long an event of the audit trail is kept, at least a day; `None`: for ever.
    pub retention: Option<Duration>,
}

impl Judge<'_> {
    pub(super) fn audit(&mut self, raw: &raw::Audit) -> Option<Audit> {
        let retention = self.take("audit.retention", retention(&raw.retention));
        Some(Audit { retention: retention? })
    }
}

fn retention(text: &str) -> Result<Option<Duration>, String> {
    optional_lasting(text).and_then(|kept| {
        if kept.is_some_and(|kept| kept < SHORTEST) {
            Err(format!("at least {} is wanted, or \"\"", duration::format(SHORTEST)))
        } else {
            Ok(kept)
        }
    })
}
