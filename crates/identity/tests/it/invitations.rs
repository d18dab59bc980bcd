//! security 1, invitation: bound to an address and an organization, single use, and
//! never above the inviter's role.

use std::time::Duration;

use identity::audit::EventKind;
use identity::mail::MailKind;
use identity::organization::invitations::{InvitationLink, Invite, LIFE, PER_HOUR};
use identity::organization::joining::{Joined, Joining, Way};
use identity::organization::{Invitation, Organization, OrganizationId, OrganizationRole};
use identity::user::User;
use identity::{Caller, ErrorKind, Result, Secret};
use testkit::TestServer;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::organization::{now, organization};
use super::{PASSWORD, caller, house, op_of, refused, surface, told};

/// A server, an organization and its owner john.
async fn acme() -> (TestServer, Organization, Caller) {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let john = caller(&server, "john", PASSWORD).await;
    (server, acme, john)
}

/// Where an application's invitations lead.
pub(crate) fn application() -> InvitationLink {
    InvitationLink {
        app_url: "https://app.example".to_owned(),
        redirect_uri: "https://app.example/home".to_owned(),
    }
}

fn to(email: &str, role: OrganizationRole) -> Invite {
    Invite { email: email.to_owned(), role, link: Some(application()) }
}

async fn invite(
    server: &TestServer,
    by: &Caller,
    organization: &Organization,
    invite: Invite,
) -> Result<Invitation> {
    server.identity.organizations.invite(&op_of(server, by), by, organization.id, invite).await
}

/// The code that was mailed last, which is delivered by this.
async fn mailed(server: &TestServer) -> Secret {
    let mails = server.mails().await;
    let mail = mails.into_iter().next_back().expect("a message");
    assert_eq!(mail.kind, MailKind::Invitation);
    mail.token.expect("a code").secret
}

async fn follow(
    server: &TestServer,
    user: &User,
    code: &Secret,
    named: Option<OrganizationId>,
) -> Result<Joined> {
    let op = server.visitor(&surface().door);
    let joining = Joining { organization: named, invitation: Some(code.clone()) };
    server.identity.organizations.settle_in(&op, &now(server, user).await, &joining).await
}

#[tokio::test]
async fn an_invitation_is_mailed_and_gives_its_role_to_whom_it_was_mailed() {
    let (server, acme, john) = acme().await;
    let before = server.events().await.len();
    let made = invite(&server, &john, &acme, to("Ann@Example.org", OrganizationRole::Admin)).await;
    let made = made.expect("invited");
    let mail = server.mails().await.pop().expect("a message");
    let invited_to = mail.invited_to.clone().expect("an organization");
    assert_eq!((mail.to.as_str(), mail.kind), ("Ann@Example.org", MailKind::Invitation));
    assert_eq!((invited_to.id, invited_to.name.as_str()), (acme.id, "Acme"));
    assert_eq!(invited_to.link, to("", OrganizationRole::User).link);
    let code = mail.token.expect("a code");
    let uuid = Uuid::try_parse(code.secret.expose()).expect("the shape of a UUID");
    assert_eq!((uuid.get_version_num(), code.expires), (4, made.expires));
    assert_eq!(made.expires, server.operator().now + Duration::from_hours(168));
    assert_eq!(LIFE, Duration::from_hours(168));

    let ann = server.user("ann", PASSWORD).await;
    let joined = follow(&server, &ann, &code.secret, Some(acme.id)).await.expect("joined");
    assert_eq!((joined.way, joined.membership.role), (Way::Invited, OrganizationRole::Admin));
    assert_eq!(joined.organization, acme);
    let listed = server.identity.organizations.invitations(&op_of(&server, &john), &john, acme.id).await;
    let listed = listed.expect("a list");
    assert_eq!((listed.len(), listed[0].id, listed[0].used), (1, made.id, Some(server.operator().now)));
    let kinds: Vec<EventKind> = told(&server, before).await.into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.contains(&EventKind::InvitationSent) && kinds.contains(&EventKind::OrganizationJoined));
    // Again, it changes nothing.
    let again = follow(&server, &ann, &code.secret, None).await.expect("a member");
    assert_eq!((again.way, again.membership), (Way::Already, joined.membership));
}

/// The code is in the message and nowhere else.
/// security 2, no. 20.
#[tokio::test]
async fn only_the_digest_of_a_code_is_stored() {
    let (server, acme, john) = acme().await;
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    let holds =
        |needle: &str| server.stored_bytes().windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("ann@example.org"), "it is looked for in the right place");
    let code = mailed(&server).await;
    assert!(!holds(code.expose()) && !holds(&code.expose().replace('-', "")));
}

#[tokio::test]
async fn an_invitation_is_nobodys_who_has_not_verified_its_address() {
    let (server, acme, john) = acme().await;
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    let code = mailed(&server).await;
    let eve = server.user("eve", PASSWORD).await;
    assert_eq!(refused(follow(&server, &eve, &code, None).await), ErrorKind::InvitationNotYours);
    let nameless = server.user_with("nameless", PASSWORD, |user| user.email = None).await;
    assert_eq!(refused(follow(&server, &nameless, &code, None).await), ErrorKind::InvitationNotYours);
    // Whoever has claimed the address without showing that it is theirs.
    let claims = server.user_with("ann", PASSWORD, |user| user.email_verified = false).await;
    assert_eq!(refused(follow(&server, &claims, &code, None).await), ErrorKind::InvitationNotYours);
    let op = server.operator();
    let accounts = &server.identity.accounts;
    accounts.set_email(&op, &claims, "other@example.org", true).await.expect("done");
    assert_eq!(refused(follow(&server, &claims, &code, None).await), ErrorKind::InvitationNotYours);
    let claims = now(&server, &claims).await;
    accounts.set_email(&op, &claims, "ANN@example.org", true).await.expect("done");
    assert_eq!(follow(&server, &claims, &code, None).await.expect("joined").way, Way::Invited);
    for user in [&eve, &nameless] {
        assert_eq!(
            refused(follow(&server, user, &code, None).await),
            ErrorKind::InvitationNotYours,
            "what became of it is told to nobody else"
        );
    }
}

#[tokio::test]
async fn an_invitation_is_bound_to_its_organization_and_its_end() {
    let (server, acme, john) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    let open = organization(&server, None, true).await;
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    let code = mailed(&server).await;
    let elsewhere = follow(&server, &ann, &code, Some(open.id)).await;
    assert_eq!(refused(elsewhere), ErrorKind::InvitationNotFound);
    for unknown in [Uuid::max().to_string(), "no-code".to_owned()] {
        let unknown = Secret::presented(&unknown).expect("plausible");
        assert_eq!(refused(follow(&server, &ann, &unknown, None).await), ErrorKind::InvitationNotFound);
    }
    server.advance(LIFE);
    assert_eq!(refused(follow(&server, &ann, &code, None).await), ErrorKind::InvitationNotFound);
    let john = caller(&server, "john", PASSWORD).await;
    let op = op_of(&server, &john);
    let organizations = &server.identity.organizations;
    assert!(organizations.invitations(&op, &john, acme.id).await.expect("a list").is_empty());
    assert!(organizations.memberships_of(&ann).await.expect("a list").is_empty());
    // The address is invited anew, and the old code stays dead.
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    assert_eq!(refused(follow(&server, &ann, &code, None).await), ErrorKind::InvitationNotFound);
    assert_eq!(follow(&server, &ann, &mailed(&server).await, None).await.expect("good").way, Way::Invited);
}

/// 50 logins with one code at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_who_follow_one_invitation_at_once_join_once() {
    let (server, acme, john) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    let ann = now(&server, &ann).await;
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    let code = mailed(&server).await;
    let before = server.events().await.len();
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (identity, ann, code) = (server.identity.clone(), ann.clone(), code.clone());
        let op = server.visitor(&surface().door);
        tries.spawn(async move {
            identity
                .organizations
                .settle_in(&op, &ann, &Joining { organization: None, invitation: Some(code) })
                .await
        });
    }
    let ways: Vec<Way> =
        tries.join_all().await.into_iter().map(|joined| joined.expect("a member").way).collect();
    assert_eq!(ways.iter().filter(|way| **way == Way::Invited).count(), 1);
    let joined = told(&server, before).await;
    assert_eq!(joined.iter().filter(|(kind, _)| *kind == EventKind::OrganizationJoined).count(), 1);
}

/// A used invitation lets nobody in again, not even whom it was for.
#[tokio::test]
async fn a_used_invitation_is_used_up() {
    let (server, acme, john) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await.expect("invited");
    let code = mailed(&server).await;
    follow(&server, &ann, &code, None).await.expect("joined");
    let accounts = &server.identity.accounts;
    let op = server.operator();
    accounts.set_email(&op, &now(&server, &ann).await, "anne@example.org", true).await.expect("done");
    let eve = server.user("eve", PASSWORD).await;
    accounts.set_email(&op, &eve, "ann@example.org", true).await.expect("done");
    assert_eq!(refused(follow(&server, &eve, &code, None).await), ErrorKind::InvitationUsed);
}

/// contracts 4.5, the refusals of an invitation.
#[tokio::test]
async fn each_refusal_of_an_invitation_has_its_kind() {
    let (server, acme, john) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    let organizations = &server.identity.organizations;
    let admin = OrganizationRole::Admin;
    organizations.set_role_by_operator(&server.operator(), &acme, &ann, admin).await.expect("done");
    let ann = caller(&server, "ann", PASSWORD).await;
    let user = OrganizationRole::User;
    let outcome = async |by, email, role| refused(invite(&server, by, &acme, to(email, role)).await);
    assert_eq!(outcome(&john, "no address", user).await, ErrorKind::EmailInvalid);
    assert_eq!(outcome(&john, "John@example.org", user).await, ErrorKind::SelfInvitation);
    assert_eq!(outcome(&ann, "bob@example.org", OrganizationRole::Owner).await, ErrorKind::RoleTooHigh);
    assert_eq!(outcome(&john, "ann@example.org", user).await, ErrorKind::AlreadyMember);
    invite(&server, &ann, &acme, to("bob@example.org", admin)).await.expect("as high as the own role");
    assert_eq!(outcome(&john, "BOB@example.org", user).await, ErrorKind::AlreadyInvited);
    assert_eq!(server.mails().await.len(), 1, "nothing is mailed with a refusal");
}

#[tokio::test]
async fn only_who_administers_an_organization_invites_lists_and_withdraws() {
    let (server, acme, john) = acme().await;
    let ann = server.user("ann", PASSWORD).await;
    let organizations = &server.identity.organizations;
    let made = invite(&server, &john, &acme, to("bob@example.org", OrganizationRole::User)).await;
    let made = made.expect("invited");
    let code = mailed(&server).await;
    let calls = caller(&server, "ann", PASSWORD).await;
    let op = op_of(&server, &calls);
    for role in [None, Some(OrganizationRole::User)] {
        if let Some(role) = role {
            organizations.set_role_by_operator(&server.operator(), &acme, &ann, role).await.expect("done");
        }
        let invited = invite(&server, &calls, &acme, to("x@example.org", OrganizationRole::User)).await;
        assert_eq!(refused(invited), ErrorKind::Forbidden);
        let listed = organizations.invitations(&op, &calls, acme.id).await;
        assert_eq!(refused(listed), ErrorKind::Forbidden);
        let expected = if role.is_some() { ErrorKind::Forbidden } else { ErrorKind::InvitationNotFound };
        assert_eq!(refused(organizations.withdraw(&op, &calls, made.id).await), expected);
    }
    let admin = OrganizationRole::Admin;
    organizations.set_role_by_operator(&server.operator(), &acme, &ann, admin).await.expect("done");
    organizations.withdraw(&op, &calls, made.id).await.expect("withdrawn");
    let again = organizations.withdraw(&op, &calls, made.id).await;
    assert_eq!(refused(again), ErrorKind::InvitationNotFound);
    let bob = server.user("bob", PASSWORD).await;
    assert_eq!(refused(follow(&server, &bob, &code, None).await), ErrorKind::InvitationNotFound);
}

/// An invitation is worth what its inviter's word is worth when it is followed.
#[tokio::test]
async fn an_invitation_falls_with_its_inviters_role() {
    let (server, acme, john) = acme().await;
    let (ann, bob) = (server.user("ann", PASSWORD).await, server.user("bob", PASSWORD).await);
    let (organizations, accounts) = (&server.identity.organizations, &server.identity.accounts);
    let role = async |user: &User, role| {
        let op = server.operator();
        organizations.set_role_by_operator(&op, &acme, user, role).await.expect("done");
    };
    role(&ann, OrganizationRole::Owner).await;
    let calls = caller(&server, "ann", PASSWORD).await;
    let owner = OrganizationRole::Owner;
    invite(&server, &calls, &acme, to("bob@example.org", owner)).await.expect("invited");
    let code = mailed(&server).await;
    let outcome = async || refused(follow(&server, &bob, &code, None).await);
    role(&ann, OrganizationRole::Admin).await;
    assert_eq!(outcome().await, ErrorKind::InvitationNotFound);
    role(&ann, OrganizationRole::Owner).await;
    accounts.suspend(&server.operator(), &now(&server, &ann).await).await.expect("done");
    assert_eq!(outcome().await, ErrorKind::InvitationNotFound);
    accounts.activate(&server.operator(), &now(&server, &ann).await).await.expect("done");
    accounts.delete(&server.operator(), &now(&server, &ann).await).await.expect("done");
    assert_eq!(outcome().await, ErrorKind::InvitationNotFound);
    let op = op_of(&server, &john);
    assert!(organizations.invitations(&op, &john, acme.id).await.expect("a list").is_empty());
    let members = organizations.members(&op, &john, acme.id).await.expect("a list");
    assert_eq!(members.len(), 1, "who was deleted belongs to nothing");
}

#[tokio::test]
async fn who_was_signed_out_everywhere_meanwhile_invites_nobody() {
    let (server, acme, john) = acme().await;
    server.identity.sessions.end_all_of(&server.operator(), &john.user).await.expect("done");
    let invited = invite(&server, &john, &acme, to("ann@example.org", OrganizationRole::User)).await;
    assert_eq!(refused(invited), ErrorKind::Conflict);
    assert!(server.mails().await.is_empty());
}

#[tokio::test]
async fn one_user_mails_fifty_invitations_in_an_hour() {
    let (server, acme, john) = acme().await;
    for n in 0..PER_HOUR {
        let email = format!("guest-{n}@example.org");
        invite(&server, &john, &acme, to(&email, OrganizationRole::User)).await.expect("invited");
    }
    let one_more = || to("one-more@example.org", OrganizationRole::User);
    let refusal = refused(invite(&server, &john, &acme, one_more()).await);
    assert_eq!(refusal, ErrorKind::Throttled { retry_after: Duration::from_hours(1) });
    server.advance(Duration::from_hours(1));
    invite(&server, &john, &acme, one_more()).await.expect("invited");
}

#[tokio::test]
async fn expired_invitations_are_forgotten_with_their_addresses() {
    let (server, acme, john) = acme().await;
    invite(&server, &john, &acme, to("fleeting@example.org", OrganizationRole::User)).await.expect("invited");
    server.mails().await;
    let holds = || server.stored_bytes().windows(8).any(|window| window == b"fleeting");
    assert!(holds());
    server.advance(LIFE + Duration::from_secs(1));
    server.identity.tidy(&server.operator()).await.expect("done");
    assert!(!holds());
}
