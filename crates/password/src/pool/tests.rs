//! The pool from outside, and with jobs of the test's own making where a hash could not show what is asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, mpsc};

use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

use super::*;
use crate::memory::{DeriveError, Memory};

const SMALL: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
const A: Lane = Lane(1);
const B: Lane = Lane(2);

fn pool(threads: usize, queue: usize) -> HashPool {
    HashPool::start(PoolSettings { cost: SMALL, threads, queue, ..PoolSettings::default() }).unwrap()
}

fn password(typed: &str) -> Password {
    Password::new(typed).unwrap()
}

/// Runs a job of the test's own on the pool.
fn run<T: Send + 'static>(
    pool: &HashPool,
    lane: Lane,
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<Result<T, PoolError>> {
    tokio::spawn(Arc::clone(&pool.handle.shared).ask(lane, move |_: &mut Memory| Ok(work())))
}

/// Waits until so many jobs wait.
async fn waiting(pool: &HashPool, jobs: usize) {
    let reached = async {
        while pool.depth() != jobs {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), reached).await.expect("the depth is never reached");
}

/// Holds a thread of the pool until `open` is called or it is dropped.
struct Gate {
    open: mpsc::Sender<()>,
    job: JoinHandle<Result<(), PoolError>>,
}

impl Gate {
    async fn closed(pool: &HashPool) -> Self {
        let (open, opened) = mpsc::channel();
        let (start, started) = tokio::sync::oneshot::channel();
        let job = run(pool, Lane(u64::MAX), move || {
            start.send(()).unwrap();
            opened.recv().unwrap_or(());
        });
        started.await.unwrap();
        Self { open, job }
    }

    async fn open(self) {
        self.open.send(()).unwrap();
        self.job.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_hash_is_verified_by_its_password_only() {
    let pool = pool(2, 8);
    let hash = pool.hash(A, password("correct horse"), [7; 16]).await.unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    let verdict = |typed| pool.verify(A, password(typed), hash.clone());
    assert_eq!(verdict("correct horse").await.unwrap(), Verdict { matches: true, outdated: false });
    assert_eq!(verdict("correct horsf").await.unwrap(), Verdict { matches: false, outdated: false });
    pool.verify_unknown(A, password("correct horse")).await.unwrap();
    assert_eq!(pool.cost(), &SMALL);
}

#[tokio::test]
async fn only_a_matching_hash_is_called_outdated() {
    let hash = pool(1, 8).hash(A, password("x"), [7; 16]).await.unwrap();
    let dearer = Cost { iterations: 2, ..SMALL };
    let pool = HashPool::start(PoolSettings { cost: dearer, threads: 1, ..PoolSettings::default() }).unwrap();
    let verdict = |typed| pool.verify(A, password(typed), hash.clone());
    assert_eq!(verdict("x").await.unwrap(), Verdict { matches: true, outdated: true });
    assert_eq!(verdict("y").await.unwrap(), Verdict { matches: false, outdated: false });
}

/// Enumeration by time: the unknown user costs what the known one does. The shortest of several runs is compared,
/// since a loaded machine only ever adds.
#[tokio::test]
async fn an_unknown_user_takes_as_long_as_a_known_one() {
    let cost = Cost { memory_kib: 4096, ..SMALL };
    let pool = HashPool::start(PoolSettings { cost, threads: 1, ..PoolSettings::default() }).unwrap();
    let hash = pool.hash(A, password("x"), [7; 16]).await.unwrap();
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for _ in 0..20 {
        let start = crate::shared::now();
        pool.verify(A, password("y"), hash.clone()).await.unwrap();
        let between = crate::shared::now();
        pool.verify_unknown(A, password("y")).await.unwrap();
        unknown = unknown.min(between.elapsed());
        known = known.min(between - start);
    }
    assert!(known < unknown * 2 && unknown < known * 2, "known {known:?}, unknown {unknown:?}");
}

/// security 2, no. 9.
#[tokio::test]
async fn as_many_run_at_once_as_there_are_threads_and_never_more() {
    for threads in [1, 3] {
        let pool = pool(threads, 64);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let all_at_once = Arc::new(Barrier::new(threads));
        let jobs: Vec<_> = (0..threads * 8)
            .map(|number| {
                let (running, most, all_at_once) = (running.clone(), most.clone(), all_at_once.clone());
                run(&pool, Lane(number as u64 % 5), move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    all_at_once.wait();
                    std::thread::sleep(Duration::from_millis(1));
                    running.fetch_sub(1, Ordering::SeqCst);
                    std::thread::current().name().unwrap().to_owned()
                })
            })
            .collect();
        let mut names = std::collections::BTreeSet::new();
        for job in jobs {
            names.insert(
                timeout(Duration::from_secs(5), job).await.expect("too few run at once").unwrap().unwrap(),
            );
        }
        assert_eq!(most.load(Ordering::SeqCst), threads);
        assert!(names.into_iter().eq((0..threads).map(|number| format!("hash-{number}"))));
    }
}

#[tokio::test]
async fn a_flood_from_one_lane_delays_another_by_one_job() {
    let pool = pool(1, 64);
    let gate = Gate::closed(&pool).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut jobs = Vec::new();
    for name in ["a1", "a2", "a3", "a4", "b1", "b2"] {
        let order = Arc::clone(&order);
        jobs.push(run(&pool, if name.starts_with('a') { A } else { B }, move || {
            order.lock().unwrap().push(name);
        }));
        waiting(&pool, jobs.len()).await;
    }
    gate.open().await;
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    assert_eq!(*order.lock().unwrap(), ["a1", "b1", "a2", "b2", "a3", "a4"]);
}

/// security 2, no. 9.
#[tokio::test]
async fn a_full_queue_refuses_the_flood_and_lets_the_newcomer_in() {
    let pool = pool(1, 3);
    let gate = Gate::closed(&pool).await;
    let mut flood = Vec::new();
    for number in 1..=3 {
        flood.push(run(&pool, A, || ()));
        waiting(&pool, number).await;
    }
    let busy = Err(PoolError::Busy { retry_after: Duration::from_secs(1) });
    assert_eq!(run(&pool, A, || ()).await.unwrap(), busy);

    let newcomer = run(&pool, B, || ());
    assert_eq!(flood.pop().unwrap().await.unwrap(), busy, "the newest of the flood makes room");
    assert_eq!(pool.depth(), 3);
    assert_eq!(run(&pool, B, || ()).await.unwrap(), busy, "a lane of one is not shorter than two minus one");

    gate.open().await;
    newcomer.await.unwrap().unwrap();
    for job in flood {
        job.await.unwrap().unwrap();
    }
    assert_eq!(pool.depth(), 0);
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_the_queue_and_is_not_hashed_for() {
    let pool = pool(1, 2);
    let gate = Gate::closed(&pool).await;
    let (ran, runs) = mpsc::channel();
    let leaving = run(&pool, A, move || ran.send(()));
    waiting(&pool, 1).await;
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    assert_eq!(pool.depth(), 0);
    gate.open().await;
    run(&pool, A, || ()).await.unwrap().unwrap();
    assert_eq!(
        runs.try_recv(),
        Err(mpsc::TryRecvError::Disconnected),
        "never run, and dropped with its password"
    );
}

#[tokio::test]
async fn a_future_that_is_never_polled_takes_no_place() {
    let pool = pool(1, 1);
    let gate = Gate::closed(&pool).await;
    let unpolled = pool.verify_unknown(A, password("x"));
    assert_eq!(pool.depth(), 0);
    drop(unpolled);
    gate.open().await;
}

#[tokio::test]
async fn a_panic_is_one_caller_s_error_and_the_thread_lives_on() {
    let pool = pool(1, 4);
    let thread = |pool: &HashPool| run(pool, A, || std::thread::current().id());
    let before = thread(&pool).await.unwrap().unwrap();
    let error = run(&pool, A, || panic!("on purpose")).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "a password could not be hashed: the computation panicked");
    assert_eq!(thread(&pool).await.unwrap().unwrap(), before);
    pool.hash(A, password("x"), [7; 16]).await.unwrap();
}

#[tokio::test]
async fn a_failed_computation_is_an_error_and_no_verdict() {
    let pool = pool(1, 4);
    let failing = Arc::clone(&pool.handle.shared)
        .ask(A, |_: &mut Memory| Err::<(), _>(DeriveError::Argon2(argon2id::Error::Params)));
    let error = failing.await.unwrap_err();
    assert_eq!(error, PoolError::Failed { why: "Argon2 refused its parameters".to_owned() });
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_the_job_in_hand_and_stops_the_rest() {
    let pool = pool(1, 4);
    let clone = pool.clone();
    let gate = Gate::closed(&pool).await;
    let waits = tokio::spawn(pool.hash(A, password("x"), [7; 16]));
    waiting(&pool, 1).await;
    let late = pool.verify_unknown(A, password("x"));

    drop(clone);
    yield_now().await;
    assert!(!waits.is_finished(), "a handle is left");

    let shared = Arc::downgrade(&pool.handle.shared);
    drop(pool);
    assert_eq!(waits.await.unwrap().unwrap_err(), PoolError::Stopped);
    assert_eq!(late.await.unwrap_err(), PoolError::Stopped, "first polled after the end");
    gate.open().await;
    let ended = async {
        while shared.strong_count() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(5), ended).await.expect("the thread did not end");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let start = |settings| HashPool::start(settings).map(|_| ()).unwrap_err().to_string();
    let settings = PoolSettings { cost: SMALL, threads: 1, ..PoolSettings::default() };
    assert_eq!(
        start(PoolSettings { queue: 0, ..settings }),
        "the hash queue must have room for at least one job"
    );
    let cost = Cost { iterations: 0, ..SMALL };
    assert_eq!(
        start(PoolSettings { cost, ..settings }),
        "Argon2id's iterations must be between 1 and 64, not 0"
    );
}

#[tokio::test]
async fn no_number_of_threads_means_one_a_core() {
    let pool = pool(0, 64);
    let cores = std::thread::available_parallelism().unwrap().get();
    let together = Arc::new(Barrier::new(cores));
    let jobs: Vec<_> = (0..cores)
        .map(|_| {
            let together = together.clone();
            run(&pool, A, move || together.wait())
        })
        .collect();
    for job in jobs {
        timeout(Duration::from_secs(5), job).await.expect("fewer threads than cores").unwrap().unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn hashing_threads_yield_to_the_others() {
    use rustix::process::getpriority_process;

    let ours = getpriority_process(None).unwrap();
    let theirs = run(&pool(1, 1), A, || getpriority_process(None).unwrap()).await.unwrap().unwrap();
    assert_eq!(theirs, (ours + 10).min(19));
    assert_eq!(getpriority_process(None).unwrap(), ours, "the process keeps its own");
}
