//! The stream under an SMTP dialogue: plain or encrypted, and bounded in what is read from it.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// The most that is read in a connection's life, in bytes; a message's share of it is less than a thousand.
const MOST_HEARD: usize = 256 * 1024;

/// What is read first where the dialogue goes on encrypted: the server greeted before, the client that reads this waits
/// for a greeting.
const GREETING: &[u8] = b"220 encrypted\r\n";

/// A stream.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    /// What is read before anything of the stream.
    greeting: &'static [u8],
    /// How much may still be read.
    left: usize,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Self { stream: Stream::Plain(tcp), greeting: b"", left: MOST_HEARD }
    }

    pub(super) fn encrypted(tls: TlsStream<TcpStream>) -> Self {
        Self { stream: Stream::Encrypted(Box::new(tls)), greeting: b"", left: MOST_HEARD }
    }

    /// Encrypted after the greeting.
    pub(super) fn encrypted_midway(tls: TlsStream<TcpStream>) -> Self {
        Self { greeting: GREETING, ..Self::encrypted(tls) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, rest) = self.greeting.split_at(self.greeting.len().min(buffer.remaining()));
            buffer.put_slice(now);
            self.greeting = rest;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Stream::Encrypted(tls) => Pin::new(tls).poll_read(context, buffer),
        })?;
        let heard = buffer.filled().len().saturating_sub(before);
        match self.left.checked_sub(heard) {
            Some(left) => self.left = left,
            None => return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, "it talks without end"))),
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Stream::Encrypted(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Stream::Encrypted(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Stream::Encrypted(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(tcp) => tcp.peer_addr(),
            Stream::Encrypted(tls) => tls.get_ref().0.peer_addr(),
        }
    }
}
