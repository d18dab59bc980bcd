//! Failed logins by where they come from (security 1, count-first; security 1, counter-reset; security 1, client-address: IPv6 per /64).

use std::time::Duration;

use identity::audit::EventKind;
use identity::{ErrorKind, NewPassword};
use testkit::TestServer;
use tokio::task::JoinSet;

use super::{PASSWORD, count, house, login, login_from, refused, told};

const HOME: &str = "192.0.2.7";
const AWAY: &str = "198.51.100.9";
const ELSEWHERE: &str = "203.0.113.5";
const WRONG: ErrorKind = ErrorKind::InvalidCredentials;

fn throttled(seconds: u64) -> ErrorKind {
    ErrorKind::Throttled { retry_after: Duration::from_secs(seconds) }
}

async fn wrong(server: &TestServer, address: &str, name: &str) -> ErrorKind {
    refused(login_from(server, address, name, "wrong").await)
}

fn with_free(of_address: u32) -> TestServer {
    TestServer::with(&format!("[limits]\naddress_failures_per_hour = {of_address}\n"))
}

/// ASVS 6.1.1: whoever guesses keeps the owner out neither of the account nor, in the end, of the password.
/// security 2, no. 10.
#[tokio::test]
async fn whoever_guesses_does_not_keep_the_owner_out() {
    let (server, john) = house().await;
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    for _ in 0..5 {
        assert_eq!(wrong(&server, AWAY, "john").await, WRONG);
    }
    assert_eq!(refused(login_from(&server, AWAY, "john", PASSWORD).await), throttled(5));
    assert_eq!(refused(login_from(&server, ELSEWHERE, "john", PASSWORD).await), throttled(5));
    for _ in 0..3 {
        login_from(&server, HOME, "john", PASSWORD).await.expect("known there");
    }
    // The guesser is where it was.
    assert_eq!(count(&server, &john).await.map(|count| count.failures), Some(5));
    assert_eq!(refused(login_from(&server, AWAY, "john", PASSWORD).await), throttled(5));
}

#[tokio::test]
async fn whoever_guesses_waits_longer_than_others_at_the_same_account() {
    let (server, _) = house().await;
    for _ in 0..5 {
        wrong(&server, AWAY, "john").await;
    }
    for (of_guesser, of_account) in [(15, 10), (45, 20), (135, 40)] {
        server.advance(Duration::from_hours(1));
        assert_eq!(wrong(&server, AWAY, "john").await, WRONG);
        assert_eq!(wrong(&server, AWAY, "john").await, throttled(of_guesser));
        assert_eq!(wrong(&server, ELSEWHERE, "john").await, throttled(of_account));
    }
}

/// A known place is no second supply of guesses: what failed there counts there, whichever process saw it.
#[tokio::test]
async fn a_known_place_has_as_many_guesses_as_any_other_at_all_processes_together() {
    let (server, _) = house().await;
    let other = server.restarted_with("");
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    for number in 0..5 {
        let server = [&server, &other][number % 2];
        assert_eq!(wrong(server, HOME, "john").await, WRONG);
    }
    for server in [&server, &other] {
        assert_eq!(wrong(server, HOME, "john").await, throttled(5));
    }
    assert_eq!(wrong(&server.restarted_with(""), HOME, "john").await, throttled(5));
}

/// At the place where somebody is known guesses are counted while the account waits because of others.
#[tokio::test(flavor = "multi_thread")]
async fn of_50_guesses_at_once_from_a_known_place_five_reach_the_hash() {
    let (server, _) = house().await;
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    for _ in 0..5 {
        wrong(&server, AWAY, "john").await;
    }
    let other = server.restarted_with("");
    let mut tries = JoinSet::new();
    for number in 0..50 {
        let server = [&server, &other][number % 2];
        tries.spawn(login_from(server, HOME, "john", "wrong"));
    }
    let told = tries.join_all().await.into_iter().map(refused).filter(|kind| *kind == WRONG).count();
    assert_eq!(told, 5);
}

/// What somebody mistyped is forgiven by the good login that follows, however often.
#[tokio::test]
async fn a_good_login_clears_what_failed_at_the_place() {
    let (server, john) = house().await;
    for _ in 0..5 {
        for _ in 0..4 {
            assert_eq!(wrong(&server, HOME, "john").await, WRONG);
        }
        login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    }
    for _ in 0..5 {
        wrong(&server, AWAY, "john").await;
    }
    for _ in 0..4 {
        assert_eq!(wrong(&server, HOME, "john").await, WRONG);
    }
    login_from(&server, HOME, "john", PASSWORD).await.expect("known there");
    assert_eq!(count(&server, &john).await.map(|count| count.failures), Some(5));
}

/// Whoever knew the old password is not known by the new one.
#[tokio::test]
async fn known_places_are_forgotten_with_the_old_password() {
    let (server, john) = house().await;
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    let given = NewPassword::Given("battery staple".to_owned().into());
    server.identity.accounts.set_password(&server.operator(), &john, given).await.expect("set");
    for _ in 0..5 {
        wrong(&server, AWAY, "john").await;
    }
    assert_eq!(refused(login_from(&server, HOME, "john", "battery staple").await), throttled(5));
    server.advance(Duration::from_secs(5));
    login_from(&server, HOME, "john", "battery staple").await.expect("good");
    for _ in 0..5 {
        wrong(&server, ELSEWHERE, "john").await;
    }
    login_from(&server, HOME, "john", "battery staple").await.expect("known again");
}

/// A place is known for 90 days after the last login from there.
#[tokio::test]
async fn a_place_that_nobody_came_back_to_is_forgotten() {
    let (server, _) = house().await;
    let day = Duration::from_hours(24);
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    server.advance(day * 60);
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    for (days, known) in [(90, true), (1, false)] {
        server.advance(day * days);
        server.identity.tidy(&server.operator()).await.expect("tidied");
        for _ in 0..5 {
            wrong(&server, AWAY, "john").await;
        }
        // Not a login, which would make it known for longer.
        assert_eq!(wrong(&server, HOME, "john").await == WRONG, known);
        server.advance(day);
    }
}

/// ASVS 6.3.1: one address that tries many accounts; a burst of 50.
#[tokio::test(flavor = "multi_thread")]
async fn of_50_guesses_at_once_from_one_address_at_many_accounts_ten_reach_the_hash() {
    let server = with_free(10);
    server.user("john", PASSWORD).await;
    let mut tries = JoinSet::new();
    for number in 0..50 {
        tries.spawn(login_from(&server, AWAY, &format!("nobody-{number}"), "wrong"));
    }
    let told = tries.join_all().await.into_iter().map(refused).filter(|kind| *kind == WRONG).count();
    assert_eq!(told, 10);
    assert_eq!(refused(login_from(&server, AWAY, "john", PASSWORD).await), throttled(5));
    login_from(&server, ELSEWHERE, "john", PASSWORD).await.expect("good");
}

/// Which guesses at accounts of their own are counted together.
async fn shared(first: &str, second: &str) -> bool {
    let server = with_free(1);
    assert_eq!(wrong(&server, first, "ann").await, WRONG);
    wrong(&server, second, "bob").await != WRONG
}

/// security 1, client-address: IPv6 per /64.
#[tokio::test]
async fn an_ipv6_network_and_a_mapped_ipv4_address_are_one_place() {
    assert!(shared("2001:db8:1:2::1", "2001:db8:1:2:ffff::9").await);
    assert!(shared(HOME, "::ffff:192.0.2.7").await);
    assert!(!shared("2001:db8:1:2::1", "2001:db8:1:3::1").await);
    assert!(!shared(HOME, "192.0.2.8").await);
}

/// security 1, counter-reset: who has one good account would guess at all others with it.
#[tokio::test]
async fn a_good_login_clears_no_count_of_its_address() {
    let server = with_free(3);
    server.user("jane", PASSWORD).await;
    for name in ["ann", "bob"] {
        assert_eq!(wrong(&server, AWAY, name).await, WRONG);
        login_from(&server, AWAY, "jane", PASSWORD).await.expect("good");
    }
    assert_eq!(wrong(&server, AWAY, "eve").await, WRONG);
    assert_eq!(wrong(&server, AWAY, "mel").await, throttled(5));
}

/// An office behind one address in which somebody guesses.
#[tokio::test]
async fn who_is_known_at_an_address_does_not_wait_with_it() {
    let server = with_free(3);
    for name in ["john", "jane"] {
        server.user(name, PASSWORD).await;
    }
    login_from(&server, AWAY, "jane", PASSWORD).await.expect("good");
    for name in ["ann", "bob", "eve"] {
        wrong(&server, AWAY, name).await;
    }
    login_from(&server, AWAY, "jane", PASSWORD).await.expect("known there");
    assert_eq!(refused(login_from(&server, AWAY, "john", PASSWORD).await), throttled(5));
    assert_eq!(wrong(&server, AWAY, "nobody").await, throttled(5));
}

#[tokio::test]
async fn an_address_waits_longer_and_longer_and_is_forgiven_evenly_over_an_hour() {
    let server = with_free(2);
    let mut name = 0;
    let mut next = async || {
        name += 1;
        wrong(&server, AWAY, &format!("nobody-{name}")).await
    };
    assert_eq!([next().await, next().await, next().await], [WRONG, WRONG, throttled(5)]);
    for (over, wait) in [(5, 10), (10, 20)] {
        server.advance(Duration::from_secs(over));
        assert_eq!([next().await, next().await], [WRONG, throttled(wait)]);
    }
    // One of four is forgiven in half an hour, and the rest in as much again each.
    server.advance(Duration::from_mins(31));
    assert_eq!([next().await, next().await], [WRONG, throttled(20)]);
    server.advance(Duration::from_mins(121));
    assert_eq!([next().await, next().await, next().await], [WRONG, WRONG, throttled(5)]);
}

/// The issue: "Many correct logins of one service account at once wait their turn and are not refused."
#[tokio::test(flavor = "multi_thread")]
async fn of_100_good_logins_of_one_account_at_once_none_is_refused() {
    let server = with_free(4);
    server.user("robot", PASSWORD).await;
    let mut logins = JoinSet::new();
    for _ in 0..100 {
        logins.spawn(login(&server, "robot", PASSWORD));
    }
    for outcome in logins.join_all().await {
        outcome.expect("good");
    }
}

/// One event for each wait, none for what is refused while it lasts: a flood does not grow the table.
#[tokio::test]
async fn a_wait_is_recorded_when_it_begins() {
    let server = with_free(6);
    server.user("john", PASSWORD).await;
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    let waits = async || -> Vec<String> {
        let told = told(&server, 0).await;
        told.into_iter().filter(|(kind, _)| *kind == EventKind::WaitBegan).map(|(_, detail)| detail).collect()
    };
    for _ in 0..30 {
        wrong(&server, AWAY, "john").await;
    }
    assert_eq!(waits().await, ["account"]);
    for _ in 0..30 {
        wrong(&server, AWAY, "nobody").await;
    }
    assert_eq!(waits().await, ["account", "address"]);
    for _ in 0..30 {
        wrong(&server, HOME, "john").await;
    }
    assert_eq!(waits().await, ["account", "address", "account, from a known place"]);
}
