//! The hashing threads: each takes a job, does it in its own memory, and gives the memory back when there has been
//! nothing to do for a while.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::held::give;
use crate::memory::Memory;
use crate::shared::{Next, Shared, now};
use crate::{Backend, Cost};

/// Starts the thread `hash-{number}`. It returns once `shared` is stopped.
///
/// Memory beyond what `usual` needs is released after each job, all of it after `idle` without one.
pub(crate) fn start(
    number: usize,
    shared: Arc<Shared>,
    backend: Backend,
    usual: Cost,
    idle: Duration,
) -> io::Result<()> {
    let work = move || work(&shared, Memory::new(backend), &usual, idle);
    std::thread::Builder::new().name(format!("hash-{number}")).spawn(work)?;
    Ok(())
}

fn work(shared: &Shared, mut memory: Memory, usual: &Cost, idle: Duration) {
    yield_to_the_server();
    // None while there is nothing to release.
    let mut release_at = None;
    loop {
        match shared.next(release_at) {
            Next::Stop => return,
            Next::Idle => {
                memory.release();
                release_at = None;
            }
            Next::Give(answers) => give(answers),
            Next::Job(job) if job.is_abandoned() => {}
            Next::Job(job) => {
                let began = now();
                let answer = job.run(&mut memory);
                memory.release_beyond(usual);
                let ended = now();
                shared.done(answer, began, ended);
                release_at = ended.checked_add(idle);
            }
        }
    }
}

/// Lowers the calling thread's scheduling priority below that of the threads that answer requests, so that session
/// checks stay quick while logins are hashed. The step of 10 is about a tenth of a processor's share where both want
/// all of it. Best effort: where it is refused, hashes are right but checks may wait.
#[cfg(target_os = "linux")]
fn yield_to_the_server() {
    use rustix::process::{getpriority_process, setpriority_process};

    let inherited = getpriority_process(None).unwrap_or(0);
    let _ = setpriority_process(None, inherited.saturating_add(10).min(19));
}

#[cfg(not(target_os = "linux"))]
fn yield_to_the_server() {}
