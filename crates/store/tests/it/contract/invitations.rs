//! Invitations to organizations.

use identity::organization::{
    Admission, Invitation, InvitationId, MembershipId, NewInvitation, OrganizationId, OrganizationRole,
};
use identity::ports::{Change, Conflict, Store as _};
use identity::user::{Email, FIRST_VERSION, NewUser, Status, UserNumber};
use uuid::Uuid;

use crate::world::{World, at, digest_of, id, key, new_invitation, new_user};

fn redeem(invitation: &Invitation, user: UserNumber, seconds: i64) -> Change {
    Change::RedeemInvitation { invitation: invitation.id, user, at: at(seconds) }
}

fn withdraw(invitation: InvitationId) -> Change {
    Change::WithdrawInvitation { invitation }
}

pub(super) async fn an_invitation_reads_back_as_made(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let store = &world.store;
    let mut all = Vec::new();
    for (role, name) in OrganizationRole::ALL.into_iter().zip(["Bob.Lee+x", "cäcilie", "dan"]) {
        let NewInvitation { invitation, digest } = new_invitation(&acme, &ann, name);
        // An application's, the operator's, and one to our own page by a member.
        let inviter = invitation.inviter.filter(|_| name != "dan");
        let invitation = Invitation { role, inviter, at_page: name != "cäcilie", ..invitation };
        let new = NewInvitation { invitation: invitation.clone(), digest: digest.clone() };
        assert_eq!(world.apply(Change::OpenInvitation(new)).await, 1);
        let found = store.invitation_by_digest(&digest).await.unwrap().unwrap();
        assert!(found == invitation && found.address.as_str() == invitation.address.as_str());
        assert!(store.invitation(invitation.id).await.unwrap().as_ref() == Some(&invitation));
        all.push(invitation);
    }
    assert!(store.invitations(acme.id).await.unwrap() == all, "oldest first");
    assert!(store.invitations(OrganizationId(id())).await.unwrap().is_empty());
    let mut other = digest_of(all[0].id.0);
    other.bytes.pop();
    for unknown in [other, digest_of(Uuid::max())] {
        assert!(store.invitation_by_digest(&unknown).await.unwrap().is_none());
    }
    let NewInvitation { invitation, digest } = new_invitation(&acme, &ann, "eve");
    let same_id = NewInvitation { invitation: Invitation { id: all[0].id, ..invitation.clone() }, digest };
    let same_code = NewInvitation { invitation, digest: digest_of(all[0].id.0) };
    for second in [same_id, same_code] {
        world.unavailable(Change::OpenInvitation(second)).await;
    }
}

pub(super) async fn one_live_invitation_waits_for_an_address(world: &World) {
    let (acme, other) = (world.organization("Acme").await, world.organization("Other").await);
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let first = world.invite(new_invitation(&acme, &ann, "eve")).await;
    // The same address in another spelling, by whomever.
    for (inviter, typed) in [(&ann, "eve@example.org"), (&bob, "EVE@Example.ORG")] {
        let NewInvitation { invitation, digest } = new_invitation(&acme, inviter, "x");
        let address = Email::new(typed).unwrap();
        let again = NewInvitation { invitation: Invitation { address, ..invitation }, digest };
        assert_eq!(world.refused(Change::OpenInvitation(again)).await, Conflict::InvitationExists);
    }
    world.invite(new_invitation(&other, &ann, "eve")).await;
    world.invite(new_invitation(&acme, &ann, "dan")).await;

    // One that has expired makes room; one second earlier it does not.
    let later = |seconds| {
        let NewInvitation { invitation, digest } = new_invitation(&acme, &ann, "eve");
        let invitation = Invitation { created: at(seconds), expires: at(seconds + 600), ..invitation };
        NewInvitation { invitation, digest }
    };
    assert_eq!(world.refused(Change::OpenInvitation(later(599))).await, Conflict::InvitationExists);
    let second = world.invite(later(600)).await;
    assert!(world.stored_invitation(&first).await.is_none());

    // So does one that was followed, which stays.
    world.apply(redeem(&second, bob.number, 700)).await;
    world.invite(later(701)).await;
    assert!(world.stored_invitation(&second).await.is_some());
}

/// security 1, invitation: single use.
pub(super) async fn an_invitation_is_followed_once_and_in_time(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let used = world.invite(new_invitation(&acme, &ann, "eve")).await;
    let late = world.invite(new_invitation(&acme, &ann, "dan")).await;
    assert_eq!(world.apply(redeem(&used, bob.number, 599)).await, 1);
    let expected = Invitation { used: Some(at(599)), ..used.clone() };
    assert!(world.stored_invitation(&used).await == Some(expected));
    assert_eq!(world.refused(redeem(&used, bob.number, 599)).await, Conflict::InvitationGone);
    for second in [600, 601] {
        assert_eq!(world.refused(redeem(&late, bob.number, second)).await, Conflict::InvitationGone);
    }
    let nothing = Invitation { id: InvitationId(id()), ..late };
    assert_eq!(world.refused(redeem(&nothing, bob.number, 2)).await, Conflict::InvitationGone);
}

/// By the invitation, for a user by id and version, until this second.
fn admission(invitation: &Invitation, user: Uuid, version: i64, seconds: i64) -> Change {
    Change::Admit(Admission {
        invitation: invitation.id,
        user,
        version,
        membership: MembershipId(id()),
        organization: invitation.organization,
        role: OrganizationRole::Admin,
        at: at(seconds),
    })
}

pub(super) async fn a_user_is_made_and_admitted_in_one_commit(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let invitation = world.invite(new_invitation(&acme, &ann, "eve")).await;
    let eve = new_user("eve");
    let admit = admission(&invitation, eve.id, FIRST_VERSION, 599);
    world.commit(vec![Change::CreateUser(eve.clone()), admit]).await.unwrap();
    let user = world.store.user_by_id(eve.id).await.unwrap().unwrap();
    let membership = world.store.membership(acme.id, user.number).await.unwrap().unwrap();
    assert_eq!((membership.role, membership.created), (OrganizationRole::Admin, at(599)));
    assert_eq!((membership.updated, user.credential_version), (at(599), FIRST_VERSION));
    let expected = Invitation { used: Some(at(599)), ..invitation.clone() };
    assert!(world.stored_invitation(&invitation).await == Some(expected));

    // Of a commit whose invitation is used up, the user is not kept either; nor is one who may not sign in yet.
    let live = world.invite(new_invitation(&acme, &ann, "fay")).await;
    for (invitation, status) in [(&invitation, Status::Active), (&live, Status::Pending)] {
        let dan = NewUser { status, ..new_user("dan") };
        let admit = admission(invitation, dan.id, FIRST_VERSION, 2);
        assert!(world.commit(vec![Change::CreateUser(dan), admit]).await.is_err());
        assert!(world.store.user_by_name(&key("dan")).await.unwrap().is_none());
    }
    // What was followed goes with who followed it.
    world.apply(Change::DeleteUser { user: user.number, at: at(9), retired: vec![] }).await;
    assert!(world.stored_invitation(&invitation).await.is_none());
}

pub(super) async fn somebody_is_admitted_once_in_time_and_unchanged(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let first = world.invite(new_invitation(&acme, &ann, "bob")).await;
    let second = world.invite(new_invitation(&acme, &ann, "eve")).await;
    let version = bob.credential_version;
    let refused = async |change| world.refused(change).await;
    assert_eq!(refused(admission(&first, bob.id, version + 1, 2)).await, Conflict::UserChanged);
    assert_eq!(refused(admission(&first, id(), version, 2)).await, Conflict::UserChanged);
    assert_eq!(refused(admission(&first, bob.id, version, 600)).await, Conflict::InvitationGone);
    let nothing = Invitation { id: InvitationId(id()), ..first.clone() };
    assert_eq!(refused(admission(&nothing, bob.id, version, 2)).await, Conflict::InvitationGone);
    assert_eq!(world.apply(admission(&first, bob.id, version, 2)).await, 1);
    assert_eq!(refused(admission(&second, bob.id, version, 2)).await, Conflict::MembershipExists);
    assert_eq!(refused(admission(&first, ann.id, ann.credential_version, 2)).await, Conflict::InvitationGone);
}

pub(super) async fn an_invitation_is_withdrawn_once(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let live = world.invite(new_invitation(&acme, &ann, "eve")).await;
    let used = world.invite(new_invitation(&acme, &ann, "dan")).await;
    let other = world.invite(new_invitation(&acme, &ann, "fay")).await;
    world.apply(redeem(&used, ann.number, 2)).await;
    for gone in [&live, &used] {
        assert_eq!(world.apply(withdraw(gone.id)).await, 1);
        assert!(world.stored_invitation(gone).await.is_none());
        assert_eq!(world.refused(withdraw(gone.id)).await, Conflict::InvitationGone);
        assert_eq!(world.refused(redeem(gone, ann.number, 3)).await, Conflict::InvitationGone);
    }
    assert!(world.stored_invitation(&other).await == Some(other));
}

pub(super) async fn expired_invitations_are_forgotten(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    let mut all = Vec::new();
    for (name, end) in [("a", 599), ("b", 600), ("c", 601), ("d", 599)] {
        let NewInvitation { invitation, digest } = new_invitation(&acme, &ann, name);
        let invitation = Invitation { expires: at(end), ..invitation };
        all.push(world.invite(NewInvitation { invitation, digest }).await);
    }
    world.apply(redeem(&all[3], ann.number, 2)).await;
    assert_eq!(world.apply(Change::ForgetInvitations { before: at(600) }).await, 1);
    let mut left = Vec::new();
    for invitation in &all {
        left.push(world.stored_invitation(invitation).await.is_some());
    }
    assert_eq!(left, [false, true, true, true], "one that was followed stays");
}

pub(super) async fn what_a_deleted_user_was_sent_followed_or_made_is_gone(world: &World) {
    let (acme, ann, bob) =
        (world.organization("Acme").await, world.user("ann").await, world.user("bob").await);
    let to_ann = world.invite(new_invitation(&acme, &bob, "ann")).await;
    let followed_by_ann = world.invite(new_invitation(&acme, &bob, "anns.earlier.address")).await;
    world.apply(redeem(&followed_by_ann, ann.number, 2)).await;
    let by_ann = world.invite(new_invitation(&acme, &ann, "dan")).await;
    let by_ann_followed = world.invite(new_invitation(&acme, &ann, "fay")).await;
    world.apply(redeem(&by_ann_followed, bob.number, 2)).await;
    let others = world.invite(new_invitation(&acme, &bob, "eve")).await;

    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    for gone in [to_ann, followed_by_ann, by_ann] {
        assert!(world.store.invitation(gone.id).await.unwrap().is_none(), "{gone:?}");
    }
    assert!(world.stored_invitation(&others).await == Some(others));
    assert!(world.stored_invitation(&by_ann_followed).await.is_some(), "it is who followed it");
}
