//! Failed logins of one account (security 1, count-first; security 1, counter-reset; security 1, letter-case).

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use identity::audit::EventKind;
use identity::master_key::Purpose;
use identity::ports::{Change, Commit, Store as _};
use identity::throttle::{Bucket, Throttle};
use identity::user::User;
use identity::{ErrorKind, MasterKey, NewPassword};
use password::{Backend, Cost, HashPool, Lane, Password, PoolSettings};
use testkit::TestServer;
use tokio::task::JoinSet;

use super::watched::Watched;
use super::{PASSWORD, count, house, log_in, login, refused, surface};

/// How many tries reached the hash: each of them leaves one event, one that has to wait leaves none.
async fn hashed(server: &TestServer) -> usize {
    server.events().await.iter().filter(|event| event.kind == EventKind::SignInFailed).count()
}

/// Tries a wrong password by all these names at once, at these processes in turn, and counts how many were told that
/// it is wrong. All others have to wait.
async fn guesses(servers: &[&TestServer], names: impl Iterator<Item = String>) -> usize {
    let mut tries = JoinSet::new();
    for (number, name) in names.enumerate() {
        tries.spawn(login(servers[number % servers.len()], &name, "wrong"));
    }
    let outcomes = tries.join_all().await;
    let wrong = |kind: &ErrorKind| *kind == ErrorKind::InvalidCredentials;
    let (told, waiting): (Vec<_>, Vec<_>) = outcomes.into_iter().map(refused).partition(wrong);
    for kind in waiting {
        assert!(matches!(kind, ErrorKind::Throttled { .. }), "{kind:?}");
    }
    told.len()
}

/// security 1, count-first: a burst of 200.
/// security 2, no. 11.
#[tokio::test(flavor = "multi_thread")]
async fn of_200_guesses_at_once_five_reach_the_hash() {
    let (server, john) = house().await;
    assert_eq!(guesses(&[&server], (0..200).map(|_| "john".to_owned())).await, 5);
    assert_eq!(hashed(&server).await, 5);
    let count = count(&server, &john).await.expect("a count");
    assert_eq!((count.failures, count.in_flight), (5, 0));
}

/// security 1, count-first, by two processes on one database.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_count_together() {
    let (server, _) = house().await;
    let other = server.restarted_with("");
    assert_eq!(guesses(&[&server, &other], (0..100).map(|_| "john".to_owned())).await, 5);
    assert_eq!(hashed(&server).await, 5);
}

/// security 1, count-first: a try stands in the count while its password still waits to be compared.
#[tokio::test]
async fn a_try_is_counted_before_its_password_is_compared() {
    let (server, john) = house().await;
    let server = Arc::new(server);
    let pool = HashPool::start(PoolSettings {
        cost: Cost { memory_kib: 131_072, iterations: 8, parallelism: 1 },
        backend: Backend::portable(),
        threads: 1,
        queue: 8,
        idle: Duration::from_secs(1),
    });
    let pool = pool.expect("a pool");
    let identity = Watched::on(&server).identity(pool.clone());
    // One is computed, for longer than all the rest of this test takes.
    let moment = Duration::from_millis(1);
    let mut computed = pin!(pool.hash(Lane(1), Password::new("occupied").expect("short"), [0; 16]));
    assert!(tokio::time::timeout(moment, &mut computed).await.is_err());
    while pool.depth() > 0 {
        tokio::task::yield_now().await;
    }
    let mut guess = pin!(log_in(&identity, server.visitor(&surface().door), "john", "wrong"));
    while pool.depth() == 0 {
        assert!(tokio::time::timeout(moment, &mut guess).await.is_err());
    }
    let count = count(&server, &john).await.expect("a count");
    assert_eq!((count.failures, count.in_a_row, count.in_flight), (1, 1, 1));
}

/// security 1, letter-case: case and Unicode variants, and the address, share one count.
#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_a_known_name_shares_one_count() {
    let server = TestServer::start();
    server.user("José", PASSWORD).await;
    let names = ["josé", "JOSÉ", "Jose\u{301}", "\u{ff4a}osé", "JOSÉ@EXAMPLE.ORG", "jose\u{301}@example.org"];
    assert_eq!(guesses(&[&server], (0..60).map(|number| names[number % names.len()].to_owned())).await, 5);
}

/// security 1, letter-case, for a name that nobody has: it is throttled like a known one.
#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_an_unknown_name_shares_one_count() {
    let server = TestServer::start();
    let names = ["zoë", "ZOË", "Zoe\u{308}", "\u{ff3a}oë"];
    assert_eq!(guesses(&[&server], (0..60).map(|number| names[number % names.len()].to_owned())).await, 5);
    assert_eq!(hashed(&server).await, 5);
}

/// A known and an unknown name wait equally long after equally many failures.
#[tokio::test]
async fn an_unknown_name_waits_as_long_as_a_known_one() {
    let (server, _) = house().await;
    for name in ["john", "nobody"] {
        for _ in 0..5 {
            assert_eq!(refused(login(&server, name, "wrong").await), ErrorKind::InvalidCredentials);
        }
    }
    for wait in [5, 15, 45, 135] {
        for name in ["john", "nobody"] {
            let retry_after = Duration::from_secs(wait);
            assert_eq!(refused(login(&server, name, "wrong").await), ErrorKind::Throttled { retry_after });
        }
        server.advance(Duration::from_secs(wait));
        for name in ["john", "nobody"] {
            assert_eq!(refused(login(&server, name, "wrong").await), ErrorKind::InvalidCredentials);
        }
    }
}

/// Unknown names do not wait for each other.
#[tokio::test]
async fn each_unknown_name_has_a_count_of_its_own() {
    let server = TestServer::start();
    for number in 0..20 {
        let name = format!("nobody-{number}");
        assert_eq!(refused(login(&server, &name, "wrong").await), ErrorKind::InvalidCredentials);
    }
}

/// security 1, counter-reset: a good login of one account does not clear another's count.
#[tokio::test]
async fn a_good_login_clears_its_own_count_only() {
    let (server, john) = house().await;
    let jane = server.user("jane", PASSWORD).await;
    for _ in 0..4 {
        refused(login(&server, "john", "wrong").await);
        refused(login(&server, "jane", "wrong").await);
    }
    login(&server, "jane", PASSWORD).await.expect("good");
    assert_eq!(count(&server, &john).await.map(|count| count.failures), Some(4));
    assert_eq!(count(&server, &jane).await.map(|count| count.failures), Some(0));
    refused(login(&server, "john", "wrong").await);
    assert!(matches!(refused(login(&server, "john", PASSWORD).await), ErrorKind::Throttled { .. }));
}

/// security 1, counter-reset: looking at a session, ending one and waiting are neutral.
#[tokio::test]
async fn what_is_no_login_clears_no_count() {
    let (server, john) = house().await;
    let signed_in = login(&server, "john", PASSWORD).await.expect("good");
    for _ in 0..3 {
        refused(login(&server, "john", "wrong").await);
    }
    let caller = super::check(&server, &signed_in.secret).await.expect("live");
    let op = server.visitor(&surface().door);
    server.identity.sessions.sign_out(&op, &caller).await.expect("ended");
    server.advance(Duration::from_hours(23));
    server.identity.tidy(&server.operator()).await.expect("tidied");
    assert_eq!(count(&server, &john).await.map(|count| count.failures), Some(3));
}

/// security 1, counter-reset: tries that are still under way stay counted, since how they end is not known yet.
#[tokio::test]
async fn a_good_login_leaves_tries_under_way_counted() {
    let (server, john) = house().await;
    under_way(&server, &john, 2).await;
    login(&server, "john", PASSWORD).await.expect("good");
    let count = count(&server, &john).await.expect("a count");
    assert_eq!((count.failures, count.in_flight), (2, 2));
}

/// A password set by an operator is not locked by those who guessed at the old one.
#[tokio::test]
async fn a_new_password_clears_the_count() {
    let (server, john) = house().await;
    for _ in 0..5 {
        refused(login(&server, "john", "wrong").await);
    }
    let given = NewPassword::Given("battery staple".to_owned().into());
    server.identity.accounts.set_password(&server.operator(), &john, given).await.expect("set");
    login(&server, "john", "battery staple").await.expect("good");
}

/// A day without a try clears a count, of a known name and of an unknown one alike.
#[tokio::test]
async fn a_count_of_yesterday_begins_anew() {
    let (server, _) = house().await;
    for name in ["john", "nobody"] {
        for _ in 0..5 {
            refused(login(&server, name, "wrong").await);
        }
    }
    server.advance(Duration::from_hours(24));
    for name in ["john", "nobody"] {
        for _ in 0..5 {
            assert_eq!(refused(login(&server, name, "wrong").await), ErrorKind::InvalidCredentials, "{name}");
        }
        assert!(
            matches!(refused(login(&server, name, "wrong").await), ErrorKind::Throttled { .. }),
            "{name}"
        );
    }
}

/// What is kept of an unknown name is kept for a day after the last try, then forgotten.
#[tokio::test]
async fn unknown_names_are_forgotten_after_a_day() {
    let server = TestServer::start();
    refused(login(&server, "Nobody", "wrong").await);
    let digest = MasterKey::new([7; 32]).keyed_digest(Purpose::UnknownName, b"nobody");
    let known = async || {
        server.identity.tidy(&server.operator()).await.expect("tidied");
        server.store().throttle(&Bucket::UnknownName(digest)).await.expect("an answer").is_some()
    };
    server.advance(Duration::from_hours(24));
    assert!(known().await);
    // A try counts as under way for its first minute.
    server.advance(Duration::from_mins(1) + Duration::from_millis(1));
    assert!(!known().await);
}

/// Once the wait is over one try is made, not one more, however many come at once.
#[tokio::test(flavor = "multi_thread")]
async fn after_the_wait_one_guess_is_made() {
    let (server, _) = house().await;
    for _ in 0..5 {
        refused(login(&server, "john", "wrong").await);
    }
    server.advance(Duration::from_secs(5));
    assert_eq!(guesses(&[&server], (0..20).map(|_| "john".to_owned())).await, 1);
}

/// Counts so many tries as under way, as a process that is hashing does.
async fn under_way(server: &TestServer, user: &User, tries: u32) {
    let now = server.operator().now;
    let next = Throttle {
        failures: tries,
        in_a_row: tries,
        in_flight: tries,
        in_flight_until: now + Duration::from_mins(1),
        last_failure: now,
        version: 1,
    };
    let reserve = Change::Reserve { bucket: Bucket::User(user.number), seen: None, next };
    server.store().commit(Commit { changes: vec![reserve], events: vec![] }).await.expect("reserved");
}

/// design, "Storage": a crash between the two commits of a login leaves a counted failure.
#[tokio::test]
async fn a_login_cut_off_by_a_crash_counts_as_a_failure() {
    let (server, john) = house().await;
    under_way(&server, &john, 5).await;
    server.advance(Duration::from_mins(1));
    assert_eq!(refused(login(&server, "john", "wrong").await), ErrorKind::InvalidCredentials);
    let retry_after = Duration::from_secs(10);
    assert_eq!(refused(login(&server, "john", PASSWORD).await), ErrorKind::Throttled { retry_after });
}

/// `[limits] account_failures_free`.
#[tokio::test]
async fn the_number_of_free_failures_is_a_setting() {
    let server = TestServer::with("[limits]\naccount_failures_free = 1\n");
    server.user("john", PASSWORD).await;
    refused(login(&server, "john", "wrong").await);
    let retry_after = Duration::from_secs(5);
    assert_eq!(refused(login(&server, "john", PASSWORD).await), ErrorKind::Throttled { retry_after });
    server.advance(retry_after);
    login(&server, "john", PASSWORD).await.expect("good");
}
