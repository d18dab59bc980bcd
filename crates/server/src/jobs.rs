//! What happens without a request: uses of sessions are written down, what need not be kept is forgotten.

use std::time::Duration;

use identity::{Actor, Op, Origin, RequestId};
use web::{Fault, Web};

/// How long a use of a session waits to be written.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How often old counts are looked for.
const TIDY_EVERY: Duration = Duration::from_hours(1);

/// Runs the jobs until the task is dropped.
pub async fn run(web: Web) {
    let mut flush = tokio::time::interval(FLUSH_EVERY);
    let mut tidy = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            _ = flush.tick() => {
                if let Err(error) = web.identity.sessions.flush().await {
                    let cause = Fault::from(&error).cause;
                    tracing::warn!(%error, cause, "uses of sessions could not be written, they are kept for later");
                }
            }
            _ = tidy.tick() => {
                if let Err(error) = web.identity.tidy(&op(&web)).await {
                    let cause = Fault::from(&error).cause;
                    tracing::warn!(%error, cause, "old failure counts could not be forgotten");
                }
            }
        }
    }
}

fn op(web: &Web) -> Op {
    Op {
        now: web.clock.now(),
        origin: Origin::default(),
        request: RequestId(uuid::Uuid::nil()),
        actor: Actor::System,
    }
}
