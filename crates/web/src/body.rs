//! Reading a request body, bounded in size and time; and what becomes of one that nobody read.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::oneshot::{Receiver, Sender, channel};

use crate::{Limits, Refusal};

/// The whole body, when it has at most `body_bytes` and arrives within `body_timeout`: slow senders do not pile up. One that is
/// announced to be longer is not waited for.
///
/// # Errors
/// [`Refusal::BodyTooLarge`], [`Refusal::BodyTimeout`], [`Refusal::BodyBroken`].
pub async fn read(body: Body, limits: Limits) -> Result<Bytes, Refusal> {
    let limit = limits.body_bytes;
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Refusal::BodyTooLarge { limit });
    }
    let reading = Limited::new(body, limit).collect();
    match tokio::time::timeout(limits.body_timeout, reading).await {
        Err(_) => Err(Refusal::BodyTimeout),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::BodyTooLarge { limit }),
        Ok(Err(_)) => Err(Refusal::BodyBroken),
    }
}

/// How long an answer waits for the rest of a body that nobody read.
const REST_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a body comes back to when it is dropped before its end.
pub(crate) struct Lent(Option<Receiver<Body>>);

impl Lent {
    /// The same request, and where its body comes back to.
    pub(crate) fn of(request: Request) -> (Request, Self) {
        if request.body().is_end_stream() {
            return (request, Self(None));
        }
        let (back, rest) = channel();
        (request.map(|body| Body::new(Borrowed { body, is_read: false, back: Some(back) })), Self(Some(rest)))
    }

    /// Whether the whole body has come. What is left of it is read and thrown away, unless it is too much or too slow; a client
    /// that expects to be asked for it is not asked.
    pub(crate) async fn has_come(self, limits: Limits, is_expecting: bool) -> bool {
        let Some(mut rest) = self.0 else { return true };
        match rest.try_recv() {
            Ok(body) => {
                if is_expecting {
                    return false;
                }
                let limits = Limits { body_timeout: REST_TIMEOUT, ..limits };
                read(body, limits).await.is_ok()
            }
            // Read to its end, and so not given back; or somebody has it still.
            Err(error) => error == TryRecvError::Closed,
        }
    }
}

/// A body that is given back when it is dropped before its end.
struct Borrowed {
    body: Body,
    is_read: bool,
    back: Option<Sender<Body>>,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if !self.is_read
            && let Some(back) = self.back.take()
        {
            // Nobody waits for it when the request was given up.
            let _ = back.send(std::mem::take(&mut self.body));
        }
    }
}

impl HttpBody for Borrowed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_read = frame.is_none() || self.body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_and_not_a_byte_beyond() {
        let limits = Limits { body_bytes: 1024, ..Limits::default() };
        let read = |size: usize| read(Body::from(vec![b'x'; size]), limits);
        assert_eq!(read(1024).await.expect("fits").len(), 1024);
        assert_eq!(read(1025).await, Err(Refusal::BodyTooLarge { limit: 1024 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let (_open, endless) = http_body_util::channel::Channel::<Bytes>::new(1);
        assert_eq!(read(Body::new(endless), Limits::default()).await, Err(Refusal::BodyTimeout));
    }
}
