//! API keys with bounds, and those of organizations: neither reaches beyond what it was made for.

use std::borrow::Cow;
use std::slice;
use std::time::Duration;

use identity::api_key::keys::{KeySurface, MakeApiKey};
use identity::api_key::organization_keys::OrganizationCaller;
use identity::api_key::{Bounds, KeyOwner};
use identity::organization::invitations::{InvitationLink, Invite};
use identity::organization::{Organization, OrganizationRole};
use identity::{Actor, Caller, Door, ErrorKind, Result, Secret, SecretForm};
use testkit::TestServer;

use super::organization::{now, organization};
use super::{PASSWORD, caller, house, op_of, refused, surface};

fn keys() -> KeySurface {
    let form = SecretForm::Base36 { prefix: Cow::Borrowed("tr-"), digits: 32 };
    KeySurface { door: surface().door, form, shown_again: false }
}

fn bound(bounds: Bounds) -> MakeApiKey {
    MakeApiKey { bounds, ..MakeApiKey::default() }
}

fn with_role(role: OrganizationRole) -> MakeApiKey {
    bound(Bounds { role: Some(role), ..Bounds::default() })
}

/// Who is recognised by a key of this caller's.
async fn by_key(server: &TestServer, owner: &Caller, make: MakeApiKey) -> Caller {
    let (op, surface, api_keys) = (op_of(server, owner), keys(), &server.identity.api_keys);
    let secret = api_keys.create(&op, &surface, owner, make).await.expect("made").secret.expect("shown once");
    api_keys.check(&op, &surface.door, &secret).await.expect("live")
}

async fn check(server: &TestServer, secret: &Secret) -> Result<OrganizationCaller> {
    let surface = keys();
    server
        .identity
        .api_keys
        .check_organization_key(&server.visitor(&surface.door), &surface.door, secret)
        .await
}

/// A key of the organization.
async fn make(
    server: &TestServer,
    by: &Caller,
    organization: &Organization,
    make: MakeApiKey,
) -> Result<Secret> {
    let (op, api_keys) = (op_of(server, by), &server.identity.api_keys);
    let made = api_keys.create_for_organization(&op, &keys(), by, organization.id, make).await?;
    Ok(made.secret.expect("shown once"))
}

/// What somebody belongs to is told as far as their credential reaches.
#[tokio::test]
async fn a_credential_sees_the_organizations_and_roles_that_it_may_use() {
    let (server, john) = house().await;
    let (acme, other) =
        (organization(&server, Some(&john), false).await, organization(&server, Some(&john), false).await);
    let owner = caller(&server, "john", PASSWORD).await;
    let seen = async |caller: &Caller| {
        let all = server.identity.organizations.memberships_by(caller).await.expect("a list");
        all.into_iter().map(|(organization, held)| (organization.id, held.role)).collect::<Vec<_>>()
    };
    let (own, less) = (OrganizationRole::Owner, OrganizationRole::User);
    assert_eq!(seen(&owner).await, [(acme.id, own), (other.id, own)]);
    assert_eq!(
        seen(&by_key(&server, &owner, with_role(less)).await).await,
        [(acme.id, less), (other.id, less)]
    );
    let some = Bounds { organizations: Some(vec![other.id]), ..Bounds::default() };
    assert_eq!(seen(&by_key(&server, &owner, bound(some)).await).await, [(other.id, own)]);
}

#[tokio::test]
async fn a_key_with_a_role_does_no_more_than_that_role_in_any_organization() {
    let (server, john) = house().await;
    let (acme, other) =
        (organization(&server, Some(&john), false).await, organization(&server, Some(&john), false).await);
    let owner = caller(&server, "john", PASSWORD).await;
    let organizations = &server.identity.organizations;
    for (role, may) in [(OrganizationRole::User, false), (OrganizationRole::Admin, true)] {
        let key = by_key(&server, &owner, with_role(role)).await;
        assert_eq!(organizations.standing(&key, acme.id).await.expect("a member").role, role);
        let op = op_of(&server, &key);
        assert_eq!(organizations.members(&op, &key, acme.id).await.is_ok(), may, "{role:?}");
        let link = InvitationLink { app_url: "https://a.example".to_owned(), redirect_uri: String::new() };
        let invite =
            Invite { email: "x@example.org".to_owned(), role: OrganizationRole::Owner, link: Some(link) };
        let expected = if may { ErrorKind::RoleTooHigh } else { ErrorKind::Forbidden };
        assert_eq!(refused(organizations.invite(&op, &key, acme.id, invite).await), expected);
    }
    let some = Bounds { organizations: Some(vec![other.id]), ..Bounds::default() };
    let key = by_key(&server, &owner, bound(some)).await;
    assert_eq!(refused(organizations.standing(&key, acme.id).await), ErrorKind::Forbidden);
    assert_eq!(organizations.standing(&key, other.id).await.expect("there").role, OrganizationRole::Owner);
}

/// A key that is bound makes none that is not, nor an organization, nor an organization's key.
#[tokio::test]
async fn a_bound_key_does_not_reach_beyond_itself() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let owner = caller(&server, "john", PASSWORD).await;
    let scopes = Bounds { scopes: Some(vec!["GET /api/auth/me".to_owned()]), ..Bounds::default() };
    let datasets = Bounds { datasets: Some(vec!["d".to_owned()]), ..Bounds::default() };
    let role = Bounds { role: Some(OrganizationRole::Owner), ..Bounds::default() };
    for bounds in [scopes, datasets, role] {
        let key = by_key(&server, &owner, bound(bounds)).await;
        let (op, api_keys) = (op_of(&server, &key), &server.identity.api_keys);
        let created = api_keys.create(&op, &keys(), &key, MakeApiKey::default()).await;
        assert_eq!(refused(created), ErrorKind::Forbidden);
        let of_acme = make(&server, &key, &acme, MakeApiKey::default()).await;
        assert_eq!(refused(of_acme), ErrorKind::Forbidden);
        let founded = server.identity.organizations.create(&op, &key, "Another").await;
        assert_eq!(refused(founded), ErrorKind::Forbidden);
    }
}

#[tokio::test]
async fn an_organizations_key_is_nobody_and_acts_for_its_organization() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let owner = caller(&server, "john", PASSWORD).await;
    let secret = make(&server, &owner, &acme, with_role(OrganizationRole::Admin)).await.expect("made");
    assert!(secret.expose().starts_with("tr-") && secret.expose().len() == 35);
    let recognised = check(&server, &secret).await.expect("live");
    assert_eq!((recognised.role(), &recognised.organization), (OrganizationRole::Admin, &acme));
    assert_eq!(recognised.key.owner, KeyOwner::Organization(acme.id));
    let expected = Actor::OrganizationKey { organization: acme.id, key: recognised.key.id };
    assert_eq!(recognised.actor(), expected);
    // It is no user's, and a user's is none.
    let (door, api_keys) = (keys().door, &server.identity.api_keys);
    let as_user = api_keys.check(&server.visitor(&door), &door, &secret).await;
    assert_eq!(refused(as_user), ErrorKind::CredentialInvalid);
    let op = op_of(&server, &owner);
    let johns = api_keys.create(&op, &keys(), &owner, MakeApiKey::default()).await.expect("made");
    let johns = johns.secret.expect("shown once");
    assert_eq!(refused(check(&server, &johns).await), ErrorKind::CredentialInvalid);
    let elsewhere = Door::new("elsewhere");
    let other = api_keys.check_organization_key(&server.visitor(&elsewhere), &elsewhere, &secret).await;
    assert_eq!(refused(other), ErrorKind::CredentialInvalid);
}

#[tokio::test]
async fn an_organizations_key_never_stands_above_who_makes_it() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let ann = server.user("ann", PASSWORD).await;
    let calls = caller(&server, "ann", PASSWORD).await;
    let organizations = &server.identity.organizations;
    assert_eq!(refused(make(&server, &calls, &acme, MakeApiKey::default()).await), ErrorKind::Forbidden);
    for (role, expected) in
        [(OrganizationRole::User, ErrorKind::Forbidden), (OrganizationRole::Admin, ErrorKind::RoleTooHigh)]
    {
        organizations.set_role_by_operator(&server.operator(), &acme, &ann, role).await.expect("done");
        let made = make(&server, &calls, &acme, with_role(OrganizationRole::Owner)).await;
        assert_eq!(refused(made), expected);
    }
    let secret = make(&server, &calls, &acme, MakeApiKey::default()).await.expect("made");
    let role = check(&server, &secret).await.expect("live").role();
    assert_eq!(role, OrganizationRole::User, "the least where none is asked for");
}

/// contracts 4.1 and 8.8: a logout ends no key; a user's falls with the user, an organization's does not.
#[tokio::test]
async fn a_users_key_falls_with_the_user_and_an_organizations_key_does_not() {
    let (server, john) = house().await;
    let acme = organization(&server, Some(&john), false).await;
    let owner = caller(&server, "john", PASSWORD).await;
    let (op, api_keys, door) = (op_of(&server, &owner), &server.identity.api_keys, keys().door);
    let own = api_keys.create(&op, &keys(), &owner, MakeApiKey::default()).await.expect("made");
    let own = own.secret.expect("shown once");
    let of_acme = make(&server, &owner, &acme, MakeApiKey::default()).await.expect("made");
    let visit = || server.visitor(&door);
    let accounts = &server.identity.accounts;

    server.identity.sessions.end_all_of(&server.operator(), &john).await.expect("done");
    api_keys.check(&visit(), &door, &own).await.expect("it survives a logout");
    accounts.suspend(&server.operator(), &now(&server, &john).await).await.expect("done");
    assert_eq!(refused(api_keys.check(&visit(), &door, &own).await), ErrorKind::UserInactive);
    check(&server, &of_acme).await.expect("it is not john's");
    accounts.activate(&server.operator(), &now(&server, &john).await).await.expect("done");
    api_keys.check(&visit(), &door, &own).await.expect("live again");
    accounts.delete(&server.operator(), &now(&server, &john).await).await.expect("done");
    refused(api_keys.check(&visit(), &door, &own).await);
    check(&server, &of_acme).await.expect("it outlives john");
}

#[tokio::test]
async fn keys_are_listed_and_ended_by_their_owners() {
    let (server, john) = house().await;
    let (acme, other) =
        (organization(&server, Some(&john), false).await, organization(&server, Some(&john), false).await);
    server.user("ann", PASSWORD).await;
    let (owner, ann) = (caller(&server, "john", PASSWORD).await, caller(&server, "ann", PASSWORD).await);
    let (op, api_keys, door) = (op_of(&server, &owner), &server.identity.api_keys, keys().door);
    let secret = make(&server, &owner, &acme, MakeApiKey::default()).await.expect("made");
    let listed = api_keys.list_of_organization(&op, &door, &owner, acme.id).await.expect("a list");
    let id = listed[0].id;
    assert_eq!(refused(api_keys.list_of_organization(&op, &door, &ann, acme.id).await), ErrorKind::Forbidden);
    assert_eq!(
        refused(api_keys.end_of_organization(&op, &door, &ann, acme.id, id).await),
        ErrorKind::Forbidden
    );
    let not_its = api_keys.end_of_organization(&op, &door, &owner, other.id, id).await;
    assert_eq!(refused(not_its), ErrorKind::ApiKeyNotFound);
    assert_eq!(refused(api_keys.end_by_id(&op, &door, &owner, id).await), ErrorKind::ApiKeyNotFound);
    check(&server, &secret).await.expect("live still");
    api_keys.end_of_organization(&op, &door, &owner, acme.id, id).await.expect("ended");
    assert_eq!(refused(check(&server, &secret).await), ErrorKind::CredentialInvalid);

    let key = by_key(&server, &owner, MakeApiKey::default()).await;
    let identity::Credential::ApiKey(key) = key.credential else { panic!("a key") };
    assert_eq!(refused(api_keys.end_by_id(&op, &door, &ann, key.id).await), ErrorKind::ApiKeyNotFound);
    api_keys.end_by_id(&op, &door, &owner, key.id).await.expect("ended");
    assert_eq!(refused(api_keys.end_by_id(&op, &door, &owner, key.id).await), ErrorKind::ApiKeyNotFound);
}

#[tokio::test]
async fn the_operator_makes_lists_and_revokes_keys() {
    let (server, john) = house().await;
    let (op, api_keys, door) = (server.operator(), &server.identity.api_keys, keys().door);
    let life = Some(Duration::from_mins(1));
    let make = MakeApiKey { name: "ci".to_owned(), life, ..MakeApiKey::default() };
    let made = api_keys.create_by_operator(&op, &keys(), &john, make).await.expect("made");
    let secret = made.secret.expect("shown once");
    let listed = api_keys.list_by_operator(&door, &john).await.expect("a list");
    assert_eq!(listed, slice::from_ref(&made.key));
    api_keys.check(&server.visitor(&door), &door, &secret).await.expect("live");
    let revoked = api_keys.revoke(&op, made.key.id).await.expect("revoked");
    assert!(revoked.ended.is_some());
    let after = api_keys.check(&server.visitor(&door), &door, &secret).await;
    assert_eq!(refused(after), ErrorKind::CredentialInvalid);
    assert_eq!(refused(api_keys.revoke(&op, made.key.id).await), ErrorKind::ApiKeyNotFound);
    assert!(api_keys.list_by_operator(&door, &john).await.expect("a list").is_empty());
    server.identity.accounts.suspend(&op, &now(&server, &john).await).await.expect("done");
    let john = now(&server, &john).await;
    let suspended = api_keys.create_by_operator(&op, &keys(), &john, MakeApiKey::default()).await;
    assert_eq!(refused(suspended), ErrorKind::UserInactive);
}
