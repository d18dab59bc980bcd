//! Organizations and who belongs to them.

use std::slice;

use identity::organization::{
    Membership, MembershipId, NewMembership, Organization, OrganizationId, OrganizationRole,
};
use identity::ports::{Change, Conflict, Store as _};
use identity::user::{NewUser, Status, User, UserNumber};
use uuid::Uuid;

use crate::world::{World, at, digest, digest_of, id, new_membership, new_organization, new_user};

const NOBODY: UserNumber = UserNumber(999);

fn hold(membership: &Membership, role: OrganizationRole) -> Change {
    Change::HoldMembership { membership: membership.id, role }
}

fn set(membership: MembershipId, role: OrganizationRole) -> Change {
    Change::SetMembershipRole { membership, role, at: at(7) }
}

pub(super) async fn an_organization_reads_back_as_made(world: &World) {
    let store = &world.store;
    let full =
        Organization { registerable: true, updated: at(2), ..new_organization("Ärzte & Söhne, \"x\"") };
    let mut same_name = Vec::new();
    for made in [full.clone(), new_organization("Acme"), new_organization("Acme"), new_organization("Acme")] {
        assert_eq!(world.apply(Change::CreateOrganization(made.clone())).await, 1);
        assert_eq!(store.organization(made.id).await.unwrap(), Some(made.clone()));
        same_name.push(made);
    }
    same_name.remove(0);
    assert_eq!(store.organizations_named(&full.name, 2).await.unwrap(), slice::from_ref(&full));
    assert_eq!(store.organizations_named("Acme", 9).await.unwrap(), same_name, "oldest first");
    assert_eq!(store.organizations_named("Acme", 2).await.unwrap(), same_name[..2]);
    for unknown in ["acme", "Acm", "Acme "] {
        assert_eq!(store.organizations_named(unknown, 2).await.unwrap(), []);
    }
    assert_eq!(store.organization(OrganizationId(id())).await.unwrap(), None);
    world.unavailable(Change::CreateOrganization(Organization { name: "other".to_owned(), ..full })).await;
}

pub(super) async fn organizations_are_paged_by_age(world: &World) {
    let mut made = Vec::new();
    for name in ["c", "a", "b"] {
        made.push(world.organization(name).await);
    }
    let page = async |after, limit| world.store.organizations(after, limit).await.unwrap();
    assert_eq!(page(OrganizationId(Uuid::nil()), 2).await, made[..2]);
    assert_eq!(page(made[1].id, 2).await, made[2..]);
    assert_eq!(page(made[2].id, 2).await, []);
}

pub(super) async fn a_membership_reads_back_as_made(world: &World) {
    let (store, ann, bob) = (&world.store, world.user("ann").await, world.user("bob").await);
    let (acme, other) = (world.organization("Acme").await, world.organization("Other").await);
    let mut anns = Vec::new();
    for (organization, role) in [(&other, OrganizationRole::Owner), (&acme, OrganizationRole::User)] {
        let NewMembership { membership, version, first } = new_membership(organization, &ann, role);
        let membership = Membership { updated: at(2), ..membership };
        let new = NewMembership { membership: membership.clone(), version, first };
        assert_eq!(world.apply(Change::OpenMembership(new)).await, 1);
        assert_eq!(store.membership(organization.id, ann.number).await.unwrap().as_ref(), Some(&membership));
        anns.push((organization.clone(), membership));
    }
    let bobs = world.member(&acme, &bob, OrganizationRole::Admin).await;
    assert_eq!(*store.memberships(ann.number).await.unwrap(), anns, "oldest first");
    let members = store.members(acme.id).await.unwrap();
    assert!(members == [(anns[1].1.clone(), ann.clone()), (bobs.clone(), bob.clone())], "{members:?}");
    assert!(world.now(&ann).await == ann, "joining changes nothing of who joins");

    assert_eq!(store.membership(other.id, bob.number).await.unwrap(), None);
    assert_eq!(*store.memberships(NOBODY).await.unwrap(), []);
    assert!(store.members(OrganizationId(id())).await.unwrap().is_empty());
    let same_id = NewMembership {
        membership: Membership { id: bobs.id, organization: other.id, ..bobs },
        version: 1,
        first: false,
    };
    world.unavailable(Change::OpenMembership(same_id)).await;
    let nowhere = new_membership(&new_organization("nowhere"), &bob, OrganizationRole::User);
    world.unavailable(Change::OpenMembership(nowhere)).await;
}

/// With none, one and several memberships, and none again: what one question says is what the others say, in each state.
pub(super) async fn a_credential_is_found_with_what_its_owner_belongs_to(world: &World) {
    let (store, ann, bob) = (&world.store, world.user("ann").await, world.user("bob").await);
    let (session, key) = (world.open(&ann, "trieve").await, world.key(&ann, "trieve").await);
    let told = async || {
        let all = store.memberships(ann.number).await.unwrap();
        let (found, owner, with) =
            store.session_with_memberships(&digest(session.id)).await.unwrap().unwrap();
        assert_eq!((found.id, owner.id, &with), (session.id, ann.id, &all));
        let (found, owner, with) =
            store.api_key_with_memberships(&digest_of(key.id.0)).await.unwrap().unwrap();
        assert_eq!((found.id, owner.id, &with), (key.id, ann.id, &all));
        let told = all.iter().map(|(of, membership)| (of.name.clone(), membership.role));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told().await, []);
    let (acme, other) = (world.organization("Acme").await, world.organization("Other").await);
    world.member(&acme, &bob, OrganizationRole::Owner).await;
    let first = world.member(&other, &ann, OrganizationRole::Owner).await;
    assert_eq!(told().await, [("Other".to_owned(), OrganizationRole::Owner)]);
    world.member(&acme, &ann, OrganizationRole::User).await;
    assert_eq!(told().await.len(), 2);
    world.apply(set(first.id, OrganizationRole::Admin)).await;
    let roles = told().await.into_iter().map(|(_, role)| role).collect::<Vec<_>>();
    assert_eq!(roles, [OrganizationRole::Admin, OrganizationRole::User]);
    world.apply(Change::EndMembership { membership: first.id }).await;
    assert_eq!(told().await, [("Acme".to_owned(), OrganizationRole::User)]);
    let unknown = id();
    assert!(store.session_with_memberships(&digest_of(unknown)).await.unwrap().is_none());
    assert!(store.api_key_with_memberships(&digest_of(unknown)).await.unwrap().is_none());
}

pub(super) async fn an_active_user_with_the_version_read_joins_once(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let join = |user: &User, version| {
        let new = new_membership(&acme, user, OrganizationRole::User);
        Change::OpenMembership(NewMembership { version, ..new })
    };
    for version in [0, 2] {
        assert_eq!(world.refused(join(&ann, version)).await, Conflict::UserChanged);
    }
    for status in [Status::Pending, Status::Suspended] {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        assert_eq!(world.refused(join(&user, 1)).await, Conflict::UserChanged);
    }
    let nobody = User { number: NOBODY, ..ann.clone() };
    assert_eq!(world.refused(join(&nobody, 1)).await, Conflict::UserChanged);
    world.apply(join(&ann, 1)).await;
    assert_eq!(world.refused(join(&ann, 1)).await, Conflict::MembershipExists);
    let other = world.organization("Other").await;
    world.member(&other, &ann, OrganizationRole::User).await;
}

pub(super) async fn a_first_membership_is_the_first(world: &World) {
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let (acme, other) = (world.organization("Acme").await, world.organization("Other").await);
    let first = |organization: &Organization, user: &User| {
        let new = new_membership(organization, user, OrganizationRole::Owner);
        Change::OpenMembership(NewMembership { first: true, ..new })
    };
    world.member(&acme, &bob, OrganizationRole::User).await;
    world.apply(first(&acme, &ann)).await;
    for user in [&ann, &bob] {
        assert_eq!(world.refused(first(&other, user)).await, Conflict::MembershipExists);
    }
}

pub(super) async fn a_membership_is_held_with_its_role(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let admin = world.member(&acme, &ann, OrganizationRole::Admin).await;
    assert_eq!(world.apply(hold(&admin, OrganizationRole::Admin)).await, 1);
    for other in [OrganizationRole::User, OrganizationRole::Owner] {
        assert_eq!(world.refused(hold(&admin, other)).await, Conflict::MembershipChanged);
    }
    let nobody = Membership { id: MembershipId(id()), ..admin.clone() };
    assert_eq!(world.refused(hold(&nobody, OrganizationRole::Admin)).await, Conflict::MembershipChanged);
    let found = world.store.membership(acme.id, ann.number).await.unwrap();
    assert_eq!(found, Some(admin), "holding changes nothing");
}

pub(super) async fn a_role_is_set_for_a_member(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let anns = world.member(&acme, &ann, OrganizationRole::User).await;
    let bobs = world.member(&acme, &bob, OrganizationRole::User).await;
    for role in OrganizationRole::ALL {
        assert_eq!(world.apply(set(anns.id, role)).await, 1);
        let found = world.store.membership(acme.id, ann.number).await.unwrap();
        assert_eq!(found, Some(Membership { role, updated: at(7), ..anns.clone() }));
    }
    assert_eq!(world.store.membership(acme.id, bob.number).await.unwrap(), Some(bobs));
    let nobody = set(MembershipId(id()), OrganizationRole::User);
    assert_eq!(world.refused(nobody).await, Conflict::MembershipChanged);
}

pub(super) async fn a_member_is_taken_out_once(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let anns = world.member(&acme, &ann, OrganizationRole::Owner).await;
    let bobs = world.member(&acme, &bob, OrganizationRole::User).await;
    let end = Change::EndMembership { membership: anns.id };
    assert_eq!(world.apply(end.clone()).await, 1);
    assert_eq!(world.store.membership(acme.id, ann.number).await.unwrap(), None);
    assert_eq!(world.store.membership(acme.id, bob.number).await.unwrap(), Some(bobs));
    assert_eq!(world.refused(end).await, Conflict::MembershipChanged);
    assert_eq!(world.refused(hold(&anns, OrganizationRole::Owner)).await, Conflict::MembershipChanged);
    // And comes back as somebody new to it.
    world.member(&acme, &ann, OrganizationRole::User).await;
}

pub(super) async fn a_deleted_user_belongs_to_nothing(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let anns = world.member(&acme, &ann, OrganizationRole::Owner).await;
    let bobs = world.member(&acme, &bob, OrganizationRole::User).await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    assert_eq!(*world.store.memberships(ann.number).await.unwrap(), []);
    let members = world.store.members(acme.id).await.unwrap();
    assert_eq!(members.into_iter().map(|(membership, _)| membership).collect::<Vec<_>>(), [bobs]);
    assert_eq!(world.refused(hold(&anns, OrganizationRole::Owner)).await, Conflict::MembershipChanged);
    assert_eq!(world.store.organization(acme.id).await.unwrap(), Some(acme));
}
