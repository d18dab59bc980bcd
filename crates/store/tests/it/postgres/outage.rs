//! A server that goes away and comes back.

use std::sync::Arc;
use std::time::Duration;

use identity::ports::{Store as _, StoreError};
use store::{OpenError, PostgresUrl, Store};
use tokio::time::timeout;

use super::cluster::Server;
use super::{open, refused};
use crate::world::{create, failures_of_reads, names};

/// A server that is not there says so at once.
const QUICKLY: Duration = Duration::from_secs(2);

fn is_unavailable<T: std::fmt::Debug>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_unavailable_while_the_server_is_away_and_works_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server(folder.path());
    let url = server.start();
    let (one, other) = (open(&url).await, open(&url).await);
    create(&one, "ann").await.unwrap();
    assert_eq!(names(&other).await, ["ann"]);

    for round in ["bob", "cid"] {
        server.crash();
        let away = async {
            for (method, error) in failures_of_reads(&one).await {
                assert!(matches!(error, Some(StoreError::Unavailable(_))), "{method}: {error:?}");
            }
            let outcome = create(&one, round).await;
            assert!(is_unavailable(&outcome), "{outcome:?}");
        };
        timeout(QUICKLY, away).await.expect("a server that is not there takes nobody's time");
        let error = Store::open_postgres(&PostgresUrl::parse(&url).unwrap()).await.err().unwrap();
        assert!(matches!(error, OpenError::Server { .. }), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("127.0.0.1:") && told.contains("start PostgreSQL"), "{told}");

        assert_eq!(server.start(), url);
        // The first request finds its way, of a store that saw the outage and of one that slept through it.
        create(&one, round).await.unwrap();
        other.ping().await.unwrap();
        assert_eq!(names(&other).await.last().map(String::as_str), Some(round));
        create(&other, &format!("{round}-too")).await.unwrap();
    }
}

/// Commits run from all sides when the server is killed: who was told so is there afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server(folder.path());
    let url = server.start();
    let store = Arc::new(open(&url).await);
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    let name = format!("w{writer}-{n}");
                    match create(&*store, &name).await {
                        Ok(_) => acknowledged.push(name),
                        Err(StoreError::Unavailable(_)) => break,
                        Err(error) => panic!("{error:?}"),
                    }
                }
                acknowledged
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.crash();
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    server.start();
    let mut found = names(&*store).await;
    found.sort_unstable();
    assert!(!acknowledged.is_empty());
    for name in acknowledged {
        assert!(found.binary_search(&name).is_ok(), "{name} was acknowledged and is gone");
    }
}

#[tokio::test]
async fn a_start_says_what_is_wrong_and_what_to_do() {
    let url = super::cluster::database();
    let (server, _) = url.rsplit_once('/').unwrap();
    for (url, told) in [
        (format!("{server}/nowhere"), "make it with createdb"),
        (url.replace("postgres@", "nobody-of-this-name:hunter2@"), "correct user and password"),
        ("postgres://me:hunter2@127.0.0.1:1/db".to_owned(), "start PostgreSQL there"),
        ("postgres://me:hunter2@no-such-host.invalid/db".to_owned(), "correct host and port"),
        ("postgres://me:hunter2@/db?host=/nowhere".to_owned(), "start PostgreSQL there"),
    ] {
        let refused = refused(&url).await;
        assert!(refused.contains(told) && refused.starts_with("the database at "), "{url}: {refused}");
        assert!(!refused.contains("hunter2") && !refused.contains('\n'), "{refused}");
    }
}
