//! A document of a provider's that is fetched once for all who need it and kept for a while. It knows what is fresh,
//! not what is in it.
//!
//! A fetch is a task of its own: it goes on when whoever needed it hangs up, so that hanging up neither spares the
//! provider's keys their renewal nor makes others begin anew.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use identity::Timestamp;
use identity::federation::ProviderId;
use identity::federation::upstream::{UpstreamError, UpstreamFault};
use tokio::sync::OwnedMutexGuard;

/// How long a document is used without asking again.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long it is used when asking again fails.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a failure answers for the next one.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How long it takes until a document is fetched out of turn again.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// The document, when it was good the last time, and what became of asking since.
pub(super) struct Kept<T> {
    provider: ProviderId,
    state: Arc<Mutex<State<T>>>,
    /// Whoever holds it fetches.
    turn: Arc<tokio::sync::Mutex<()>>,
}

struct State<T> {
    good: Option<(Arc<T>, Timestamp)>,
    failure: Option<(UpstreamError, Timestamp)>,
    renewed: Option<Timestamp>,
}

/// What the state says now.
enum Look<T> {
    /// This is the answer.
    Answer(Result<Arc<T>, UpstreamError>),
    /// This would do, but it is time to ask again.
    Old(Arc<T>),
    /// There is nothing.
    Nothing,
}

impl<T: Send + Sync + 'static> Kept<T> {
    pub(super) fn new(provider: ProviderId) -> Self {
        let state = State { good: None, failure: None, renewed: None };
        Self { provider, state: Arc::new(Mutex::new(state)), turn: Arc::default() }
    }

    /// The document, fetched if need be. One that does not `fit` any more is as good as none.
    pub(super) async fn value<F>(
        &self,
        now: Timestamp,
        fits: impl Fn(&T) -> bool,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, UpstreamError>
    where
        F: Future<Output = Result<T, UpstreamError>> + Send + 'static,
    {
        let turn = match self.look(now, &fits) {
            Look::Answer(answer) => return answer,
            Look::Nothing => Arc::clone(&self.turn).lock_owned().await,
            // One asks again; the others need not wait for it.
            Look::Old(old) => match Arc::clone(&self.turn).try_lock_owned() {
                Ok(turn) => turn,
                Err(_) => return Ok(old),
            },
        };
        // Whoever had the turn before may have fetched it.
        let old = match self.look(now, &fits) {
            Look::Answer(answer) => return answer,
            Look::Old(old) => Some(old),
            Look::Nothing => None,
        };
        match (self.fetch(now, turn, fetch()).await, old) {
            (Err(_), Some(old)) => Ok(old),
            (answer, _) => answer,
        }
    }

    /// A newer document than the one `seen`, or the same one when asking for it would be too often.
    pub(super) async fn newer<F>(
        &self,
        now: Timestamp,
        seen: &Arc<T>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, UpstreamError>
    where
        F: Future<Output = Result<T, UpstreamError>> + Send + 'static,
    {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        {
            let mut state = self.state();
            if let Some((good, _)) = &state.good
                && !Arc::ptr_eq(good, seen)
            {
                return Ok(Arc::clone(good));
            }
            if state.renewed.is_some_and(|last| now.since(last) < RENEWAL_PAUSE) {
                return match &state.failure {
                    Some((error, _)) => Err(error.clone()),
                    None => Ok(Arc::clone(seen)),
                };
            }
            state.renewed = Some(now);
        }
        self.fetch(now, turn, fetch()).await
    }

    fn look(&self, now: Timestamp, fits: impl Fn(&T) -> bool) -> Look<T> {
        let state = self.state();
        let usable = |(value, since): &&(Arc<T>, Timestamp)| fits(value) && now.since(*since) < USABLE;
        let good = state.good.as_ref().filter(usable);
        let failure = state.failure.as_ref().filter(|(_, since)| now.since(*since) < REMEMBERED);
        match (good, failure) {
            (Some((value, since)), failure) if failure.is_some() || now.since(*since) < FRESH => {
                Look::Answer(Ok(Arc::clone(value)))
            }
            (Some((value, _)), _) => Look::Old(Arc::clone(value)),
            (None, Some((error, _))) => Look::Answer(Err(error.clone())),
            (None, None) => Look::Nothing,
        }
    }

    async fn fetch(
        &self,
        now: Timestamp,
        turn: OwnedMutexGuard<()>,
        fetch: impl Future<Output = Result<T, UpstreamError>> + Send + 'static,
    ) -> Result<Arc<T>, UpstreamError> {
        let state = Arc::clone(&self.state);
        let task = tokio::spawn(async move {
            let fetched = fetch.await.map(Arc::new);
            let mut state = lock(&state);
            match &fetched {
                Ok(value) => (state.good, state.failure) = (Some((Arc::clone(value), now)), None),
                Err(error) => state.failure = Some((error.clone(), now)),
            }
            drop(state);
            drop(turn);
            fetched
        });
        task.await.unwrap_or_else(|_| {
            Err(UpstreamError {
                provider: self.provider.clone(),
                fault: UpstreamFault::Unavailable,
                reason: "the server ended while it was asked".to_owned(),
            })
        })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }
}

/// A panic elsewhere leaves nothing half-written: each write is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
