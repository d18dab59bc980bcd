//! What is begun is seen through, though whoever waited for it goes away. Not a background job: while somebody waits,
//! it runs in their task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// A future that goes on in a task of its own when it is dropped half-way. One that was never polled has not begun,
/// and nothing comes of it; neither does of one that panicked, nor of one that is dropped outside a runtime.
pub struct SeenThrough<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    /// None when it has ended.
    story: Option<Pin<Box<F>>>,
    begun: bool,
}

impl<F> SeenThrough<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    /// Around a story that must not be left half-way.
    pub fn new(story: F) -> Self {
        Self { story: Some(Box::pin(story)), begun: false }
    }
}

impl<F> Future for SeenThrough<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Out of its place meanwhile: one that panics does not go on.
        let Some(mut story) = self.story.take() else { return Poll::Pending };
        self.begun = true;
        let outcome = story.as_mut().poll(context);
        if outcome.is_pending() {
            self.story = Some(story);
        }
        outcome
    }
}

impl<F> Drop for SeenThrough<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    fn drop(&mut self) {
        if self.begun
            && let Some(story) = self.story.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(story);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt as _;
    use tokio::sync::{Notify, oneshot};

    use super::*;

    /// A story that waits in its midst, whether it ended, and what lets it go on.
    fn story() -> (impl Future<Output = u8> + Send + 'static, Arc<AtomicBool>, Arc<Notify>) {
        let (ended, go) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (seen, gone) = (Arc::clone(&ended), Arc::clone(&go));
        let story = async move {
            gone.notified().await;
            seen.store(true, Ordering::SeqCst);
            7
        };
        (story, ended, go)
    }

    #[tokio::test]
    async fn who_waits_gets_the_outcome() {
        let (story, ended, go) = story();
        go.notify_one();
        assert_eq!(SeenThrough::new(story).await, 7);
        assert!(ended.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn what_is_dropped_half_way_goes_on() {
        let (told, end) = oneshot::channel();
        let go = Arc::new(Notify::new());
        let gone = Arc::clone(&go);
        let mut seen_through = Box::pin(SeenThrough::new(async move {
            gone.notified().await;
            told.send(()).expect("somebody listens");
        }));
        assert!(seen_through.as_mut().now_or_never().is_none());
        drop(seen_through);
        go.notify_one();
        end.await.expect("it was seen through");
    }

    #[tokio::test]
    async fn what_has_not_begun_does_not_begin() {
        let (story, ended, go) = story();
        go.notify_one();
        drop(SeenThrough::new(story));
        tokio::task::yield_now().await;
        assert!(!ended.load(Ordering::SeqCst));
    }
}
