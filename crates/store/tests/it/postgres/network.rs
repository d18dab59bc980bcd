//! A network that is silent, or breaks at the worst moment: a proxy stands before the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
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
    /// The next connection that asks to commit breaks before the server hears of it.
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
                let proxy = Arc::clone(&proxy);
                tokio::spawn(async move {
                    let deaf = AtomicBool::new(false);
                    tokio::select! {
                        () = proxy.ask(from_client, to_server, &deaf) => {}
                        () = proxy.answer(from_server, to_client, &deaf) => {}
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

    async fn while_silent(&self) {
        while self.is(Weather::Silent) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Carries to the server until the connection ends or is broken; `deaf`: no answer comes back.
    async fn ask(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, deaf: &AtomicBool) {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            self.while_silent().await;
            let bytes = &buffer[..length];
            let commits = bytes.windows(7).any(|window| window == b"COMMIT\0");
            if self.is(Weather::BreaksOnce) || commits && self.is(Weather::BreaksBeforeCommit) {
                return self.set(Weather::Fair);
            }
            let last = commits && self.is(Weather::BreaksAfterCommit);
            deaf.store(last, Ordering::SeqCst);
            if to.write_all(bytes).await.is_err() {
                return;
            }
            if last {
                // Until the server has done as told.
                tokio::time::sleep(Duration::from_millis(200)).await;
                return self.set(Weather::Fair);
            }
        }
    }

    async fn answer(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, deaf: &AtomicBool) {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            self.while_silent().await;
            if !deaf.load(Ordering::SeqCst) && to.write_all(&buffer[..length]).await.is_err() {
                return;
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
    assert!(network.is(Weather::Fair), "no connection broke");
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
