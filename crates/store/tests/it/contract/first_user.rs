//! Who claims to make the first user, alone and beside others.

use identity::ports::{Change, Commit, Conflict, Store as _, StoreError};
use identity::user::{User, UserNumber};

use super::races::{applied, commit_together, only};
use crate::world::{World, at, new_user};

/// A world as it is once a server started on it.
async fn started(world: &World) {
    world.apply(Change::RecordMasterKey { check: [1; 32] }).await;
}

fn set_up(name: &str) -> Commit {
    Commit { changes: vec![Change::ClaimFirstUser, Change::CreateUser(new_user(name))], events: vec![] }
}

async fn users(world: &World) -> Vec<User> {
    world.store.users(UserNumber(0), 1000).await.unwrap()
}

pub(super) async fn the_first_user_is_claimed_while_there_was_none(world: &World) {
    started(world).await;
    assert!(!world.store.has_had_users().await.unwrap());
    // Who claims it and makes nobody takes nothing away.
    assert_eq!(world.apply(Change::ClaimFirstUser).await, 1);
    world.store.commit(set_up("ann")).await.unwrap();
    assert!(world.store.has_had_users().await.unwrap());
    assert_eq!(world.refused(Change::ClaimFirstUser).await, Conflict::UserExists);
    // Others are made as before.
    world.user("bob").await;
    assert_eq!(users(world).await.len(), 2);
    assert_eq!(world.store.master_key_check().await.unwrap(), Some(vec![1; 32]));
}

pub(super) async fn a_deleted_user_was_the_first(world: &World) {
    started(world).await;
    let ann = world.user("ann").await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    assert!(users(world).await.is_empty());
    assert!(world.store.has_had_users().await.unwrap());
    assert_eq!(world.refused(Change::ClaimFirstUser).await, Conflict::UserExists);
}

pub(super) async fn the_first_user_is_claimed_by_one(world: &World) {
    started(world).await;
    let commits = (0..50).map(|n| set_up(&format!("user-{n}"))).collect();
    let outcomes = commit_together(world, commits).await;
    assert_eq!(applied(&outcomes, Conflict::UserExists), 1);
    let winner = outcomes.iter().position(Result::is_ok).unwrap();
    let made = users(world).await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].username, Some(format!("user-{winner}")));
}

/// An operator's user is never refused for it; and whoever comes once that one is kept, or the other, is.
pub(super) async fn nobody_claims_the_first_user_after_another_was_made(world: &World) {
    started(world).await;
    let mut commits: Vec<Commit> = (0..20).map(|n| set_up(&format!("user-{n}"))).collect();
    commits.insert(10, only(Change::CreateUser(new_user("ann"))));
    let mut outcomes = commit_together(world, commits).await;
    outcomes.remove(10).unwrap();
    let claimed = applied(&outcomes, Conflict::UserExists);
    assert!(claimed <= 1, "{claimed}");
    assert_eq!(users(world).await.len(), 1 + claimed);
    let late = world.store.commit(set_up("late")).await;
    assert!(matches!(late, Err(StoreError::Conflict(Conflict::UserExists))), "{late:?}");
}
