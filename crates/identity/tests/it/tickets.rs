//! Tickets: used once, for one purpose, by the owner of the address they were mailed to.

use std::time::Duration;

use identity::mail::MailKind;
use identity::user::restore::{ForgottenPassword, RestoreStep};
use identity::user::sign_up::SignUp;
use identity::user::{PersonName, Status, User};
use identity::{ErrorKind, NewPassword, Surface};
use testkit::TestServer;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::{PASSWORD, house, login, refused, surface};

const NEW: &str = "another horse";

fn typed(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.to_owned())
}

async fn forget(server: &TestServer) {
    let forgotten =
        ForgottenPassword { email: "john@example.org".to_owned(), captcha: String::new(), return_to: None };
    let op = server.visitor(&surface().door);
    server.identity.accounts.forgot_password(&op, forgotten).await.expect("taken");
}

/// The token that was mailed last.
async fn mailed(server: &TestServer) -> String {
    let mails = server.mails().await;
    let token = mails.iter().rev().find_map(|mail| mail.token.clone()).expect("a ticket");
    token.secret.expose().to_owned()
}

async fn restore(server: &TestServer, step: RestoreStep, token: &str) -> identity::Result<User> {
    let op = server.visitor(&surface().door);
    server.identity.accounts.restore_password(&op, step, token, typed(NEW)).await
}

/// security 1, code-race.
/// security 2, no. 15; security 2, no. 20.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn code_redeemed_twice_in_parallel_is_redeemed_once() {
    let (server, _) = house().await;
    forget(&server).await;
    let token = mailed(&server).await;
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (identity, token) = (server.identity.clone(), token.clone());
        let op = server.visitor(&surface().door);
        tries.spawn(async move { identity.accounts.verify_restore(&op, &token, None).await });
    }
    let outcomes = tries.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refused(outcome), ErrorKind::TicketInvalid);
    }
}

/// security 1, reset-steps: every order of the steps, and only the right one ends well.
#[tokio::test]
async fn reset_finished_without_the_mail_is_refused_at_every_step() {
    let (server, _) = house().await;
    forget(&server).await;
    let token = mailed(&server).await;
    // The mailed ticket is not the exchanged one, a verification is neither, and a session's secret is no ticket.
    assert_eq!(refused(restore(&server, RestoreStep::Exchanged, &token).await), ErrorKind::TicketInvalid);
    let op = server.visitor(&surface().door);
    let accounts = &server.identity.accounts;
    assert_eq!(refused(accounts.verify_email(&op, &token, None).await), ErrorKind::TicketInvalid);
    let secret = login(&server, "john", PASSWORD).await.expect("good").secret;
    assert_eq!(
        refused(restore(&server, RestoreStep::Mailed, secret.expose()).await),
        ErrorKind::TicketInvalid
    );
    let exchanged = accounts.verify_restore(&op, &token, None).await.expect("good");
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, &token).await), ErrorKind::TicketInvalid);
    let exchanged = exchanged.secret.expose();
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, exchanged).await), ErrorKind::TicketInvalid);
    restore(&server, RestoreStep::Exchanged, exchanged).await.expect("good");
    assert_eq!(refused(restore(&server, RestoreStep::Exchanged, exchanged).await), ErrorKind::TicketInvalid);
    assert_eq!(refused(login(&server, "john", PASSWORD).await), ErrorKind::InvalidCredentials);
    login(&server, "john", NEW).await.expect("the new one");
}

/// ASVS 6.4.1: ten minutes for a restored password, and a password that is refused leaves the ticket good.
/// security 2, no. 15.
#[tokio::test]
async fn a_restore_ticket_ends_after_ten_minutes() {
    let (server, _) = house().await;
    forget(&server).await;
    let token = mailed(&server).await;
    server.advance(Duration::from_secs(599));
    let op = server.visitor(&surface().door);
    let short = server.identity.accounts.restore_password(&op, RestoreStep::Mailed, &token, typed("x")).await;
    assert!(matches!(refused(short), ErrorKind::PasswordTooShort { .. }));
    server.advance(Duration::from_secs(1));
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, &token).await), ErrorKind::TicketInvalid);
}

/// security 1, mail-normalisation: pending tickets of an old address are dead, and so are those of an old password.
#[tokio::test]
async fn tickets_die_with_the_address_the_password_and_the_account() {
    let (server, john) = house().await;
    let accounts = &server.identity.accounts;
    let op = server.operator();

    forget(&server).await;
    let token = mailed(&server).await;
    let john = accounts.set_email(&op, &john, "elsewhere@example.org", true).await.expect("done");
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, &token).await), ErrorKind::TicketInvalid);
    let john = accounts.set_email(&op, &john, "john@example.org", true).await.expect("done");
    assert_eq!(
        refused(restore(&server, RestoreStep::Mailed, &token).await),
        ErrorKind::TicketInvalid,
        "a dead ticket stays dead when the address comes back"
    );

    forget(&server).await;
    let token = mailed(&server).await;
    accounts.set_password(&op, &john, NewPassword::Given(typed(PASSWORD))).await.expect("done");
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, &token).await), ErrorKind::TicketInvalid);

    forget(&server).await;
    let token = mailed(&server).await;
    let john = accounts.find("john").await.expect("there");
    accounts.suspend(&op, &john).await.expect("done");
    accounts.activate(&op, &john).await.expect("done");
    assert_eq!(refused(restore(&server, RestoreStep::Mailed, &token).await), ErrorKind::TicketInvalid);
}

/// A stranger has somebody else written to five times an hour, and gets the same answer the sixth time.
#[tokio::test]
async fn a_mailbox_is_not_filled_on_a_strangers_word() {
    let (server, _) = house().await;
    for _ in 0..8 {
        forget(&server).await;
    }
    assert_eq!(server.mails().await.len(), 5);
    server.advance(Duration::from_hours(1));
    forget(&server).await;
    assert_eq!(server.mails().await.len(), 1);
}

/// security 1, count-first: fifty who ask at the same moment get no more than fifty one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mailbox_is_not_filled_by_many_at_once() {
    let (server, _) = house().await;
    let mut asking = JoinSet::new();
    for _ in 0..50 {
        let (identity, op) = (server.identity.clone(), server.visitor(&surface().door));
        let (email, captcha) = ("john@example.org".to_owned(), String::new());
        let forgotten = ForgottenPassword { email, captcha, return_to: None };
        asking.spawn(async move { identity.accounts.forgot_password(&op, forgotten).await });
    }
    assert!(asking.join_all().await.iter().all(Result::is_ok), "and all are answered alike");
    assert_eq!(server.mails().await.len(), 5);
}

/// Whoever signs up with somebody else's address first gets nothing when its owner signs up and verifies it.
#[tokio::test]
async fn a_verification_sets_the_password_of_its_own_sign_up() {
    let server = TestServer::start();
    let surface = Surface { sign_up: true, ..surface() };
    let op = server.visitor(&surface.door);
    for password in ["the attacker's", PASSWORD] {
        let sign_up = SignUp {
            email: "ann@example.org".to_owned(),
            password: typed(password),
            name: PersonName::parts("Ann", "Lee"),
            captcha: String::new(),
            return_to: None,
        };
        server.identity.accounts.sign_up(&op, &surface, sign_up).await.expect("taken");
    }
    let mails = server.mails().await;
    assert_eq!(mails.len(), 2);
    let token = |index: usize| mails[index].token.clone().expect("a ticket").secret;
    let verify = |token: identity::Secret| {
        let (accounts, op) = (server.identity.accounts.clone(), op.clone());
        async move { accounts.verify_email(&op, token.expose(), None).await }
    };
    let user = verify(token(1)).await.expect("good");
    assert_eq!((user.status, user.email_verified), (Status::Active, true));
    assert_eq!(refused(verify(token(0)).await), ErrorKind::TicketInvalid);
    assert_eq!(
        refused(login(&server, "ann@example.org", "the attacker's").await),
        ErrorKind::InvalidCredentials
    );
    login(&server, "ann@example.org", PASSWORD).await.expect("good");
}

/// An account that an operator made pending waits for the operator, whoever signs up with its address.
#[tokio::test]
async fn a_sign_up_does_not_activate_what_an_operator_made_pending() {
    let server = TestServer::start();
    server
        .user_with("ann", PASSWORD, |user| {
            user.status = Status::Pending;
            user.email_verified = false;
        })
        .await;
    let surface = Surface { sign_up: true, ..surface() };
    let sign_up = SignUp {
        email: "ann@example.org".to_owned(),
        password: typed(NEW),
        name: PersonName::default(),
        captcha: String::new(),
        return_to: None,
    };
    let op = server.visitor(&surface.door);
    server.identity.accounts.sign_up(&op, &surface, sign_up).await.expect("taken");
    let mails = server.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.kind).collect::<Vec<_>>(), [MailKind::AddressTaken]);
}

/// Nobody signs up where that is switched off.
#[tokio::test]
async fn sign_up_is_off_unless_the_surface_says_otherwise() {
    let server = TestServer::start();
    let sign_up = SignUp {
        email: "ann@example.org".to_owned(),
        password: typed(PASSWORD),
        name: PersonName::default(),
        captcha: String::new(),
        return_to: None,
    };
    let surface = surface();
    let outcome = server.identity.accounts.sign_up(&server.visitor(&surface.door), &surface, sign_up).await;
    assert_eq!(refused(outcome), ErrorKind::SignUpDisabled);
}
