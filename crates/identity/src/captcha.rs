//! The port to whoever tells people from programs. Whether an answer is demanded is the dialect's contract; whether
//! its value counts is the operator's (`[captcha]`).

use crate::rule::Rule;
use std::net::IpAddr;

use async_trait::async_trait;

use crate::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;

/// The service could not be asked.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct CaptchaUnavailable(pub String);

/// Judges what a visitor's browser answered.
#[async_trait]
pub trait Captcha: Send + Sync {
    /// Whether the answer is a person's.
    ///
    /// # Errors
    /// [`CaptchaUnavailable`]: the service did not judge; the request is refused, never let through.
    async fn passes(
        &self,
        answer: &str,
        address: Option<IpAddr>,
    ) -> std::result::Result<bool, CaptchaUnavailable>;
}

impl Core {
    /// Judges an answer where the operator has somebody to ask (`[captcha]`); else every answer passes.
    ///
    /// # Errors
    /// [`ErrorKind::CaptchaRefused`], [`ErrorKind::Unavailable`].
    pub(crate) async fn judge(&self, op: &Op, answer: &str) -> Result<()> {
        let Some(captcha) = &self.captcha else { return Ok(()) };
        match captcha.passes(answer, op.origin.address).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::new(ErrorKind::CaptchaRefused).because(
                Rule::Captcha,
                "an answer that did not pass",
                "one that the service takes for a person's",
            )),
            Err(error) => Err(Error::new(ErrorKind::Unavailable).caused_by(error)),
        }
    }
}
