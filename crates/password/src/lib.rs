//! Passwords: what is typed, what is stored, and the threads that turn one into the other. It knows no user, no policy, no
//! database and no HTTP. Salts are handed in; the only clock read is the pool's own stopwatch.
//!
//! | Module | Holds |
//! |---|---|
//! | `cost` | [`Cost`]: what one Argon2id hash takes, and its bounds |
//! | `password` | [`Password`]: a typed password, normalised for hashing and wiped when dropped |
//! | `hash` | [`PasswordHash`]: the stored PHC string, its strict parser, computing and comparing |
//! | `memory` | the reused working memory of one hashing thread; how it is filled is the crate `argon2id`'s |
//! | `queue` | [`Lane`] and the bounded queue that is fair between lanes; pure data |
//! | `job` | one piece of work and the caller that waits for it |
//! | `held` | answers that are handed over together |
//! | `shared` | what callers and threads share: the queue under its lock, the estimate of a wait, the end |
//! | `worker` | the hashing threads |
//! | `pool` | [`HashPool`]: the face of all this |
//!
//! Why a pool: a hash takes tens of megabytes and tens of milliseconds by design, so the number that run at once
//! must be bounded, and so must the number that wait; otherwise logins are a way to take the server's memory and
//! processor. Hashing never runs on the caller's thread.

mod cost;
mod hash;
mod held;
mod job;
mod memory;
mod password;
mod pool;
mod queue;
mod shared;
mod worker;

pub use argon2id::Backend;
pub use cost::{Cost, InvalidCost};
pub use hash::{HashError, PasswordHash};
pub use password::{Password, PasswordTooLong};
pub use pool::{HashPool, PoolError, PoolSettings, StartError, Verdict};
pub use queue::Lane;
