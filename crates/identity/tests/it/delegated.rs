//! What a user may see of others and do to them.

use identity::user::{PersonName, Role, Status};
use identity::{DelegatedAccount, ErrorKind};
use testkit::TestServer;

use super::{PASSWORD, caller, login, op_of, refused};

fn account(email: &str, role: Role) -> DelegatedAccount {
    DelegatedAccount { email: email.to_owned(), name: PersonName::parts("New", "Comer"), role }
}

/// A server with one user of each role, called by it.
async fn one_of_each() -> TestServer {
    let server = TestServer::start();
    for role in Role::ALL {
        server.user_with(role.as_str(), PASSWORD, |account| account.role = role).await;
    }
    server
}

#[tokio::test]
async fn administrators_see_all_users_and_everybody_else_only_themselves() {
    let server = one_of_each().await;
    for (role, seen) in [
        ("root", vec!["root", "admin", "user", "sub"]),
        ("admin", vec!["root", "admin", "user", "sub"]),
        ("user", vec!["user"]),
        ("sub", vec!["sub"]),
    ] {
        let caller = caller(&server, role, PASSWORD).await;
        let users =
            server.identity.accounts.list_for(&op_of(&server, &caller), &caller).await.expect("users");
        let names: Vec<&str> = users.iter().filter_map(|user| user.username.as_deref()).collect();
        assert_eq!(names, seen, "{role}");
    }
}

#[tokio::test]
async fn nobody_makes_users_above_themselves() {
    let server = one_of_each().await;
    for maker in Role::ALL {
        let caller = caller(&server, maker.as_str(), PASSWORD).await;
        let op = op_of(&server, &caller);
        for made in Role::ALL {
            let email = format!("{}-by-{}@example.org", made.as_str(), maker.as_str());
            let outcome = server.identity.accounts.create_as(&op, &caller, account(&email, made)).await;
            let may = match maker {
                Role::Root => true,
                Role::Admin => made != Role::Root,
                Role::User | Role::Sub => false,
            };
            match outcome {
                Ok(with) => assert!(may && with.user.role == made, "{email}"),
                Err(error) => assert!(!may && error.kind() == ErrorKind::Forbidden, "{email}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_new_user_has_a_password_of_ours_and_must_change_it() {
    let server = one_of_each().await;
    let admin = caller(&server, "admin", PASSWORD).await;
    let op = op_of(&server, &admin);
    let made = server.identity.accounts.create_as(&op, &admin, account("new@example.org", Role::User)).await;
    let made = made.expect("made");
    let password = made.generated.expect("a password").expose().to_owned();
    assert!((8..=64).contains(&password.len()));
    assert_eq!((made.user.status, made.user.email_verified), (Status::Active, false));
    let signed_in = login(&server, "new@example.org", &password).await.expect("good");
    assert!(signed_in.user.must_change_password);
    let event = server.events().await.into_iter().rev().nth(1).expect("the making");
    assert_eq!((event.kind.as_str(), event.actor.as_str()), ("user_created", "user"));
}

#[tokio::test]
async fn a_name_that_is_taken_or_was_is_refused() {
    let server = one_of_each().await;
    let admin = caller(&server, "admin", PASSWORD).await;
    let gone = server.user("gone", PASSWORD).await;
    server.identity.accounts.delete(&server.operator(), &gone).await.expect("deleted");
    for (email, expected) in [
        ("USER@example.org", ErrorKind::LoginNameTaken),
        ("gone@example.org", ErrorKind::LoginNameRetired),
        ("nobody", ErrorKind::EmailInvalid),
    ] {
        let op = op_of(&server, &admin);
        let outcome = server.identity.accounts.create_as(&op, &admin, account(email, Role::User)).await;
        assert_eq!(refused(outcome), expected, "{email}");
    }
}

/// An administrator who was thrown out while the request was under way makes nobody.
#[tokio::test]
async fn whoever_may_no_longer_act_makes_nobody() {
    let server = one_of_each().await;
    let accounts = &server.identity.accounts;
    let admin = caller(&server, "admin", PASSWORD).await;
    let op = op_of(&server, &admin);
    server.identity.sessions.end_all_of(&server.operator(), &admin.user).await.expect("ended");
    let outcome = accounts.create_as(&op, &admin, account("one@example.org", Role::Admin)).await;
    assert_eq!(refused(outcome), ErrorKind::Conflict);

    let admin = caller(&server, "admin", PASSWORD).await;
    accounts.suspend(&server.operator(), &admin.user).await.expect("suspended");
    let outcome = accounts.create_as(&op, &admin, account("one@example.org", Role::Admin)).await;
    assert_eq!(refused(outcome), ErrorKind::Conflict);
    assert_eq!(accounts.list().await.expect("users").len(), Role::ALL.len());
}
