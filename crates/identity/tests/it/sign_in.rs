//! Logins that succeed, and what they leave behind (security 1, session-fixation; security 1, first-run; design, "A password sign-in is two commits").

use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use identity::ErrorKind;
use identity::ports::Store as _;
use identity::user::LoginKey;
use testkit::TestServer;
use tokio::task::JoinSet;

use super::{PASSWORD, check, count, house, live, log_in, login, refused, session_of, surface};

/// security 1, first-run: an empty database lets nobody in.
/// security 2, no. 18.
#[tokio::test]
async fn an_empty_database_accepts_no_login() {
    let server = TestServer::start();
    assert!(server.identity.accounts.is_empty().await.expect("an answer"));
    for name in ["admin", "root", "vestibule", "admin@example.org", "1", ""] {
        for password in ["", "admin", "password", "vestibule", "root"] {
            let kind = refused(login(&server, name, password).await);
            assert_eq!(kind, ErrorKind::InvalidCredentials, "{name} {password}");
        }
    }
    assert!(server.identity.accounts.is_empty().await.expect("an answer"), "a login made a user");
}

/// security 1, session-fixation: every login is a session with a secret of its own.
/// security 2, no. 21; security 2, no. 22.
#[tokio::test]
async fn every_login_has_a_new_secret() {
    let (server, john) = house().await;
    let mut secrets = HashSet::new();
    for _ in 0..20 {
        let signed_in = login(&server, "john", PASSWORD).await.expect("good");
        assert!(secrets.insert(signed_in.secret.expose().to_owned()));
        assert_eq!(session_of(&check(&server, &signed_in.secret).await.expect("live")), signed_in.session.id);
    }
    assert_eq!(live(&server, &john).await, 20);
}

/// security 1, session-fixation: what opened nothing before a login opens nothing after it, nor does what was ended.
#[tokio::test]
async fn nothing_from_before_a_login_is_valid_after_it() {
    let (server, _) = house().await;
    let planted = identity::Secret::presented(&"a".repeat(64)).expect("plausible");
    assert_eq!(refused(check(&server, &planted).await), ErrorKind::CredentialInvalid);
    let ended = login(&server, "john", PASSWORD).await.expect("good").secret;
    let caller = check(&server, &ended).await.expect("live");
    server.identity.sessions.sign_out(&server.visitor(&surface().door), &caller).await.expect("ended");

    login(&server, "john", PASSWORD).await.expect("good");
    for secret in [&planted, &ended] {
        assert_eq!(refused(check(&server, secret).await), ErrorKind::CredentialInvalid);
    }
}

/// Starts so many right logins at once and counts those that succeed.
async fn right_logins(server: &TestServer, times: usize) -> usize {
    let mut logins = JoinSet::new();
    for _ in 0..times {
        logins.spawn(login(server, "john", PASSWORD));
    }
    logins.join_all().await.into_iter().filter(Result::is_ok).count()
}

/// design, "Storage": a reservation that meets a busy account waits its turn; only real failures delay.
#[tokio::test(flavor = "multi_thread")]
async fn thirty_right_logins_at_once_all_succeed() {
    let (server, john) = house().await;
    assert_eq!(right_logins(&server, 30).await, 30);
    assert_eq!(live(&server, &john).await, 30);
    let count = count(&server, &john).await.expect("a count");
    assert_eq!((count.failures, count.in_flight), (0, 0));
}

/// The same with one free place left, and with none after the wait.
#[tokio::test(flavor = "multi_thread")]
async fn right_logins_after_failures_take_turns_and_succeed() {
    let (server, _) = house().await;
    for (failures, wait) in [(4, 0), (5, 5)] {
        for _ in 0..failures {
            refused(login(&server, "john", "wrong").await);
        }
        server.advance(Duration::from_secs(wait));
        assert_eq!(right_logins(&server, 20).await, 20, "after {failures} failures");
    }
}

/// The same by two processes on one database.
#[tokio::test(flavor = "multi_thread")]
async fn right_logins_at_two_processes_all_succeed() {
    let (server, john) = house().await;
    let other = server.restarted_with("");
    let (here, there) = tokio::join!(right_logins(&server, 15), right_logins(&other, 15));
    assert_eq!((here, there), (15, 15));
    assert_eq!(live(&server, &john).await, 30);
}

/// A client that goes away leaves the account usable: what it began is settled without it.
#[tokio::test]
async fn a_cancelled_login_is_settled() {
    let (server, john) = house().await;
    for (password, settled_by_then) in [(PASSWORD, 4), ("wrong", 8)] {
        for _ in 0..4 {
            // One poll starts it, and dropping it then is all that a closed connection does.
            let mut began = pin!(login(&server, "john", password));
            assert!(poll_fn(|context| Poll::Ready(began.as_mut().poll(context).is_pending())).await);
        }
        let recorded = async || server.events().await.iter().filter(|event| event.door.is_some()).count();
        let settled = async {
            while recorded().await < settled_by_then {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), settled).await.expect("settled");
    }
    // Four good ones that nobody hears of, then four bad ones: one more is free, and a good one clears them.
    assert_eq!(live(&server, &john).await, 4);
    let counted = count(&server, &john).await.expect("a count");
    assert_eq!((counted.failures, counted.in_flight), (4, 0));
    login(&server, "john", PASSWORD).await.expect("good");
    assert_eq!(count(&server, &john).await.map(|count| count.failures), Some(0));
}

/// Limits of sessions hold however many logins come at once.
/// security 2, no. 29.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_logins_at_once_as_many_succeed_as_there_may_be_sessions() {
    let (server, john) = house().await;
    let limited = identity::Surface { limit_per_user: Some(3), ..surface() };
    let mut logins = JoinSet::new();
    for _ in 0..20 {
        let (identity, limited, op) =
            (server.identity.clone(), limited.clone(), server.visitor(&limited.door));
        let command = identity::PasswordSignIn {
            name: "john".to_owned(),
            password: PASSWORD.to_owned(),
            presented: None,
            end_others: false,
        };
        logins.spawn(async move { identity.sign_in.with_password(&op, &limited, command).await });
    }
    let (good, bad): (Vec<_>, Vec<_>) = logins.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(good.len(), 3);
    for outcome in bad {
        assert_eq!(refused(outcome), ErrorKind::SessionLimit);
    }
    assert_eq!(live(&server, &john).await, 3);
}

/// The stored hash of `john`'s password.
async fn hash(server: &TestServer) -> String {
    let key = LoginKey::of("john").expect("a key");
    let credentials = server.store().credentials(&key).await.expect("an answer").expect("john");
    credentials.password.expect("a hash")
}

const COSTLIER: &str = "[password]\nmemory_kib = 16\niterations = 2\nhash_threads = 2\n";

/// A hash of another cost is made anew at the next good login, and nothing else changes by it.
/// security 2, no. 8.
#[tokio::test]
async fn a_hash_of_another_cost_is_renewed_at_a_good_login() {
    let (server, john) = house().await;
    let open = login(&server, "john", PASSWORD).await.expect("good").secret;
    let old = hash(&server).await;
    assert!(old.contains("m=8,t=1,p=1"), "{old}");

    let server = server.restarted_with(COSTLIER);
    refused(login(&server, "john", "wrong").await);
    assert_eq!(hash(&server).await, old, "a wrong password renewed it");
    login(&server, "john", PASSWORD).await.expect("good");
    let new = hash(&server).await;
    assert!(new.contains("m=16,t=2,p=1"), "{new}");

    let after = server.identity.accounts.find("john").await.expect("john");
    assert_eq!(after.credential_version, john.credential_version);
    assert_eq!(live(&server, &john).await, 2);
    check(&server, &open).await.expect("live");
    login(&server, "john", PASSWORD).await.expect("good");
    assert_eq!(hash(&server).await, new, "one of today's cost was renewed");
}

/// Logins at once that all find the old hash all succeed.
#[tokio::test(flavor = "multi_thread")]
async fn logins_at_once_that_renew_a_hash_all_succeed() {
    let (server, _) = house().await;
    let server = server.restarted_with(COSTLIER);
    assert_eq!(right_logins(&server, 20).await, 20);
    assert!(hash(&server).await.contains("m=16,t=2,p=1"));
    login(&server, "john", PASSWORD).await.expect("good");
}

/// A session opened long ago and one of a moment ago are told apart by their time.
#[tokio::test]
async fn a_login_takes_its_time_from_the_request() {
    let (server, john) = house().await;
    let early = server.visitor(&surface().door);
    server.advance(Duration::from_hours(1));
    let signed_in = log_in(&server.identity, early.clone(), "john", PASSWORD).await.expect("good");
    assert_eq!(signed_in.session.created, early.now);
    let user = server.identity.accounts.find("john").await.expect("john");
    assert_eq!((john.last_sign_in, user.last_sign_in), (None, Some(early.now)));
}
