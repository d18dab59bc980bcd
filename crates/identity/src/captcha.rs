//! The port to whoever tells people from programs. Whether an answer is demanded is the dialect's contract; whether
//! its value counts is the operator's (`[captcha]`).

use std::net::IpAddr;

use async_trait::async_trait;
use thiserror::Error;

/// The service could not be asked.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct CaptchaUnavailable(pub String);

/// Judges what a visitor's browser answered.
#[async_trait]
pub trait Captcha: Send + Sync {
    /// Whether the answer is a person's.
    ///
    /// # Errors
    /// [`CaptchaUnavailable`]: the service did not judge; the request is refused, never let through.
    async fn passes(&self, answer: &str, address: Option<IpAddr>) -> Result<bool, CaptchaUnavailable>;
}
