//! How long a connection may be slow: to say something, to take an answer, to go. How many there may be is in
//! `connections.rs`; the head of an HTTP/1 request, its body and its answer have times of their own.
//!
//! What counts is requests, not bytes: a client that sends a byte, or a PING, now and then would hold its place for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::Response;
use axum::http::header::CONNECTION;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tower::Service;

use crate::config::Limits;
use crate::connections::{Place, Places};

/// How long the rest of a request that was refused is read and thrown away. Closed at once, the answer would be lost on its
/// way: what arrives at a closed socket is answered with a reset.
const LINGER: Duration = Duration::from_secs(2);
/// How many bytes at most are thrown away.
const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// So many requests may be given up by their client before the half of all counts (rapid reset, CVE-2023-44487: what `h2`
/// bounds is only the streams that are reset before they are looked at).
const GIVEN_UP: u64 = 100;

/// The times of a connection.
#[derive(Debug, Clone, Copy)]
struct Times {
    head: Duration,
    idle: Duration,
    answer: Duration,
}

/// What the requests of one connection tell its stream. One task has them all, so nothing here is waited for.
#[derive(Clone)]
struct Requests(Arc<Seen>);

struct Seen {
    opened: Instant,
    under_way: AtomicU64,
    /// When the last one ended, in milliseconds since the connection was opened, and one more; 0: none has.
    last_end: AtomicU64,
    begun: AtomicU64,
    answered: AtomicU64,
    /// Whether the last answer ends the connection, though its client may still be sending.
    ends: AtomicBool,
}

impl Requests {
    fn new() -> Self {
        let none = AtomicU64::default;
        Self(Arc::new(Seen {
            opened: Instant::now(),
            under_way: none(),
            last_end: none(),
            begun: none(),
            answered: none(),
            ends: AtomicBool::default(),
        }))
    }

    fn begin(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Relaxed);
        self.0.begun.fetch_add(1, Relaxed);
        UnderWay(self.clone())
    }

    fn answered(&self, ends: bool) {
        self.0.ends.store(ends, Relaxed);
        self.0.answered.fetch_add(1, Relaxed);
    }
}

/// A request that has begun; it ends when it is dropped.
struct UnderWay(Requests);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Requests(seen) = &self.0;
        let open = seen.opened.elapsed();
        let millis = open.as_secs().saturating_mul(1000).saturating_add(u64::from(open.subsec_millis()));
        seen.last_end.store(millis.saturating_add(1), Relaxed);
        seen.under_way.fetch_sub(1, Relaxed);
    }
}

/// The service of one connection, with its requests counted.
#[derive(Clone)]
pub struct Counted<S> {
    service: S,
    requests: Requests,
}

/// An answer that is counted.
pub struct Counting<F> {
    answering: F,
    under_way: UnderWay,
}

impl<F, B, E> Future for Counting<F>
where
    F: Future<Output = Result<Response<B>, E>> + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let answered = ready!(Pin::new(&mut self.answering).poll(context));
        let ends = answered.as_ref().is_ok_and(|answer| answer.headers().contains_key(CONNECTION));
        self.under_way.0.answered(ends);
        Poll::Ready(answered)
    }
}

impl<S, R, B> Service<R> for Counted<S>
where
    S: Service<R, Response = Response<B>>,
    S::Future: Unpin,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Counting<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let under_way = self.requests.begin();
        Counting { answering: self.service.call(request), under_way }
    }
}

/// An acceptor that gives each connection a place, and bounds to its slowness.
#[derive(Clone)]
pub struct Patient<A> {
    inner: A,
    places: Places,
    times: Times,
}

impl<A> Patient<A> {
    /// Around this acceptor.
    pub fn new(inner: A, places: Places, limits: &Limits) -> Self {
        let times =
            Times { head: limits.head_timeout, idle: limits.idle_timeout, answer: limits.answer_timeout };
        Self { inner, places, times }
    }
}

impl<A, S> Accept<TcpStream, S> for Patient<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin,
{
    type Stream = Watched<A::Stream>;
    type Service = Counted<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.places.take(peer.ip()));
        let accepting = match place {
            Ok(Some(place)) => Ok((place, self.inner.accept(stream, service))),
            Ok(None) => Err(io::Error::other("no place is left")),
            Err(error) => Err(error),
        };
        let times = self.times;
        Box::pin(async move {
            let (place, accepted) = accepting?;
            let (stream, service) = accepted.await?;
            let requests = Requests::new();
            let watched = Watched::new(stream, place, times, requests.clone());
            Ok((watched, Counted { service, requests }))
        })
    }
}

/// A stream that ends when no request comes over it for too long, or an answer is not taken.
pub struct Watched<S> {
    stream: S,
    times: Times,
    requests: Requests,
    alarm: Pin<Box<Sleep>>,
    /// Whether the alarm will wake the task that has this stream.
    is_armed: bool,
    /// Rings when what is being written is not taken; none while nothing waits.
    untaken: Option<Pin<Box<Sleep>>>,
    parting: Parting,
    _place: Place,
}

/// How far the end of a connection has come.
enum Parting {
    Not,
    /// We have said that nothing more comes; the rest of what the client sends is thrown away.
    Lingers {
        until: Pin<Box<Sleep>>,
        bytes: usize,
    },
    Done,
}

impl<S> Watched<S> {
    fn new(stream: S, place: Place, times: Times, requests: Requests) -> Self {
        Self {
            stream,
            times,
            requests,
            alarm: Box::pin(sleep(times.head)),
            is_armed: false,
            untaken: None,
            parting: Parting::Not,
            _place: place,
        }
    }

    /// When there is no hope any more that a request comes; none while one is under way.
    fn hopeless_at(&self) -> Option<Instant> {
        let Requests(seen) = &self.requests;
        if seen.under_way.load(Relaxed) > 0 {
            return None;
        }
        Some(match seen.last_end.load(Relaxed) {
            0 => seen.opened + self.times.head,
            millis => seen.opened + Duration::from_millis(millis) + self.times.idle,
        })
    }

    /// Whether the client gives up most of what it begins.
    fn is_abusive(&self) -> bool {
        let Requests(seen) = &self.requests;
        let (begun, answered) = (seen.begun.load(Relaxed), seen.answered.load(Relaxed));
        let given_up = begun.saturating_sub(answered).saturating_sub(seen.under_way.load(Relaxed));
        given_up >= GIVEN_UP && given_up > answered
    }

    /// Pending while there is hope. The alarm is set anew only when it rings, not at every request.
    fn hope(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if self.is_abusive() {
            return Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        }
        // A connection stays with the task that polled it first, and is polled by it when the alarm rings.
        if self.is_armed && !self.alarm.is_elapsed() {
            return Poll::Pending;
        }
        loop {
            self.is_armed = true;
            ready!(self.alarm.as_mut().poll(context));
            let next = match self.hopeless_at() {
                Some(at) if at <= Instant::now() => return Poll::Ready(io::ErrorKind::TimedOut.into()),
                Some(at) => at,
                None => Instant::now() + self.times.idle,
            };
            self.alarm.set(sleep_until(next));
        }
    }

    /// The outcome of writing. What once had to wait has to be taken as a whole within the time: a client that takes a byte
    /// now and then gains nothing.
    fn taken<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() && self.untaken.is_none() {
            return polled;
        }
        let answer = self.times.answer;
        let alarm = self.untaken.get_or_insert_with(|| Box::pin(sleep(answer)));
        if alarm.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        polled
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Watched<S> {
    /// Throws away what comes, up to its end or until it is enough.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Parting::Lingers { until, bytes } = &mut self.parting else { return Poll::Ready(()) };
        let ends = self.requests.0.ends.load(Relaxed);
        let mut scratch = [0; 4096];
        loop {
            if until.as_mut().poll(context).is_ready() || *bytes > LINGER_BYTES {
                return Poll::Ready(());
            }
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                // A client that has been served and says nothing need not be waited for.
                Poll::Pending if !ends && *bytes == 0 => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => *bytes += buffer.filled().len(),
                Poll::Ready(_) => return Poll::Ready(()),
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
        // Asked also when there was something to read: bytes are no request.
        match self.hope(context) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => polled,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.taken(context, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Asked only when all was written.
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if polled.is_ready() {
            self.untaken = None;
            return polled;
        }
        self.taken(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.parting, Parting::Not) {
            let polled = Pin::new(&mut self.stream).poll_shutdown(context);
            ready!(self.taken(context, polled))?;
            self.parting = Parting::Lingers { until: Box::pin(sleep(LINGER)), bytes: 0 };
        }
        ready!(self.linger(context));
        self.parting = Parting::Done;
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.taken(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests;
