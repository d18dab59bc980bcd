//! Invitations to our own page: what one says, and joining by it with an account or without one.

use std::time::Duration;

use identity::audit::EventKind;
use identity::mail::{Mail, MailKind};
use identity::organization::invitations::{Delivery, Invite, LIFE};
use identity::organization::joining::Way;
use identity::organization::{Organization, OrganizationRole};
use identity::user::invited::NewMember;
use identity::user::sign_up::SignUp;
use identity::user::{PersonName, User};
use identity::{Caller, ErrorKind, Result, Surface};
use testkit::TestServer;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::organization::{now, organization};
use super::{PASSWORD, caller, house, login, op_of, refused, surface, told};

const ANN: &str = "ann@example.org";
const OTHER: &str = "battery staple";

/// A server and an organization that nobody belongs to.
async fn acme() -> (TestServer, Organization) {
    let server = TestServer::start();
    let acme = organization(&server, None, false).await;
    (server, acme)
}

/// The code of an invitation by the operator, who is shown it.
async fn shown(server: &TestServer, to: &Organization, email: &str, role: OrganizationRole) -> String {
    let organizations = &server.identity.organizations;
    let op = server.operator();
    let made = organizations.invite_by_operator(&op, to, email, role, Delivery::Shown).await;
    made.expect("invited").1.expect("shown").expose().to_owned()
}

async fn for_ann(server: &TestServer, to: &Organization) -> String {
    shown(server, to, ANN, OrganizationRole::User).await
}

fn member(password: &str) -> NewMember {
    NewMember { name: PersonName::whole("Ann Lee"), password: Zeroizing::new(password.to_owned()) }
}

async fn join(server: &TestServer, code: &str) -> Result<(User, Organization)> {
    let op = server.visitor(&surface().door);
    server.identity.accounts.join_invited(&op, code, member(PASSWORD)).await
}

async fn accept(server: &TestServer, who: &Caller, code: &str) -> Result<Way> {
    let joined = server.identity.organizations.accept(&op_of(server, who), who, code).await;
    joined.map(|joined| joined.way)
}

async fn opened(server: &TestServer, code: &str) -> Result<(String, bool)> {
    let opened = server.identity.organizations.opened(&server.visitor(&surface().door), code).await?;
    Ok((opened.address.as_str().to_owned(), opened.has_account))
}

/// The roles of who belongs to it.
async fn members(server: &TestServer, of: &Organization) -> Vec<(OrganizationRole, Option<String>)> {
    let members = server.identity.organizations.members_for_operator(of).await.expect("a list");
    members.into_iter().map(|(membership, user)| (membership.role, user.email)).collect()
}

#[tokio::test]
async fn the_operator_invites_by_mail_to_our_own_page() {
    let (server, acme) = acme().await;
    let organizations = &server.identity.organizations;
    let (op, role) = (server.operator(), OrganizationRole::Owner);
    let made = organizations.invite_by_operator(&op, &acme, "Ann@Example.org", role, Delivery::Mailed).await;
    let (made, code) = made.expect("invited");
    assert!(code.is_none() && made.at_page && made.inviter.is_none());
    let Mail { kind, to, token, invited_to, .. } = server.mails().await.pop().expect("a message");
    let invited_to = invited_to.expect("an organization");
    assert_eq!((kind, to.as_str(), invited_to.id), (MailKind::Invitation, "Ann@Example.org", acme.id));
    assert!(invited_to.link.is_none());
    let token = token.expect("a code");
    assert_eq!((token.expires, made.expires), (made.expires, op.now + LIFE));

    let visitor = server.visitor(&surface().door);
    let seen = organizations.opened(&visitor, token.secret.expose()).await.expect("live");
    assert_eq!((seen.organization, seen.role, seen.address.as_str()), (acme, role, "Ann@Example.org"));
    assert!(seen.inviter.is_none() && !seen.has_account && seen.expires == made.expires);
}

/// The page is for members, too, once there is something to invite by; their word counts as ever.
#[tokio::test]
async fn a_members_invitation_says_whose_it_is_and_falls_with_their_role() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let by = caller(&server, "john", PASSWORD).await;
    let organizations = &server.identity.organizations;
    let invite = Invite { email: ANN.to_owned(), role: OrganizationRole::Admin, link: None };
    let made = organizations.invite(&op_of(&server, &by), &by, acme.id, invite).await.expect("invited");
    assert!(made.at_page);
    let code = server.mails().await.pop().and_then(|mail| mail.token).expect("a code");
    let code = code.secret.expose();
    let visitor = server.visitor(&surface().door);
    let seen = organizations.opened(&visitor, code).await.expect("live");
    assert_eq!(seen.inviter.map(|name| name.as_str().to_owned()), Some(john.name.as_str().to_owned()));
    let op = server.operator();
    organizations.set_role_by_operator(&op, &acme, &john, OrganizationRole::User).await.expect("done");
    assert_eq!(refused(opened(&server, code).await), ErrorKind::InvitationNotFound);
    assert_eq!(refused(join(&server, code).await), ErrorKind::InvitationNotFound);
    assert!(server.identity.accounts.find(ANN).await.is_err(), "no account without the membership");
}

#[tokio::test]
async fn a_second_invitation_by_the_operator_takes_the_place_of_the_first() {
    let (server, acme) = acme().await;
    let first = for_ann(&server, &acme).await;
    let second = shown(&server, &acme, "ANN@example.org", OrganizationRole::Owner).await;
    assert_eq!(refused(join(&server, &first).await), ErrorKind::InvitationNotFound);
    join(&server, &second).await.expect("joined");
    let (organizations, op) = (&server.identity.organizations, server.operator());
    let again = organizations.invite_by_operator(&op, &acme, ANN, OrganizationRole::User, Delivery::Shown);
    assert_eq!(refused(again.await), ErrorKind::AlreadyMember);
    let nowhere = organizations.invite_by_operator(&op, &acme, "x", OrganizationRole::User, Delivery::Shown);
    assert_eq!(refused(nowhere.await), ErrorKind::EmailInvalid);
}

#[tokio::test]
async fn who_has_an_account_joins_with_it_and_once() {
    let (server, acme) = acme().await;
    server.user("ann", PASSWORD).await;
    let ann = caller(&server, "ann", PASSWORD).await;
    let code = shown(&server, &acme, ANN, OrganizationRole::Admin).await;
    assert_eq!(opened(&server, &code).await.expect("live"), (ANN.to_owned(), true));
    assert_eq!(refused(join(&server, &code).await), ErrorKind::LoginNameTaken);
    assert!(login(&server, "ann", PASSWORD).await.is_ok(), "the password stays");
    assert_eq!(accept(&server, &ann, &code).await.expect("joined"), Way::Invited);
    assert_eq!(accept(&server, &ann, &code).await.expect("a member"), Way::Already);
    assert_eq!(members(&server, &acme).await, [(OrganizationRole::Admin, Some(ANN.to_owned()))]);
    assert_eq!(refused(opened(&server, &code).await), ErrorKind::InvitationUsed);
    assert_eq!(refused(join(&server, &code).await), ErrorKind::InvitationUsed);
}

/// security 1, invitation.
#[tokio::test]
async fn nobody_joins_as_somebody_else_or_with_an_address_that_is_not_verified() {
    let (server, acme) = acme().await;
    let code = for_ann(&server, &acme).await;
    server.user("eve", PASSWORD).await;
    let eve = caller(&server, "eve", PASSWORD).await;
    assert_eq!(refused(accept(&server, &eve, &code).await), ErrorKind::InvitationNotYours);
    server.user_with("ann", PASSWORD, |user| user.email_verified = false).await;
    let claims = caller(&server, "ann", PASSWORD).await;
    assert_eq!(refused(accept(&server, &claims, &code).await), ErrorKind::InvitationNotYours);
    assert_eq!(refused(join(&server, &code).await), ErrorKind::LoginNameTaken);
    assert!(members(&server, &acme).await.is_empty());
}

/// The mailed code shows that the address is read: one account, verified, that may sign in.
#[tokio::test]
async fn who_has_no_account_gets_one_with_the_membership() {
    let (server, acme) = acme().await;
    let code = shown(&server, &acme, "Ann@Example.org", OrganizationRole::Owner).await;
    let before = server.events().await.len();
    let (ann, joined) = join(&server, &code).await.expect("joined");
    assert_eq!(
        (ann.email.as_deref(), ann.email_verified, joined),
        (Some("Ann@Example.org"), true, acme.clone())
    );
    assert_eq!((ann.name.as_str(), ann.is_active(), ann.must_change_password), ("Ann Lee", true, false));
    assert_eq!(members(&server, &acme).await, [(OrganizationRole::Owner, ann.email.clone())]);
    assert!(login(&server, ANN, PASSWORD).await.is_ok());
    let kinds: Vec<EventKind> =
        told(&server, before).await.into_iter().map(|(kind, _)| kind).take(2).collect();
    assert_eq!(kinds, [EventKind::UserCreated, EventKind::OrganizationJoined]);
    assert_eq!(refused(join(&server, &code).await), ErrorKind::InvitationUsed);
}

/// Whoever signs up with the address of somebody else keeps nobody out, and gets nothing of it.
#[tokio::test]
async fn a_sign_up_that_nobody_verified_does_not_stand_in_the_way() {
    let (server, acme) = acme().await;
    let open = Surface { sign_up: true, ..surface() };
    let sign_up = SignUp {
        email: ANN.to_owned(),
        password: Zeroizing::new(OTHER.to_owned()),
        name: PersonName::whole("Eve"),
        captcha: String::new(),
        return_to: None,
    };
    let visitor = server.visitor(&open.door);
    server.identity.accounts.sign_up(&visitor, &open, sign_up).await.expect("taken");
    let ticket = server.mails().await.pop().and_then(|mail| mail.token).expect("a ticket").secret;
    let code = for_ann(&server, &acme).await;
    assert_eq!(opened(&server, &code).await.expect("live"), (ANN.to_owned(), false));
    let (ann, _) = join(&server, &code).await.expect("joined");
    assert!(ann.email_verified && ann.is_active() && ann.name.as_str() == "Ann Lee");
    assert_eq!(members(&server, &acme).await.len(), 1);
    assert_eq!(refused(login(&server, ANN, OTHER).await), ErrorKind::InvalidCredentials);
    assert!(login(&server, ANN, PASSWORD).await.is_ok());
    let late = server.identity.accounts.verify_email(&visitor, ticket.expose(), None).await;
    assert_eq!(refused(late), ErrorKind::TicketInvalid);
}

#[tokio::test]
async fn a_password_that_does_not_do_leaves_the_invitation_good() {
    let (server, acme) = acme().await;
    let code = for_ann(&server, &acme).await;
    let op = server.visitor(&surface().door);
    let try_with = async |password: &str| {
        refused(server.identity.accounts.join_invited(&op, &code, member(password)).await)
    };
    assert_eq!(try_with("short").await, ErrorKind::PasswordTooShort { min_length: 8 });
    assert_eq!(try_with(&"x".repeat(5000)).await, ErrorKind::PasswordTooLong);
    join(&server, &code).await.expect("joined");
}

#[tokio::test]
async fn without_password_sign_in_nobody_gets_an_account_with_one() {
    let server = TestServer::with("[password]\nsign_in = false");
    let acme = organization(&server, None, false).await;
    let code = for_ann(&server, &acme).await;
    assert_eq!(refused(join(&server, &code).await), ErrorKind::PasswordSignInDisabled);
    assert!(opened(&server, &code).await.is_ok());
}

#[tokio::test]
async fn what_is_no_live_code_of_the_page_opens_nothing() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let code = for_ann(&server, &acme).await;
    let by = caller(&server, "john", PASSWORD).await;
    // One that leads to an application, which has seen its code.
    let link = super::invitations::application();
    let invite =
        Invite { email: "bob@example.org".to_owned(), role: OrganizationRole::User, link: Some(link) };
    let op = op_of(&server, &by);
    server.identity.organizations.invite(&op, &by, acme.id, invite).await.expect("invited");
    let theirs = server.mails().await.pop().and_then(|mail| mail.token).expect("a code").secret;
    server.user("bob", PASSWORD).await;
    let bob = caller(&server, "bob", PASSWORD).await;
    let unknown = uuid::Uuid::max().to_string();
    for code in ["", "x", unknown.as_str(), theirs.expose()] {
        assert_eq!(refused(opened(&server, code).await), ErrorKind::InvitationNotFound, "{code}");
        assert_eq!(refused(join(&server, code).await), ErrorKind::InvitationNotFound, "{code}");
        assert_eq!(refused(accept(&server, &bob, code).await), ErrorKind::InvitationNotFound, "{code}");
    }
    server.advance(LIFE - Duration::from_millis(1));
    assert!(opened(&server, &code).await.is_ok());
    server.advance(Duration::from_millis(1));
    assert_eq!(refused(opened(&server, &code).await), ErrorKind::InvitationNotFound);
    assert_eq!(refused(join(&server, &code).await), ErrorKind::InvitationNotFound);
}

#[tokio::test]
async fn the_address_of_a_deleted_user_gets_no_account() {
    let (server, acme) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    server.identity.accounts.delete(&server.operator(), &ann).await.expect("done");
    let code = for_ann(&server, &acme).await;
    assert_eq!(refused(join(&server, &code).await), ErrorKind::LoginNameRetired);
    assert!(members(&server, &acme).await.is_empty());
}

/// Twenty with one code at once: one user, one membership, and nineteen who are told that it was used.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_who_join_at_once_without_an_account_make_one() {
    for claimed in [false, true] {
        let (server, acme) = acme().await;
        if claimed {
            let unclaimed = |user: &mut identity::NewAccount| {
                user.username = None;
                user.email = Some(ANN.to_owned());
                user.email_verified = false;
                user.status = identity::user::Status::Pending;
                user.password = identity::NewPassword::None;
            };
            server.user_with("ann", PASSWORD, unclaimed).await;
        }
        let code = for_ann(&server, &acme).await;
        let mut tries = JoinSet::new();
        for _ in 0..20 {
            let (identity, code) = (server.identity.clone(), code.clone());
            let op = server.visitor(&surface().door);
            tries.spawn(async move { identity.accounts.join_invited(&op, &code, member(PASSWORD)).await });
        }
        let (made, lost): (Vec<_>, Vec<_>) = tries.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((made.len(), lost.len()), (1, 19));
        for outcome in lost {
            let kind = refused(outcome);
            assert!(matches!(kind, ErrorKind::InvitationUsed | ErrorKind::LoginNameTaken), "{kind:?}");
        }
        assert_eq!(members(&server, &acme).await.len(), 1);
        assert_eq!(server.identity.accounts.list().await.expect("a list").len(), 1);
    }
}

/// The same with an account: one membership, and twenty who belong to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_times_accepted_at_once_is_one_membership() {
    let (server, acme) = acme().await;
    server.user("ann", PASSWORD).await;
    let ann = caller(&server, "ann", PASSWORD).await;
    let code = for_ann(&server, &acme).await;
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let (identity, code, ann) = (server.identity.clone(), code.clone(), ann.clone());
        let op = op_of(&server, &ann);
        tries.spawn(async move { identity.organizations.accept(&op, &ann, &code).await });
    }
    let ways: Vec<Way> = tries.join_all().await.into_iter().map(|way| way.expect("a member").way).collect();
    assert_eq!(ways.iter().filter(|way| **way == Way::Invited).count(), 1);
    assert_eq!(members(&server, &acme).await.len(), 1);
    assert!(now(&server, &ann.user).await.email_verified);
}
