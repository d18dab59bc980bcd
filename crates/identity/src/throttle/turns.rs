//! Tries at one account wait for each other here, first come first served, instead of asking the database again
//! and again. It spares work only; the count in the store decides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Bucket;

/// The queues of the accounts that are being tried right now.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    queues: Mutex<HashMap<Bucket, Arc<Semaphore>>>,
}

/// One place at an account; dropping it calls the next in line.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    bucket: Bucket,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for one of `places` places at this account.
    pub(crate) async fn wait(self: &Arc<Self>, bucket: Bucket, places: u32) -> Turn {
        let queue = {
            let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let places = usize::try_from(places.max(1)).unwrap_or(1);
            Arc::clone(queues.entry(bucket.clone()).or_insert_with(|| Arc::new(Semaphore::new(places))))
        };
        // The turn is made first: should this future be dropped while it waits, the queue is still cleared away.
        let mut turn = Turn { turns: Arc::clone(self), bucket, permit: None };
        turn.permit = queue.acquire_owned().await.ok();
        turn
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.queues.lock().expect("not poisoned").len()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.permit.take());
        let mut queues = self.turns.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the map holds it: nobody waits and nobody is served.
        if queues.get(&self.bucket).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.bucket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::UserNumber;

    #[tokio::test]
    async fn places_are_limited_per_account_and_nothing_is_left_behind() {
        let turns = Arc::new(Turns::default());
        let ann = Bucket::User(UserNumber(1));
        let first = turns.wait(ann.clone(), 1).await;
        let other = turns.wait(Bucket::User(UserNumber(2)), 1).await;

        let waiting = tokio::spawn({
            let (turns, ann) = (Arc::clone(&turns), ann.clone());
            async move { turns.wait(ann, 1).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());

        drop(first);
        let second = waiting.await.expect("the turn came");
        drop((second, other));
        assert_eq!(turns.len(), 0);
    }

    #[tokio::test]
    async fn somebody_who_stops_waiting_leaves_no_queue() {
        let turns = Arc::new(Turns::default());
        let ann = Bucket::User(UserNumber(1));
        let first = turns.wait(ann.clone(), 1).await;
        let waiting = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.wait(ann, 1).await }
        });
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.is_err());
        drop(first);
        assert_eq!(turns.len(), 0);
    }
}
