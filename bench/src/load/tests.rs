//! The client tells delays and answers as they were: against servers of a few lines that are late on purpose.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::*;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A server of one connection that answers so many requests, the first one late.
fn late(by: Duration, answers: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        for number in 0..answers {
            let mut request = [0; 4];
            peer.read_exact(&mut request).unwrap();
            if number == 0 {
                thread::sleep(by);
            }
            peer.write_all(ANSWER).unwrap();
        }
    });
    address
}

#[test]
fn a_stall_counts_for_every_request_that_was_due_in_it() {
    let stall = Duration::from_millis(200);
    let times =
        open_loop(late(stall, 40), &[b"ask\n".to_vec()], 200, 100, Duration::from_millis(400)).unwrap();
    assert_eq!(times.len(), 40);
    let late = times.iter().filter(|time| **time >= stall / 2).count();
    assert!(late >= 10, "{late} of the requests that were due while the server slept: {times:?}");
}

#[test]
fn another_status_than_the_one_expected_ends_the_run() {
    let asked = closed_loop(late(Duration::ZERO, 1), &[b"ask\n".to_vec()], 1, 201, |_| Ok(()));
    assert!(format!("{:#}", asked.unwrap_err()).contains("200 instead of 201"));
}

#[test]
fn a_window_tells_answers_a_second_and_what_one_cost() {
    let (time, processor) = (Duration::from_millis(200), Duration::from_millis(10));
    let window = Window { answers: 50, time, processor, client: processor / 2 };
    assert_eq!((window.rate(), window.processor_us(), window.client_us()), (250.0, 200.0, 100.0));
}
