//! What callers and hashing threads share: the queue under its lock, the answers that are held, the estimate of a wait,
//! the end. The lock is held for operations on these only, never while a job runs, is answered or is dropped.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::held::{Held, give};
use crate::job::{Answer, Asked, Job};
use crate::memory::{DeriveError, Memory};
use crate::pool::PoolError;
use crate::queue::{FairQueue, Lane, Pushed, Ticket};

/// A caller told to come back waits at least this long, so that a retry is never a hammer.
const SHORTEST_RETRY: Duration = Duration::from_secs(1);
/// Nobody is sent away for longer: the estimate is a guess, and a client that gives up is a failed login.
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// The place where jobs are left and fetched.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Rung for every job left, and at the end.
    bell: Condvar,
    threads: usize,
}

struct State {
    queue: FairQueue<Box<dyn Job>>,
    /// How long a job takes, recent ones counting most; zero before the first.
    usual: Duration,
    stopped: bool,
    held: Held,
}

impl State {
    /// Notes how long a job took: the newest counts an eighth.
    fn took(&mut self, time: Duration) {
        self.usual =
            if self.usual.is_zero() { time } else { self.usual.saturating_mul(7).saturating_add(time) / 8 };
    }
}

/// What a thread is to do next.
pub(crate) enum Next {
    /// Run this.
    Job(Box<dyn Job>),
    /// Hand these over: there is nothing that they could wait for.
    Give(Vec<Box<dyn Answer>>),
    /// There has been nothing to do until the deadline.
    Idle,
    /// Return.
    Stop,
}

impl Shared {
    pub(crate) fn new(threads: usize, queue: usize) -> Self {
        Self {
            state: Mutex::new(State {
                queue: FairQueue::new(queue),
                usual: Duration::ZERO,
                stopped: false,
                held: Held::default(),
            }),
            bell: Condvar::new(),
            threads,
        }
    }

    /// Leaves `work` in the queue and waits for its answer. Dropping the future takes the job back out.
    pub(crate) async fn ask<T, W>(self: Arc<Self>, lane: Lane, work: W) -> Result<T, PoolError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Memory) -> Result<T, DeriveError> + Send + 'static,
    {
        let (job, answer) = Asked::new(work);
        let ticket = self.push(lane, Box::new(job))?;
        let _place = Place { shared: &self, lane, ticket };
        answer.await.unwrap_or(Err(PoolError::Stopped))
    }

    /// The number of waiting jobs.
    pub(crate) fn depth(&self) -> usize {
        self.lock().queue.len()
    }

    /// Waits for something to do, until `deadline` if there is one. No answer is held while a thread waits: a held one
    /// has a job behind it, after which it is looked at again.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Next {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return Next::Stop;
            }
            if let Some(job) = state.queue.pop() {
                return Next::Job(job);
            }
            if !state.held.is_empty() {
                return Next::Give(state.held.take());
            }
            state = match deadline.map(|deadline| deadline.saturating_duration_since(now())) {
                Some(Duration::ZERO) => return Next::Idle,
                Some(left) => self.bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.bell.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Takes the answer of a job that ran from then to then, and hands it over unless it may wait for the next one.
    pub(crate) fn done(&self, answer: Box<dyn Answer>, began: Instant, ended: Instant) {
        let answers = {
            let mut state = self.lock();
            state.took(ended - began);
            state.held.add(answer, ended);
            let next = state.usual / u32::try_from(self.threads.max(1)).unwrap_or(u32::MAX);
            if !state.stopped && state.held.may_wait(state.queue.len(), next, ended) {
                return;
            }
            state.held.take()
        };
        give(answers);
    }

    /// Ends it: threads return after the job in hand, whose password was hashed gets the answer, who waits gets
    /// [`PoolError::Stopped`].
    pub(crate) fn stop(&self) {
        let (waiting, answers) = {
            let mut state = self.lock();
            state.stopped = true;
            (state.queue.drain(), state.held.take())
        };
        self.bell.notify_all();
        give(answers);
        for job in waiting {
            job.refuse(PoolError::Stopped);
        }
    }

    fn push(&self, lane: Lane, job: Box<dyn Job>) -> Result<Ticket, PoolError> {
        let mut state = self.lock();
        if state.stopped {
            return Err(PoolError::Stopped);
        }
        let pushed = state.queue.push(lane, job);
        let busy = PoolError::Busy { retry_after: retry_after(state.queue.len(), self.threads, state.usual) };
        drop(state);
        match pushed {
            Pushed::Placed(ticket) => {
                self.bell.notify_one();
                Ok(ticket)
            }
            Pushed::Displaced(ticket, displaced) => {
                displaced.refuse(busy);
                Ok(ticket)
            }
            Pushed::Refused(_) => Err(busy),
        }
    }

    /// The lock, also after a panic under it: none of the sections leaves the queue half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller's place in the queue, given up when the caller goes away. Nothing is left of it once the job runs.
struct Place<'a> {
    shared: &'a Shared,
    lane: Lane,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let job = self.shared.lock().queue.remove(self.lane, self.ticket);
        drop(job);
    }
}

/// When `waiting` jobs of the `usual` length will have been worked off, in whole seconds.
fn retry_after(waiting: usize, threads: usize, usual: Duration) -> Duration {
    let [waiting, threads] = [waiting, threads.max(1)].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let wait = (usual.saturating_mul(waiting) / threads).clamp(SHORTEST_RETRY, LONGEST_RETRY);
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// The stopwatch: only durations are taken from it.
#[expect(
    clippy::disallowed_methods,
    reason = "the pool measures how long a hash takes and how long a thread idles"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::{self, error::TryRecvError};

    use super::*;

    #[test]
    fn a_retry_is_the_time_to_work_off_the_queue_in_whole_seconds_from_1_to_30() {
        let ms = Duration::from_millis;
        let cases = [
            (256, 2, ms(0), 1),
            (0, 2, ms(15), 1),
            (256, 2, ms(7), 1),
            (100, 1, ms(10), 1),
            (101, 1, ms(10), 2),
            (256, 2, ms(15), 2),
            (256, 1, ms(15), 4),
            (256, 2, ms(230), 30),
            (usize::MAX, 0, Duration::MAX, 30),
        ];
        for (waiting, threads, usual, seconds) in cases {
            assert_eq!(
                retry_after(waiting, threads, usual),
                Duration::from_secs(seconds),
                "{waiting} waiting, {threads} threads, {usual:?} each"
            );
        }
    }

    #[tokio::test]
    async fn a_job_whose_caller_left_before_its_turn_is_skipped() {
        let shared = Arc::new(Shared::new(1, 2));
        let (ran, runs) = std::sync::mpsc::channel();
        let (job, answer) = Asked::new(move |_: &mut Memory| {
            ran.send(()).unwrap();
            Ok(())
        });
        drop(answer);
        shared.push(Lane(1), Box::new(job)).unwrap();
        let (backend, usual) = (crate::Backend::portable(), crate::Cost::default());
        crate::worker::start(0, Arc::clone(&shared), backend, usual, Duration::MAX).unwrap();
        Arc::clone(&shared).ask(Lane(1), |_| Ok(())).await.unwrap();
        assert!(runs.try_recv().is_err(), "it was run");
        shared.stop();
    }

    type Outcome = oneshot::Receiver<Result<u8, PoolError>>;

    /// One thread's worth of jobs in the queue, none of which is run by itself.
    fn asked<const N: usize>(shared: &Shared) -> [Outcome; N] {
        [(); N].map(|()| {
            let (job, outcome) = Asked::new(|_: &mut Memory| Ok(7));
            shared.push(Lane(1), Box::new(job)).unwrap();
            outcome
        })
    }

    /// Does the next job, as if it had taken so long.
    fn does_one(shared: &Shared, took: Duration) {
        let Next::Job(job) = shared.next(None) else { panic!("there is no job") };
        let began = now();
        shared.done(job.run(&mut Memory::new(crate::Backend::portable())), began, began + took);
    }

    const SHORT: Duration = Duration::from_millis(1);

    #[test]
    fn an_answer_waits_for_the_next_while_more_passwords_wait_than_answers() {
        let shared = Shared::new(1, 8);
        let [mut first, mut second, mut third] = asked(&shared);
        does_one(&shared, SHORT);
        assert_eq!(first.try_recv(), Err(TryRecvError::Empty), "two wait");
        does_one(&shared, SHORT);
        assert_eq!([first.try_recv(), second.try_recv()], [Ok(Ok(7)), Ok(Ok(7))], "one waits");
        assert_eq!(third.try_recv(), Err(TryRecvError::Empty), "it was not computed yet");
        does_one(&shared, SHORT);
        assert_eq!(third.try_recv(), Ok(Ok(7)), "nobody waits");
    }

    #[test]
    fn an_answer_does_not_wait_for_a_dear_hash() {
        let shared = Shared::new(1, 8);
        let [mut first, ..] = asked::<3>(&shared);
        does_one(&shared, Duration::from_millis(51));
        assert_eq!(first.try_recv(), Ok(Ok(7)));
    }

    #[test]
    fn an_answer_is_given_when_those_it_waited_for_have_left() {
        let shared = Shared::new(1, 8);
        let [mut first, ..] = asked::<3>(&shared);
        does_one(&shared, SHORT);
        drop(shared.lock().queue.drain());
        let Next::Give(answers) = shared.next(Some(now())) else { panic!("nothing is held") };
        give(answers);
        assert_eq!(first.try_recv(), Ok(Ok(7)));
        assert!(matches!(shared.next(Some(now())), Next::Idle));
    }

    #[test]
    fn the_end_gives_what_was_computed_and_refuses_what_was_not() {
        let shared = Shared::new(1, 8);
        let [mut first, mut second, mut third] = asked(&shared);
        does_one(&shared, SHORT);
        shared.stop();
        let stopped = Ok(Err(PoolError::Stopped));
        assert_eq!(
            [first.try_recv(), second.try_recv(), third.try_recv()],
            [Ok(Ok(7)), stopped.clone(), stopped]
        );
    }

    #[test]
    fn the_usual_time_follows_the_newest_by_an_eighth() {
        let shared = Shared::new(1, 1);
        let usual = |took| {
            shared.lock().took(Duration::from_millis(took));
            shared.lock().usual.as_millis()
        };
        assert_eq!([usual(80), usual(160), usual(90)], [80, 90, 90]);
    }
}
