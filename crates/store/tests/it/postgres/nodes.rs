//! Several equal nodes at one database.

use std::sync::Arc;

use identity::ports::{Change, Commit, Conflict, Store as _, StoreError};
use identity::session::EndReason;
use identity::user::{Status, User, UserNumber};
use store::Store;

use super::{cluster, open};
use crate::world::{at, create, digest, new_session};

async fn nodes() -> Vec<Arc<Store>> {
    let url = cluster::database();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(Arc::new(open(&url).await));
    }
    nodes
}

async fn apply(store: &Store, change: Change) -> Result<(), StoreError> {
    store.commit(Commit { changes: vec![change], events: vec![] }).await.map(drop)
}

async fn ann(store: &Store) -> User {
    store.user(UserNumber(1)).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_node_ends_no_other_lets_in_at_its_next_request() {
    let nodes = nodes().await;
    create(&*nodes[0], "ann").await.unwrap();
    for round in 0..30 {
        let (opener, ender) = (&nodes[round % 3], &nodes[(round + 1) % 3]);
        let user = ann(opener).await;
        let session = new_session(&user, "knox");
        let (id, version) = (session.id, user.credential_version);
        apply(opener, Change::OpenSession { session, version, limit: None, replaces: None }).await.unwrap();
        for node in &nodes {
            let (found, owner) = node.session_by_digest(&digest(id)).await.unwrap().unwrap();
            assert!(found.ended.is_none() && *owner == ann(node).await, "round {round}");
        }
        let end = match round % 2 {
            0 => Change::EndSession { session: id, at: at(9), reason: EndReason::Revoked },
            _ => Change::EndSessions {
                user: user.number,
                door: None,
                except: None,
                at: at(9),
                reason: EndReason::Revoked,
            },
        };
        apply(ender, end).await.unwrap();
        for node in &nodes {
            let (found, _) = node.session_by_digest(&digest(id)).await.unwrap().unwrap();
            assert_eq!(found.ended, Some((at(9), EndReason::Revoked)), "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_user_suspended_on_one_node_opens_no_session_on_another() {
    let nodes = nodes().await;
    create(&*nodes[0], "ann").await.unwrap();
    let user = ann(&nodes[1]).await;
    apply(&nodes[2], Change::SetStatus { user: user.number, status: Status::Suspended, at: at(8) })
        .await
        .unwrap();
    let session = new_session(&user, "knox");
    let open = Change::OpenSession { session, version: user.credential_version, limit: None, replaces: None };
    let outcome = apply(&nodes[1], open).await;
    assert!(matches!(outcome, Err(StoreError::Conflict(Conflict::UserChanged))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_of_sessions_holds_over_all_nodes() {
    let nodes = nodes().await;
    create(&*nodes[0], "ann").await.unwrap();
    let user = ann(&nodes[0]).await;
    let logins: Vec<_> = (0..60)
        .map(|n| {
            let (node, user) = (Arc::clone(&nodes[n % 3]), user.clone());
            tokio::spawn(async move {
                let session = new_session(&user, "knox");
                let version = user.credential_version;
                apply(&node, Change::OpenSession { session, version, limit: Some(5), replaces: None }).await
            })
        })
        .collect();
    let mut opened = 0;
    for login in logins {
        match login.await.unwrap() {
            Ok(()) => opened += 1,
            Err(StoreError::Conflict(Conflict::SessionLimit)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(opened, 5);
}
