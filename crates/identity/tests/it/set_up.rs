//! The first administrator: one, by a ticket of the last hour, on an installation that never had a user.

use std::time::Duration;

use identity::user::set_up::{FirstAdministrator, TICKET_LIFE};
use identity::user::{PersonName, Role, Status};
use identity::{Door, ErrorKind, MasterKey, Result};
use testkit::TestServer;

use super::{PASSWORD, login, refused};

const DOOR: Door = Door::new("page");

/// A server as it is after its start on an empty database.
async fn fresh() -> TestServer {
    let server = TestServer::start();
    server.identity.adopt_master_key().await.expect("a new database");
    server
}

fn ticket(server: &TestServer) -> String {
    server.identity.accounts.set_up_ticket(server.operator().now).expose().to_owned()
}

fn ann() -> FirstAdministrator {
    FirstAdministrator {
        username: "ann".to_owned(),
        email: Some("ann@example.org".to_owned()),
        name: PersonName::whole("Ann Lee"),
        password: zeroize::Zeroizing::new(PASSWORD.to_owned()),
    }
}

async fn set_up(server: &TestServer, ticket: &str, who: FirstAdministrator) -> Result<identity::user::User> {
    server.identity.accounts.set_up(&server.visitor(&DOOR), ticket, who).await
}

#[tokio::test]
async fn a_ticket_makes_one_administrator_who_can_sign_in() {
    let server = fresh().await;
    let (first, second) = (ticket(&server), ticket(&server));
    assert!(server.identity.accounts.awaits_set_up().await.expect("an answer"));
    let ann = set_up(&server, &first, ann()).await.expect("an administrator");
    assert_eq!((ann.role, ann.status, ann.must_change_password), (Role::Admin, Status::Active, false));
    assert_eq!(ann.name.as_str(), "Ann Lee");
    assert!(!ann.email_verified, "nobody has shown to read mail there");
    assert!(!server.identity.accounts.awaits_set_up().await.expect("an answer"));
    login(&server, "ann", PASSWORD).await.expect("a good login");
    let bob = || FirstAdministrator { username: "bob".to_owned(), email: None, ..super::set_up::ann() };
    for dead in [&first, &second, &ticket(&server)] {
        assert_eq!(refused(set_up(&server, dead, bob()).await), ErrorKind::TicketInvalid);
    }
    assert_eq!(server.identity.accounts.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_trail_tells_who_was_set_up_and_from_where() {
    let server = fresh().await;
    let made = set_up(&server, &ticket(&server), ann()).await.expect("an administrator");
    let events = server.events().await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (event.kind.as_str(), event.actor.as_str(), event.door.as_ref().map(Door::as_str), &*event.detail),
        ("user_created", "anonymous", Some("page"), "set up")
    );
    assert_eq!((event.user, event.address.as_str()), (Some(made.id), "192.0.2.1"));
}

#[tokio::test]
async fn a_ticket_ends_after_an_hour() {
    let server = fresh().await;
    let ticket = ticket(&server);
    server.advance(TICKET_LIFE);
    assert_eq!(refused(set_up(&server, &ticket, ann()).await), ErrorKind::TicketInvalid);
    assert!(server.identity.accounts.awaits_set_up().await.expect("an answer"), "and nothing else changes");
    let another = super::set_up::ticket(&server);
    server.advance(TICKET_LIFE - Duration::from_millis(1));
    set_up(&server, &another, ann()).await.expect("an administrator");
}

/// Whatever else is wrong: who has no ticket is told nothing else, and costs no hash.
#[tokio::test]
async fn nobody_is_made_without_a_ticket_of_this_installation() {
    let server = fresh().await;
    let good = ticket(&server);
    let cut: String = good.chars().skip(1).collect();
    let wrong = || FirstAdministrator { username: "1".to_owned(), ..ann() };
    for forged in ["", "0", &cut, &format!("{good}0"), &good.to_uppercase(), &"0".repeat(44)] {
        assert_eq!(refused(set_up(&server, forged, wrong()).await), ErrorKind::TicketInvalid, "{forged}");
    }
    // Another one's, of the same moment.
    let key = MasterKey::new([8; 32]);
    let end = (server.operator().now + TICKET_LIFE).millis();
    let mark = key.keyed_digest(identity::master_key::Purpose::SetUp, &end.to_be_bytes());
    let mark: String = mark.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let foreign = format!("{end:012x}{mark}");
    assert_eq!(refused(set_up(&server, &foreign, ann()).await), ErrorKind::TicketInvalid);
    set_up(&server, &good, ann()).await.expect("the same moment, and our own key");
}

/// Who has a ticket may correct the rest, and the ticket is not used up by it.
#[tokio::test]
async fn what_does_not_fit_is_told_and_leaves_the_ticket_good() {
    let server = fresh().await;
    let ticket = ticket(&server);
    let typed = |password: &str| zeroize::Zeroizing::new(password.to_owned());
    for (who, kind) in [
        (FirstAdministrator { username: String::new(), ..ann() }, ErrorKind::UsernameInvalid),
        (FirstAdministrator { username: "42".to_owned(), ..ann() }, ErrorKind::UsernameInvalid),
        (FirstAdministrator { email: Some("ann".to_owned()), ..ann() }, ErrorKind::EmailInvalid),
        (
            FirstAdministrator { password: typed("short"), ..ann() },
            ErrorKind::PasswordTooShort { min_length: 8 },
        ),
        (FirstAdministrator { password: typed(&"x".repeat(4097)), ..ann() }, ErrorKind::PasswordTooLong),
    ] {
        assert_eq!(refused(set_up(&server, &ticket, who).await), kind);
    }
    assert!(server.events().await.is_empty());
    set_up(&server, &ticket, ann()).await.expect("an administrator");
}

#[tokio::test]
async fn a_ticket_is_dead_once_somebody_was_made_otherwise() {
    let server = fresh().await;
    let ticket = ticket(&server);
    let bob = server.user("bob", PASSWORD).await;
    assert_eq!(refused(set_up(&server, &ticket, ann()).await), ErrorKind::TicketInvalid);
    // An installation whose users were deleted is no fresh one.
    server.identity.accounts.delete(&server.operator(), &bob).await.expect("deleted");
    assert!(server.identity.accounts.is_empty().await.expect("an answer"));
    assert!(!server.identity.accounts.awaits_set_up().await.expect("an answer"));
    assert_eq!(refused(set_up(&server, &ticket, ann()).await), ErrorKind::TicketInvalid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_by_two_processes_one_is_made() {
    let server = fresh().await;
    let beside = server.restarted_with("");
    let ticket = ticket(&server);
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let accounts = if n % 2 == 0 { &server } else { &beside }.identity.accounts.clone();
            let (op, ticket) = (server.visitor(&DOOR), ticket.clone());
            let who = FirstAdministrator { username: format!("user-{n}"), email: None, ..ann() };
            tokio::spawn(async move { accounts.set_up(&op, &ticket, who).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.kind(), ErrorKind::TicketInvalid),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(server.identity.accounts.list().await.expect("a list").len(), 1);
}

/// Whoever could not sign in afterwards is not made.
#[tokio::test]
async fn nobody_is_set_up_where_passwords_are_not_taken() {
    let settings = format!("[password]\n{}sign_in = false\n", testkit::CHEAP_HASHES);
    let server = TestServer::with(&settings);
    server.identity.adopt_master_key().await.expect("a new database");
    let outcome = set_up(&server, &ticket(&server), ann()).await;
    assert_eq!(refused(outcome), ErrorKind::PasswordSignInDisabled);
    assert_eq!(refused(server.identity.accounts.awaits_set_up().await), ErrorKind::PasswordSignInDisabled);
}
