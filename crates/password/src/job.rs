//! One piece of work and the caller that waits for it. Not when it runs, nor where.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::memory::{DeriveError, Memory};
use crate::pool::PoolError;

/// A job as the queue and the threads see it: whatever it computes, exactly one of `run` and `refuse` consumes it.
/// Dropped instead, its caller gets [`PoolError::Stopped`].
pub(crate) trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;

    /// Does the work. A panic in it ends here, as an error of this one caller.
    fn run(self: Box<Self>, memory: &mut Memory) -> Box<dyn Answer>;

    /// Answers without doing the work.
    fn refuse(self: Box<Self>, error: PoolError);
}

/// The outcome of a job that was done. Dropped instead of given, its caller gets [`PoolError::Stopped`].
pub(crate) trait Answer: Send {
    /// Hands it to the caller and wakes them.
    fn give(self: Box<Self>);
}

struct Answered<T> {
    outcome: Result<T, PoolError>,
    reply: oneshot::Sender<Result<T, PoolError>>,
}

impl<T: Send> Answer for Answered<T> {
    fn give(self: Box<Self>) {
        let Self { outcome, reply } = *self;
        // A caller who left meanwhile has no use for it; it is wiped as it is dropped.
        let _ = reply.send(outcome);
    }
}

/// What a caller asked for. The closure owns password and hash, which are wiped when it is dropped, run or not.
pub(crate) struct Asked<T, W> {
    work: W,
    reply: oneshot::Sender<Result<T, PoolError>>,
}

impl<T, W> Asked<T, W>
where
    T: Send,
    W: FnOnce(&mut Memory) -> Result<T, DeriveError> + Send,
{
    /// The job, and where its answer will arrive.
    pub(crate) fn new(work: W) -> (Self, oneshot::Receiver<Result<T, PoolError>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, reply }, answer)
    }
}

impl<T, W> Job for Asked<T, W>
where
    T: Send + 'static,
    W: FnOnce(&mut Memory) -> Result<T, DeriveError> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(self: Box<Self>, memory: &mut Memory) -> Box<dyn Answer> {
        let Self { work, reply } = *self;
        // Unwind safe: the memory is scratch that every hash overwrites before reading, and is released at once.
        let outcome = match catch_unwind(AssertUnwindSafe(|| work(memory))) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(PoolError::Failed { why: error.to_string() }),
            Err(_) => {
                memory.release();
                Err(PoolError::Failed { why: "the computation panicked".to_owned() })
            }
        };
        Box::new(Answered { outcome, reply })
    }

    fn refuse(self: Box<Self>, error: PoolError) {
        let _ = self.reply.send(Err(error));
    }
}
