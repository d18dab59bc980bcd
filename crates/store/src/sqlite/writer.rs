//! The one thread that waits for the disk. It takes the commits that wait and makes them durable together: one
//! transaction and one flush for all of them. Nobody gets an answer before the flush. What need not be flushed is
//! written by who asks for it, unless something is in the way.

use std::sync::{Arc, Mutex, PoisonError};

use identity::ports::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::committer::{Committer, Outcome};
use crate::OpenError;
use crate::sql::Step;

/// Commits that wait; more than these wait in their callers.
const QUEUE: usize = 1024;
/// Commits made durable together at most, so that the first does not wait for ever.
const BATCH: usize = 256;

struct Job {
    changes: Vec<Vec<Step>>,
    flush: bool,
    answer: oneshot::Sender<Outcome>,
}

/// A handle to the writing thread, which ends with it.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    committer: Arc<Mutex<Committer>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, OpenError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let committer = Arc::new(Mutex::new(Committer::new(connection)?));
        let shared = Arc::clone(&committer);
        std::thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || run(&shared, waiting))?;
        Ok(Self { jobs, committer })
    }

    pub(super) async fn commit(&self, changes: Vec<Vec<Step>>) -> Outcome {
        let flush = changes.iter().flatten().any(|step| !step.provisional);
        if !flush && let Some(outcome) = self.commit_at_once(&changes) {
            return outcome;
        }
        let (answer, outcome) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writing thread has ended".into());
        self.jobs.send(Job { changes, flush, answer }).await.map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }

    /// In the calling thread, like a read: a few pages for the system to write, and two changes of thread less. `None`
    /// while somebody else writes; whoever is not flushed either is not worth waiting for.
    fn commit_at_once(&self, changes: &[Vec<Step>]) -> Option<Outcome> {
        self.committer.try_lock().ok()?.commit_at_once(changes)
    }
}

fn run(committer: &Mutex<Committer>, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        // A panic under it leaves at worst a transaction that the next one finds open, and fails by.
        let mut committer = committer.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut committer, batch);
        committer.shorten_log();
    }
}

/// Writes a batch and answers everybody in it, after the flush and never before.
fn write(committer: &mut Committer, batch: Vec<Job>) {
    let commits: Vec<&[Vec<Step>]> = batch.iter().map(|job| job.changes.as_slice()).collect();
    let flush = batch.iter().any(|job| job.flush);
    match committer.commit(&commits, flush) {
        Ok(outcomes) => {
            for (job, outcome) in batch.into_iter().zip(outcomes) {
                // A caller that has gone away needs no answer; what it asked for is done.
                let _ = job.answer.send(outcome);
            }
        }
        Err(error) => {
            let told = error.to_string();
            for job in batch {
                let _ = job.answer.send(Err(StoreError::Unavailable(told.clone().into())));
            }
        }
    }
}
