//! What a password costs on this machine: how many people can log in a second, and what that takes of its memory.

use std::num::NonZero;
use std::time::Duration;

use password::{Backend, HashPool, Lane, Password, PoolSettings};
use tokio::time::Instant;

use super::finding::{Finding, Rule};
use crate::config::Config;
use crate::house;

pub(super) static RULES: &[&Rule] = &[&BACKEND, &MEMORY, &SLOW, &THREADS, &FAILED];

static BACKEND: Rule = Rule::fault(
    "hash_backend",
    "password.argon2_backend",
    "this machine does not have the instructions that hashes are to be computed with, and the server does not start",
    "Set password.argon2_backend to \"auto\"",
);

static MEMORY: Rule = Rule::fault(
    "hash_memory",
    "password.memory_kib",
    "hash_threads x memory_kib is more memory than is free here: the system would end the server during logins",
    "Lower password.hash_threads or password.memory_kib, or give the machine or the container more memory",
);
static SLOW: Rule = Rule::warning(
    "hash_slow",
    "password.memory_kib",
    "one hash takes longer than a second: people wait, and few of them fill the queue",
    "Lower password.memory_kib or password.iterations",
);
static THREADS: Rule = Rule::warning(
    "hash_threads",
    "password.hash_threads",
    "more hashes are computed at once than there are processor cores: each takes memory, and none is faster",
    "Set password.hash_threads to the number of cores, or to 0",
);
static FAILED: Rule = Rule::fault(
    "hash_failed",
    "password.hash_threads",
    "passwords cannot be hashed",
    "Lower password.hash_threads or password.memory_kib, or raise the limit that is named",
);

/// Hashes measured on each thread.
const ROUNDS: usize = 3;
/// One hash should not take longer.
const SLOWEST: Duration = Duration::from_secs(1);

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let chosen = config.password.argon2_backend;
    let Ok(backend) = house::backend(chosen) else {
        return vec![BACKEND.met(format!("password.argon2_backend = \"{}\"", chosen.name()))];
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = if config.password.hash_threads == 0 { cores } else { config.password.hash_threads };
    let wanted =
        u64::from(config.password.cost.memory_kib).saturating_mul(u64::try_from(threads).unwrap_or(1));
    if let Some(free) = free_kib().filter(|free| wanted > *free) {
        return vec![MEMORY.met(format!(
            "{threads} hashes at once take {} MiB, {} MiB are free",
            wanted / 1024,
            free / 1024
        ))];
    }
    let mut findings = Vec::new();
    if threads > cores {
        findings.push(THREADS.met(format!("{threads} threads, {cores} cores")));
    }
    match measure(config, backend, threads).await {
        Err(why) => findings.push(FAILED.met(why)),
        Ok((each, rate)) => {
            let told = format!(
                "{rate:.1} logins a second: {threads} hashes at once, {} ms each by {}, {} MiB while they run",
                each.as_millis(),
                backend.name(),
                wanted / 1024
            );
            let slow = each > SLOWEST;
            findings.push(if slow { SLOW.met(told) } else { Finding::fine(told) });
        }
    }
    findings
}

/// How long one hash takes beside the others, and how many come out a second.
async fn measure(config: &Config, backend: Backend, threads: usize) -> Result<(Duration, f64), String> {
    let settings = PoolSettings {
        cost: config.password.cost,
        backend,
        threads,
        queue: threads * ROUNDS,
        idle: Duration::from_secs(1),
    };
    let pool = HashPool::start(settings).map_err(|error| error.to_string())?;
    let hash = |lane: usize| {
        let password = Password::new("the doctor's own").map_err(|error| error.to_string());
        let pool = pool.clone();
        async move {
            let made = pool.hash(Lane(u64::try_from(lane).unwrap_or(0)), password?, [0; 16]).await;
            made.map(drop).map_err(|error| error.to_string())
        }
    };
    // The first on each thread takes its memory from the system.
    futures_util::future::try_join_all((0..threads).map(hash)).await?;
    let began = Instant::now();
    futures_util::future::try_join_all((0..threads * ROUNDS).map(hash)).await?;
    let took = began.elapsed();
    let count = u32::try_from(threads * ROUNDS).unwrap_or(u32::MAX);
    let each = took / u32::try_from(ROUNDS).unwrap_or(1);
    Ok((each, f64::from(count) / took.as_secs_f64().max(f64::EPSILON)))
}

/// What the machine and the container leave, in KiB; none: nobody tells.
fn free_kib() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| available(&text));
    let container = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse::<u64>().ok());
    machine.into_iter().chain(container.map(|bytes| bytes / 1024)).min()
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_that_is_free_is_read() {
        assert_eq!(available("MemTotal: 9 kB\nMemAvailable:   24681012 kB\n"), Some(24_681_012));
        assert_eq!(available("MemTotal: 9 kB"), None);
    }

    #[tokio::test]
    async fn more_memory_than_there_is_is_not_tried() {
        let text = "password.memory_kib = 1048576\npassword.hash_threads = 1024";
        let config = crate::config::parse("x", text, []).unwrap().config;
        let found = look(&config).await;
        assert_eq!(
            found.iter().filter_map(|it| it.rule).map(|rule| rule.name).collect::<Vec<_>>(),
            ["hash_memory"]
        );
    }
}
