//! After 100 failures in a row the password is not taken any more, but for where its owner is known (NIST SP 800-63B-4,
//! 3.2.2).

use std::net::Ipv4Addr;
use std::time::Duration;

use identity::audit::EventKind;
use identity::user::User;
use identity::user::restore::{ForgottenPassword, RestoreStep};
use identity::{ErrorKind, NewPassword};
use testkit::TestServer;

use super::{PASSWORD, caller, count, login_from, op_of, refused, surface, told};

const HOME: &str = "192.0.2.7";
const AWAY: &str = "198.51.100.9";
const WRONG: ErrorKind = ErrorKind::InvalidCredentials;

/// A server at which `john` signed in at home, and then so many wrong passwords came in a row from elsewhere.
async fn after(failures: u32) -> (TestServer, User) {
    let server = TestServer::start();
    let john = server.user("john", PASSWORD).await;
    login_from(&server, HOME, "john", PASSWORD).await.expect("good");
    guess(&server, "john", failures).await;
    (server, john)
}

/// From a new address each time, and as slowly as it takes to never wait.
async fn guess(server: &TestServer, name: &str, failures: u32) {
    for number in 0..failures {
        let address = Ipv4Addr::from(0x0a00_0000 + number).to_string();
        assert_eq!(refused(login_from(server, &address, name, "wrong").await), WRONG, "{number}");
        server.advance(Duration::from_mins(15));
    }
}

async fn by(server: &TestServer, address: &str, password: &str) -> Result<(), ErrorKind> {
    server.advance(Duration::from_mins(15));
    login_from(server, address, "john", password).await.map(|_| ()).map_err(|error| error.kind())
}

/// security 2, no. 10.
#[tokio::test]
async fn the_hundredth_failure_in_a_row_stops_the_password_but_for_where_its_owner_is_known() {
    let (server, john) = after(99).await;
    assert_eq!(count(&server, &john).await.map(|count| count.in_a_row), Some(99));
    assert_eq!(by(&server, AWAY, "wrong").await, Err(WRONG));
    // A stranger is told what everybody is told, by whatever process and for however long.
    for _ in 0..3 {
        assert_eq!(by(&server, AWAY, PASSWORD).await, Err(WRONG));
        server.advance(Duration::from_hours(25));
    }
    assert_eq!(by(&server.restarted_with(""), "203.0.113.5", PASSWORD).await, Err(WRONG));
    assert_eq!(by(&server, HOME, PASSWORD).await, Ok(()));
    assert_eq!(
        by(&server, AWAY, PASSWORD).await,
        Err(WRONG),
        "a good login at home reopens nothing to others"
    );
}

#[tokio::test]
async fn the_hundredth_try_in_a_row_is_taken() {
    let (server, john) = after(99).await;
    assert_eq!(by(&server, AWAY, PASSWORD).await, Ok(()));
    assert_eq!(count(&server, &john).await.map(|count| count.in_a_row), Some(0));
}

/// Five guesses a day would be guesses without an end otherwise.
#[tokio::test]
async fn a_day_of_silence_does_not_begin_the_number_anew() {
    let (server, _) = after(99).await;
    server.advance(Duration::from_hours(48));
    assert_eq!(by(&server, AWAY, "wrong").await, Err(WRONG));
    assert_eq!(by(&server, AWAY, PASSWORD).await, Err(WRONG));
}

/// Enumeration: nothing shows that a password was stopped, since a name that nobody has waits and answers alike.
#[tokio::test]
async fn a_stopped_account_waits_and_answers_like_a_name_that_nobody_has() {
    let (server, _) = after(100).await;
    guess(&server, "nobody", 100).await;
    for name in ["john", "nobody"] {
        let mut answers = Vec::new();
        for _ in 0..2 {
            server.advance(Duration::from_hours(25));
            for _ in 0..7 {
                answers.push(refused(login_from(&server, AWAY, name, PASSWORD).await));
            }
        }
        let wait = ErrorKind::Throttled { retry_after: Duration::from_secs(5) };
        assert_eq!(answers, [[WRONG; 5].as_slice(), &[wait; 2]].concat().repeat(2), "{name}");
    }
}

/// security 2, no. 10.
#[tokio::test]
async fn a_mailed_reset_reopens_the_password() {
    let (server, _) = after(100).await;
    let op = server.visitor(&surface().door);
    let (email, captcha) = ("john@example.org".to_owned(), String::new());
    let forgotten = ForgottenPassword { email, captcha, return_to: None };
    server.identity.accounts.forgot_password(&op, forgotten).await.expect("taken");
    let mails = server.mails().await;
    let token = mails.iter().rev().find_map(|mail| mail.token.clone()).expect("a ticket").secret;
    let new = "battery staple".to_owned();
    let restored = server.identity.accounts.restore_password(
        &op,
        RestoreStep::Mailed,
        token.expose(),
        new.clone().into(),
    );
    restored.await.expect("restored");
    login_from(&server, AWAY, "john", &new).await.expect("good");
}

#[tokio::test]
async fn a_password_set_by_an_operator_is_open() {
    let (server, john) = after(100).await;
    let given = NewPassword::Given("battery staple".to_owned().into());
    server.identity.accounts.set_password(&server.operator(), &john, given).await.expect("set");
    login_from(&server, AWAY, "john", "battery staple").await.expect("good");
}

/// A device with an earlier good login is a session that lives, wherever it went.
#[tokio::test]
async fn a_live_session_still_confirms_its_owner() {
    let server = TestServer::start();
    server.user("john", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    guess(&server, "john", 100).await;
    let mut op = op_of(&server, &john);
    op.origin.address = Some(AWAY.parse().expect("an address"));
    let password = zeroize::Zeroizing::new(PASSWORD.to_owned());
    server.identity.sign_in.confirm(&op, &surface(), &john, &password).await.expect("good");
    assert_eq!(by(&server, AWAY, PASSWORD).await, Err(WRONG));
}

#[tokio::test]
async fn the_stop_is_recorded_once_and_the_refusals_after_it_say_so() {
    let (server, _) = after(100).await;
    by(&server, AWAY, PASSWORD).await.expect_err("stopped");
    let told = told(&server, 0).await;
    let stops = told.iter().filter(|(kind, _)| *kind == EventKind::PasswordStopped).count();
    assert_eq!(stops, 1);
    let last = told.iter().rev().find(|(kind, _)| *kind == EventKind::SignInFailed);
    assert_eq!(last.map(|(_, detail)| detail.as_str()), Some("password stopped"));
}
