//! How long a connection may be silent, and how many there may be.
//!
//! A client that connects and says nothing costs a place. Without a limit some thousand of them would shut everybody
//! out, so a connection whose first byte does not come, or over which nothing passes for long, is closed; places are
//! counted, and one address never holds more than half of them unless it is a trusted proxy's.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How long the first byte may take.
const FIRST_BYTE: Duration = Duration::from_secs(15);
/// A connection over which nothing passes either way is closed after one to two of these. The longest that an answer
/// takes to begin is the wait for an account's turn and a full hashing queue, well below it.
const SILENCE: Duration = Duration::from_secs(45);
/// Connections at most, when the system allows as many open files.
const MOST: usize = 10_000;
/// Open files that are not connections: the database's, the log's, the listener's.
const OTHER_FILES: usize = 64;

/// The places there are for connections.
#[derive(Clone)]
pub struct Places(Arc<Inner>);

struct Inner {
    most: usize,
    trusted: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    refused: u64,
    by_network: HashMap<IpAddr, usize>,
}

/// One place; dropping it gives it back.
pub struct Place {
    places: Places,
    network: IpAddr,
}

impl Places {
    /// As many places as the system's limit on open files leaves, which is raised as far as it goes.
    pub fn new(trusted: &[IpNet]) -> Self {
        let files = raise_open_files();
        Self::with(MOST.min(files.saturating_sub(OTHER_FILES)).max(1), trusted)
    }

    fn with(most: usize, trusted: &[IpNet]) -> Self {
        Self(Arc::new(Inner { most, trusted: trusted.to_vec(), taken: Mutex::default() }))
    }

    /// A place for this address, if there is one left for it.
    fn take(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let network = network(address);
        let is_trusted = self.0.trusted.iter().any(|trusted| trusted.contains(&address));
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let here = taken.by_network.get(&network).copied().unwrap_or(0);
        if taken.all >= self.0.most || (!is_trusted && here >= self.0.most.div_ceil(2)) {
            taken.refused += 1;
            // A flood is told by its doublings, so that it does not flood the log too.
            if taken.refused.is_power_of_two() {
                let (refused, held) = (taken.refused, taken.all);
                tracing::warn!(
                    refused,
                    held,
                    "no place for a connection: all are taken, or its address has half"
                );
            }
            return None;
        }
        taken.all += 1;
        taken.by_network.insert(network, here + 1);
        Some(Place { places: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(here) = taken.by_network.get_mut(&self.network) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.by_network.remove(&self.network);
            }
        }
    }
}

/// One IPv4 address or one IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// How many files this process may have open, now; none: the system has no such limit.
#[must_use]
pub fn open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::Nofile).current
    }
    #[cfg(not(unix))]
    None
}

/// How many files this process may have open once it has raised its limit as the server does.
#[must_use]
pub fn open_files_at_most() -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum
    }
    #[cfg(not(unix))]
    None
}

/// Raises the soft limit on open files to the hard one; tells how many there may be.
fn raise_open_files() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        let current = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
        current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    usize::MAX
}

/// An acceptor that gives each connection a place and a limit to its silence.
#[derive(Clone)]
pub struct Patient<A> {
    inner: A,
    places: Places,
}

impl<A> Patient<A> {
    /// Around this acceptor.
    pub fn new(inner: A, places: Places) -> Self {
        Self { inner, places }
    }
}

impl<A, S> Accept<TcpStream, S> for Patient<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin,
{
    type Stream = Watched<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.places.take(peer.ip()));
        let accepting = match place {
            Ok(Some(place)) => Ok((place, self.inner.accept(stream, service))),
            Ok(None) => Err(io::Error::other("no place is left")),
            Err(error) => Err(error),
        };
        Box::pin(async move {
            let (place, accepted) = accepting?;
            let (stream, service) = accepted.await?;
            Ok((Watched::new(stream, place), service))
        })
    }
}

/// A stream that ends when it is silent for too long.
pub struct Watched<S> {
    stream: S,
    alarm: Pin<Box<Sleep>>,
    /// Whether anything passed since the alarm was set.
    heard: bool,
    _place: Place,
}

impl<S> Watched<S> {
    fn new(stream: S, place: Place) -> Self {
        Self { stream, alarm: Box::pin(tokio::time::sleep(FIRST_BYTE)), heard: false, _place: place }
    }

    /// Pending while there is hope. The alarm is set anew only when it rings, not at every byte.
    fn silence(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.alarm.as_mut().poll(context));
            if !self.heard {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            self.heard = false;
            self.alarm.set(tokio::time::sleep(SILENCE));
        }
    }

    fn watch<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match polled {
            Poll::Pending => self.silence(context).map(Err),
            Poll::Ready(outcome) => {
                self.heard = true;
                Poll::Ready(outcome)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(context, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watch(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn place() -> Place {
        Places::with(1, &[]).take(IpAddr::from([192, 0, 2, 1])).expect("a place")
    }

    /// security 2, no. 9: what a stranger can hold is bounded.
    #[test]
    fn one_address_holds_half_of_the_places_and_a_trusted_proxy_all() {
        let places = Places::with(4, &["10.0.0.0/8".parse().expect("a network")]);
        let stranger = IpAddr::from([192, 0, 2, 1]);
        let held: Vec<_> = std::iter::from_fn(|| places.take(stranger)).collect();
        assert_eq!(held.len(), 2);
        assert!(places.take(IpAddr::from([192, 0, 2, 2])).is_some());
        drop(held);
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let held: Vec<_> = std::iter::from_fn(|| places.take(proxy)).collect();
        assert_eq!(held.len(), 4);
        drop(held);
        assert!(places.0.taken.lock().expect("not poisoned").by_network.is_empty());
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_closed() {
        let (_client, server) = tokio::io::duplex(64);
        let began = tokio::time::Instant::now();
        let error = Watched::new(server, place()).read_u8().await.expect_err("closed");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed(), FIRST_BYTE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_falls_silent_is_closed_and_one_that_speaks_is_not() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut watched = Watched::new(server, place());
        for _ in 0..20 {
            tokio::time::sleep(FIRST_BYTE / 2).await;
            client.write_u8(1).await.expect("open");
            watched.read_u8().await.expect("heard");
        }
        let fell_silent = tokio::time::Instant::now();
        watched.read_u8().await.expect_err("closed");
        assert!(fell_silent.elapsed() <= 2 * SILENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_closed() {
        let (_client, server) = tokio::io::duplex(64);
        let mut watched = Watched::new(server, place());
        watched.write_all(&[0; 1024]).await.expect_err("closed");
    }
}
