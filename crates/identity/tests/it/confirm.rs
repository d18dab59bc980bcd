//! A login that is made fresh again (ASVS 7.2.4, 7.5.1).

use std::time::Duration;

use identity::audit::EventKind;
use identity::{Caller, ErrorKind, NewPassword, Result, SignedIn};
use testkit::{CHEAP_HASHES, TestServer};
use zeroize::Zeroizing;

use super::{PASSWORD, caller, check, count, house, live, login, op_of, refused, surface, told};

async fn confirm(server: &TestServer, caller: &Caller, password: &str) -> Result<SignedIn> {
    let password = Zeroizing::new(password.to_owned());
    server.identity.sign_in.confirm(&op_of(server, caller), &surface(), caller, &password).await
}

/// security 1, session-fixation: the secret from before is no good after it.
#[tokio::test]
async fn a_confirmed_session_is_a_new_one_and_the_old_one_is_over() {
    let (server, john) = house().await;
    let old = login(&server, "john", PASSWORD).await.expect("good");
    let caller = check(&server, &old.secret).await.expect("live");
    server.advance(Duration::from_mins(11));
    assert!(!caller.is_fresh(&op_of(&server, &caller)));
    let before = server.events().await.len();
    let new = confirm(&server, &caller, PASSWORD).await.expect("good");
    assert_eq!(refused(check(&server, &old.secret).await), ErrorKind::CredentialInvalid);
    let caller = check(&server, &new.secret).await.expect("live");
    assert!(caller.is_fresh(&op_of(&server, &caller)));
    assert_eq!(live(&server, &john).await, 1);
    let expected = [(EventKind::SignedIn, "confirmed"), (EventKind::SessionEnded, "replaced")];
    assert!(told(&server, before).await.iter().map(|(kind, detail)| (*kind, detail.as_str())).eq(expected));
}

#[tokio::test]
async fn a_wrong_confirmation_is_a_failed_try_like_any_other() {
    let (server, john) = house().await;
    let caller = caller(&server, "john", PASSWORD).await;
    let before = server.events().await.len();
    for _ in 0..5 {
        assert_eq!(refused(confirm(&server, &caller, "wrong").await), ErrorKind::OldPasswordWrong);
    }
    let mut expected = vec![(EventKind::SignInFailed, "wrong password".to_owned()); 5];
    expected.push((EventKind::WaitBegan, "account".to_owned()));
    assert_eq!(told(&server, before).await, expected);
    let retry_after = Duration::from_secs(5);
    for password in ["wrong", PASSWORD] {
        assert_eq!(refused(confirm(&server, &caller, password).await), ErrorKind::Throttled { retry_after });
    }
    assert_eq!(refused(login(&server, "john", PASSWORD).await), ErrorKind::Throttled { retry_after });
    server.advance(retry_after);
    confirm(&server, &caller, PASSWORD).await.expect("good");
    assert_eq!(count(&server, &john).await.expect("a count").failures, 0);
}

#[tokio::test]
async fn who_has_no_password_confirms_nothing() {
    let server = TestServer::start();
    server.user("john", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    let server = server.restarted_with(&format!("[password]\n{CHEAP_HASHES}sign_in = false\n"));
    assert_eq!(refused(confirm(&server, &john, PASSWORD).await), ErrorKind::PasswordSignInDisabled);
}

/// What was recognised before is not what holds now.
#[tokio::test]
async fn a_confirmation_that_the_operator_overtook_loses() {
    let (server, user) = house().await;
    let accounts = &server.identity.accounts;
    let john = caller(&server, "john", PASSWORD).await;
    let given = NewPassword::Given(Zeroizing::new(PASSWORD.to_owned()));
    let user = accounts.set_password(&server.operator(), &user, given).await.expect("set").user;
    assert_eq!(refused(confirm(&server, &john, PASSWORD).await), ErrorKind::OldPasswordWrong);
    let john = caller(&server, "john", PASSWORD).await;
    accounts.suspend(&server.operator(), &user).await.expect("suspended");
    assert_eq!(refused(confirm(&server, &john, PASSWORD).await), ErrorKind::OldPasswordWrong);
    assert_eq!(live(&server, &user).await, 0);
}

async fn choose(server: &TestServer, caller: &Caller, new: &str, end_others: bool) -> Result<()> {
    let new = Zeroizing::new(new.to_owned());
    server.identity.accounts.choose_password(&op_of(server, caller), caller, new, end_others).await
}

#[tokio::test]
async fn a_fresh_login_chooses_a_password_without_the_old_one() {
    let server = TestServer::start();
    let ann = server.user_with("ann", PASSWORD, |account| account.must_change_password = true).await;
    let other = login(&server, "ann", PASSWORD).await.expect("good");
    let acting = login(&server, "ann", PASSWORD).await.expect("good");
    let caller = check(&server, &acting.secret).await.expect("live");
    for _ in 0..5 {
        assert_eq!(refused(login(&server, "ann", "wrong").await), ErrorKind::InvalidCredentials);
    }
    assert!(matches!(
        refused(choose(&server, &caller, "short", true).await),
        ErrorKind::PasswordTooShort { .. }
    ));
    choose(&server, &caller, "battery staple", true).await.expect("changed");
    assert!(check(&server, &acting.secret).await.is_ok(), "the acting session lives");
    assert_eq!(refused(check(&server, &other.secret).await), ErrorKind::CredentialInvalid);
    let again = login(&server, "ann", "battery staple").await.expect("nobody's guesses lock the owner out");
    assert!(!again.user.must_change_password);
    assert_eq!(live(&server, &ann).await, 2);

    let caller = check(&server, &acting.secret).await.expect("live");
    server.advance(Duration::from_mins(10));
    assert_eq!(refused(choose(&server, &caller, PASSWORD, false).await), ErrorKind::FreshLoginRequired);
}

#[tokio::test]
async fn a_password_chosen_after_a_suspension_is_not_set() {
    let (server, user) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    server.identity.accounts.suspend(&server.operator(), &user).await.expect("suspended");
    assert_eq!(refused(choose(&server, &john, "battery staple", true).await), ErrorKind::Conflict);
    server.identity.accounts.activate(&server.operator(), &user).await.expect("active");
    assert!(login(&server, "john", PASSWORD).await.is_ok());
}
