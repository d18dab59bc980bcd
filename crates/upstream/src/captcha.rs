//! `siteverify`: how reCAPTCHA, hCaptcha and Turnstile alike judge what a visitor's browser answered. A form with
//! `secret`, `response` and `remoteip` goes there, `{"success": true}` or `false` comes back.
//!
//! The address is the operator's own, so it may be on a private network or on this machine.

use std::fmt;
use std::net::IpAddr;

use async_trait::async_trait;
use identity::captcha::{Captcha, CaptchaUnavailable};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use crate::http::Client;

/// The longest answer that is passed on, in bytes; the services' own are about 2000 long.
const MAX_ANSWER_BYTES: usize = 8192;
/// What a service says when the fault is ours or its own, so that nothing was judged.
const NOT_JUDGED: &[&str] =
    &["missing-input-secret", "invalid-input-secret", "bad-request", "internal-error"];

/// Asks a service.
pub struct SiteVerify {
    url: Url,
    secret: Zeroizing<String>,
    client: Client,
}

/// Not the secret.
impl fmt::Debug for SiteVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteVerify").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Verdict {
    success: bool,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

impl SiteVerify {
    /// A service at this address that knows us by this secret.
    ///
    /// # Errors
    /// A sentence, when TLS cannot be set up.
    pub fn new(url: Url, secret: Zeroizing<String>) -> Result<Self, String> {
        Ok(Self { url, secret, client: Client::new()? })
    }
}

#[async_trait]
impl Captcha for SiteVerify {
    async fn passes(&self, answer: &str, address: Option<IpAddr>) -> Result<bool, CaptchaUnavailable> {
        if answer.is_empty() || answer.len() > MAX_ANSWER_BYTES {
            return Ok(false);
        }
        let address = address.map(|address| address.to_canonical().to_string());
        let mut fields = vec![("secret", self.secret.as_str()), ("response", answer)];
        fields.extend(address.as_deref().map(|address| ("remoteip", address)));
        let unavailable = |why: &dyn fmt::Display| {
            CaptchaUnavailable(format!("the service at captcha.verify_url did not judge: {why}"))
        };
        let reply = self.client.post_form(&self.url, &fields).await.map_err(|error| unavailable(&error))?;
        if reply.status != 200 {
            return Err(unavailable(&format!("status {}", reply.status)));
        }
        let verdict: Verdict = serde_json::from_slice(&reply.body)
            .map_err(|_| unavailable(&"its answer is no {\"success\": true} or {\"success\": false}"))?;
        let known = |code: &&&str| verdict.error_codes.iter().any(|told| told == **code);
        match NOT_JUDGED.iter().find(known) {
            Some(code) if !verdict.success => Err(unavailable(code)),
            Some(_) | None => Ok(verdict.success),
        }
    }
}

#[cfg(test)]
mod tests;
