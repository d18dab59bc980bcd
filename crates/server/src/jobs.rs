//! What happens without a request: uses of sessions and refusals are written down, mail is delivered, keys change, what need
//! not be kept is forgotten, what was on record long enough too.

use std::sync::Arc;
use std::time::Duration;

use identity::audit::trail::Trail;
use identity::keyring::KeyUse;
use identity::mail::Mailer;
use identity::{Actor, Op, Origin, RequestId};
use tokio::sync::oneshot;
use web::{Fault, Web};

/// How long a use of a session, or a refusal, waits to be written.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How often what need not be kept is forgotten. Anybody may begin any number of logins by a provider, which are over
/// after ten minutes.
const TIDY_EVERY: Duration = Duration::from_mins(5);

/// How often mail that another process queued, or that is due again, is looked for.
const LOOK_FOR_MAIL_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a key is due that others verify tokens with.
const TEND_EVERY: Duration = Duration::from_mins(1);

/// How often it is looked whether some events of the audit trail are old.
const AGE_EVERY: Duration = Duration::from_mins(1);
/// How long others have the database to themselves before more of them are forgotten.
const AGE_REST: Duration = Duration::from_millis(100);

/// Delivers mail until the task is dropped; a message cut off by that is taken up again later.
pub async fn deliver(web: Web, mailer: Arc<dyn Mailer>) {
    loop {
        match web.identity.mail.deliver(&op(&web), || web.clock.now(), &*mailer).await {
            // There may be more than one round takes.
            Ok(round) if round.sent > 0 => continue,
            Ok(_) => {}
            Err(error) => {
                let cause = Fault::from(&error).cause;
                tracing::warn!(%error, cause, "mail cannot be delivered now, it waits");
            }
        }
        // Whichever comes first.
        let _ = tokio::time::timeout(LOOK_FOR_MAIL_EVERY, web.identity.mail.knock()).await;
    }
}

/// Runs the jobs until the other end of `stop` is dropped. What is under way then is done first: what was taken from memory to be
/// written would be lost with it.
pub async fn run(web: Web, mut stop: oneshot::Receiver<()>) {
    let mut flush = tokio::time::interval(FLUSH_EVERY);
    let mut explain = tokio::time::interval(FLUSH_EVERY);
    let mut tidy = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            _ = flush.tick() => {
                if let Err(error) = web.identity.sessions.flush().await {
                    let cause = Fault::from(&error).cause;
                    tracing::warn!(%error, cause, "uses of sessions could not be written, they are kept for later");
                }
            }
            _ = explain.tick() => flush_refusals(&web).await,
            _ = tidy.tick() => {
                if let Err(error) = web.identity.tidy(&op(&web)).await {
                    let cause = Fault::from(&error).cause;
                    tracing::warn!(%error, cause, "old failure counts could not be forgotten");
                }
            }
            _ = &mut stop => return,
        }
    }
}

/// Forgets what was on record long enough, until the task is dropped. A few at a time and with a rest after them, so that
/// whoever signs in meanwhile waits for one small commit at most.
pub async fn age(web: Web) {
    let mut look = tokio::time::interval(AGE_EVERY);
    let trail = &web.identity.trail;
    while trail.retention().is_some() {
        look.tick().await;
        let mut forgotten = 0;
        loop {
            match trail.forget_some(&op(&web)).await {
                Ok(some) => {
                    forgotten += some;
                    if !Trail::is_more(some) {
                        break;
                    }
                }
                Err(error) => {
                    let cause = Fault::from(&error).cause;
                    tracing::warn!(%error, cause, "old events of the audit trail could not be forgotten");
                    break;
                }
            }
            tokio::time::sleep(AGE_REST).await;
        }
        if forgotten > 0 {
            tracing::info!(events = forgotten, "what was on record long enough was forgotten");
        }
    }
}

/// Writes down what was refused. What is lost by a fault is in the log still.
pub async fn flush_refusals(web: &Web) {
    match web.identity.refusals.flush(web.clock.now()).await {
        Ok(0) => {}
        Ok(left_out) => {
            tracing::warn!(left_out, "refusals were not kept to be explained: there were too many of a kind");
        }
        Err(error) => {
            let cause = Fault::from(&error).cause;
            tracing::warn!(%error, cause, "refusals could not be written to be explained, the log has them");
        }
    }
}

/// Makes the keys of this use in time, the first of them now, until the task is dropped.
pub async fn tend(web: Web, key_use: KeyUse) {
    let mut tend = tokio::time::interval(TEND_EVERY);
    loop {
        tend.tick().await;
        if let Err(error) = web.identity.keyring.tend(&op(&web), key_use).await {
            let cause = Fault::from(&error).cause;
            tracing::warn!(%error, cause, "signing keys could not be looked after");
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
