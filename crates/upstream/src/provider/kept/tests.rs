//! When a document is fetched, by whom, and what answers meanwhile. Counted by fetches that tests hand in.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);
const SECOND: Duration = Duration::from_secs(1);
const START: Timestamp = Timestamp::from_millis(1_767_355_200_000);

/// Gives the number of the fetch, while it is up.
#[derive(Default)]
struct Source {
    fetches: AtomicUsize,
    down: std::sync::atomic::AtomicBool,
}

fn id() -> ProviderId {
    ProviderId::new("acme").expect("an id")
}

impl Source {
    fn fetch(self: &Arc<Self>) -> impl Future<Output = Result<usize, UpstreamError>> + Send + 'static {
        let source = Arc::clone(self);
        async move {
            let number = source.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            match source.down.load(Ordering::SeqCst) {
                false => Ok(number),
                true => Err(UpstreamError {
                    provider: id(),
                    fault: UpstreamFault::Unavailable,
                    reason: format!("failure {number}"),
                }),
            }
        }
    }

    fn count(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn go_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

fn fixture() -> (Arc<Kept<usize>>, Arc<Source>) {
    (Arc::new(Kept::new(id())), Arc::default())
}

async fn value(kept: &Kept<usize>, source: &Arc<Source>, now: Timestamp) -> Result<usize, String> {
    let value = kept.value(now, |_| true, || source.fetch()).await;
    value.map(|value| *value).map_err(|error| error.reason)
}

#[tokio::test]
async fn one_fetch_serves_all_who_wait() {
    let (kept, source) = fixture();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (kept, source) = (Arc::clone(&kept), Arc::clone(&source));
            tokio::spawn(async move { value(&kept, &source, START).await })
        })
        .collect();
    for waiter in waiting {
        assert_eq!(waiter.await.unwrap(), Ok(1));
    }
    source.go_down(true);
    let (kept, _) = fixture();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (kept, source) = (Arc::clone(&kept), Arc::clone(&source));
            tokio::spawn(async move { value(&kept, &source, START).await })
        })
        .collect();
    for waiter in waiting {
        assert_eq!(waiter.await.unwrap(), Err("failure 2".to_owned()), "a failure answers them as well");
    }
}

#[tokio::test]
async fn it_is_used_for_an_hour() {
    let (kept, source) = fixture();
    for (after, expected) in [(Duration::ZERO, 1), (HOUR - SECOND, 1), (HOUR, 2), (HOUR + HOUR - SECOND, 2)] {
        assert_eq!(value(&kept, &source, START + after).await, Ok(expected), "{after:?}");
    }
}

#[tokio::test]
async fn when_asking_again_fails_it_is_used_for_a_day() {
    let (kept, source) = fixture();
    value(&kept, &source, START).await.unwrap();
    source.go_down(true);
    for hours in 1..24 {
        assert_eq!(value(&kept, &source, START + HOUR * hours).await, Ok(1), "{hours}");
    }
    assert_eq!(source.count(), 24, "it was asked again each time");
    assert!(value(&kept, &source, START + HOUR * 24).await.is_err());
    source.go_down(false);
    assert_eq!(value(&kept, &source, START + HOUR * 25).await, Ok(26), "it comes back");
}

#[tokio::test]
async fn a_failure_answers_for_some_seconds() {
    let (kept, source) = fixture();
    source.go_down(true);
    for (after, expected) in [(0, "failure 1"), (4, "failure 1"), (5, "failure 2"), (9, "failure 2")] {
        let told = value(&kept, &source, START + SECOND * after).await;
        assert_eq!(told, Err(expected.to_owned()), "{after}");
    }
    source.go_down(false);
    assert_eq!(value(&kept, &source, START + SECOND * 10).await, Ok(3));
    // The same while there is something old to use.
    source.go_down(true);
    for (after, fetches) in [(0, 4), (4, 4), (5, 5)] {
        let now = START + HOUR * 2 + SECOND * after;
        assert_eq!((value(&kept, &source, now).await, source.count()), (Ok(3), fetches), "{after}");
    }
}

#[tokio::test]
async fn what_does_not_fit_any_more_is_fetched_anew() {
    let (kept, source) = fixture();
    value(&kept, &source, START).await.unwrap();
    let newer = kept.value(START, |value| *value > 1, || source.fetch()).await.unwrap();
    assert_eq!(*newer, 2);
}

#[tokio::test]
async fn out_of_turn_it_is_fetched_once_in_half_a_minute() {
    let (kept, source) = fixture();
    let first = kept.value(START, |_| true, || source.fetch()).await.unwrap();
    let newer = |seen: Arc<usize>, after: u32| {
        let (kept, source) = (Arc::clone(&kept), Arc::clone(&source));
        async move { kept.newer(START + SECOND * after, &seen, || source.fetch()).await }
    };
    let second = newer(Arc::clone(&first), 1).await.unwrap();
    assert_eq!(*second, 2);
    assert_eq!(*newer(first, 1).await.unwrap(), 2, "somebody else has fetched it");
    for after in [1, 2, 30] {
        assert_eq!(*newer(Arc::clone(&second), after).await.unwrap(), 2, "{after}");
    }
    let third = newer(second, 31).await.unwrap();
    assert_eq!((*third, source.count()), (3, 3));
    source.go_down(true);
    for after in [61, 62, 90] {
        let error = newer(Arc::clone(&third), after).await.unwrap_err();
        assert_eq!((error.reason.as_str(), source.count()), ("failure 4", 4), "{after}");
    }
    assert_eq!(value(&kept, &source, START + SECOND * 90).await, Ok(3), "what there was is used as before");
}

#[tokio::test]
async fn while_one_asks_again_the_others_use_the_old() {
    let (kept, source) = fixture();
    value(&kept, &source, START).await.unwrap();
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (kept, source, begun, go) =
            (Arc::clone(&kept), Arc::clone(&source), Arc::clone(&begun), Arc::clone(&go));
        tokio::spawn(async move {
            let fetch = || async move {
                begun.notify_one();
                go.notified().await;
                source.fetch().await
            };
            kept.value(START + HOUR, |_| true, fetch).await.map(|value| *value)
        })
    };
    begun.notified().await;
    assert_eq!(value(&kept, &source, START + HOUR).await, Ok(1));
    go.notify_one();
    assert_eq!(slow.await.unwrap(), Ok(2));
}

#[tokio::test]
async fn a_fetch_goes_on_when_its_asker_hangs_up() {
    let (kept, source) = fixture();
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let asker = {
        let (kept, source, begun, go) =
            (Arc::clone(&kept), Arc::clone(&source), Arc::clone(&begun), Arc::clone(&go));
        tokio::spawn(async move {
            let fetch = || async move {
                begun.notify_one();
                go.notified().await;
                source.fetch().await
            };
            let _ = kept.value(START, |_| true, fetch).await;
        })
    };
    begun.notified().await;
    asker.abort();
    assert!(asker.await.unwrap_err().is_cancelled());
    go.notify_one();
    assert_eq!(value(&kept, &source, START).await, Ok(1));
    assert_eq!(source.count(), 1);
}
