//! That working memory goes back to the operating system, seen from there. Alone in its file: the whole process is
//! measured, so nothing else may run in it.
#![cfg(target_os = "linux")]

use std::time::Duration;

use password::{Cost, HashPool, Lane, Password, PoolSettings};

/// Resident memory of this process in MiB (proc(5): `VmRSS`, in KiB).
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kib.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

/// Several rounds and two costs, because an allocator may keep what it has seen freed before, and up to some size only.
#[tokio::test]
async fn an_idle_pool_gives_its_memory_back() {
    for memory_kib in [19_456, 65_536] {
        let cost = Cost { memory_kib, iterations: 1, parallelism: 1 };
        let idle = Duration::from_millis(40);
        let pool =
            HashPool::start(PoolSettings { cost, threads: 2, queue: 8, idle, ..PoolSettings::default() })
                .unwrap();
        let before = resident().unwrap();
        for round in 1..=3 {
            let hash = |typed| tokio::spawn(pool.hash(Lane(1), Password::new(typed).unwrap(), [7; 16]));
            let (one, other) = (hash("one"), hash("other"));
            one.await.unwrap().unwrap();
            other.await.unwrap().unwrap();
            let busy = resident().unwrap() - before;
            assert!(
                busy >= u64::from(memory_kib) / 1024,
                "round {round}: {busy} MiB while busy, of {memory_kib} KiB"
            );

            let mut idle = busy;
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                idle = resident().unwrap().saturating_sub(before);
                if idle <= 2 {
                    break;
                }
            }
            assert!(idle <= 2, "round {round}: {idle} MiB are kept when idle, of {busy}");
        }
    }

    // A hash dearer than the pool's cost leaves nothing behind, however long the pool keeps its own memory.
    let start = |memory_kib| {
        let cost = Cost { memory_kib, iterations: 1, parallelism: 1 };
        let settings = PoolSettings { cost, threads: 1, idle: Duration::MAX, ..PoolSettings::default() };
        HashPool::start(settings).unwrap()
    };
    let password = Password::new("one").unwrap();
    let dear = start(100 * 1024).hash(Lane(1), password.clone(), [7; 16]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let cheap = start(64);
    let before = resident().unwrap();
    assert!(cheap.verify(Lane(1), password.clone(), dear).await.unwrap().matches);
    cheap.verify_unknown(Lane(1), password).await.unwrap();
    let kept = resident().unwrap().saturating_sub(before);
    assert!(kept <= 2, "{kept} MiB are kept after a dear hash");
}
