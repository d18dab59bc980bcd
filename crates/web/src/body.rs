//! Reading a request body, bounded in size and time.

use axum::body::HttpBody as _;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

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
