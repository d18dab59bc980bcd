//! Reading a request body, bounded in size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::Refusal;

/// A client that takes longer to send its body is cut off, so that slow senders do not pile up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole body, when it has at most `limit` bytes and arrives in time.
///
/// # Errors
/// [`Refusal::BodyTooLarge`], [`Refusal::BodyTimeout`], [`Refusal::BodyBroken`].
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let reading = Limited::new(body, limit).collect();
    match tokio::time::timeout(PATIENCE, reading).await {
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
        let read = |size: usize| read(Body::from(vec![b'x'; size]), 1024);
        assert_eq!(read(1024).await.expect("fits").len(), 1024);
        assert_eq!(read(1025).await, Err(Refusal::BodyTooLarge { limit: 1024 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let (_open, endless) = http_body_util::channel::Channel::<Bytes>::new(1);
        assert_eq!(read(Body::new(endless), 1024).await, Err(Refusal::BodyTimeout));
    }
}
