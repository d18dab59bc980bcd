//! Many at once about identities, flows and keys that are published before they sign.

use identity::federation::NewExternalIdentity;
use identity::flow::NewFlow;
use identity::keyring::{KeyAlgorithm, KeyUse, SigningKey};
use identity::ports::{Change, Commit, Conflict, Store as _, StoreError};
use identity::user::{FIRST_VERSION, NewUser, Status, User};

use super::races::{applied, commit_together, only};
use crate::world::{World, at, new_flow, new_identity, new_signing_key, new_user};

fn link(user: &User, subject: &str) -> Change {
    Change::LinkIdentity { identity: new_identity(user.id, subject), version: user.credential_version }
}

/// Of twenty users one gets the identity.
pub(super) async fn an_identity_goes_to_one(world: &World) {
    let mut users = Vec::new();
    for n in 0..20 {
        users.push(world.user(&format!("user-{n}")).await);
    }
    for subject in ["1", "2", "3", "4"] {
        let commits = users.iter().map(|user| only(link(user, subject))).collect();
        let outcomes = commit_together(world, commits).await;
        assert_eq!(applied(&outcomes, Conflict::IdentityTaken), 1);
        let winner = outcomes.iter().position(Result::is_ok).unwrap();
        let (linked, user) =
            world.store.external_identity("https://op.example", subject).await.unwrap().unwrap();
        assert!(linked.user == user.number && user.id == users[winner].id);
    }
}

/// Twenty first logins of one identity at once make one user, though none shares a name.
pub(super) async fn a_first_login_makes_one_user(world: &World) {
    for round in 0..4 {
        let subject = format!("subject-{round}");
        let sign_up = |n: usize| {
            let user = NewUser { email: None, ..new_user(&format!("user-{round}-{n}")) };
            let identity: NewExternalIdentity = new_identity(user.id, &subject);
            let link = Change::LinkIdentity { identity, version: FIRST_VERSION };
            Commit { changes: vec![Change::CreateUser(user), link], events: vec![] }
        };
        let outcomes = commit_together(world, (0..20).map(sign_up).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::IdentityTaken), 1);
        let users = world.store.users(identity::user::UserNumber(0), 100).await.unwrap();
        assert_eq!(users.len(), round + 1);
    }
}

/// Fifty links, and in their midst what ends the right to them: who was told that it is linked is.
async fn links_in_the_midst(world: &World, user: &User, end: Change) -> usize {
    let subjects: Vec<String> = (0..50).map(|n| format!("{}-{n}", user.number)).collect();
    let mut commits: Vec<Commit> = subjects.iter().map(|subject| only(link(user, subject))).collect();
    commits.insert(25, only(end));
    let mut outcomes = commit_together(world, commits).await;
    outcomes.remove(25).unwrap();
    let late = world.store.commit(only(link(user, "late"))).await;
    assert!(matches!(late, Err(StoreError::Conflict(Conflict::UserChanged))), "{late:?}");
    applied(&outcomes, Conflict::UserChanged)
}

pub(super) async fn no_identity_is_linked_to_who_was_suspended(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let suspend = Change::SetStatus { user: user.number, status: Status::Suspended, at: at(9) };
        let linked = links_in_the_midst(world, &user, suspend).await;
        assert_eq!(world.store.external_identities(user.number).await.unwrap().len(), linked);
    }
}

pub(super) async fn no_identity_is_left_of_a_deleted_user(world: &World) {
    for round in 0..4 {
        let user = world.user(&format!("user-{round}")).await;
        let delete = Change::DeleteUser { user: user.number, at: at(9), retired: vec![] };
        links_in_the_midst(world, &user, delete).await;
        assert_eq!(world.store.external_identities(user.number).await.unwrap(), []);
    }
}

/// Somebody else takes the identity of a user while that one is deleted: it has one owner or none, who is there.
pub(super) async fn an_identity_moves_on_when_its_user_is_deleted(world: &World) {
    for round in 0..8 {
        let (subject, next) = (round.to_string(), world.user(&format!("next-{round}")).await);
        let first = world.user(&format!("first-{round}")).await;
        world.link(new_identity(first.id, &subject)).await;
        let delete = Change::DeleteUser { user: first.number, at: at(9), retired: vec![] };
        let mut commits: Vec<Commit> = (0..10).map(|_| only(link(&next, &subject))).collect();
        commits.insert(5, only(delete));
        let mut outcomes = commit_together(world, commits).await;
        outcomes.remove(5).unwrap();
        let linked = applied(&outcomes, Conflict::IdentityTaken);
        assert!(linked <= 1);
        let owner = world.store.external_identity("https://op.example", &subject).await.unwrap();
        assert_eq!(owner.map(|(_, user)| user.id), (linked == 1).then_some(next.id));
    }
}

/// Each is taken away as long as the next one is there: the last one stays, whoever was first.
pub(super) async fn of_the_last_links_one_remains(world: &World) {
    for round in 0..8 {
        let user = world.user(&format!("user-{round}")).await;
        let mut links = Vec::new();
        for n in 0..4 {
            links.push(world.link(new_identity(user.id, &format!("{round}-{n}"))).await);
        }
        let unlink = |n: usize, keeps: usize| {
            let (identity, keeps) = (links[n % 4].id, Some(links[keeps % 4].id));
            let (user, version) = (user.number, user.credential_version);
            only(Change::UnlinkIdentity { identity, user, version, keeps })
        };
        let commits = (0..4).flat_map(|n| [unlink(n, n + 1), unlink(n, n + 2)]).collect();
        let outcomes = commit_together(world, commits).await;
        let gone = applied(&outcomes, Conflict::IdentityGone);
        let left = world.store.external_identities(user.number).await.unwrap().len();
        assert!(left >= 1 && gone + left == 4, "{gone} gone, {left} left");
    }
}

/// security 1, code-race: of 50 who come back at once, one goes on.
pub(super) async fn a_flow_is_taken_by_one(world: &World) {
    for _ in 0..4 {
        let NewFlow { flow, digest } = new_flow();
        world.apply(Change::OpenFlow(NewFlow { flow: flow.clone(), digest: digest.clone() })).await;
        let take = || only(Change::TakeFlow { flow: flow.id, at: at(9) });
        let outcomes = commit_together(world, (0..50).map(|_| take()).collect()).await;
        assert_eq!(applied(&outcomes, Conflict::FlowGone), 1);
        assert_eq!(world.store.flow_by_digest(&digest).await.unwrap(), None);
    }
}

/// Two processes plan the next key of a use at once, each to sign from later on, and another use goes its own way.
pub(super) async fn a_planned_key_follows_once(world: &World) {
    let published = |key_use, begins| SigningKey {
        key_use,
        algorithm: KeyAlgorithm::Es256,
        begins: at(begins),
        ..new_signing_key()
    };
    let first = published(KeyUse::BixArena, 1);
    world.apply(Change::AddSigningKey { key: first.clone(), previous: None }).await;
    let mut newest = first;
    for round in 1..=4 {
        let previous = Some((newest.id, at(100 * round + 50)));
        let add = |_| only(Change::AddSigningKey { key: published(KeyUse::BixArena, 100 * round), previous });
        let mut commits: Vec<Commit> = (0..20).map(add).collect();
        if round == 1 {
            let probe = Change::AddSigningKey { key: published(KeyUse::Probe, 1), previous: None };
            commits.push(only(probe));
        }
        let mut outcomes = commit_together(world, commits).await;
        if round == 1 {
            outcomes.pop().unwrap().unwrap();
        }
        assert_eq!(applied(&outcomes, Conflict::SigningKeyChanged), 1);
        let mut keys = world.store.signing_keys(KeyUse::BixArena).await.unwrap();
        assert_eq!(keys.iter().filter(|key| key.ends.is_none()).count(), 1);
        assert_eq!(keys.iter().find(|key| key.id == newest.id).unwrap().ends, Some(at(100 * round + 50)));
        keys.retain(|key| key.ends.is_none());
        newest = keys.pop().unwrap();
        assert_eq!(newest.begins, at(100 * round));
    }
    assert_eq!(world.store.signing_keys(KeyUse::Probe).await.unwrap().len(), 1);
}
