//! Every place where a password is set refuses a weak one, says why, and changes nothing; no place where one is shown does.

use std::time::Duration;

use identity::organization::OrganizationRole;
use identity::organization::invitations::Delivery;
use identity::user::invited::NewMember;
use identity::user::restore::{ForgottenPassword, RestoreStep};
use identity::user::set_up::FirstAdministrator;
use identity::user::sign_up::SignUp;
use identity::user::{PersonName, Role};
use identity::{ChangePassword, ErrorKind, NewAccount, NewPassword, Surface, Weakness};
use testkit::{CHEAP_HASHES, TestServer};
use zeroize::Zeroizing;

use super::organization::organization;
use super::{PASSWORD, caller, house, login, op_of, refused, surface};

/// Each is long enough.
const COMMON: &str = "Password1";
const GUESSABLE: &str = "correcthorse";

fn typed(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.to_owned())
}

fn weak(reason: Weakness) -> ErrorKind {
    ErrorKind::PasswordWeak { reason }
}

/// What is to be refused from somebody of this name.
fn refusals(name: &str) -> [(String, ErrorKind); 3] {
    [
        (COMMON.to_owned(), weak(Weakness::Common)),
        (format!("{name}12345"), weak(Weakness::Context)),
        (GUESSABLE.to_owned(), weak(Weakness::Guessable)),
    ]
}

/// security 2, no. 6.
#[tokio::test]
async fn the_operator_makes_no_user_with_a_weak_password_and_sets_none() {
    let (server, john) = house().await;
    let accounts = &server.identity.accounts;
    for (password, kind) in refusals("john") {
        let set =
            accounts.set_password(&server.operator(), &john, NewPassword::Given(typed(&password))).await;
        assert_eq!(refused(set), kind, "{password}");
    }
    for (password, kind) in refusals("marianne") {
        let account = NewAccount {
            username: Some("marianne".to_owned()),
            email: None,
            email_verified: false,
            name: PersonName::default(),
            role: Role::User,
            status: identity::user::Status::Active,
            parent: None,
            password: NewPassword::Given(typed(&password)),
            must_change_password: false,
        };
        assert_eq!(refused(accounts.create(&server.operator(), account).await), kind, "{password}");
    }
    assert_eq!(refused(accounts.find("marianne").await), ErrorKind::UserNotFound);
    assert!(login(&server, "john", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_first_administrator_has_no_weak_password() {
    let server = TestServer::start();
    server.identity.adopt_master_key().await.expect("a new database");
    let ticket = server.identity.accounts.set_up_ticket(server.operator().now);
    let op = server.visitor(&surface().door);
    for (password, kind) in refusals("marianne") {
        let administrator = FirstAdministrator {
            username: "admin".to_owned(),
            email: Some("marianne@example.org".to_owned()),
            name: PersonName::default(),
            password: typed(&password),
        };
        let set_up = server.identity.accounts.set_up(&op, ticket.expose(), administrator).await;
        assert_eq!(refused(set_up), kind, "{password}");
    }
    assert!(server.identity.accounts.awaits_set_up().await.expect("an answer"));
}

/// security 2, no. 6.
#[tokio::test]
async fn an_own_password_is_changed_to_no_weak_one_with_or_without_the_old_one() {
    let (server, _) = house().await;
    let john = caller(&server, "john", PASSWORD).await;
    let (op, accounts) = (op_of(&server, &john), &server.identity.accounts);
    for (password, kind) in refusals("john") {
        // Before the old one is compared: that costs no try.
        let change = ChangePassword::new("wrong", &password, false);
        assert_eq!(refused(accounts.change_password(&op, &john, change).await), kind, "{password}");
        let chosen = accounts.choose_password(&op, &john, typed(&password), false).await;
        assert_eq!(refused(chosen), kind, "{password}");
    }
    assert!(login(&server, "john", PASSWORD).await.is_ok());
}

/// Whose password it becomes counts, and not who sets it.
#[tokio::test]
async fn a_sub_user_has_no_weak_password() {
    let (server, john) = house().await;
    let sub = server
        .user_with("marianne", PASSWORD, |account| {
            account.role = Role::Sub;
            account.parent = Some(john.number);
        })
        .await;
    let john = caller(&server, "john", PASSWORD).await;
    let (op, accounts) = (op_of(&server, &john), &server.identity.accounts);
    for (password, kind) in refusals("marianne") {
        let change = ChangePassword::new(PASSWORD, &password, false);
        let changed = accounts.change_sub_password(&op, &john, sub.number, change).await;
        assert_eq!(refused(changed), kind, "{password}");
    }
    assert!(login(&server, "marianne", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_restored_password_is_no_weak_one_and_the_ticket_stays_good() {
    let (server, _) = house().await;
    let (op, accounts) = (server.visitor(&surface().door), &server.identity.accounts);
    let forgotten =
        ForgottenPassword { email: "john@example.org".to_owned(), captcha: String::new(), return_to: None };
    accounts.forgot_password(&op, forgotten).await.expect("taken");
    let token = server.mails().await.last().and_then(|mail| mail.token.clone()).expect("a ticket");
    let restore = async |token: &str, password: &str| {
        accounts.restore_password(&op, RestoreStep::Mailed, token, typed(password)).await
    };
    for (password, kind) in refusals("john") {
        assert_eq!(refused(restore(token.secret.expose(), &password).await), kind, "{password}");
        let stranger = restore("no ticket", &password).await;
        assert_eq!(refused(stranger), ErrorKind::TicketInvalid, "nothing is judged for a stranger");
    }
    restore(token.secret.expose(), "battery staple").await.expect("good");
}

/// The same for an address that has an account: what is known of that one is told to nobody.
/// security 2, no. 6.
#[tokio::test]
async fn nobody_signs_up_with_a_weak_password() {
    let (server, _) = house().await;
    let surface = Surface { sign_up: true, ..surface() };
    let op = server.visitor(&surface.door);
    let sign_up = async |email: &str, password: &str| {
        let sign_up = SignUp {
            email: email.to_owned(),
            password: typed(password),
            name: PersonName::parts("Marianne", "Lee"),
            captcha: String::new(),
            return_to: None,
        };
        server.identity.accounts.sign_up(&op, &surface, sign_up).await
    };
    for (password, kind) in refusals("marianne") {
        for email in ["new@example.org", "john@example.org"] {
            assert_eq!(refused(sign_up(email, &password).await), kind, "{email}, {password}");
        }
    }
    assert!(server.mails().await.is_empty());
}

#[tokio::test]
async fn nobody_joins_with_a_weak_password_and_the_invitation_stays_good() {
    let server = TestServer::start();
    let acme = organization(&server, None, false).await;
    let op = server.operator();
    let invited = server.identity.organizations.invite_by_operator(
        &op,
        &acme,
        "marianne@example.org",
        OrganizationRole::User,
        Delivery::Shown,
    );
    let code = invited.await.expect("invited").1.expect("shown");
    let op = server.visitor(&surface().door);
    let join = async |code: &str, password: &str| {
        let member = NewMember { name: PersonName::default(), password: typed(password) };
        server.identity.accounts.join_invited(&op, code, member).await
    };
    for (password, kind) in refusals("marianne") {
        assert_eq!(refused(join(code.expose(), &password).await), kind, "{password}");
        let stranger = join("no code", &password).await;
        assert_eq!(refused(stranger), ErrorKind::InvitationNotFound, "nothing is judged for a stranger");
    }
    join(code.expose(), PASSWORD).await.expect("joined");
}

#[tokio::test]
async fn a_refusal_repeats_nothing_of_the_password() {
    let (server, john) = house().await;
    let accounts = &server.identity.accounts;
    let before = server.events().await.len();
    for password in [COMMON, GUESSABLE, "john12345"] {
        let set = accounts.set_password(&server.operator(), &john, NewPassword::Given(typed(password))).await;
        let error = set.expect_err("refused");
        let told = format!("{error} {error:?}");
        assert!(!told.contains(password) && told.contains("password_strength"), "{told}");
    }
    assert_eq!(server.events().await.len(), before, "nothing happened");
}

/// Judged when it is set, and never again: whoever has a weak one from before signs in, and may confirm it.
/// security 2, no. 5.
#[tokio::test]
async fn a_weak_password_from_before_signs_in() {
    let server = TestServer::start();
    server.user_from_before("john", COMMON).await;
    let john = caller(&server, "john", COMMON).await;
    server.advance(Duration::from_hours(1));
    let change = ChangePassword::new(COMMON, "battery staple", false);
    let changed = server.identity.accounts.change_password(&op_of(&server, &john), &john, change).await;
    changed.expect("another one");
    assert!(login(&server, "john", "battery staple").await.is_ok());
}

#[tokio::test]
async fn without_a_strength_common_words_and_names_are_refused_all_the_same() {
    let server = TestServer::with(&format!("[password]\n{CHEAP_HASHES}min_strength = 0\n"));
    let john = server.user("john", PASSWORD).await;
    let mut outcomes = Vec::new();
    for (password, _) in refusals("john") {
        let given = NewPassword::Given(typed(&password));
        let john = server.identity.accounts.find(&john.id.to_string()).await.expect("john");
        let set = server.identity.accounts.set_password(&server.operator(), &john, given).await;
        outcomes.push(set.map(|_| ()).map_err(|error| error.kind()));
    }
    assert_eq!(outcomes, [Err(weak(Weakness::Common)), Err(weak(Weakness::Context)), Ok(())]);
}
