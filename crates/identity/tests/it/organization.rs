//! Organizations and who comes to them: a first login founds one, names one or finds the oldest.

use std::time::Duration;

use identity::audit::EventKind;
use identity::organization::joining::{Joined, Joining, Way};
use identity::organization::{Organization, OrganizationId, OrganizationRole};
use identity::user::User;
use identity::{ErrorKind, Result};
use testkit::TestServer;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{PASSWORD, caller, house, op_of, refused, surface, told};

/// An organization in the operator's name, younger than any that was made before.
pub(crate) async fn organization(server: &TestServer, owner: Option<&User>, open: bool) -> Organization {
    server.advance(Duration::from_millis(1));
    let organizations = &server.identity.organizations;
    organizations.create_by_operator(&server.operator(), "Acme", owner, open).await.expect("made")
}

/// The user as stored now.
pub(crate) async fn now(server: &TestServer, user: &User) -> User {
    server.identity.accounts.find(&user.id.to_string()).await.expect("there")
}

async fn settle(server: &TestServer, user: &User, named: Option<OrganizationId>) -> Result<Joined> {
    let op = server.visitor(&surface().door);
    server
        .identity
        .organizations
        .settle_in(&op, &now(server, user).await, &Joining { organization: named, invitation: None })
        .await
}

/// contracts 4.1: without an organization a new one, named from the address' local part, whose owner the user is.
#[tokio::test]
async fn who_belongs_to_nothing_founds_an_organization_and_does_so_once() {
    let (server, john) = house().await;
    let before = server.events().await.len();
    let joined = settle(&server, &john, None).await.expect("settled");
    assert_eq!((joined.way, joined.organization.name.as_str()), (Way::Founded, "john"));
    assert_eq!(joined.membership.role, OrganizationRole::Owner);
    assert!(!joined.organization.registerable);
    let again = settle(&server, &john, None).await.expect("settled");
    assert_eq!((again.way, &again.membership), (Way::Already, &joined.membership));
    let told = told(&server, before).await;
    assert_eq!(
        told.iter().map(|(kind, detail)| (kind.as_str(), detail.clone())).collect::<Vec<_>>(),
        [("organization_created", joined.organization.id.to_string())]
    );
    let listed = server.identity.organizations.memberships_of(&john).await.expect("a list");
    assert_eq!(*listed, [(joined.organization, joined.membership)]);
}

#[tokio::test]
async fn who_has_no_address_founds_an_organization_named_by_the_username() {
    let server = TestServer::start();
    let ann =
        server.user_with("Ann Lee".replace(' ', "-").as_str(), PASSWORD, |user| user.email = None).await;
    let joined = settle(&server, &ann, None).await.expect("settled");
    assert_eq!(joined.organization.name, "Ann-Lee");
}

/// Two tabs of a first login, many times over.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_first_logins_at_once_found_one_organization() {
    let (server, john) = house().await;
    let john = now(&server, &john).await;
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (identity, john) = (server.identity.clone(), john.clone());
        let op = server.visitor(&surface().door);
        tries.spawn(async move { identity.organizations.settle_in(&op, &john, &Joining::default()).await });
    }
    let ways: Vec<Way> =
        tries.join_all().await.into_iter().map(|joined| joined.expect("settled").way).collect();
    assert_eq!(ways.iter().filter(|way| **way == Way::Founded).count(), 1);
    assert_eq!(server.identity.organizations.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn who_names_an_organization_joins_it_where_it_takes_in_who_names_it() {
    let (server, john) = house().await;
    let open = organization(&server, None, true).await;
    let closed = organization(&server, None, false).await;
    assert_eq!(refused(settle(&server, &john, Some(closed.id)).await), ErrorKind::OrganizationClosed);
    let nowhere = OrganizationId(Uuid::nil());
    assert_eq!(refused(settle(&server, &john, Some(nowhere)).await), ErrorKind::OrganizationNotFound);
    let joined = settle(&server, &john, Some(open.id)).await.expect("settled");
    assert_eq!((joined.way, joined.membership.role), (Way::Registered, OrganizationRole::User));
    let again = settle(&server, &john, Some(open.id)).await.expect("settled");
    assert_eq!((again.way, again.membership), (Way::Already, joined.membership));
    // A member of a closed one comes in too.
    let organizations = &server.identity.organizations;
    let role = OrganizationRole::Admin;
    server.advance(Duration::from_millis(1));
    organizations.set_role_by_operator(&server.operator(), &closed, &john, role).await.expect("done");
    let member = settle(&server, &john, Some(closed.id)).await.expect("settled");
    assert_eq!((member.way, member.membership.role), (Way::Already, role));
    // Without a name it is the oldest membership.
    assert_eq!(settle(&server, &john, None).await.expect("settled").organization, open);
}

#[tokio::test]
async fn nobody_settles_in_who_was_suspended_meanwhile() {
    let (server, john) = house().await;
    let john = now(&server, &john).await;
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("done");
    let op = server.visitor(&surface().door);
    let joined = server.identity.organizations.settle_in(&op, &john, &Joining::default()).await;
    assert_eq!(refused(joined), ErrorKind::Conflict);
    assert!(server.identity.organizations.list().await.expect("a list").is_empty());
}

#[tokio::test]
async fn an_organization_is_found_by_its_id_or_by_a_name_that_one_has() {
    let (server, john) = house().await;
    let organizations = &server.identity.organizations;
    let acme = organization(&server, Some(&john), false).await;
    for reference in [acme.id.to_string(), "Acme".to_owned(), " Acme ".to_owned()] {
        assert_eq!(organizations.find(&reference).await.expect("found"), acme);
    }
    for unknown in ["acme", "", &Uuid::nil().to_string()] {
        assert_eq!(refused(organizations.find(unknown).await), ErrorKind::OrganizationNotFound);
    }
    let other = organization(&server, None, false).await;
    assert_eq!(refused(organizations.find("Acme").await), ErrorKind::OrganizationNotFound);
    assert_eq!(organizations.find(&other.id.to_string()).await.expect("found"), other);
    assert_eq!(organizations.list().await.expect("a list"), [acme, other]);
}

#[tokio::test]
async fn who_makes_an_organization_owns_it_and_only_who_administers_it_sees_its_members() {
    let (server, john) = house().await;
    let ann = server.user("ann", PASSWORD).await;
    let (john_calls, ann_calls) =
        (caller(&server, "john", PASSWORD).await, caller(&server, "ann", PASSWORD).await);
    let (op, organizations) = (op_of(&server, &john_calls), &server.identity.organizations);
    let (acme, owner) = organizations.create(&op, &john_calls, " Acme ").await.expect("made");
    assert_eq!((acme.name.as_str(), owner.role), ("Acme", OrganizationRole::Owner));
    let nameless = organizations.create(&op, &john_calls, "\n").await;
    assert_eq!(refused(nameless), ErrorKind::OrganizationNameInvalid);

    let members = async |calls| organizations.members(&op, calls, acme.id).await;
    assert_eq!(members(&john_calls).await.expect("a list").len(), 1);
    assert_eq!(refused(members(&ann_calls).await), ErrorKind::Forbidden);
    for (role, seen) in [(OrganizationRole::User, false), (OrganizationRole::Admin, true)] {
        server.advance(Duration::from_millis(1));
        organizations.set_role_by_operator(&server.operator(), &acme, &ann, role).await.expect("done");
        assert_eq!(members(&ann_calls).await.is_ok(), seen, "{role:?}");
    }
    let listed: Vec<_> = members(&john_calls).await.expect("a list");
    assert_eq!(listed.iter().map(|(_, user)| user.number).collect::<Vec<_>>(), [john.number, ann.number]);
    let standing = organizations.standing(&ann_calls, acme.id).await.expect("a member");
    assert_eq!(standing.role, OrganizationRole::Admin);
}

/// What the member could do ends with the membership, not with the session.
#[tokio::test]
async fn who_is_taken_out_of_an_organization_may_nothing_there() {
    let (server, john) = house().await;
    let organizations = &server.identity.organizations;
    let acme = organization(&server, Some(&john), false).await;
    let calls = caller(&server, "john", PASSWORD).await;
    organizations.standing(&calls, acme.id).await.expect("a member");

    let before = server.events().await.len();
    assert!(organizations.remove_by_operator(&server.operator(), &acme, &john).await.expect("done"));
    assert_eq!(told(&server, before).await, [(EventKind::OrganizationLeft, acme.id.to_string())]);
    assert_eq!(refused(organizations.standing(&calls, acme.id).await), ErrorKind::Forbidden);
    let op = op_of(&server, &calls);
    assert_eq!(refused(organizations.members(&op, &calls, acme.id).await), ErrorKind::Forbidden);
    assert!(!organizations.remove_by_operator(&server.operator(), &acme, &john).await.expect("done"));
    assert!(organizations.members_for_operator(&acme).await.expect("a list").is_empty());
}
