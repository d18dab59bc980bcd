//! The answers, exactly as on the wire.

use serde::Serialize;
use uuid::Uuid;

/// Answer to a login, and in the product to one that failed.
#[derive(Serialize)]
pub(super) struct Status<'a> {
    pub(super) status: &'a str,
}

/// A token for another service (`MintInternalToken200Response`).
#[derive(Serialize)]
pub(super) struct AccessToken<'a> {
    pub(super) access_token: &'a str,
    /// Always `Bearer`, in this spelling.
    pub(super) token_type: &'static str,
    /// Seconds.
    pub(super) expires_in: u64,
}

/// Who somebody is. What is not known is left out.
#[derive(Serialize)]
pub(super) struct UserInfo<'a> {
    pub(super) sub: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email_verified: Option<bool>,
    pub(super) roles: &'static [&'static str],
}

/// An error (`BasicError`; RFC 9457), in the order of Spring's problems.
#[derive(Serialize)]
pub(super) struct BasicError<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'a str>,
    pub(super) title: &'a str,
    pub(super) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<&'a str>,
}

/// Too many requests (contracts 5.5). The product adds its `limit` and `window`; what waits here is counted otherwise.
#[derive(Serialize)]
pub(super) struct RateLimit {
    pub(super) title: &'static str,
    pub(super) status: u16,
    pub(super) detail: &'static str,
    #[serde(rename = "retryAfterSeconds")]
    pub(super) retry_after_seconds: u64,
}
