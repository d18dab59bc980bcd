//! One kept HTTP/1.1 connection, as light as can be: client and server share the machine. It reads answers that tell
//! their length or come in chunks, which is all that the measured servers send, and nothing else.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// No answer here takes as long, two hundred queued logins included.
const PATIENCE: Duration = Duration::from_secs(30);
/// For most answers; it grows for the others.
const ROOM: usize = 16 * 1024;
/// Larger than any answer that is asked for.
const MOST_ROOM: usize = 16 * 1024 * 1024;

/// A connection and the last answer that came over it.
pub(crate) struct Connection {
    stream: TcpStream,
    room: Vec<u8>,
}

/// An answer.
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
        Ok(Self { stream, room: vec![0; ROOM] })
    }

    /// Sends a whole request and waits for its whole answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let whole = loop {
            if filled == self.room.len() {
                ensure!(filled < MOST_ROOM, "an answer is too long");
                self.room.resize(2 * filled, 0);
            }
            let read = self.stream.read(self.room.get_mut(filled..).unwrap_or_default())?;
            ensure!(read > 0, "the connection was closed in the middle of an answer");
            filled += read;
            if let Some(whole) = whole(self.room.get(..filled).unwrap_or_default())? {
                break whole;
            }
        };
        ensure!(whole.end == filled, "more came than was asked for");
        for (to, chunk) in whole.chunks {
            self.room.copy_within(chunk, to);
        }
        let (head, body) = self.room.get(..whole.length).unwrap_or_default().split_at(whole.body);
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

/// Where the parts of a whole answer are.
#[derive(Debug, PartialEq)]
struct Whole {
    /// Where the body begins.
    body: usize,
    /// How much came.
    end: usize,
    /// Where what lies between the chunks of a body must go, one chunk behind the other.
    chunks: Vec<(usize, Range<usize>)>,
    /// How long head and body are then.
    length: usize,
}

const LINE_END: &[u8] = b"\r\n";

/// None while some of it is still to come.
fn whole(received: &[u8]) -> anyhow::Result<Option<Whole>> {
    const BLANK: &[u8] = b"\r\n\r\n";
    let Some(blank) = received.windows(BLANK.len()).position(|four| four == BLANK) else { return Ok(None) };
    let body = blank + BLANK.len();
    let head = std::str::from_utf8(received.get(..body).unwrap_or_default())?;
    let Some(length) = header(head, "content-length") else {
        let is_chunked = header(head, "transfer-encoding") == Some("chunked");
        ensure!(is_chunked, "an answer that does not tell its length");
        return chunked(received, body);
    };
    let end = body + length.parse::<usize>()?;
    Ok((received.len() >= end).then_some(Whole { body, end, chunks: vec![], length: end }))
}

/// RFC 9112 section 7.1, without extensions and trailers.
fn chunked(received: &[u8], body: usize) -> anyhow::Result<Option<Whole>> {
    let (mut at, mut length, mut chunks) = (body, body, Vec::new());
    loop {
        let rest = received.get(at..).unwrap_or_default();
        let Some(digits) = rest.windows(2).position(|two| two == LINE_END) else { return Ok(None) };
        let size = std::str::from_utf8(rest.get(..digits).unwrap_or_default())?;
        let size = usize::from_str_radix(size, 16)?;
        let begin = at + digits + LINE_END.len();
        at = begin + size + LINE_END.len();
        if received.len() < at {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(Whole { body, end: at, chunks, length }));
        }
        chunks.push((length, begin..begin + size));
        length += size;
    }
}

fn status(head: &str) -> anyhow::Result<u16> {
    let code = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    Ok(code.context("not an answer in HTTP/1.1")?.parse()?)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (theirs, value) = line.split_once(':')?;
        theirs.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const CHUNKED: &str = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b; Path=/\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    const ANSWER: &str = "HTTP/1.1 201 Created\r\ncontent-length: 5\r\nset-cookie: a=b; Path=/\r\n\r\nhello";

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        for some in 0..ANSWER.len() {
            assert_eq!(whole(&ANSWER.as_bytes()[..some]).unwrap(), None, "{some}");
        }
        let end = ANSWER.len();
        let expected = Whole { body: end - 5, end, chunks: vec![], length: end };
        assert_eq!(whole(ANSWER.as_bytes()).unwrap(), Some(expected));
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn so_is_one_in_chunks() {
        for some in 0..CHUNKED.len() {
            assert_eq!(whole(&CHUNKED.as_bytes()[..some]).unwrap(), None, "{some}");
        }
        assert_eq!(whole(CHUNKED.as_bytes()).unwrap().unwrap().end, CHUNKED.len());
    }

    #[test]
    fn answers_are_read_one_after_the_other_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut peer, _) = listener.accept().unwrap();
                peer.set_nodelay(true).unwrap();
                let slowly = |answer: &'static str| answer.split_inclusive('\n').collect();
                for pieces in [vec![ANSWER], slowly(ANSWER), vec![CHUNKED], slowly(CHUNKED)] {
                    let mut request = [0; 4];
                    peer.read_exact(&mut request).unwrap();
                    for piece in pieces {
                        peer.write_all(piece.as_bytes()).unwrap();
                    }
                }
            });
            let mut connection = Connection::open(address).unwrap();
            for _ in 0..4 {
                let answer = connection.exchange(b"ask\n").unwrap();
                assert_eq!((answer.status, answer.body), (201, b"hello".as_slice()));
                assert_eq!(answer.header("set-cookie"), Some("a=b; Path=/"));
            }
            assert!(connection.exchange(b"ask\n").is_err(), "it was closed");
        });
    }
}
