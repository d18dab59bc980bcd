//! Load on a server, from threads that each hold one connection.
//!
//! *Closed loop*: each asks again as soon as it is answered; tells how many answers there are. *Open loop*: requests
//! are due at fixed times, whether or not those before are answered, and lateness counts from when one was due, so
//! that a server that stalls is not asked less for it (no coordinated omission).

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use crate::client::Connection;
use crate::now;
use crate::process::{Process, client_time};

/// A part of a run: what was answered in it, and what it cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    answers: u64,
    time: Duration,
    processor: Duration,
    client: Duration,
}

impl Window {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers as f64 / self.time.as_secs_f64()
    }

    /// So much time for one answer, in microseconds.
    pub(crate) fn share_us(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1e6 / self.answers as f64
    }

    /// The server's processor time for one answer, in microseconds.
    pub(crate) fn processor_us(&self) -> f64 {
        self.share_us(self.processor)
    }

    /// What asking for one answer took of the same processors, in microseconds.
    pub(crate) fn client_us(&self) -> f64 {
        self.share_us(self.client)
    }
}

/// Asks over so many connections while `meanwhile` runs, which is handed the number of answers so far. Each connection has
/// its share of the requests, and asks them in turn, over and over; each answer is of this status.
pub(crate) fn closed_loop<T>(
    address: SocketAddr,
    requests: &[Vec<u8>],
    connections: usize,
    status: u16,
    meanwhile: impl FnOnce(&AtomicU64) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (counter, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let share = requests.len().div_ceil(connections).max(1);
    thread::scope(|scope| {
        let asks = requests.chunks(share).map(|requests| {
            scope.spawn(|| {
                let mut connection = Connection::open(address)?;
                for request in requests.iter().cycle() {
                    connection.expect(request, status)?;
                    counter.fetch_add(1, Ordering::Relaxed);
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                Ok(())
            })
        });
        let asks: Vec<_> = asks.collect();
        let seen = meanwhile(&counter);
        stop.store(true, Ordering::Relaxed);
        asks.into_iter().try_for_each(joined)?;
        seen
    })
}

/// Asks each request once, over so many connections.
pub(crate) fn each_once(
    address: SocketAddr,
    requests: &[Vec<u8>],
    connections: usize,
    status: u16,
) -> anyhow::Result<()> {
    let share = requests.len().div_ceil(connections).max(1);
    thread::scope(|scope| {
        let asks = requests.chunks(share).map(|requests| {
            scope.spawn(|| {
                let mut connection = Connection::open(address)?;
                requests.iter().try_for_each(|request| connection.expect(request, status).map(drop))
            })
        });
        let asks: Vec<_> = asks.collect();
        asks.into_iter().try_for_each(joined)
    })
}

/// Counts for `length`, after `warm_up`. Without a server no processor time is counted.
pub(crate) fn window(
    counter: &AtomicU64,
    server: Option<&Process>,
    warm_up: Duration,
    length: Duration,
) -> anyhow::Result<Window> {
    let look = || {
        let processor = server.map_or(Ok(Duration::ZERO), Process::processor_time)?;
        anyhow::Ok((now(), counter.load(Ordering::Relaxed), processor, client_time()?))
    };
    thread::sleep(warm_up);
    let (began, before, spent_before, asked_before) = look()?;
    thread::sleep(length);
    let (ended, after, spent, asked) = look()?;
    Ok(Window {
        answers: after - before,
        time: ended - began,
        processor: spent.saturating_sub(spent_before),
        client: asked.saturating_sub(asked_before),
    })
}

/// Asks `rate` times a second in all, over as many connections as there are requests; how long each answer took from
/// when its request was due, sorted.
pub(crate) fn open_loop(
    address: SocketAddr,
    requests: &[Vec<u8>],
    status: u16,
    rate: u32,
    length: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let apart = Duration::from_secs(1) / rate;
    let period = apart * u32::try_from(requests.len())?;
    // Far enough ahead that every connection stands by then.
    let begin = now() + Duration::from_millis(50);
    let end = begin + length;
    let mut times = thread::scope(|scope| {
        let mut first = begin;
        let asks = requests.iter().map(|request| {
            let due = first;
            first += apart;
            scope.spawn(move || paced(address, request, status, due, period, end))
        });
        let asks: Vec<_> = asks.collect();
        let mut times = Vec::new();
        for ask in asks {
            times.append(&mut joined(ask)?);
        }
        anyhow::Ok(times)
    })?;
    times.sort_unstable();
    Ok(times)
}

fn paced(
    address: SocketAddr,
    request: &[u8],
    status: u16,
    first: Instant,
    period: Duration,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    wake_in_time()?;
    let mut connection = Connection::open(address)?;
    let (mut due, mut times) = (first, Vec::new());
    while due < end {
        thread::sleep(due.saturating_duration_since(now()));
        connection.expect(request, status)?;
        times.push(due.elapsed());
        due += period;
    }
    Ok(times)
}

/// The system may wake a thread some 50 us late to spare itself work; that would count as the server's.
fn wake_in_time() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::thread::set_current_timer_slack(Some(std::num::NonZeroU64::MIN))?;
    Ok(())
}

fn joined<T>(thread: ScopedJoinHandle<'_, anyhow::Result<T>>) -> anyhow::Result<T> {
    thread.join().map_err(|_| anyhow!("a client panicked"))?.context("a request failed")
}

#[cfg(test)]
mod tests;
