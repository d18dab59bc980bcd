//! What to call a user, and the address: changed, verified, dated.

use identity::ports::{Change, Conflict, Store as _};
use identity::user::{Email, NewUser, PersonName, Status, User, UserNumber, Username};

use crate::world::{World, at, key, new_user};

const NOBODY: UserNumber = UserNumber(999);

fn set_name(user: UserNumber, name: PersonName) -> Change {
    Change::SetName { user, name, at: at(8) }
}

/// The change for a user whose address is told by nothing but `release`, to an address of its own.
fn set_email(user: &User, email: &str, release: Option<&str>) -> Change {
    Change::SetEmail {
        user: user.number,
        version: user.credential_version,
        release: release.map(key),
        email: Email::new(email).unwrap(),
        claim: true,
        verified: false,
        digest: [0; 32],
        at: at(8),
    }
}

fn verify(user: &User, password: Option<&str>) -> Change {
    let (user, version) = (user.number, user.credential_version);
    Change::VerifyEmail { user, version, password: password.map(str::to_owned), at: at(8) }
}

async fn owner(world: &World, name: &str) -> Option<UserNumber> {
    world.store.user_by_name(&key(name)).await.unwrap().map(|user| user.number)
}

/// Three who are not the user that was read: one who has changed since, one who is deleted, one who never was.
async fn others(world: &World) -> Vec<User> {
    let (changed, gone) = (world.user("changed").await, world.user("gone").await);
    let user = changed.number;
    world.apply(Change::SetStatus { user, status: Status::Pending, at: at(2) }).await;
    world.apply(Change::DeleteUser { user: gone.number, at: at(2), retired: vec![] }).await;
    let later = User { credential_version: 2, ..gone.clone() };
    let nobody = User { number: NOBODY, ..changed.clone() };
    vec![changed, gone, later, nobody]
}

pub(super) async fn a_name_is_kept_as_it_was_told(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    for name in [
        PersonName::parts("Ann Mary", "van der Berg"),
        PersonName::parts("", ""),
        PersonName::parts("", "Berg"),
        PersonName::whole("Ann Mary Lee"),
        PersonName::whole(""),
    ] {
        assert_eq!(world.apply(set_name(ann.number, name.clone())).await, 1);
        let expected = User { name, updated: at(8), ..ann.clone() };
        assert!(world.now(&ann).await == expected, "and nothing else changes");
    }
    assert!(world.now(&bob).await == bob);
}

pub(super) async fn a_name_is_set_for_somebody(world: &World) {
    let gone = world.user("ann").await;
    world.apply(Change::DeleteUser { user: gone.number, at: at(2), retired: vec![] }).await;
    for user in [gone.number, NOBODY] {
        assert_eq!(world.refused(set_name(user, PersonName::whole("Ann"))).await, Conflict::UserChanged);
    }
}

pub(super) async fn an_address_takes_the_place_of_the_old_one(world: &World) {
    let ann = world.make(NewUser { email_verified: true, ..new_user("ann") }).await;
    let bob = world.user("bob").await;
    world.apply(set_email(&ann, "Ann.Lee@example.com", Some("ann@example.org"))).await;
    let expected = User {
        email: Some("Ann.Lee@example.com".to_owned()),
        email_verified: false,
        updated: at(8),
        credential_version: 2,
        ..ann.clone()
    };
    assert!(world.now(&ann).await == expected);
    assert_eq!(owner(world, "ann.lee@EXAMPLE.com").await, Some(ann.number));
    assert_eq!(owner(world, "ann").await, Some(ann.number), "the username stays");
    assert_eq!(owner(world, "ann@example.org").await, None);
    // The old one is free, also for who had it.
    world.apply(set_email(&bob, "ann@example.org", Some("bob@example.org"))).await;
    assert_eq!(owner(world, "ann@example.org").await, Some(bob.number));
    world.user("bob-too").await;
    assert_eq!(world.hash("ann").await.as_deref(), Some("hash of ann"));
}

pub(super) async fn a_first_address_is_claimed_and_may_be_verified(world: &World) {
    let ann = world.make(NewUser { email: None, ..new_user("ann") }).await;
    let mut change = set_email(&ann, "ann@example.org", None);
    if let Change::SetEmail { verified, .. } = &mut change {
        *verified = true;
    }
    world.apply(change).await;
    let now = world.now(&ann).await;
    assert_eq!((now.email.as_deref(), now.email_verified), (Some("ann@example.org"), true));
    assert_eq!(owner(world, "ann@example.org").await, Some(ann.number));
}

/// Whoever has the same name as username has claimed it already, and keeps it when the address goes.
pub(super) async fn an_address_that_is_the_username_is_neither_claimed_nor_released(world: &World) {
    let username = Some(Username::new("ann@example.org").unwrap());
    let ann = world.make(NewUser { username, ..new_user("ann") }).await;
    world.apply(set_email(&ann, "ann@example.com", None)).await;
    assert_eq!(owner(world, "ann@example.org").await, Some(ann.number));
    let mut back = set_email(&world.now(&ann).await, "Ann@example.org", Some("ann@example.com"));
    if let Change::SetEmail { claim, .. } = &mut back {
        *claim = false;
    }
    world.apply(back).await;
    assert_eq!(world.now(&ann).await.email.as_deref(), Some("Ann@example.org"));
    assert_eq!(owner(world, "ann@example.org").await, Some(ann.number));
    assert_eq!(owner(world, "ann@example.com").await, None);
}

pub(super) async fn nobody_elses_name_is_released(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    world.apply(set_email(&ann, "ann@example.com", Some("bob@example.org"))).await;
    assert_eq!(owner(world, "bob@example.org").await, Some(bob.number));
}

pub(super) async fn a_claimed_or_retired_address_is_refused(world: &World) {
    let ann = world.user("ann").await;
    let gone = world.user("gone").await;
    world.user("bob").await;
    world.apply(Change::DeleteUser { user: gone.number, at: at(2), retired: vec![[7; 32]] }).await;
    let to = |email| set_email(&ann, email, Some("ann@example.org"));
    assert_eq!(world.refused(to("BOB@example.org")).await, Conflict::LoginNameTaken);
    // A username stands before nobody's address, and no address before a username.
    let bob = NewUser {
        username: Some(Username::new("bob@example.com").unwrap()),
        email: None,
        ..new_user("bobby")
    };
    world.make(bob).await;
    assert_eq!(world.refused(to("bob@example.com")).await, Conflict::LoginNameTaken);
    for claimed in [true, false] {
        let mut retired = to("gone@example.org");
        if let Change::SetEmail { claim, digest, .. } = &mut retired {
            (*claim, *digest) = (claimed, [7; 32]);
        }
        assert_eq!(world.refused(retired).await, Conflict::LoginNameRetired);
    }
    assert_eq!(owner(world, "ann@example.org").await, Some(ann.number), "what was released is back");
}

pub(super) async fn an_address_is_set_on_the_version_that_was_read(world: &World) {
    for user in others(world).await {
        let change = set_email(&user, "new@example.org", None);
        assert_eq!(world.refused(change).await, Conflict::UserChanged);
    }
    assert_eq!(owner(world, "new@example.org").await, None);
}

pub(super) async fn a_verified_address_activates_who_was_pending(world: &World) {
    let pending = NewUser { status: Status::Pending, password: None, ..new_user("ann") };
    let ann = world.make(pending.clone()).await;
    assert_eq!(world.apply(verify(&ann, Some("chosen"))).await, 1);
    let expected = User {
        email_verified: true,
        status: Status::Active,
        has_password: true,
        updated: at(8),
        credential_version: 2,
        ..ann.clone()
    };
    assert!(world.now(&ann).await == expected);
    assert_eq!(world.hash("ann").await.as_deref(), Some("chosen"));

    let bob = world.make(NewUser { id: crate::world::id(), ..renamed(pending, "bob") }).await;
    world.apply(verify(&bob, None)).await;
    let now = world.now(&bob).await;
    assert_eq!((now.status, now.email_verified, now.has_password), (Status::Active, true, false));
}

fn renamed(user: NewUser, name: &str) -> NewUser {
    let NewUser { username, email, .. } = new_user(name);
    NewUser { username, email, ..user }
}

pub(super) async fn who_is_active_stays_so_and_keeps_the_password(world: &World) {
    let ann = world.make(NewUser { must_change_password: true, ..new_user("ann") }).await;
    world.apply(verify(&ann, None)).await;
    let expected = User { email_verified: true, updated: at(8), credential_version: 2, ..ann.clone() };
    assert!(world.now(&ann).await == expected);
    assert_eq!(world.hash("ann").await.as_deref(), Some("hash of ann"));
}

pub(super) async fn an_address_is_verified_for_who_was_read_and_not_suspended(world: &World) {
    for user in others(world).await {
        assert_eq!(world.refused(verify(&user, Some("chosen"))).await, Conflict::UserChanged);
    }
    let suspended = world.make(NewUser { status: Status::Suspended, ..new_user("ann") }).await;
    assert_eq!(world.refused(verify(&suspended, None)).await, Conflict::UserChanged);
}

/// `updated` tells of names, address, status and password, and of nothing else.
pub(super) async fn a_change_of_a_user_is_dated(world: &World) {
    let ann = world.user("ann").await;
    let user = ann.number;
    let password = |version| Change::SetPassword {
        user,
        version,
        hash: "new".to_owned(),
        must_change: false,
        at: at(20),
    };
    world.apply(password(1)).await;
    assert_eq!(world.now(&ann).await.updated, at(20));
    world.apply(Change::SetStatus { user, status: Status::Active, at: at(21) }).await;
    assert_eq!(world.now(&ann).await.updated, at(21));

    world.open(&ann, "knox").await;
    let (from, to) = ("new".to_owned(), "stronger".to_owned());
    world.apply(Change::RenewHash { user, from, to }).await;
    world.apply(Change::HoldUser { user, version: 2 }).await;
    world.apply(Change::EndTickets { user }).await;
    assert_eq!(world.now(&ann).await.updated, at(21));
}
