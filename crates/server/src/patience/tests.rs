//! Clients that are slow, in paused time.

use std::net::IpAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

const TIMES: Times =
    Times { head: Duration::from_secs(15), idle: Duration::from_secs(60), answer: Duration::from_secs(30) };

fn watched() -> (DuplexStream, Watched<DuplexStream>, Requests) {
    let place = Places::with(1, 1, &[]).take(IpAddr::from([192, 0, 2, 1])).expect("a place");
    let (client, server) = duplex(64);
    let requests = Requests::new();
    (client, Watched::new(server, place, TIMES, requests.clone()), requests)
}

/// security 2, no. 9: what a stranger can hold is bounded.
#[tokio::test(start_paused = true)]
async fn a_client_that_begins_no_request_is_closed_whatever_it_sends() {
    for sends in [false, true] {
        let (mut client, mut watched, _) = watched();
        let began = Instant::now();
        let error = loop {
            if sends {
                client.write_u8(1).await.expect("open");
            }
            let byte = tokio::time::timeout(Duration::from_secs(1), watched.read_u8()).await;
            if let Ok(Err(error)) = byte {
                break error;
            }
            sleep(Duration::from_secs(1)).await;
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() <= TIMES.head + Duration::from_secs(3), "{:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_keeps_a_connection_and_its_end_lets_it_rest_for_a_time() {
    let (_client, mut watched, requests) = watched();
    let began = Instant::now();
    let request = requests.begin();
    let handler = tokio::spawn(async move {
        sleep(Duration::from_secs(300)).await;
        drop(request);
    });
    watched.read_u8().await.expect_err("closed");
    handler.await.expect("ended");
    let rested = began.elapsed() - Duration::from_secs(300);
    assert!(rested >= TIMES.idle && rested <= 2 * TIMES.idle, "{rested:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_up_most_of_its_requests_is_closed() {
    let (mut client, mut watched, requests) = watched();
    let reads = |watched: &mut Watched<_>| {
        let context = &mut Context::from_waker(std::task::Waker::noop());
        let mut bytes = [0; 8];
        Pin::new(watched).poll_read(context, &mut ReadBuf::new(&mut bytes))
    };
    for _ in 1..GIVEN_UP {
        drop(requests.begin());
    }
    assert!(reads(&mut watched).is_pending());
    drop(requests.begin());
    assert!(matches!(reads(&mut watched), Poll::Ready(Err(_))));
    requests.0.answered.store(requests.0.begun.load(Relaxed), Relaxed);
    drop(requests.begin());
    client.write_u8(1).await.expect("open");
    assert!(matches!(reads(&mut watched), Poll::Ready(Ok(()))));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_or_reads_a_byte_at_a_time_is_closed() {
    for reads in [false, true] {
        let (mut client, mut watched, _) = watched();
        let began = Instant::now();
        let reader = tokio::spawn(async move {
            loop {
                sleep(Duration::from_secs(1)).await;
                if reads && client.read_u8().await.is_err() {
                    return;
                }
            }
        });
        watched.write_all(&[0; 1024]).await.expect_err("closed");
        assert!(began.elapsed() <= TIMES.answer + Duration::from_secs(1));
        reader.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_in_time_is_forgotten() {
    let (mut client, mut watched, _) = watched();
    for _ in 0..4 {
        let writing = async {
            watched.write_all(&[0; 100]).await?;
            watched.flush().await
        };
        let mut taken = [0; 100];
        let reading = async {
            sleep(TIMES.answer / 2).await;
            client.read_exact(&mut taken).await
        };
        let (written, read) = tokio::join!(writing, reading);
        written.expect("taken");
        read.expect("written");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_client_is_heard_out_for_a_while_and_a_served_one_is_not() {
    for (ends, at_least) in [(true, LINGER), (false, Duration::ZERO)] {
        let (_client, mut watched, requests) = watched();
        requests.0.ends.store(ends, Relaxed);
        let began = Instant::now();
        watched.shutdown().await.expect("closed");
        assert_eq!(began.elapsed(), at_least);
    }
}
