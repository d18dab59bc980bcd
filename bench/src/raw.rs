//! The limit that logins are held against: the server's hashing pool with the server's settings, and nothing around
//! it. No HTTP, no database, no session. And what that pool's backends are worth, beside the crate `argon2`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use password::{Backend, Cost, HashPool, Lane, Password, PoolSettings};

use crate::load::{self, Window};
use crate::login::PASSWORD;
use crate::now;

/// Passwords of this cost verified in a window while so many wait for their answer at any time, as many clients would.
pub(crate) fn verified(
    cost: Cost,
    at_once: usize,
    warm_up: Duration,
    length: Duration,
) -> anyhow::Result<Window> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let pool = HashPool::start(PoolSettings { cost, ..PoolSettings::default() })?;
    let password = Password::new(PASSWORD)?;
    let hash = runtime.block_on(pool.hash(Lane(0), password.clone(), [7; 16]))?;
    let (counter, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..at_once)
        .map(|_| {
            let (pool, password, hash) = (pool.clone(), password.clone(), hash.clone());
            let (counter, stop) = (Arc::clone(&counter), Arc::clone(&stop));
            runtime.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let verdict = pool.verify(Lane(0), password.clone(), hash.clone()).await?;
                    anyhow::ensure!(verdict.matches, "a password is not the one that was hashed");
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        })
        .collect();
    let window = load::window(&counter, None, warm_up, length);
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        runtime.block_on(client)?.context("a password could not be verified")?;
    }
    window
}

/// Hashes a second of one thread.
pub(crate) struct Beside {
    pub(crate) backend: f64,
    pub(crate) argon2: f64,
}

/// Hashes of the default cost by this backend and by the crate `argon2` in turn, each in memory that it has used before,
/// until they have taken so long. Hash by hash, so that whatever else the machine does meets both.
pub(crate) fn beside_argon2(backend: Backend, length: Duration) -> anyhow::Result<Beside> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let pool = HashPool::start(PoolSettings { backend, threads: 1, ..PoolSettings::default() })?;
    let password = Password::new(PASSWORD)?;
    let Cost { memory_kib, iterations, parallelism } = *pool.cost();
    let params = Params::new(memory_kib, iterations, parallelism, None)?;
    let mut blocks = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let ours = || {
        let began = now();
        runtime.block_on(pool.verify_unknown(Lane(0), password.clone()))?;
        anyhow::Ok(began.elapsed())
    };
    let mut theirs = || {
        let began = now();
        let mut tag = [0; 32];
        argon2.hash_password_into_with_memory(PASSWORD.as_bytes(), &[0; 16], &mut tag, &mut blocks)?;
        std::hint::black_box(tag);
        anyhow::Ok(began.elapsed())
    };
    // The first hash of each touches its memory.
    ours()?;
    theirs()?;
    let (mut spent, mut hashes) = ([Duration::ZERO; 2], 0.0);
    let began = now();
    while began.elapsed() < length {
        let [backend, argon2] = &mut spent;
        *backend += ours()?;
        *argon2 += theirs()?;
        hashes += 1.0;
    }
    let [backend, argon2] = spent.map(|time| hashes / time.as_secs_f64());
    Ok(Beside { backend, argon2 })
}
