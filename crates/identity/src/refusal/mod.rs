//! Refused requests, kept so that an operator who is told an id learns why.
//!
//! What is kept is bounded by number and age, and a flood pushes nobody else's out: each rule has rows of its own, and of
//! them each network a share. What has no room is counted ([`LeftOut`]); the log has all of them. Nothing that is kept
//! reaches a client but the id.

mod id;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use crate::Core;
use crate::error::Result;
use crate::op::{Network, RequestId, Timestamp};
use crate::ports::{Change, Commit};
use crate::rule::Rule;

pub use id::RefusalId;
pub(crate) use waiting::Waiting;

/// How many rows a rule has.
pub const OF_RULE: u32 = 256;
/// How many of them one network has.
pub const OF_NETWORK: u32 = 32;
/// Older ones are forgotten.
pub const KEPT: Duration = Duration::from_hours(30 * 24);

/// A refused request. Texts of the client's are cut and harmless, and none of them is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What the client was told of it.
    pub id: RefusalId,
    /// When the request came.
    pub at: Timestamp,
    /// Its number.
    pub request: RequestId,
    /// The dialect that answered; `None`: a page of ours, or no dialect's path.
    pub door: Option<String>,
    /// Its method.
    pub method: String,
    /// Its route, as the log has it.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// The word for the kind of refusal, as the log's `outcome`.
    pub outcome: String,
    /// The name of the rule; one that a newer or older version had may be none of [`Rule::ALL`].
    pub rule: String,
    /// What was seen.
    pub seen: String,
    /// What was wanted.
    pub wanted: String,
    /// What really came; empty when there is nothing to add.
    pub observed: String,
    /// The client's address as text; empty when it is not known.
    pub address: String,
    /// The network of that address ([`Network::to_bytes`]); zeros when it is not known.
    pub network: [u8; 9],
}

/// Refusals of one rule that were not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The rule's name.
    pub rule: String,
    /// How many.
    pub count: u64,
    /// When that was first counted.
    pub since: Timestamp,
    /// When it was counted last.
    pub latest: Timestamp,
}

/// Keeps refusals, and finds them.
#[derive(Clone)]
pub struct Refusals {
    pub(crate) core: Arc<Core>,
}

impl Refusals {
    /// Takes a refusal to be kept, if it has room; `make` is asked only then. Nothing waits for it.
    pub fn note(&self, rule: Rule, network: Option<Network>, make: impl FnOnce() -> Refused) {
        self.core.refusals.note(rule, network, make);
    }

    /// Writes down what was noted since the last time, in one commit. Tells how many were left out.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`]: then they are counted as left out, and the count is written another time.
    pub async fn flush(&self, now: Timestamp) -> Result<u64> {
        let mut taken = self.core.refusals.take();
        // Every process writes in this order, so that none waits for another crosswise.
        taken.kept.sort_by_key(|(rule, refused)| (rule.name(), refused.network, refused.at, refused.id));
        let counts = taken.left_out.iter().map(|(rule, count)| Change::CountLeftOut {
            rule: rule.name(),
            count: *count,
            at: now,
        });
        let rows = taken.kept.iter().map(|(_, refused)| Change::KeepRefusal {
            refused: Box::new(refused.clone()),
            of_network: OF_NETWORK,
            of_rule: OF_RULE,
        });
        let changes: Vec<Change> = rows.chain(counts).collect();
        if changes.is_empty() {
            return Ok(0);
        }
        let sum = taken.left_out.iter().map(|(_, count)| count).sum();
        match self.core.store.commit(Commit { changes, events: vec![] }).await {
            Ok(_) => Ok(sum),
            Err(error) => {
                self.core.refusals.put_back(&taken);
                Err(error.into())
            }
        }
    }

    /// The refusal with this id, if it was kept and not pushed out or forgotten since.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`].
    pub async fn find(&self, id: RefusalId) -> Result<Option<Refused>> {
        Ok(self.core.store.refusal(id).await?)
    }

    /// What was not kept, by rule.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`].
    pub async fn left_out(&self) -> Result<Vec<LeftOut>> {
        Ok(self.core.store.refusals_left_out().await?)
    }
}
