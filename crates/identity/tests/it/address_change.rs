//! Another address for an account: agreed to by both sides, asked for by a fresh login, and telling nobody who has an
//! account.

use std::sync::Arc;
use std::time::Duration;

use identity::audit::EventKind;
use identity::mail::{Mail, MailKind};
use identity::user::User;
use identity::user::address_change::AddressChanged;
use identity::user::restore::ForgottenPassword;
use identity::{Caller, ErrorKind, NewPassword, Result};
use password::HashPool;
use testkit::TestServer;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::watched::{CHEAP, Watched};
use super::{PASSWORD, caller, check, house, login, op_of, refused, surface, told};

const NEW: &str = "New@Example.com";

async fn ask(server: &TestServer, caller: &Caller, email: &str) -> Result<()> {
    server.identity.accounts.ask_for_address(&op_of(server, caller), caller, email).await
}

async fn agree(server: &TestServer, token: &str) -> Result<AddressChanged> {
    server.identity.accounts.agree_to_address(&server.visitor(&surface().door), token).await
}

/// The token of the message of this kind.
fn token(mails: &[Mail], kind: MailKind) -> String {
    let mail = mails.iter().rfind(|mail| mail.kind == kind).expect("a message");
    mail.token.as_ref().expect("a token").secret.expose().to_owned()
}

/// The tokens that a wish for [`NEW`] sends to the new address and to the old one.
async fn tokens(server: &TestServer, caller: &Caller) -> (String, String) {
    ask(server, caller, NEW).await.expect("asked");
    let mails = server.mails().await;
    (token(&mails, MailKind::ConfirmAddress), token(&mails, MailKind::ApproveAddress))
}

async fn now(server: &TestServer, user: &User) -> User {
    server.identity.accounts.find(&user.id.to_string()).await.expect("the user")
}

/// NIST SP 800-63B-4, 4.6; the account is where it was until both have agreed, in whatever order.
#[tokio::test]
async fn an_address_changes_when_both_sides_agreed() {
    for old_first in [false, true] {
        let (server, john) = house().await;
        let acting = login(&server, "john", PASSWORD).await.expect("good");
        let caller = check(&server, &acting.secret).await.expect("live");
        let before = server.events().await.len();
        ask(&server, &caller, NEW).await.expect("asked");
        let mails = server.mails().await;
        let to: Vec<_> = mails.iter().map(|mail| (mail.kind, mail.to.as_str())).collect();
        assert!(to.contains(&(MailKind::ConfirmAddress, NEW)), "{to:?}");
        assert!(to.contains(&(MailKind::ApproveAddress, "john@example.org")), "{to:?}");
        let sides = [token(&mails, MailKind::ConfirmAddress), token(&mails, MailKind::ApproveAddress)];
        let (first, last) = (&sides[usize::from(old_first)], &sides[usize::from(!old_first)]);

        assert_eq!(agree(&server, first).await.expect("good"), AddressChanged::NotYet);
        assert_eq!(now(&server, &john).await.email.as_deref(), Some("john@example.org"));
        assert_eq!(refused(agree(&server, first).await), ErrorKind::TicketInvalid);
        assert_eq!(agree(&server, last).await.expect("good"), AddressChanged::Done);
        let changed = now(&server, &john).await;
        assert_eq!((changed.email.as_deref(), changed.email_verified), (Some(NEW), true));
        for token in &sides {
            assert_eq!(refused(agree(&server, token).await), ErrorKind::TicketInvalid);
        }
        assert!(check(&server, &acting.secret).await.is_ok(), "sessions live on");
        assert!(login(&server, "new@example.com", PASSWORD).await.is_ok());
        assert_eq!(
            refused(login(&server, "john@example.org", PASSWORD).await),
            ErrorKind::InvalidCredentials
        );
        let notice = server.mails().await.remove(0);
        assert_eq!((notice.kind, notice.to.as_str()), (MailKind::AddressChanged, "john@example.org"));
        let kinds: Vec<_> = told(&server, before).await.into_iter().map(|(kind, _)| kind).collect();
        for kind in [EventKind::EmailChangeAsked, EventKind::EmailChangeAgreed, EventKind::EmailChanged] {
            assert_eq!(kinds.iter().filter(|one| **one == kind).count(), 1, "{kind:?}");
        }
    }
}

/// Nobody has shown to read mail at an unverified address: its word would count for nothing.
#[tokio::test]
async fn an_unverified_old_address_is_not_asked() {
    let server = TestServer::start();
    let ann = server.user_with("ann", PASSWORD, |account| account.email_verified = false).await;
    let bob = server.user_with("bob", PASSWORD, |account| account.email = None).await;
    for (user, email) in [(&ann, NEW), (&bob, "bob@example.com")] {
        let caller = caller(&server, user.username.as_deref().expect("a name"), PASSWORD).await;
        ask(&server, &caller, email).await.expect("asked");
        let mails = server.mails().await;
        assert_eq!(mails.len(), 1);
        let done = agree(&server, &token(&mails, MailKind::ConfirmAddress)).await.expect("good");
        assert_eq!(done, AddressChanged::Done);
        assert_eq!(now(&server, user).await.email.as_deref(), Some(email));
        server.mails().await;
    }
    // The own address, not verified yet, is verified by the same way.
    let cid = server.user_with("cid", PASSWORD, |account| account.email_verified = false).await;
    let caller = caller(&server, "cid", PASSWORD).await;
    ask(&server, &caller, "cid@example.org").await.expect("asked");
    agree(&server, &token(&server.mails().await, MailKind::ConfirmAddress)).await.expect("good");
    assert!(now(&server, &cid).await.email_verified);
}

/// security 2, no. 14.
#[tokio::test]
async fn an_address_is_asked_for_by_a_fresh_login_and_not_too_often() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    assert_eq!(refused(ask(&server, &john, "nonsense").await), ErrorKind::EmailInvalid);
    server.user("ann", PASSWORD).await;
    // Whether the address is taken makes no difference to the count.
    for email in ["ann@example.org", NEW, "ann@example.org", NEW, "ann@example.org"] {
        ask(&server, &john, email).await.expect("asked");
    }
    for email in ["ann@example.org", NEW] {
        let retry_after = Duration::from_hours(1);
        assert_eq!(refused(ask(&server, &john, email).await), ErrorKind::Throttled { retry_after });
    }
    server.advance(Duration::from_mins(10));
    assert_eq!(refused(ask(&server, &john, NEW).await), ErrorKind::FreshLoginRequired);
}

/// security 1, enumeration; security 2, no. 13: who asks learns nothing, by the answer or by the time it takes.
#[tokio::test]
async fn enumeration_by_time_a_wish_is_the_same_work_for_every_address() {
    let server = Arc::new(TestServer::start());
    server.user("john", PASSWORD).await;
    server.user("known", PASSWORD).await;
    let john = caller(&server, "john", PASSWORD).await;
    let watched = Watched::on(&server);
    let identity = watched.identity(HashPool::start(CHEAP).expect("threads"));
    let wish = async |email: &str| {
        identity.accounts.ask_for_address(&op_of(&server, &john), &john, email).await.expect("taken");
    };
    // The first of all makes the key that signs.
    wish("first@example.org").await;
    watched.take();
    let mut calls = Vec::new();
    for email in ["known@example.org", "nobody@example.org"] {
        wish(email).await;
        calls.push(watched.take());
    }
    assert_eq!(calls[0], calls[1]);
    let mails = server.mails().await;
    let to = |address: &str| mails.iter().find(|mail| mail.to == address).expect("a message");
    assert_eq!(to("known@example.org").kind, MailKind::AddressTaken, "its owner is told");
    assert!(to("known@example.org").token.is_none());
    assert_eq!(to("nobody@example.org").kind, MailKind::ConfirmAddress);
}

/// The old side's word about an address that somebody has leads nowhere, and says so to nobody.
#[tokio::test]
async fn a_taken_address_is_never_had() {
    let (server, john) = house().await;
    server.user("ann", PASSWORD).await;
    let caller = caller(&server, "john", PASSWORD).await;
    ask(&server, &caller, "ann@example.org").await.expect("asked");
    let approve = token(&server.mails().await, MailKind::ApproveAddress);
    assert_eq!(agree(&server, &approve).await.expect("good"), AddressChanged::NotYet);
    assert_eq!(now(&server, &john).await.email.as_deref(), Some("john@example.org"));

    // One that was free when it was asked for, and is not any more.
    let (new, old) = tokens(&server, &caller).await;
    agree(&server, &old).await.expect("good");
    server.user_with("late", PASSWORD, |account| account.email = Some(NEW.to_owned())).await;
    assert_eq!(refused(agree(&server, &new).await), ErrorKind::LoginNameTaken);
}

/// security 1, mail-normalisation, and what else ends a wish.
#[tokio::test]
async fn a_wish_dies_with_another_one_the_password_and_the_account() {
    let (server, user) = house().await;
    let accounts = &server.identity.accounts;
    let op = server.operator();
    let john = caller(&server, "john", PASSWORD).await;
    let dead = async |tokens: (String, String)| {
        for token in [tokens.0, tokens.1] {
            assert_eq!(refused(agree(&server, &token).await), ErrorKind::TicketInvalid);
        }
    };
    let first = tokens(&server, &john).await;
    agree(&server, &first.1).await.expect("good");
    let second = tokens(&server, &john).await;
    dead(first).await;
    assert_eq!(
        agree(&server, &second.0).await.expect("good"),
        AddressChanged::NotYet,
        "the old side is asked anew"
    );

    let given = NewPassword::Given(Zeroizing::new(PASSWORD.to_owned()));
    let user = accounts.set_password(&op, &user, given).await.expect("set").user;
    dead(second).await;
    let john = caller(&server, "john", PASSWORD).await;
    let third = tokens(&server, &john).await;
    accounts.suspend(&op, &user).await.expect("suspended");
    dead(third.clone()).await;
    accounts.activate(&op, &user).await.expect("active");
    dead(third).await;
    assert_eq!(refused(ask(&server, &john, NEW).await), ErrorKind::Conflict);

    let john = caller(&server, "john", PASSWORD).await;
    let fourth = tokens(&server, &john).await;
    server.advance(Duration::from_hours(24));
    dead(fourth).await;
    assert_eq!(now(&server, &user).await.email.as_deref(), Some("john@example.org"));
}

/// A ticket is good for one thing.
#[tokio::test]
async fn no_other_ticket_agrees_and_these_do_nothing_else() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let (new, old) = tokens(&server, &john).await;
    let op = server.visitor(&surface().door);
    for token in [&new, &old] {
        let accounts = &server.identity.accounts;
        assert_eq!(refused(accounts.verify_email(&op, token, None).await), ErrorKind::TicketInvalid);
        assert_eq!(refused(accounts.verify_restore(&op, token, None).await), ErrorKind::TicketInvalid);
    }
    let email = "john@example.org".to_owned();
    let forgotten = ForgottenPassword { email, captcha: String::new(), return_to: None };
    server.identity.accounts.forgot_password(&op, forgotten).await.expect("taken");
    let restore = token(&server.mails().await, MailKind::RestorePassword);
    for token in [restore.as_str(), "", "x", john.user.id.to_string().as_str()] {
        assert_eq!(refused(agree(&server, token).await), ErrorKind::TicketInvalid);
    }
}

/// Both sides at once, many times: one change, and nobody is told that it failed who was the last to agree.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_sides_that_agree_at_once_change_it_once() {
    for _ in 0..5 {
        let (server, john) = house().await;
        let caller = caller(&server, "john", PASSWORD).await;
        let (new, old) = tokens(&server, &caller).await;
        let mut sides = JoinSet::new();
        for token in [new, old] {
            for _ in 0..5 {
                let (identity, token) = (server.identity.clone(), token.clone());
                let op = server.visitor(&surface().door);
                sides.spawn(async move { identity.accounts.agree_to_address(&op, &token).await });
            }
        }
        let outcomes = sides.join_all().await;
        let count = |wanted| outcomes.iter().filter(|outcome| outcome.as_ref().ok() == Some(&wanted)).count();
        assert_eq!((count(AddressChanged::NotYet), count(AddressChanged::Done)), (1, 1));
        for outcome in outcomes.into_iter().filter(Result::is_err) {
            assert_eq!(refused(outcome), ErrorKind::TicketInvalid);
        }
        assert_eq!(now(&server, &john).await.email.as_deref(), Some(NEW));
    }
}
