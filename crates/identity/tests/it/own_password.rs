//! A user changes the own password (design, "Decided once": the acting session lives, the others end when asked; what
//! is in flight with the old one loses).

use std::time::Duration;

use identity::audit::EventKind;
use identity::{Caller, ChangePassword, ErrorKind, NewPassword, Result};
use testkit::{CHEAP_HASHES, TestServer};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::{PASSWORD, caller, check, house, live, login, op_of, refused, told};

const NEW: &str = "battery staple";

async fn change(server: &TestServer, caller: &Caller, old: &str, new: &str, end_others: bool) -> Result<()> {
    let change = ChangePassword::new(old, new, end_others);
    server.identity.accounts.change_password(&op_of(server, caller), caller, change).await
}

#[tokio::test]
async fn the_new_password_signs_in_and_the_old_one_does_not() {
    let (server, john) = house().await;
    let acting = login(&server, "john", PASSWORD).await.expect("good");
    let other = login(&server, "john", PASSWORD).await.expect("good");
    let before = server.events().await.len();
    let caller = check(&server, &acting.secret).await.expect("live");
    change(&server, &caller, PASSWORD, NEW, false).await.expect("changed");

    assert_eq!(told(&server, before).await, [(EventKind::PasswordChanged, String::new())]);
    assert!(check(&server, &acting.secret).await.is_ok(), "the acting session lives");
    assert!(check(&server, &other.secret).await.is_ok(), "the others end only when asked to");
    assert_eq!(refused(login(&server, "john", PASSWORD).await), ErrorKind::InvalidCredentials);
    assert!(login(&server, "john", NEW).await.is_ok());
    let now = server.identity.accounts.find(&john.id.to_string()).await.expect("john");
    assert!(now.credential_version > john.credential_version);
}

/// security 2, no. 26.
#[tokio::test]
async fn the_others_end_by_every_door_when_asked_and_the_acting_session_does_not() {
    let (server, john) = house().await;
    let acting = caller(&server, "john", PASSWORD).await;
    let other = login(&server, "john", PASSWORD).await.expect("good");
    let before = server.events().await.len();
    change(&server, &acting, PASSWORD, NEW, true).await.expect("changed");
    assert_eq!(refused(check(&server, &other.secret).await), ErrorKind::CredentialInvalid);
    assert_eq!(live(&server, &john).await, 1);
    let expected = [(EventKind::PasswordChanged, ""), (EventKind::SessionsEnded, "password_changed")];
    assert!(told(&server, before).await.iter().map(|(kind, detail)| (*kind, detail.as_str())).eq(expected));
}

/// security 2, no. 15.
#[tokio::test]
async fn whoever_had_to_choose_a_password_has_chosen_one() {
    let server = TestServer::start();
    server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let ann = caller(&server, "ann", PASSWORD).await;
    assert!(ann.user.must_change_password);
    change(&server, &ann, PASSWORD, NEW, false).await.expect("changed");
    assert!(!caller(&server, "ann", NEW).await.user.must_change_password);
}

/// Guessing at the old password is guessing: counted with failed logins, told, and throttled.
/// security 2, no. 14.
#[tokio::test]
async fn a_wrong_old_password_is_a_failed_try_like_any_other() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let before = server.events().await.len();
    for _ in 0..3 {
        assert_eq!(refused(change(&server, &john, "wrong", NEW, false).await), ErrorKind::OldPasswordWrong);
    }
    assert_eq!(
        told(&server, before).await,
        vec![(EventKind::PasswordChangeFailed, "wrong password".to_owned()); 3]
    );
    for _ in 0..2 {
        assert_eq!(refused(login(&server, "john", "wrong").await), ErrorKind::InvalidCredentials);
    }
    let retry_after = Duration::from_secs(5);
    for old in ["wrong", PASSWORD] {
        let kind = refused(change(&server, &john, old, NEW, false).await);
        assert_eq!(kind, ErrorKind::Throttled { retry_after }, "{old}");
    }
    server.advance(retry_after);
    change(&server, &john, PASSWORD, NEW, false).await.expect("changed");
    // The good one cleared the count.
    for _ in 0..5 {
        assert_eq!(refused(login(&server, "john", "wrong").await), ErrorKind::InvalidCredentials);
    }
}

#[tokio::test]
async fn a_new_password_that_cannot_be_costs_no_try() {
    let server = TestServer::with(&format!("[password]\n{CHEAP_HASHES}min_length = 10\n"));
    server.user("john", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    let long = "x".repeat(4097);
    for _ in 0..7 {
        let kind = refused(change(&server, &john, "wrong", "nine char", false).await);
        assert_eq!(kind, ErrorKind::PasswordTooShort { min_length: 10 });
        assert_eq!(refused(change(&server, &john, "wrong", &long, false).await), ErrorKind::PasswordTooLong);
        assert_eq!(refused(change(&server, &john, &long, NEW, false).await), ErrorKind::PasswordTooLong);
    }
    change(&server, &john, PASSWORD, "ten chars!", false).await.expect("changed");
}

#[tokio::test]
async fn where_passwords_are_not_taken_none_is_compared() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let server = server.restarted_with(&format!("[password]\n{CHEAP_HASHES}sign_in = false\n"));
    for old in [PASSWORD, "wrong"] {
        let kind = refused(change(&server, &john, old, NEW, false).await);
        assert_eq!(kind, ErrorKind::PasswordSignInDisabled);
    }
}

/// What was recognised before is not what holds now: a password set meanwhile is not replaced.
#[tokio::test]
async fn a_change_that_the_operator_overtook_loses() {
    let (server, user) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let accounts = &server.identity.accounts;
    let given = NewPassword::Given(Zeroizing::new(PASSWORD.to_owned()));
    accounts.set_password(&server.operator(), &user, given).await.expect("set");
    assert_eq!(refused(change(&server, &john, PASSWORD, NEW, false).await), ErrorKind::OldPasswordWrong);
    assert!(login(&server, "john", PASSWORD).await.is_ok());

    let john = caller(&server, "john", PASSWORD).await;
    accounts.suspend(&server.operator(), &john.user).await.expect("suspended");
    assert_eq!(refused(change(&server, &john, PASSWORD, NEW, false).await), ErrorKind::OldPasswordWrong);
}

/// Logins under way with the old password: each has a session that ended with the change, or none.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_login_with_the_old_password_outlives_a_change_that_ends_the_others() {
    for _ in 0..5 {
        let (server, john) = house().await;
        let acting = caller(&server, "john", PASSWORD).await;
        let mut logins = JoinSet::new();
        for _ in 0..20 {
            logins.spawn(login(&server, "john", PASSWORD));
        }
        change(&server, &acting, PASSWORD, NEW, true).await.expect("changed");
        while let Some(outcome) = logins.join_next().await {
            if let Err(error) = outcome.expect("no panic") {
                assert!(
                    matches!(error.kind(), ErrorKind::InvalidCredentials | ErrorKind::Throttled { .. }),
                    "{error:?}"
                );
            }
        }
        assert_eq!(live(&server, &john).await, 1, "only the acting session");
    }
}
