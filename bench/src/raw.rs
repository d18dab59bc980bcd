//! The limit that logins are held against: the server's hashing pool with the server's settings, and nothing around
//! it. No HTTP, no database, no session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use password::{HashPool, Lane, Password, PoolSettings};

use crate::door::PASSWORD;
use crate::load::{self, Window};

/// Passwords verified in a window while so many wait for their answer at any time, as many clients would.
pub(crate) fn verified(at_once: usize, warm_up: Duration, length: Duration) -> anyhow::Result<Window> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let pool = HashPool::start(PoolSettings::default())?;
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
