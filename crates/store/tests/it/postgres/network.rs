//! A network that is silent, or breaks at the worst moment: a proxy stands before the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use identity::ports::{Store as _, StoreError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::{cluster, open, refused};
use crate::world::{create, failures_of_reads, names};

/// What the network does.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Weather {
    Fair,
    /// Nothing comes through, and nobody is told.
    Silent,
    /// A connection breaks when it asks to commit, before the server hears of it.
    BreaksBeforeCommit,
    /// The same after the server has heard of it.
    BreaksAfterCommit,
    /// The next statement breaks its connection, once.
    BreaksOnce,
}

struct Network {
    weather: AtomicU8,
}

impl Network {
    /// A way to the server of this URL, and the URL that leads through it.
    async fn before(url: &str) -> (Arc<Self>, String) {
        let network = Arc::new(Self { weather: AtomicU8::new(Weather::Fair as u8) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (start, rest) = url.split_once("127.0.0.1:").unwrap();
        let (port, database) = rest.split_once('/').unwrap();
        let through = listener.local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let proxy = Arc::clone(&network);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&address).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let (asking, answering) = (Arc::clone(&proxy), Arc::clone(&proxy));
                tokio::spawn(async move {
                    tokio::select! {
                        () = asking.carry(from_client, to_server, true) => {}
                        () = answering.carry(from_server, to_client, false) => {}
                    }
                });
            }
        });
        (network, format!("{start}127.0.0.1:{through}/{database}?sslmode=disable"))
    }

    fn set(&self, weather: Weather) {
        self.weather.store(weather as u8, Ordering::SeqCst);
    }

    fn is(&self, weather: Weather) -> bool {
        self.weather.load(Ordering::SeqCst) == weather as u8
    }

    /// Carries bytes until the connection ends or is broken.
    async fn carry(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, asks: bool) {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            while self.is(Weather::Silent) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let bytes = &buffer[..length];
            let commits = asks && bytes.windows(7).any(|window| window == b"COMMIT\0");
            if asks && self.is(Weather::BreaksOnce) {
                return self.set(Weather::Fair);
            }
            if commits && self.is(Weather::BreaksBeforeCommit) {
                return;
            }
            let last = commits && self.is(Weather::BreaksAfterCommit);
            if last {
                // The server's answer goes nowhere.
                self.set(Weather::Silent);
            }
            if to.write_all(bytes).await.is_err() {
                return;
            }
            if last {
                // Until the server has done as told.
                return tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_neither_acknowledged_nor_repeated() {
    let (network, url) = Network::before(&cluster::database()).await;
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    network.set(Weather::BreaksAfterCommit);
    let outcome = create(&store, "bob").await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    network.set(Weather::BreaksBeforeCommit);
    let outcome = create(&store, "cid").await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    network.set(Weather::Fair);
    assert_eq!(names(&store).await, ["ann", "bob"], "one was done and one was not; nobody was told which");
    assert_eq!(store.events(0, 9).await.unwrap().len(), 2);
    create(&store, "dan").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_certainly_not_done_is_done_again_on_another_connection() {
    let (network, url) = Network::before(&cluster::database()).await;
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    // As many as there are connections that reads share.
    for _ in 0..4 {
        assert_eq!(names(&store).await, ["ann"]);
    }
    for (round, name) in ["bob", "cid", "dan"].into_iter().enumerate() {
        network.set(Weather::BreaksOnce);
        create(&store, name).await.unwrap();
        assert!(network.is(Weather::Fair), "no connection broke");
        for _ in 0..4 {
            network.set(Weather::BreaksOnce);
            assert_eq!(names(&store).await.len(), round + 2);
            assert!(network.is(Weather::Fair), "no connection broke");
        }
    }
    assert_eq!(store.events(0, 9).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_network_is_unavailable_before_long_and_got_over() {
    let (network, url) = Network::before(&cluster::database()).await;
    let store = open(&url).await;
    create(&store, "ann").await.unwrap();
    assert_eq!(names(&store).await, ["ann"]);
    network.set(Weather::Silent);
    let (ping, commit) = tokio::join!(store.ping(), create(&store, "bob"));
    assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{ping:?}");
    assert!(matches!(commit, Err(StoreError::Unavailable(_))), "{commit:?}");
    let told = refused(&url).await;
    assert!(told.contains("does not answer: start PostgreSQL there"), "{told}");
    network.set(Weather::Fair);
    for (method, error) in failures_of_reads(&store).await {
        assert!(error.is_none(), "{method}: {error:?}");
    }
    create(&store, "cid").await.unwrap();
    assert_eq!(names(&store).await.last().map(String::as_str), Some("cid"));
}
