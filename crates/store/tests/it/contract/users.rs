//! Users and the names they sign in with.

use identity::ports::{Change, Conflict, Store as _};
use identity::user::{Email, NewUser, PersonName, Role, Status, User, UserNumber, Username};
use uuid::Uuid;

use crate::world::{World, at, digest, id, key, new_session, new_user};

const NOBODY: UserNumber = UserNumber(999);

fn set_password(user: &User, version: i64, hash: &str) -> Change {
    Change::SetPassword { user: user.number, version, hash: hash.to_owned(), must_change: true, at: at(8) }
}

fn delete(user: UserNumber, retired: &[u8]) -> Change {
    Change::DeleteUser { user, at: at(9), retired: retired.iter().map(|n| [*n; 32]).collect() }
}

async fn deleted(world: &World, name: &str) -> User {
    let user = world.user(name).await;
    world.apply(delete(user.number, &[])).await;
    user
}

pub(super) async fn a_new_user_reads_back_as_given(world: &World) {
    let ann = NewUser {
        username: Some(Username::new("Ännchen").unwrap()),
        email: Some(Email::new("Ann.Lee@Example.org").unwrap()),
        email_verified: true,
        name: PersonName::parts("Ann Mary", "Lee"),
        role: Role::Admin,
        must_change_password: true,
        created: at(7),
        ..new_user("ann")
    };
    let bob = NewUser {
        username: None,
        name: PersonName::whole("Bob Lee"),
        role: Role::Sub,
        parent: Some(UserNumber(1)),
        password: None,
        ..new_user("bob")
    };
    let (ann_id, bob_id) = (ann.id, bob.id);
    world.apply(Change::CreateUser(ann)).await;
    world.apply(Change::CreateUser(bob)).await;

    let ann = User {
        number: UserNumber(1),
        id: ann_id,
        username: Some("Ännchen".to_owned()),
        email: Some("Ann.Lee@Example.org".to_owned()),
        email_verified: true,
        name: PersonName::parts("Ann Mary", "Lee"),
        role: Role::Admin,
        status: Status::Active,
        parent: None,
        must_change_password: true,
        has_password: true,
        created: at(7),
        updated: at(7),
        last_sign_in: None,
        deleted: None,
        credential_version: 1,
    };
    let bob = User {
        number: UserNumber(2),
        id: bob_id,
        username: None,
        email: Some("bob@example.org".to_owned()),
        email_verified: false,
        name: PersonName::whole("Bob Lee"),
        role: Role::Sub,
        parent: Some(UserNumber(1)),
        must_change_password: false,
        has_password: false,
        created: at(0),
        updated: at(0),
        ..ann.clone()
    };
    for (user, name, hash) in [(&ann, "ännchen", Some("hash of ann")), (&bob, "bob@example.org", None)] {
        let expected = Some(user.clone());
        let store = &world.store;
        assert_same(&store.user(user.number).await.unwrap(), &expected);
        assert_same(&store.user_by_id(user.id).await.unwrap(), &expected);
        assert_same(&store.user_by_name(&key(name)).await.unwrap(), &expected);
        let credentials = store.credentials(&key(name)).await.unwrap().unwrap();
        assert_eq!(credentials.password.as_deref(), hash);
        assert_same(&Some(credentials.user), &expected);
    }
    assert!(world.store.users(UserNumber(0), 10).await.unwrap() == [ann, bob]);
}

/// A user's `Debug` tells too little to compare by it.
fn assert_same(found: &Option<User>, expected: &Option<User>) {
    assert!(found == expected, "{:?}", found.as_ref().map(|user| (&user.username, &user.email, user.role)));
}

pub(super) async fn a_user_belongs_to_somebody_who_is_there(world: &World) {
    let ann = world.user("ann").await;
    world.unavailable(Change::CreateUser(NewUser { parent: Some(NOBODY), ..new_user("bob") })).await;
    let bob = world.make(NewUser { parent: Some(ann.number), ..new_user("bob") }).await;
    world.apply(delete(ann.number, &[])).await;
    let bob = world.store.user(bob.number).await.unwrap().unwrap();
    assert_eq!(bob.parent, Some(ann.number), "an account that is gone is still the one");
}

pub(super) async fn every_role_and_status_reads_back(world: &World) {
    for role in Role::ALL {
        for status in Status::ALL {
            let name = format!("{}-{}", role.as_str(), status.as_str());
            let user = world.make(NewUser { role, status, ..new_user(&name) }).await;
            let found = world.store.user(user.number).await.unwrap().unwrap();
            assert_eq!((found.role, found.status), (role, status));
        }
    }
}

pub(super) async fn nobody_is_found_by_what_nobody_has(world: &World) {
    world.user("ann").await;
    let store = &world.store;
    assert!(store.user(NOBODY).await.unwrap().is_none());
    assert!(store.user_by_id(Uuid::max()).await.unwrap().is_none());
    assert!(store.user_by_name(&key("an")).await.unwrap().is_none());
    assert!(store.credentials(&key("ann@example.com")).await.unwrap().is_none());
    assert!(store.users(NOBODY, 10).await.unwrap().is_empty());
}

pub(super) async fn a_name_finds_its_user_in_any_spelling(world: &World) {
    let user = world.user("josé").await;
    for name in ["José", "JOSE\u{301}", "ｊｏｓé", "JOSÉ@EXAMPLE.ORG"] {
        assert_eq!(world.store.user_by_name(&key(name)).await.unwrap().unwrap().id, user.id, "{name}");
        assert_eq!(world.store.credentials(&key(name)).await.unwrap().unwrap().user.id, user.id, "{name}");
    }
}

pub(super) async fn a_username_that_is_the_address_is_claimed_once(world: &World) {
    let both = Username::new("Ann@example.org").unwrap();
    let user = world.make(NewUser { username: Some(both), ..new_user("ann") }).await;
    let found = world.store.user_by_name(&key("ann@example.org")).await.unwrap().unwrap();
    assert_eq!(found.id, user.id);
}

pub(super) async fn a_claimed_name_is_refused(world: &World) {
    world.user("ann").await;
    let email = |typed| Some(Email::new(typed).unwrap());
    for other in [
        NewUser { email: email("other@example.org"), ..new_user("Ann") },
        NewUser { email: email("ANN@example.org"), ..new_user("other") },
        // A username cannot stand before somebody's address.
        NewUser { username: Some(Username::new("ann@Example.org").unwrap()), ..new_user("other") },
    ] {
        assert_eq!(world.refused(Change::CreateUser(other)).await, Conflict::LoginNameTaken);
    }
    // Nothing of the refused ones was claimed.
    world.user("other").await;
}

pub(super) async fn a_retired_name_is_refused(world: &World) {
    let with = |name, digests: &[u8]| NewUser {
        name_digests: digests.iter().map(|n| [*n; 32]).collect(),
        ..new_user(name)
    };
    let ann = world.make(with("ann", &[1, 2])).await;
    world.apply(delete(ann.number, &[1, 2])).await;
    for digests in [&[1, 3], &[3, 1], &[4, 2]] {
        let refused = world.refused(Change::CreateUser(with("ann", digests))).await;
        assert_eq!(refused, Conflict::LoginNameRetired);
    }
    let bob = world.make(with("bob", &[3, 4])).await;
    // A name that is retired twice is retired.
    world.apply(delete(bob.number, &[1, 3])).await;
    assert_eq!(world.refused(Change::CreateUser(with("bob", &[3]))).await, Conflict::LoginNameRetired);
}

pub(super) async fn an_id_is_given_out_once(world: &World) {
    let ann = world.user("ann").await;
    world.unavailable(Change::CreateUser(NewUser { id: ann.id, ..new_user("bob") })).await;
    world.user("bob").await;
}

pub(super) async fn numbers_are_never_reused(world: &World) {
    deleted(world, "ann").await;
    let bob = world.user("bob").await;
    deleted(world, "cid").await;
    assert_eq!(world.refused(Change::CreateUser(new_user("bob"))).await, Conflict::LoginNameTaken);
    let dan = world.user("dan").await;
    assert_eq!(bob.number, UserNumber(2));
    assert!(dan.number > UserNumber(3), "{}", dan.number);
    let numbers = world.store.users(UserNumber(0), 10).await.unwrap().into_iter().map(|user| user.number);
    assert!(numbers.eq([bob.number, dan.number]));
}

pub(super) async fn users_are_paged_in_order_of_number(world: &World) {
    for name in ["eve", "dan", "cid", "bob", "ann"] {
        world.user(name).await;
    }
    world.apply(delete(UserNumber(3), &[])).await;
    for (after, limit, expected) in
        [(0, 2, vec![1, 2]), (1, 2, vec![2, 4]), (2, 9, vec![4, 5]), (5, 9, vec![]), (0, 0, vec![])]
    {
        let page = world.store.users(UserNumber(after), limit).await.unwrap();
        let numbers: Vec<i64> = page.into_iter().map(|user| user.number.0).collect();
        assert_eq!(numbers, expected, "after {after}, at most {limit}");
    }
}

pub(super) async fn a_password_is_set_and_raises_the_version(world: &World) {
    let ann = world.make(NewUser { password: None, ..new_user("ann") }).await;
    let bob = world.user("bob").await;
    assert_eq!(world.apply(set_password(&ann, 1, "new")).await, 1);
    let credentials = world.store.credentials(&key("ann")).await.unwrap().unwrap();
    assert_eq!(credentials.password.as_deref(), Some("new"));
    let user = credentials.user;
    assert_eq!((user.credential_version, user.must_change_password, user.has_password), (2, true, true));

    let change = Change::SetPassword {
        user: ann.number,
        version: 2,
        hash: "newer".to_owned(),
        must_change: false,
        at: at(8),
    };
    world.apply(change).await;
    let user = world.now(&ann).await;
    assert_eq!((user.credential_version, user.must_change_password), (3, false));
    assert_eq!(world.hash("bob").await.as_deref(), Some("hash of bob"));
    assert_eq!(world.now(&bob).await.credential_version, 1);
}

pub(super) async fn a_password_is_set_on_the_version_that_was_read(world: &World) {
    let ann = world.user("ann").await;
    world.apply(set_password(&ann, 1, "new")).await;
    for version in [0, 1, 3] {
        assert_eq!(world.refused(set_password(&ann, version, "newer")).await, Conflict::UserChanged);
    }
    let nobody = User { number: NOBODY, ..ann };
    assert_eq!(world.refused(set_password(&nobody, 1, "newer")).await, Conflict::UserChanged);
    let gone = deleted(world, "bob").await;
    for version in [1, 2] {
        assert_eq!(world.refused(set_password(&gone, version, "newer")).await, Conflict::UserChanged);
    }
}

pub(super) async fn a_hash_is_renewed_where_it_is_still_the_one_that_was_read(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.make(NewUser { password: Some("hash of ann".to_owned()), ..new_user("bob") }).await;
    let renew = |user, from: &str, to: &str| Change::RenewHash { user, from: from.into(), to: to.into() };
    assert_eq!(world.apply(renew(ann.number, "hash of ann", "stronger")).await, 1);
    let credentials = world.store.credentials(&key("ann")).await.unwrap().unwrap();
    assert_eq!(credentials.password.as_deref(), Some("stronger"));
    assert!(credentials.user == ann, "a renewal changes nothing else");
    assert_eq!(world.hash("bob").await.as_deref(), Some("hash of ann"));

    assert_eq!(world.apply(renew(ann.number, "hash of ann", "late")).await, 0);
    assert_eq!(world.apply(renew(NOBODY, "hash of ann", "late")).await, 0);
    world.apply(delete(bob.number, &[])).await;
    assert_eq!(world.apply(renew(bob.number, "hash of ann", "late")).await, 0);
    assert_eq!(world.hash("ann").await.as_deref(), Some("stronger"));
}

pub(super) async fn a_status_is_set_and_only_activation_keeps_the_version(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    for (status, version) in [
        (Status::Suspended, 2),
        (Status::Suspended, 3),
        (Status::Active, 3),
        (Status::Pending, 4),
        (Status::Active, 4),
        (Status::Active, 4),
    ] {
        assert_eq!(world.apply(Change::SetStatus { user: ann.number, status, at: at(8) }).await, 1);
        let user = world.store.user(ann.number).await.unwrap().unwrap();
        assert_eq!((user.status, user.credential_version), (status, version));
    }
    assert!(world.now(&bob).await == bob);
}

pub(super) async fn a_status_is_set_for_somebody(world: &World) {
    let gone = deleted(world, "ann").await;
    for user in [NOBODY, gone.number] {
        for status in Status::ALL {
            assert_eq!(
                world.refused(Change::SetStatus { user, status, at: at(8) }).await,
                Conflict::UserChanged
            );
        }
    }
}

pub(super) async fn a_user_is_held_while_active_and_unchanged(world: &World) {
    let ann = world.user("ann").await;
    let hold = |user, version| Change::HoldUser { user, version };
    let done = world.commit(vec![hold(ann.number, 1), Change::CreateUser(new_user("bob"))]).await.unwrap();
    assert_eq!(done.first(), Some(&1));
    assert!(world.now(&ann).await == ann, "holding changes nothing");

    for version in [0, 2] {
        assert_eq!(world.refused(hold(ann.number, version)).await, Conflict::UserChanged);
    }
    assert_eq!(world.refused(hold(NOBODY, 1)).await, Conflict::UserChanged);
    for status in [Status::Pending, Status::Suspended] {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        assert_eq!(world.refused(hold(user.number, 1)).await, Conflict::UserChanged, "{status:?}");
    }
    let gone = deleted(world, "cid").await;
    for version in [1, 2] {
        assert_eq!(world.refused(hold(gone.number, version)).await, Conflict::UserChanged);
    }
}

pub(super) async fn a_deleted_user_is_wiped(world: &World) {
    let ann = world
        .make(NewUser { email_verified: true, name: PersonName::parts("Ann", "Lee"), ..new_user("ann") })
        .await;
    let bob = world.user("bob").await;
    let session = world.open_as(new_session(&ann, "knox")).await;
    world.apply(delete(ann.number, &[1])).await;

    let store = &world.store;
    assert!(store.user(ann.number).await.unwrap().is_none());
    assert!(store.user_by_id(ann.id).await.unwrap().is_none());
    for name in ["ann", "ann@example.org"] {
        assert!(store.user_by_name(&key(name)).await.unwrap().is_none());
        assert!(store.credentials(&key(name)).await.unwrap().is_none());
    }
    assert!(store.users(UserNumber(0), 10).await.unwrap() == [bob]);

    let (_, left) = store.session_by_digest(&digest(session.id)).await.unwrap().unwrap();
    let expected = User {
        username: None,
        email: None,
        email_verified: false,
        name: PersonName::default(),
        has_password: false,
        last_sign_in: left.last_sign_in,
        deleted: Some(at(9)),
        credential_version: 2,
        ..ann
    };
    assert!(*left == expected);
}

pub(super) async fn a_user_is_deleted_once(world: &World) {
    let gone = deleted(world, "ann").await;
    for user in [gone.number, NOBODY] {
        assert_eq!(world.refused(delete(user, &[7])).await, Conflict::UserChanged);
    }
    // The name of the refused deletion is not retired either.
    world.make(NewUser { name_digests: vec![[7; 32]], ..new_user("bob") }).await;
}

pub(super) async fn a_name_that_was_not_retired_is_free_again(world: &World) {
    let first = deleted(world, "ann").await;
    let second = world.make(NewUser { id: id(), ..new_user("ann") }).await;
    assert!(second.number > first.number);
    assert_eq!(world.store.user_by_name(&key("ann")).await.unwrap().unwrap().id, second.id);
}
