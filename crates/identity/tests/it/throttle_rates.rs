//! What is limited by its number alone: tickets, messages, minting, API keys.

use std::borrow::Cow;
use std::time::Duration;

use identity::api_key::keys::{KeySurface, MakeApiKey};
use identity::token::CustomToken;
use identity::user::PersonName;
use identity::user::restore::{ForgottenPassword, RestoreStep};
use identity::user::set_up::FirstAdministrator;
use identity::user::sign_up::SignUp;
use identity::{Door, ErrorKind, Op, Result, Secret, SecretForm, Surface};
use testkit::TestServer;

use super::{PASSWORD, caller, house, op_of, refused, surface};

const AWAY: &str = "198.51.100.9";

fn throttled(seconds: u64) -> ErrorKind {
    ErrorKind::Throttled { retry_after: Duration::from_secs(seconds) }
}

fn from(server: &TestServer, address: &str) -> Op {
    let mut op = server.visitor(&surface().door);
    op.origin.address = Some(address.parse().expect("an address"));
    op
}

async fn forget(server: &TestServer, op: &Op, email: &str) -> Result<()> {
    let forgotten = ForgottenPassword { email: email.to_owned(), captcha: String::new(), return_to: None };
    server.identity.accounts.forgot_password(op, forgotten).await
}

async fn sign_up(server: &TestServer, op: &Op) -> Result<()> {
    let surface = Surface { sign_up: true, ..surface() };
    let sign_up = SignUp {
        email: "new@example.org".to_owned(),
        password: PASSWORD.to_owned().into(),
        name: PersonName::default(),
        captcha: String::new(),
        return_to: None,
    };
    server.identity.accounts.sign_up(op, &surface, sign_up).await
}

/// Whether an address has an account makes no difference to the limit either.
#[tokio::test]
async fn strangers_ask_for_so_many_messages_from_one_address() {
    let server = TestServer::with("[limits]\naddress_mails_per_hour = 3\n");
    server.user("john", PASSWORD).await;
    let op = from(&server, AWAY);
    forget(&server, &op, "john@example.org").await.expect("taken");
    forget(&server, &op, "nobody@example.org").await.expect("taken");
    sign_up(&server, &op).await.expect("taken");
    for email in ["john@example.org", "nobody@example.org"] {
        assert_eq!(refused(forget(&server, &op, email).await), throttled(1200));
    }
    assert_eq!(refused(sign_up(&server, &op).await), throttled(1200));
    sign_up(&server, &from(&server, "198.51.100.10")).await.expect("another address");
    server.advance(Duration::from_mins(20));
    sign_up(&server, &from(&server, AWAY)).await.expect("one more");
    assert_eq!(refused(sign_up(&server, &from(&server, AWAY)).await), throttled(1200));
}

async fn restore(server: &TestServer, op: &Op, ticket: &str) -> ErrorKind {
    let password = PASSWORD.to_owned().into();
    refused(server.identity.accounts.restore_password(op, RestoreStep::Mailed, ticket, password).await)
}

/// security 2, no. 20.
#[tokio::test]
async fn thirty_wrong_tickets_make_their_address_wait_at_every_kind() {
    let (server, _) = house().await;
    let op = from(&server, AWAY);
    // A link that is dead counts once, however often it is followed.
    for _ in 0..50 {
        assert_eq!(restore(&server, &op, "ticket-0").await, ErrorKind::TicketInvalid);
    }
    for number in 1..30 {
        assert_eq!(restore(&server, &op, &format!("ticket-{number}")).await, ErrorKind::TicketInvalid);
    }
    let accounts = &server.identity.accounts;
    assert_eq!(restore(&server, &op, "ticket-30").await, throttled(60));
    assert_eq!(refused(accounts.verify_email(&op, "ticket-30", None).await), throttled(60));
    assert_eq!(refused(accounts.verify_restore(&op, "ticket-30", None).await), throttled(60));
    assert_eq!(refused(accounts.agree_to_address(&op, "ticket-30").await), throttled(60));
    let administrator = FirstAdministrator {
        username: "root".to_owned(),
        email: None,
        name: PersonName::default(),
        password: PASSWORD.to_owned().into(),
    };
    assert_eq!(refused(accounts.set_up(&op, "ticket-30", administrator).await), throttled(60));
    assert_eq!(restore(&server, &from(&server, "198.51.100.10"), "x").await, ErrorKind::TicketInvalid);
}

fn keys() -> KeySurface {
    let form = SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 64 };
    KeySurface { door: Door::new("front"), form, shown_again: false }
}

async fn show(server: &TestServer, op: &Op, key: &str) -> Result<()> {
    let key = Secret::presented(key).expect("a secret");
    server.identity.api_keys.check(op, &keys().door, &key).await.map(|_| ())
}

#[tokio::test]
async fn a_hundred_wrong_api_keys_make_their_address_wait() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let op = op_of(&server, &john);
    let made = server.identity.api_keys.create(&op, &keys(), &john, MakeApiKey::default()).await;
    let good = made.expect("made").secret.expect("shown");
    let op = from(&server, AWAY);
    for number in 0..100 {
        show(&server, &op, good.expose()).await.expect("good");
        assert_eq!(refused(show(&server, &op, &format!("key-{number}")).await), ErrorKind::CredentialInvalid);
    }
    for key in ["key-100", good.expose()] {
        assert_eq!(refused(show(&server, &op, key).await), throttled(10));
    }
    show(&server, &from(&server, "198.51.100.10"), good.expose()).await.expect("good");
    server.advance(Duration::from_secs(10));
    show(&server, &from(&server, AWAY), good.expose()).await.expect("good");
}

/// Clients whose keys are gone, and which do not stop, keep nobody else at their address out.
#[tokio::test]
async fn wrong_api_keys_shown_again_and_again_count_once_each() {
    let (server, _) = house().await;
    let op = from(&server, AWAY);
    for number in 0..600 {
        let key = format!("key-{}", number % 30);
        assert_eq!(refused(show(&server, &op, &key).await), ErrorKind::CredentialInvalid);
    }
}

#[tokio::test]
async fn an_account_makes_so_many_tokens_and_keys_by_whatever_session() {
    let server = TestServer::with("[limits]\naccount_tokens_per_minute = 3\n");
    for name in ["john", "jane"] {
        server.user(name, PASSWORD).await;
    }
    let mint = async |name: &str| {
        let caller = caller(&server, name, PASSWORD).await;
        let op = op_of(&server, &caller);
        server.identity.tokens.mint(&op, &surface(), &caller, CustomToken::default()).await.map(|_| ())
    };
    for _ in 0..3 {
        mint("john").await.expect("made");
    }
    assert_eq!(refused(mint("john").await), throttled(20));
    let john = caller(&server, "john", PASSWORD).await;
    let op = op_of(&server, &john);
    let key = server.identity.api_keys.create(&op, &keys(), &john, MakeApiKey::default()).await;
    assert_eq!(refused(key), throttled(20));
    mint("jane").await.expect("made");
    server.advance(Duration::from_secs(20));
    mint("john").await.expect("made");
}
