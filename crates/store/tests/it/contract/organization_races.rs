//! Many at once about organizations: what is to happen once does, and a lowered role holds.

use identity::Door;
use identity::organization::{
    Admission, Invitation, Membership, MembershipId, NewInvitation, NewMembership, OrganizationRole,
};
use identity::ports::{Change, Commit, Conflict, Store as _};
use identity::user::{FIRST_VERSION, User, UserNumber};

use super::races::{applied, commit_together, only};
use crate::world::{
    World, at, id, new_invitation, new_membership, new_organization, new_organization_key, new_user,
};

fn all(changes: Vec<Change>) -> Commit {
    Commit { changes, events: vec![] }
}

/// security 1, invitation: 50 parallel logins with one code, one membership by it.
pub(super) async fn an_invitation_is_followed_by_one(world: &World) {
    let acme = world.organization("Acme").await;
    let ann = world.user("ann").await;
    let owner = world.member(&acme, &ann, OrganizationRole::Owner).await;
    let mut users = Vec::new();
    for n in 0..50 {
        users.push(world.user(&format!("user-{n}")).await);
    }
    for round in 0..4 {
        let invitation = world.invite(new_invitation(&acme, &ann, &format!("guest-{round}"))).await;
        let follow = |user: &User| {
            all(vec![
                Change::HoldUser { user: user.number, version: 1 },
                Change::HoldMembership { membership: owner.id, role: OrganizationRole::Owner },
                Change::RedeemInvitation { invitation: invitation.id, user: user.number, at: at(9) },
                Change::OpenMembership(new_membership(&acme, user, OrganizationRole::User)),
            ])
        };
        // Who joined in an earlier round stays out of this one.
        let members = world.store.members(acme.id).await.unwrap();
        users.retain(|user| !members.iter().any(|(membership, _)| membership.user == user.number));
        let outcomes = commit_together(world, users.iter().map(follow).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::InvitationGone), 1);
        assert_eq!(world.store.members(acme.id).await.unwrap().len(), members.len() + 1);
    }
}

/// Twenty who follow one invitation at once without an account, each with a new one for its address.
pub(super) async fn an_invitation_makes_one_user_and_one_membership(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    for round in 0..4 {
        let guest = format!("guest-{round}");
        let invitation = world.invite(new_invitation(&acme, &ann, &guest)).await;
        let join = |_| {
            let user = new_user(&guest);
            let admit = Change::Admit(Admission {
                invitation: invitation.id,
                user: user.id,
                version: FIRST_VERSION,
                membership: MembershipId(id()),
                organization: acme.id,
                role: OrganizationRole::User,
                at: at(9),
            });
            all(vec![Change::CreateUser(user), admit])
        };
        let outcomes = commit_together(world, (0..20).map(join).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::LoginNameTaken), 1);
        assert_eq!(world.store.members(acme.id).await.unwrap().len(), round + 1);
        assert_eq!(world.store.users(UserNumber(0), 100).await.unwrap().len(), round + 2);
    }
}

/// Fifty invitations by an owner, and in their midst a commit that takes the role away.
pub(super) async fn nobody_invites_with_a_role_that_was_lowered(world: &World) {
    let acme = world.organization("Acme").await;
    for round in 0..4 {
        let ann = world.user(&format!("ann-{round}")).await;
        let owner = world.member(&acme, &ann, OrganizationRole::Owner).await;
        let invite = |n| {
            let NewInvitation { invitation, digest } =
                new_invitation(&acme, &ann, &format!("guest-{round}-{n}"));
            let invitation = Invitation { role: OrganizationRole::Owner, ..invitation };
            all(vec![
                Change::HoldUser { user: ann.number, version: 1 },
                Change::HoldMembership { membership: owner.id, role: OrganizationRole::Owner },
                Change::OpenInvitation(NewInvitation { invitation, digest }),
            ])
        };
        let mut commits: Vec<Commit> = (0..50).map(invite).collect();
        let lowered =
            Change::SetMembershipRole { membership: owner.id, role: OrganizationRole::User, at: at(9) };
        commits.insert(25, only(lowered));
        let mut outcomes = commit_together(world, commits).await;
        outcomes.remove(25).unwrap();
        let made = applied(&outcomes, Conflict::MembershipChanged);
        let invitations = world.store.invitations(acme.id).await.unwrap();
        assert_eq!(invitations.iter().filter(|made| made.inviter == Some(ann.number)).count(), made);
        let late = all(invite(50).changes);
        let late = world.store.commit(late).await;
        assert!(late.is_err(), "one that read before it comes too late");
    }
}

pub(super) async fn nobody_joins_twice(world: &World) {
    for round in 0..4 {
        let (acme, ann) = (world.organization("Acme").await, world.user(&format!("ann-{round}")).await);
        let join = |_| only(Change::OpenMembership(new_membership(&acme, &ann, OrganizationRole::User)));
        let outcomes = commit_together(world, (0..50).map(join).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::MembershipExists), 1);
        assert_eq!(world.store.members(acme.id).await.unwrap().len(), 1);
    }
}

/// Fifty first logins of one user at once, each with an organization of its own.
pub(super) async fn a_user_founds_one_first_organization(world: &World) {
    for round in 0..4 {
        let ann = world.user(&format!("ann-{round}")).await;
        let name = format!("of ann-{round}");
        let found = |_| {
            let organization = new_organization(&name);
            let new = new_membership(&organization, &ann, OrganizationRole::Owner);
            let owner = NewMembership { first: true, ..new };
            all(vec![Change::CreateOrganization(organization), Change::OpenMembership(owner)])
        };
        let outcomes = commit_together(world, (0..50).map(found).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::MembershipExists), 1);
        assert_eq!(world.store.memberships(ann.number).await.unwrap().len(), 1);
        assert_eq!(
            world.store.organizations_named(&name, 9).await.unwrap().len(),
            1,
            "none without an owner"
        );
    }
}

pub(super) async fn an_address_is_invited_once(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    for round in 0..4 {
        let name = format!("guest-{round}");
        let invite = |_| only(Change::OpenInvitation(new_invitation(&acme, &ann, &name)));
        let outcomes = commit_together(world, (0..50).map(invite).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::InvitationExists), 1);
    }
    assert_eq!(world.store.invitations(acme.id).await.unwrap().len(), 4);
}

pub(super) async fn an_organizations_key_limit_holds(world: &World) {
    let acme = world.organization("Acme").await;
    let open = |_| {
        let key = new_organization_key(&acme, "probe");
        only(Change::OpenOrganizationKey { key, organization: acme.id, limit: 7 })
    };
    let outcomes = commit_together(world, (0..50).map(open).collect()).await;
    assert_eq!(applied(&outcomes, Conflict::ApiKeyLimit), 7);
    assert_eq!(world.store.organization_keys(acme.id, &Door::new("probe")).await.unwrap().len(), 7);
}

/// Memberships and invitations of a user, some of which come too late.
pub(super) async fn nothing_is_left_of_a_deleted_member(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let home = world.organization("Home").await;
        let held: Membership = world.member(&home, &user, OrganizationRole::Owner).await;
        let mut commits = Vec::new();
        for n in 0..20 {
            let other = world.organization(&format!("{n}")).await;
            let join = new_membership(&other, &user, OrganizationRole::User);
            commits.push(only(Change::OpenMembership(join)));
            commits.push(all(vec![
                Change::HoldUser { user: user.number, version: 1 },
                Change::HoldMembership { membership: held.id, role: OrganizationRole::Owner },
                Change::OpenInvitation(new_invitation(&home, &user, &format!("guest-{n}"))),
            ]));
        }
        commits.insert(20, only(Change::DeleteUser { user: user.number, at: at(9), retired: vec![] }));
        let mut outcomes = commit_together(world, commits).await;
        outcomes.remove(20).unwrap();
        applied(&outcomes, Conflict::UserChanged);
        assert_eq!(*world.store.memberships(user.number).await.unwrap(), []);
        assert!(world.store.invitations(home.id).await.unwrap().is_empty());
    }
}
