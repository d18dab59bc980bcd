//! Listings of users in some order, page by page.

use identity::ports::{Change, Store as _};
use identity::user::directory::{SortField, UserQuery};
use identity::user::{Email, NewUser, Role, Status, User, UserNumber, Username};

use crate::world::{World, at, everybody, new_user};

const FIELDS: [SortField; 6] = [
    SortField::Number,
    SortField::Username,
    SortField::Email,
    SortField::Status,
    SortField::Created,
    SortField::Updated,
];

async fn numbers(world: &World, query: &UserQuery) -> (Vec<i64>, u64) {
    let page = world.store.users_matching(query).await.unwrap();
    (page.users.into_iter().map(|user| user.number.0).collect(), page.total)
}

/// Users that the languages of the world put in other orders than bytes do; each field has ties and, where it may be
/// missing, gaps.
async fn mixed(world: &World) -> Vec<User> {
    let named = |name: Option<&str>, email: Option<&str>| NewUser {
        username: name.map(|name| Username::new(name).unwrap()),
        email: email.map(|email| Email::new(email).unwrap()),
        ..new_user("unused")
    };
    let users = [
        named(Some("zoe"), Some("b@example.org")),
        named(Some("Zed"), None),
        named(None, Some("B.a@example.org")),
        named(Some("ärmel"), Some("a_a@example.org")),
        named(Some("arm"), None),
        named(None, Some("a-z@example.org")),
        named(Some("a-rm"), Some("aa@example.org")),
        named(Some("Özil"), Some("ä@example.org")),
        named(Some("a_rm"), None),
        named(Some("\u{1F980}crab"), Some("\u{FB}x@example.org")),
        named(Some("\u{FF41}wide"), None),
    ];
    let mut made = Vec::new();
    for (index, user) in users.into_iter().enumerate() {
        let status = Status::ALL[index % 3];
        let created = at([5, 3, 5, 9][index % 4]);
        let user = world.make(NewUser { id: crate::world::id(), status, created, ..user }).await;
        if index % 2 == 0 {
            let change = Change::SetStatus { user: user.number, status, at: at([20, 4][index % 4 / 2]) };
            world.apply(change).await;
        }
        made.push(world.now(&user).await);
    }
    made
}

/// The order as Rust compares: a missing text first, texts by their bytes, ties by number.
fn in_order(mut users: Vec<User>, sort: SortField) -> Vec<i64> {
    users.sort_by_key(|user| user.number);
    match sort {
        SortField::Number => {}
        SortField::Username => users.sort_by(|a, b| a.username.cmp(&b.username)),
        SortField::Email => users.sort_by(|a, b| a.email.cmp(&b.email)),
        SortField::Status => users.sort_by_key(|user| user.status.as_str()),
        SortField::Created => users.sort_by_key(|user| user.created),
        SortField::Updated => users.sort_by_key(|user| user.updated),
    }
    users.into_iter().map(|user| user.number.0).collect()
}

pub(super) async fn users_are_listed_in_each_order_and_its_reverse(world: &World) {
    let users = mixed(world).await;
    for sort in FIELDS {
        let mut expected = in_order(users.clone(), sort);
        for descending in [false, true] {
            for household in [None, Some(UserNumber(3))] {
                let query = UserQuery { sort, descending, household, ..everybody() };
                let (found, total) = numbers(world, &query).await;
                if household.is_some() {
                    assert_eq!((found, total), (vec![3], 1));
                } else {
                    assert_eq!((&found, total), (&expected, 11), "{sort:?}, descending: {descending}");
                }
            }
            expected.reverse();
        }
    }
    let page = world.store.users_matching(&everybody()).await.unwrap();
    assert!(page.users == users, "each as it is");
}

pub(super) async fn pages_follow_each_other_without_a_gap(world: &World) {
    let users = mixed(world).await;
    for sort in FIELDS {
        let expected = in_order(users.clone(), sort);
        let mut read = Vec::new();
        for offset in (0..12).step_by(3) {
            let query = UserQuery { sort, offset, limit: 3, ..everybody() };
            let (found, total) = numbers(world, &query).await;
            assert_eq!(total, 11);
            assert!(found.len() <= 3);
            read.extend(found);
        }
        assert_eq!(read, expected, "{sort:?}");
    }
    for (offset, limit) in [(11, 3), (u64::MAX, 3), (0, 0)] {
        let query = UserQuery { offset, limit, ..everybody() };
        assert_eq!(numbers(world, &query).await, (vec![], 11), "from {offset}, at most {limit}");
    }
}

pub(super) async fn only_the_wanted_statuses_are_listed(world: &World) {
    let users = mixed(world).await;
    let with = |wanted: &[Status]| -> Vec<i64> {
        users.iter().filter(|user| wanted.contains(&user.status)).map(|user| user.number.0).collect()
    };
    for statuses in [
        vec![Status::Pending],
        vec![Status::Active],
        vec![Status::Suspended],
        vec![Status::Suspended, Status::Pending],
        vec![Status::Active, Status::Active],
        Status::ALL.to_vec(),
    ] {
        let expected = with(&statuses);
        let query = UserQuery { statuses, ..everybody() };
        let total = u64::try_from(expected.len()).unwrap();
        assert_eq!(numbers(world, &query).await, (expected, total), "{:?}", query.statuses);
    }
}

pub(super) async fn a_household_is_its_head_and_who_belongs_to_it(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let of = |head: &User, name: &str, status| NewUser {
        role: Role::Sub,
        parent: Some(head.number),
        status,
        ..new_user(name)
    };
    let cid = world.make(of(&ann, "cid", Status::Active)).await;
    world.make(of(&bob, "dan", Status::Active)).await;
    let eve = world.make(of(&ann, "eve", Status::Pending)).await;
    world.make(of(&cid, "fay", Status::Active)).await;

    for sort in FIELDS {
        for descending in [false, true] {
            let household = Some(ann.number);
            let query = UserQuery { household, sort, descending, ..everybody() };
            let mut expected = in_order(vec![ann.clone(), cid.clone(), eve.clone()], sort);
            if descending {
                expected.reverse();
            }
            assert_eq!(numbers(world, &query).await, (expected, 3), "{sort:?}, descending: {descending}");
        }
    }
    let query = UserQuery { household: Some(ann.number), ..everybody() };
    let second = UserQuery { offset: 1, limit: 1, ..query.clone() };
    assert_eq!(numbers(world, &second).await, (vec![cid.number.0], 3));
    let pending = UserQuery { statuses: vec![Status::Pending], ..query.clone() };
    assert_eq!(numbers(world, &pending).await, (vec![eve.number.0], 1));
    let nobody = UserQuery { household: Some(UserNumber(999)), ..query };
    assert_eq!(numbers(world, &nobody).await, (vec![], 0));
}

pub(super) async fn a_deleted_user_is_never_listed(world: &World) {
    let ann = world.user("ann").await;
    let sub = NewUser { parent: Some(ann.number), ..new_user("bob") };
    let bob = world.make(sub).await;
    world.apply(Change::DeleteUser { user: bob.number, at: at(9), retired: vec![] }).await;
    for sort in FIELDS {
        for descending in [false, true] {
            for household in [None, Some(ann.number)] {
                let query = UserQuery { sort, descending, household, ..everybody() };
                assert_eq!(numbers(world, &query).await, (vec![ann.number.0], 1));
            }
        }
    }
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    assert_eq!(numbers(world, &everybody()).await, (vec![], 0));
}
