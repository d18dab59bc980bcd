//! What the audit trail is told of tries that a limit refused: the first one of a minute. A limit is there to make a try
//! cheap; a row for each would be its own flood.

use std::time::Duration;

use uuid::Uuid;

use super::Bucket;
use super::table::{Entry, Table};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Network, Op, Timestamp};
use crate::ports::Commit;
use crate::rule::Rule;

/// How long nothing more is told of one limit and what it counts together.
const QUIET: Duration = Duration::from_mins(1);

/// The account that a limit counts.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// As what; `None`: the limit counts what comes from one network.
    pub(crate) bucket: Option<Bucket>,
    /// Whose it is, if it is anybody's.
    pub(crate) user: Option<Uuid>,
}

impl Counted {
    /// By network, whoever it is.
    pub(crate) const BY_NETWORK: Self = Self { bucket: None, user: None };
}

/// What was told lately, in this process.
#[derive(Default)]
pub(crate) struct ToldLimits {
    told: Table<(Rule, Option<Network>, Option<Bucket>), Told>,
}

struct Told {
    at: Timestamp,
}

impl Default for Told {
    fn default() -> Self {
        Self { at: Timestamp::from_millis(i64::MIN) }
    }
}

impl Entry for Told {
    fn worth(&self, _: Timestamp) -> Option<(u64, Timestamp)> {
        Some((0, self.at))
    }
}

impl ToldLimits {
    fn is_news(&self, op: &Op, rule: Rule, bucket: Option<Bucket>) -> bool {
        let network = op.origin.counted_network().filter(|_| bucket.is_none());
        self.told.with((rule, network, bucket), op.now, |told| {
            // A time ahead of now was told by a clock that was wrong.
            let lately = told.at <= op.now && op.now.since(told.at) < QUIET;
            if !lately {
                told.at = op.now;
            }
            !lately
        })
    }
}

impl Core {
    /// The same outcome; where a limit refused, it is on record.
    ///
    /// # Errors
    /// That of the outcome, or [`ErrorKind::Unavailable`].
    pub(crate) async fn recorded<T>(&self, op: &Op, counted: Counted, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome {
            self.record_limit(op, counted, error).await?;
        }
        outcome
    }

    async fn record_limit(&self, op: &Op, counted: Counted, error: &Error) -> Result<()> {
        let (kind, rule) = (error.kind(), error.facts().rule);
        if !matches!(kind, ErrorKind::Throttled { .. }) || !self.told_limits.is_news(op, rule, counted.bucket)
        {
            return Ok(());
        }
        let mut event = Event::new(op, EventKind::Throttled).saying(rule.name());
        event.user = counted.user;
        self.store.commit(Commit { changes: vec![], events: vec![event] }).await?;
        Ok(())
    }
}
