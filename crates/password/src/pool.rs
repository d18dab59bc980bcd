//! The face of the crate's machinery: passwords go in, hashes and verdicts come out, and no more is computed or kept
//! waiting at once than the settings allow. Not who may try how often: that is the caller's throttle.

use std::future::Future;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use crate::shared::Shared;
use crate::{Backend, Cost, InvalidCost, Lane, Password, PasswordHash, worker};

#[cfg(test)]
mod tests;

/// What a pool may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// What a new hash costs.
    pub cost: Cost,
    /// The instructions that hashes are computed with. The hashes are the same with all.
    pub backend: Backend,
    /// How many hashes are computed at once; 0 is one a core. Each takes its own memory.
    pub threads: usize,
    /// How many jobs may wait, over all lanes; at least 1.
    pub queue: usize,
    /// How long a thread without work keeps its memory.
    pub idle: Duration,
}

impl Default for PoolSettings {
    /// The default cost, the fastest backend, one thread a core, 256 waiting jobs, memory kept for 10 s.
    fn default() -> Self {
        let (cost, backend) = (Cost::default(), Backend::fastest());
        Self { cost, backend, threads: 0, queue: 256, idle: Duration::from_secs(10) }
    }
}

/// Threads that hash passwords, and the bounded, fair queue before them.
///
/// Clones share the pool. When the last one is dropped the threads end after the jobs in hand, and callers that still
/// wait get [`PoolError::Stopped`]; the drop itself does not wait.
///
/// The futures do not borrow the pool and put nothing in the queue before they are first polled. Dropping one takes
/// its job out of the queue; a job in hand is finished and its answer wiped.
#[derive(Clone)]
pub struct HashPool {
    handle: Arc<Handle>,
}

/// Dropped with the last clone of the pool, while the threads still hold `shared`.
struct Handle {
    shared: Arc<Shared>,
    cost: Cost,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl HashPool {
    /// Starts the threads, named `hash-0` and so on. They take their memory when they first need it.
    ///
    /// # Errors
    /// When the settings make no sense or the operating system refuses a thread; none is left running then.
    pub fn start(settings: PoolSettings) -> Result<Self, StartError> {
        let PoolSettings { cost, backend, threads, queue, idle } = settings;
        cost.check()?;
        if queue == 0 {
            return Err(StartError::NoQueue);
        }
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            given => given,
        };
        let pool = Self { handle: Arc::new(Handle { shared: Arc::new(Shared::new(threads, queue)), cost }) };
        for number in 0..threads {
            worker::start(number, Arc::clone(&pool.handle.shared), backend, cost, idle)
                .map_err(StartError::Thread)?;
        }
        Ok(pool)
    }

    /// Hashes a new password at the pool's cost, with a salt of 16 fresh random bytes.
    ///
    /// # Errors
    /// When the queue is full, the pool has stopped, or the hash could not be computed.
    pub fn hash(
        &self,
        lane: Lane,
        password: Password,
        salt: [u8; 16],
    ) -> impl Future<Output = Result<PasswordHash, PoolError>> + Send + use<> {
        let (shared, cost) = (Arc::clone(&self.handle.shared), self.handle.cost);
        shared.ask(lane, move |memory| PasswordHash::make(cost, &password, salt, memory))
    }

    /// Checks a password against a stored hash.
    ///
    /// # Errors
    /// When the queue is full, the pool has stopped, or the hash could not be computed. A wrong password is no error.
    pub fn verify(
        &self,
        lane: Lane,
        password: Password,
        hash: PasswordHash,
    ) -> impl Future<Output = Result<Verdict, PoolError>> + Send + use<> {
        let (shared, cost) = (Arc::clone(&self.handle.shared), self.handle.cost);
        shared.ask(lane, move |memory| {
            let matches = hash.matches(&password, memory)?;
            Ok(Verdict { matches, outdated: matches && hash.is_outdated(&cost) })
        })
    }

    /// Does what [`HashPool::verify`] does for a hash of the pool's cost, with no hash to check against: for the user
    /// that does not exist, who must not be told from one that does by the time it takes.
    ///
    /// # Errors
    /// As [`HashPool::verify`].
    pub fn verify_unknown(
        &self,
        lane: Lane,
        password: Password,
    ) -> impl Future<Output = Result<(), PoolError>> + Send + use<> {
        let (shared, cost) = (Arc::clone(&self.handle.shared), self.handle.cost);
        shared.ask(lane, move |memory| PasswordHash::pretend(cost, &password, memory))
    }

    /// What a new hash costs.
    pub fn cost(&self) -> &Cost {
        &self.handle.cost
    }

    /// How many jobs wait; those in hand are not counted.
    pub fn depth(&self) -> usize {
        self.handle.shared.depth()
    }
}

impl fmt::Debug for HashPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashPool")
            .field("cost", self.cost())
            .field("depth", &self.depth())
            .finish_non_exhaustive()
    }
}

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// It is the password.
    pub matches: bool,
    /// It is, and its hash should be made anew at the pool's cost. Never true for a wrong password, so that nobody
    /// stores a hash of one.
    pub outdated: bool,
}

/// Why a pool did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configured cost is out of bounds.
    #[error(transparent)]
    Cost(#[from] InvalidCost),
    /// No job could ever reach a thread.
    #[error("the hash queue must have room for at least one job")]
    NoQueue,
    /// The operating system refused a thread.
    #[error("a hashing thread could not be started")]
    Thread(#[source] io::Error),
}

/// Why there is no answer to a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full, and the caller's lane has had its share of it.
    #[error("too many passwords wait to be hashed; try again in {} s", .retry_after.as_secs())]
    Busy {
        /// When it is worth trying again: whole seconds, 1 to 30, guessed from the queue and the recent hashes.
        retry_after: Duration,
    },
    /// The pool has been dropped.
    #[error("the hashing pool has stopped")]
    Stopped,
    /// A fault of ours or of the machine; trying again may help. Says nothing about the password.
    #[error("a password could not be hashed: {why}")]
    Failed {
        /// For the log.
        why: String,
    },
}
