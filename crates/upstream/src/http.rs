//! The one HTTP client that goes out: bounded in time and size, led nowhere by an answer, and telling no more of us
//! than the version.
//!
//! It follows no redirects, keeps no cookies, reads no proxy from the environment and unpacks no compressed bodies. It
//! goes wherever it is told to, loopback and private networks included: its callers pass addresses that the operator
//! wrote. An address that came from anybody else must be judged before it gets here.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use thiserror::Error;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::tls;

/// How long a connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long all of it may take, from the name's resolution to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(30);
/// The longest body of an answer, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Goes out by HTTP.
#[derive(Debug, Clone)]
pub struct Client(reqwest::Client);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
}

/// Why nothing came back. The texts hold no URL.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum HttpError {
    /// No answer, or not all of it.
    #[error("{0}")]
    Failed(String),
    /// It took longer than ten seconds.
    #[error("no complete answer within {} seconds", PATIENCE.as_secs())]
    TimedOut,
    /// The body was longer than [`MAX_BODY_BYTES`].
    #[error("the answer is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
}

impl Client {
    /// A client that believes the public authorities.
    ///
    /// # Errors
    /// A sentence, when TLS cannot be set up.
    pub fn new() -> Result<Self, String> {
        let tls = tls::client_config(None)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured((*tls).clone())
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| error.to_string())
    }

    /// Posts a form, and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer, HttpError> {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .0
            .post(url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form);
        let mut response = request.send().await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status().as_u16(), body })
    }
}

fn failed(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::TimedOut;
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    HttpError::Failed(text)
}
