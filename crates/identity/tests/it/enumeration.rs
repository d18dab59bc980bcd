//! Whether a name is known cannot be told by the work that a login makes (security 1, enumeration): counted,
//! not timed.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use identity::user::Status;
use identity::{ErrorKind, NewPassword};
use password::{Backend, Cost, HashPool, Lane, Password, PoolSettings};
use testkit::TestServer;

use super::watched::{CHEAP, Watched};
use super::{PASSWORD, log_in, refused, surface};

/// A server with a user of each kind that cannot log in with [`PASSWORD`], and all their names.
async fn all_kinds() -> (Arc<TestServer>, [&'static str; 7]) {
    let server = TestServer::start();
    server.user("other-password", "battery staple").await;
    server.user_with("suspended", PASSWORD, |user| user.status = Status::Suspended).await;
    server.user_with("pending", PASSWORD, |user| user.status = Status::Pending).await;
    server.user_with("passwordless", PASSWORD, |user| user.password = NewPassword::None).await;
    let deleted = server.user("deleted", PASSWORD).await;
    server.identity.accounts.delete(&server.operator(), &deleted).await.expect("deleted");
    let names =
        ["other-password", "suspended", "pending", "passwordless", "deleted", "nobody", "nobody@example.org"];
    (Arc::new(server), names)
}

/// security 1, enumeration: the same reads and the same commits for everybody.
/// security 2, no. 13.
#[tokio::test]
async fn every_refused_login_asks_the_same_of_the_store() {
    let (server, names) = all_kinds().await;
    let watched = Watched::on(&server);
    let identity = watched.identity(HashPool::start(CHEAP).expect("a pool"));
    for name in names {
        let outcome = log_in(&identity, server.visitor(&surface().door), name, PASSWORD).await;
        assert_eq!(refused(outcome), ErrorKind::InvalidCredentials, "{name}");
        let wanted = ["credentials", "throttle", "Reserve", "ReserveFailed CountAtPlace sign_in_failed"];
        assert_eq!(watched.take(), wanted, "{name}");
    }
}

/// security 1, enumeration: everybody's password goes through the same queue - where that is full nobody's
/// does, and nobody's try is counted.
#[tokio::test]
async fn every_login_waits_for_the_same_hashing_queue() {
    let (server, names) = all_kinds().await;
    let watched = Watched::on(&server);
    let pool = HashPool::start(PoolSettings {
        cost: Cost { memory_kib: 131_072, iterations: 8, parallelism: 1 },
        backend: Backend::portable(),
        threads: 1,
        queue: 1,
        idle: Duration::from_secs(1),
    });
    let pool = pool.expect("a pool");
    let identity = watched.identity(pool.clone());
    // One is computed, for longer than all the rest of this test takes, and one waits: the queue is full.
    let occupied = |lane| pool.hash(Lane(lane), Password::new("occupied").expect("short"), [0; 16]);
    let moment = Duration::from_millis(1);
    let (mut computed, mut waiting) = (pin!(occupied(1)), pin!(occupied(2)));
    assert!(tokio::time::timeout(moment, &mut computed).await.is_err());
    while pool.depth() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(tokio::time::timeout(moment, &mut waiting).await.is_err());
    assert_eq!(pool.depth(), 1);

    for name in names {
        let outcome = log_in(&identity, server.visitor(&surface().door), name, PASSWORD).await;
        assert!(matches!(refused(outcome), ErrorKind::Overloaded { .. }), "{name}");
        assert_eq!(watched.take(), ["credentials", "throttle", "Reserve", "ReserveReleased"], "{name}");
    }
    assert_eq!(pool.depth(), 1, "the queue did not stay full");
}
