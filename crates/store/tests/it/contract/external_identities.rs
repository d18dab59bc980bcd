//! Who users are to providers.

use identity::federation::{ExternalIdentity, ExternalIdentityId, NewExternalIdentity};
use identity::ports::{Change, Conflict, Store as _};
use identity::user::{FIRST_VERSION, NewUser, Status, User, UserNumber};

use crate::world::{World, at, id, key, new_identity, new_user};

fn link(identity: NewExternalIdentity, version: i64) -> Change {
    Change::LinkIdentity { identity, version }
}

async fn found(world: &World, identity: &ExternalIdentity) -> Option<(ExternalIdentity, User)> {
    world.store.external_identity(&identity.issuer, &identity.subject).await.unwrap()
}

pub(super) async fn a_link_reads_back_as_made(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let wanted = NewExternalIdentity {
        issuer: "https://login.example/realms/Ä?x=1".to_owned(),
        created: at(7),
        ..new_identity(ann.id, "Subject|42 ß")
    };
    assert_eq!(world.apply(link(wanted.clone(), 1)).await, 1);
    let linked = ExternalIdentity {
        id: wanted.id,
        user: ann.number,
        issuer: wanted.issuer,
        subject: wanted.subject,
        created: at(7),
    };
    assert!(found(world, &linked).await == Some((linked.clone(), ann.clone())));
    assert_eq!(world.store.external_identities(ann.number).await.unwrap(), [linked]);
    assert!(world.now(&ann).await == ann, "linking changes nothing of its user");
    assert_eq!(world.store.external_identities(bob.number).await.unwrap(), []);
}

pub(super) async fn links_are_told_by_age(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let mut anns = Vec::new();
    for subject in ["9", "1", "5"] {
        anns.push(world.link(new_identity(ann.id, subject)).await);
        world.link(new_identity(bob.id, &format!("{subject}0"))).await;
    }
    assert_eq!(world.store.external_identities(ann.number).await.unwrap(), anns);
}

/// OpenID Connect Core section 5.7: issuer and subject together, and each as it stands.
pub(super) async fn an_identity_is_issuer_and_subject_as_they_stand(world: &World) {
    let ann = world.user("ann").await;
    let linked = world.link(new_identity(ann.id, "Anna")).await;
    let issuer = linked.issuer.as_str();
    for (issuer, subject) in [
        (issuer, "anna"),
        (issuer, "Anna "),
        (issuer, "Ann"),
        (issuer, "Ann\u{61}\u{308}"),
        (issuer, ""),
        ("https://op.example/", "Anna"),
        ("https://OP.example", "Anna"),
        ("Anna", issuer),
    ] {
        let other =
            ExternalIdentity { issuer: issuer.to_owned(), subject: subject.to_owned(), ..linked.clone() };
        assert!(found(world, &other).await.is_none(), "{issuer} {subject}");
        // And each is an identity of its own.
        let NewExternalIdentity { id, created, .. } = new_identity(ann.id, subject);
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        world.link(NewExternalIdentity { id, user: ann.id, issuer, subject, created }).await;
    }
    assert_eq!(world.store.external_identities(ann.number).await.unwrap().len(), 9);
    assert!(found(world, &linked).await.is_some_and(|(found, _)| found == linked));
}

pub(super) async fn nobody_is_found_by_what_is_no_link(world: &World) {
    world.user("ann").await;
    assert!(world.store.external_identity("https://op.example", "1").await.unwrap().is_none());
    for user in [UserNumber(1), UserNumber(999)] {
        assert_eq!(world.store.external_identities(user).await.unwrap(), []);
    }
}

/// Whether they may sign in is asked elsewhere.
pub(super) async fn a_suspended_users_identity_is_found(world: &World) {
    let ann = world.user("ann").await;
    let linked = world.link(new_identity(ann.id, "1")).await;
    world.apply(Change::SetStatus { user: ann.number, status: Status::Suspended, at: at(8) }).await;
    let (_, user) = found(world, &linked).await.unwrap();
    assert_eq!((user.number, user.status), (ann.number, Status::Suspended));
}

pub(super) async fn an_active_user_is_linked_with_the_version_read(world: &World) {
    let ann = world.user("ann").await;
    for version in [0, 2] {
        assert_eq!(world.refused(link(new_identity(ann.id, "1"), version)).await, Conflict::UserChanged);
    }
    for status in [Status::Pending, Status::Suspended] {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        let refused = world.refused(link(new_identity(user.id, "1"), 1)).await;
        assert_eq!(refused, Conflict::UserChanged, "{status:?}");
    }
    let gone = world.user("gone").await;
    world.apply(Change::DeleteUser { user: gone.number, at: at(2), retired: vec![] }).await;
    for (user, version) in [(gone.id, 1), (gone.id, 2), (id(), 1)] {
        assert_eq!(world.refused(link(new_identity(user, "1"), version)).await, Conflict::UserChanged);
    }
    world.link(new_identity(ann.id, "1")).await;
}

pub(super) async fn an_identity_is_linked_once(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let linked = world.link(new_identity(ann.id, "1")).await;
    for user in [&bob, &ann] {
        assert_eq!(world.refused(link(new_identity(user.id, "1"), 1)).await, Conflict::IdentityTaken);
    }
    assert!(found(world, &linked).await == Some((linked.clone(), ann)));
}

pub(super) async fn an_id_makes_one_link(world: &World) {
    let ann = world.user("ann").await;
    let linked = world.link(new_identity(ann.id, "1")).await;
    let second = NewExternalIdentity { id: linked.id, ..new_identity(ann.id, "2") };
    world.unavailable(link(second, 1)).await;
}

pub(super) async fn a_user_is_made_and_linked_in_one_commit(world: &World) {
    let ann = new_user("ann");
    let identity = new_identity(ann.id, "1");
    let changes = vec![Change::CreateUser(ann.clone()), link(identity.clone(), FIRST_VERSION)];
    assert_eq!(world.commit(changes).await.unwrap().last(), Some(&1));
    let (linked, user) = world.store.external_identity(&identity.issuer, "1").await.unwrap().unwrap();
    assert_eq!((linked.id, linked.user, user.id), (identity.id, user.number, ann.id));
    assert_eq!(user.credential_version, FIRST_VERSION);

    // Of a commit whose identity somebody has, the user is not kept either.
    let bob = new_user("bob");
    let changes = vec![Change::CreateUser(bob.clone()), link(new_identity(bob.id, "1"), FIRST_VERSION)];
    assert!(world.commit(changes).await.is_err());
    assert!(world.store.user_by_id(bob.id).await.unwrap().is_none());
    // One who may not sign in yet is not linked.
    let cid = NewUser { status: Status::Pending, ..new_user("cid") };
    let changes = vec![Change::CreateUser(cid.clone()), link(new_identity(cid.id, "2"), FIRST_VERSION)];
    assert!(world.commit(changes).await.is_err());
    assert!(world.store.user_by_name(&key("cid")).await.unwrap().is_none());
}

fn unlink(identity: &ExternalIdentity, version: i64, keeps: Option<ExternalIdentityId>) -> Change {
    Change::UnlinkIdentity { identity: identity.id, user: identity.user, version, keeps }
}

pub(super) async fn a_link_is_taken_away_once_by_its_user(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let (one, two) =
        (world.link(new_identity(ann.id, "1")).await, world.link(new_identity(ann.id, "2")).await);
    let foreign = ExternalIdentity { user: bob.number, ..one.clone() };
    assert_eq!(world.refused(unlink(&foreign, 1, None)).await, Conflict::IdentityGone);
    assert_eq!(world.refused(unlink(&one, 2, None)).await, Conflict::UserChanged);
    assert_eq!(world.apply(unlink(&one, 1, None)).await, 1);
    assert_eq!(world.refused(unlink(&one, 1, None)).await, Conflict::IdentityGone);
    let left = world.store.external_identities(ann.number).await.unwrap();
    assert_eq!(left, std::slice::from_ref(&two));
    world.link(new_identity(bob.id, "1")).await;
    world.apply(Change::SetStatus { user: ann.number, status: Status::Suspended, at: at(8) }).await;
    for version in [1, 2] {
        assert_eq!(world.refused(unlink(&two, version, None)).await, Conflict::UserChanged);
    }
}

/// The one that is to remain is the same user's, and there.
pub(super) async fn a_link_is_taken_away_while_another_remains(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let (one, two) =
        (world.link(new_identity(ann.id, "1")).await, world.link(new_identity(ann.id, "2")).await);
    let bobs = world.link(new_identity(bob.id, "3")).await;
    for keeps in [bobs.id, ExternalIdentityId(id())] {
        assert_eq!(world.refused(unlink(&one, 1, Some(keeps))).await, Conflict::IdentityGone);
    }
    assert_eq!(world.apply(unlink(&one, 1, Some(two.id))).await, 1);
    assert_eq!(world.refused(unlink(&two, 1, Some(one.id))).await, Conflict::IdentityGone);
    assert_eq!(world.store.external_identities(ann.number).await.unwrap(), [two]);
}

pub(super) async fn a_deleted_users_identities_are_free_again(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let mut anns = Vec::new();
    for subject in ["1", "2"] {
        anns.push(world.link(new_identity(ann.id, subject)).await);
    }
    let bobs = world.link(new_identity(bob.id, "3")).await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(2), retired: vec![] }).await;
    for identity in &anns {
        assert!(found(world, identity).await.is_none());
    }
    assert_eq!(world.store.external_identities(ann.number).await.unwrap(), []);
    assert_eq!(world.store.external_identities(bob.number).await.unwrap(), [bobs]);
    let again = world.link(new_identity(bob.id, "1")).await;
    assert!(found(world, &again).await == Some((again.clone(), bob)));
}
