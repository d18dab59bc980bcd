//! The one HTTP client that goes out: bounded in time and size, led nowhere by an answer, and telling no more of us
//! than the version.
//!
//! It follows no redirects, keeps no cookies, reads no proxy from the environment and unpacks no compressed bodies. There
//! are two of it. The open one goes wherever it is told to, loopback and private networks included: its callers pass
//! addresses that the operator wrote. The guarded one goes to the public Internet only and by TLS only, and judges
//! addresses after names were resolved: for what others wrote, such as a provider's description of itself.

mod address;
mod resolver;

use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, LOCATION};
use reqwest::redirect::Policy;
use thiserror::Error;
use url::form_urlencoded::{Serializer, byte_serialize};
use url::{Host, Url};

use crate::tls;

/// How long a connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long all of it may take, from the name's resolution to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(30);
/// The longest body of an answer, in bytes, unless a call says otherwise.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Goes out by HTTP.
#[derive(Debug, Clone)]
pub struct Client {
    client: reqwest::Client,
    guarded: bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type, in lowercase and without parameters; empty where none is told.
    pub media_type: String,
    /// The body, no longer than the call allowed.
    pub body: Vec<u8>,
    /// When the other side answered, by its own clock, as it wrote it (RFC 9110 section 6.6.1).
    pub date: Option<String>,
    /// Where it leads to, which is not followed.
    pub location: Option<String>,
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
    /// The body was longer than this many bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The guarded client does not go there.
    #[error("the host is, or its name leads to, a private or reserved address")]
    NotPublic,
}

impl Client {
    /// The open client. It believes the public authorities.
    ///
    /// # Errors
    /// A sentence, when TLS cannot be set up.
    pub fn new() -> Result<Self, String> {
        Self::build(false)
    }

    /// The guarded client. It believes the public authorities.
    ///
    /// # Errors
    /// A sentence, when TLS cannot be set up.
    pub fn guarded() -> Result<Self, String> {
        Self::build(true)
    }

    fn build(guarded: bool) -> Result<Self, String> {
        let tls = tls::client_config(None)?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured((*tls).clone())
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")));
        if guarded {
            builder = builder.https_only(true).dns_resolver(resolver::PublicOnly);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { client, guarded })
    }

    /// Gets a document, whatever its status, as the bearer of a token (RFC 6750 section 2.1) where there is one.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get(&self, url: &Url, bearer: Option<&str>, max_bytes: usize) -> Result<Answer, HttpError> {
        let request = self.client.get(url.clone());
        let request = match bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        self.send(url, request, max_bytes).await
    }

    /// Posts a form, and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer, HttpError> {
        self.send(url, self.form(url, fields), MAX_BODY_BYTES).await
    }

    /// Posts a form as an OAuth client with a secret, by `client_secret_basic` (RFC 6749 section 2.3.1).
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post_form_as(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
        client_id: &str,
        client_secret: &str,
    ) -> Result<Answer, HttpError> {
        let [id, secret] =
            [client_id, client_secret].map(|it| byte_serialize(it.as_bytes()).collect::<String>());
        let request = self.form(url, fields).basic_auth(id, Some(secret));
        self.send(url, request, MAX_BODY_BYTES).await
    }

    fn form(&self, url: &Url, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(url.clone()).body(form);
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    async fn send(
        &self,
        url: &Url,
        request: reqwest::RequestBuilder,
        max_bytes: usize,
    ) -> Result<Answer, HttpError> {
        // Addresses in a URL are not resolved, so the resolver does not see them.
        if self.guarded && is_private_literal(url) {
            return Err(HttpError::NotPublic);
        }
        let mut response = request.header(ACCEPT, "application/json").send().await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > max_bytes {
                return Err(HttpError::TooLong(max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let told = header(CONTENT_TYPE).unwrap_or("");
        let media_type = told.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let (date, location) = (header(DATE).map(str::to_owned), header(LOCATION).map(str::to_owned));
        Ok(Answer { status: response.status().as_u16(), media_type, body, date, location })
    }
}

/// Whether the URL's host is written as an address, in whatever spelling, and that is not a public one.
pub(crate) fn is_private_literal(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        Some(Host::Domain(_)) | None => return false,
    };
    !address::is_public(address)
}

fn failed(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::TimedOut;
    }
    if resolver::is_cause_of(&error) {
        return HttpError::NotPublic;
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

#[cfg(test)]
mod tests;
