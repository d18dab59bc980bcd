//! A child process and what the system says of it: processor time and memory, from proc(5). It is ended when it is
//! dropped. Not what it serves.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::client::Connection;
use crate::now;

/// A start that takes longer has failed.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// How often a starting server is knocked at.
const KNOCK_EVERY: Duration = Duration::from_micros(200);

/// How often a server that is busy is waited for.
const RESTS: usize = 200;

/// A server that runs.
pub(crate) struct Process {
    child: Child,
    with_children: bool,
    pub(crate) address: SocketAddr,
    /// From the call that made it to its first good answer.
    pub(crate) started_in: Duration,
}

/// What a process holds, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Now (`VmRSS`).
    pub(crate) resident: u64,
    /// The most so far (`VmHWM`).
    pub(crate) peak: u64,
}

impl Process {
    /// Starts it, and waits until a GET of `path` is answered with 200.
    pub(crate) fn start(command: &mut Command, address: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        let began = now();
        let child = command.stdin(Stdio::null()).spawn().context("a server cannot be started")?;
        // Made first, so that the child ends whatever happens next.
        let mut this = Self { child, with_children: false, address, started_in: Duration::ZERO };
        this.started_in = this.first_answer(request.as_bytes(), began)?;
        Ok(this)
    }

    fn first_answer(&mut self, request: &[u8], began: Instant) -> anyhow::Result<Duration> {
        while began.elapsed() < READY_WITHIN {
            if let Some(status) = self.child.try_wait()? {
                bail!("a server ended instead of answering: {status}");
            }
            let answered = Connection::open(self.address).and_then(|mut it| Ok(it.exchange(request)?.status));
            if matches!(answered, Ok(200)) {
                return Ok(began.elapsed());
            }
            std::thread::sleep(KNOCK_EVERY);
        }
        bail!("a server does not answer")
    }

    /// The same as one that works in processes of its own: their time counts, and they are asked to end.
    pub(crate) fn with_children(mut self) -> Self {
        self.with_children = true;
        self
    }

    /// User and system time of all its threads so far, in steps of (mostly) 10 ms.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let own = processor_time(&self.told("stat")?).context("/proc/PID/stat is not as expected")?;
        if !self.with_children {
            return Ok(own);
        }
        let children = self.told(&format!("task/{}/children", self.child.id()))?;
        let times = children.split_whitespace().map(|child| {
            let stat = std::fs::read_to_string(format!("/proc/{child}/stat"))?;
            processor_time(&stat).context("/proc/PID/stat is not as expected")
        });
        times.sum::<anyhow::Result<Duration>>().map(|theirs| own + theirs)
    }

    /// Of that, the part of the threads whose names begin so. One that has ended is not in it.
    pub(crate) fn time_of_threads(&self, begin: &str) -> anyhow::Result<Duration> {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(&tasks).with_context(|| format!("{tasks} cannot be read"))?;
        let mut sum = Duration::ZERO;
        for task in tasks {
            let Ok(stat) = std::fs::read_to_string(task?.path().join("stat")) else { continue };
            if name(&stat).is_some_and(|name| name.starts_with(begin)) {
                sum += processor_time(&stat).context("/proc/PID/task/TID/stat is not as expected")?;
            }
        }
        Ok(sum)
    }

    /// Asks it to end, and waits a little.
    #[cfg(target_os = "linux")]
    fn end_gently(&mut self) {
        use rustix::process::{Pid, Signal, kill_process};
        if kill_process(Pid::from_child(&self.child), Signal::TERM).is_ok() {
            for _ in 0..100 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn end_gently(&mut self) {}

    /// Waits until it had next to nothing to do for so long: until it has written down what it was asked before, which it
    /// begins with within a second.
    pub(crate) fn rest(&self, calm: Duration) -> anyhow::Result<()> {
        for _ in 0..RESTS {
            let before = self.processor_time()?;
            std::thread::sleep(calm);
            if self.processor_time()?.saturating_sub(before) <= calm / 20 {
                return Ok(());
            }
        }
        bail!("a server does not come to rest")
    }

    /// What it holds.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = self.told("status")?;
        let read = |name| bytes(&status, name).context("/proc/PID/status is not as expected");
        Ok(Memory { resident: read("VmRSS:")?, peak: read("VmHWM:")? })
    }

    fn told(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.with_children {
            self.end_gently();
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address of this machine that nobody listens at.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// User and system time of this process, which is the client's, so far.
pub(crate) fn client_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("/proc/self/stat cannot be read")?;
    processor_time(&stat).context("/proc/self/stat is not as expected")
}

/// Fields 14 and 15 of `proc_pid_stat(5)`. The second field, the name, may hold anything.
fn processor_time(stat: &str) -> Option<Duration> {
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    let mut fields = behind_the_name.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    let both = ticks()?.checked_add(ticks()?)?;
    Some(Duration::from_secs(1) * both / ticks_per_second())
}

/// The second field, in its brackets.
fn name(stat: &str) -> Option<&str> {
    let (before, _) = stat.rsplit_once(')')?;
    Some(before.split_once('(')?.1)
}

#[cfg(target_os = "linux")]
fn ticks_per_second() -> u32 {
    u32::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100)
}

#[cfg(not(target_os = "linux"))]
fn ticks_per_second() -> u32 {
    100
}

/// A line of `proc_pid_status(5)`, told in KiB.
fn bytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_that_of_user_and_system_whatever_the_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 200 0 0 150 25 900 900 20 0 8 0 77 1 1";
        assert_eq!(processor_time(stat), Some(Duration::from_secs(175) / ticks_per_second()));
        assert_eq!(processor_time("7 (a) S 1"), None);
        assert_eq!(name(stat), Some("a) b (c"));
        assert_eq!(name("7"), None);
    }

    #[test]
    fn memory_is_told_in_kib() {
        let status = "Name:\ta\nVmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\n";
        assert_eq!((bytes(status, "VmHWM:"), bytes(status, "VmSwap:")), (Some(2_048_000), None));
    }
}
