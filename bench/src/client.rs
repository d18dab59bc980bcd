//! One kept HTTP/1.1 connection, as light as can be: client and server share the machine. It reads answers that tell
//! their length, which is all that the measured servers send, and nothing else.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// No answer here takes as long, two hundred queued logins included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Larger than any answer that is asked for.
const ROOM: usize = 16 * 1024;

/// A connection and the last answer that came over it.
pub(crate) struct Connection {
    stream: TcpStream,
    room: Box<[u8]>,
}

/// An answer. Header names come in lower case from the measured servers.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, room: vec![0; ROOM].into() })
    }

    /// Sends a whole request and waits for its whole answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let whole = loop {
            let rest = self.room.get_mut(filled..).filter(|rest| !rest.is_empty());
            let read = self.stream.read(rest.context("an answer is too long")?)?;
            ensure!(read > 0, "the connection was closed in the middle of an answer");
            filled += read;
            if let Some(whole) = whole(self.room.get(..filled).unwrap_or_default())? {
                break whole;
            }
        };
        ensure!(whole.end == filled, "more came than was asked for");
        let (head, body) = self.room.get(..filled).unwrap_or_default().split_at(whole.body);
        let head = std::str::from_utf8(head)?;
        Ok(Answer { status: status(head)?, head, body })
    }

    /// As `exchange`, for an answer of which only the status counts.
    pub(crate) fn expect(&mut self, request: &[u8], status: u16) -> anyhow::Result<Answer<'_>> {
        let answer = self.exchange(request)?;
        if answer.status != status {
            bail!("{} instead of {status}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        Ok(answer)
    }
}

impl Answer<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }
}

/// Where the body of a whole answer begins and ends.
#[derive(Debug, PartialEq)]
struct Whole {
    body: usize,
    end: usize,
}

/// None while some of it is still to come.
fn whole(received: &[u8]) -> anyhow::Result<Option<Whole>> {
    const BLANK: &[u8] = b"\r\n\r\n";
    let Some(blank) = received.windows(BLANK.len()).position(|four| four == BLANK) else { return Ok(None) };
    let body = blank + BLANK.len();
    let head = std::str::from_utf8(received.get(..body).unwrap_or_default())?;
    let length: usize =
        header(head, "content-length").context("an answer that does not tell its length")?.parse()?;
    let end = body + length;
    Ok((received.len() >= end).then_some(Whole { body, end }))
}

fn status(head: &str) -> anyhow::Result<u16> {
    let code = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    Ok(code.context("not an answer in HTTP/1.1")?.parse()?)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (theirs, value) = line.split_once(':')?;
        (theirs == name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const ANSWER: &str = "HTTP/1.1 201 Created\r\ncontent-length: 5\r\nset-cookie: a=b; Path=/\r\n\r\nhello";

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        for some in 0..ANSWER.len() {
            assert_eq!(whole(&ANSWER.as_bytes()[..some]).unwrap(), None, "{some}");
        }
        let end = ANSWER.len();
        assert_eq!(whole(ANSWER.as_bytes()).unwrap(), Some(Whole { body: end - 5, end }));
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn answers_are_read_one_after_the_other_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut peer, _) = listener.accept().unwrap();
                peer.set_nodelay(true).unwrap();
                for pieces in [vec![ANSWER], ANSWER.split_inclusive('\n').collect()] {
                    let mut request = [0; 4];
                    peer.read_exact(&mut request).unwrap();
                    for piece in pieces {
                        peer.write_all(piece.as_bytes()).unwrap();
                    }
                }
            });
            let mut connection = Connection::open(address).unwrap();
            for _ in 0..2 {
                let answer = connection.exchange(b"ask\n").unwrap();
                assert_eq!((answer.status, answer.body), (201, b"hello".as_slice()));
                assert_eq!(answer.header("set-cookie"), Some("a=b; Path=/"));
            }
            assert!(connection.exchange(b"ask\n").is_err(), "it was closed");
        });
    }
}
