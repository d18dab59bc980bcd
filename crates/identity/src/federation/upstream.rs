//! The port to the providers: where a browser is sent, what an answer is worth, whose an access token is.
//!
//! What comes back through it has been verified: signature, issuer, audience, time, nonce. Whether that somebody may
//! come in is decided above it.

use async_trait::async_trait;

use super::ProviderId;
use crate::op::Timestamp;
use crate::secret::Secret;

/// What a browser is sent to a provider with. PKCE is always S256 (RFC 7636).
#[derive(Debug, Clone, Copy)]
pub struct AuthorizationRequest<'a> {
    /// Where the provider sends the browser back to.
    pub redirect_uri: &'a str,
    /// Comes back with the browser, once.
    pub state: &'a str,
    /// Comes back in the ID token, once.
    pub nonce: &'a str,
    /// Of which the provider is told the S256 challenge now, and the verifier itself when the code is redeemed.
    pub verifier: &'a str,
}

/// What a code is redeemed with.
#[derive(Clone, Copy)]
pub struct Redemption<'a> {
    /// The code that came with the browser.
    pub code: &'a str,
    /// As in the request.
    pub redirect_uri: &'a str,
    /// As in the request.
    pub nonce: &'a str,
    /// As in the request.
    pub verifier: &'a str,
    /// The `iss` parameter that came with the browser (RFC 9207), if one did.
    pub issuer: Option<&'a str>,
}

/// What a provider says of somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer.
    pub issuer: String,
    /// Who this is to the issuer; at most 255 bytes (OpenID Connect Core section 2).
    pub subject: String,
    /// An address, as the provider writes it.
    pub email: Option<String>,
    /// Whether the provider says that mail at the address is read by this somebody.
    pub email_verified: bool,
    /// What this somebody wants to be called in a list of accounts.
    pub preferred_username: Option<String>,
    /// The whole name.
    pub name: Option<String>,
    /// Its given part.
    pub given_name: Option<String>,
    /// Its family part.
    pub family_name: Option<String>,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims(of {})", self.issuer)
    }
}

/// What went wrong with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamFault {
    /// It is down, slow, or answers what nobody can read.
    Unavailable,
    /// It did not take the code.
    CodeRefused,
    /// Its answer to the code holds no ID token.
    IdTokenMissing,
    /// Its ID token names nobody.
    SubjectMissing,
    /// It says what it must not: a signature, issuer, audience, time or nonce is wrong, or two answers do not agree.
    Untrusted,
    /// The access token is not one of its own for us, or not any more.
    TokenRefused,
    /// No provider of this name is configured.
    Unknown,
}

/// A fault of a provider with its reason, for the operator; the text holds no secret and no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("provider {provider}: {reason}")]
pub struct UpstreamError {
    /// Which provider.
    pub provider: ProviderId,
    /// What kind of fault.
    pub fault: UpstreamFault,
    /// What was seen and what was wanted.
    pub reason: String,
}

/// The providers that are configured.
#[async_trait]
pub trait Upstream: Send + Sync {
    /// Where to send the browser.
    ///
    /// # Errors
    /// [`UpstreamFault::Unavailable`], [`UpstreamFault::Untrusted`]: its own description does not say.
    async fn authorization_url(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        request: &AuthorizationRequest<'_>,
    ) -> Result<String, UpstreamError>;

    /// Redeems a code, and verifies what comes for it.
    ///
    /// # Errors
    /// [`UpstreamError`].
    async fn redeem(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        redemption: &Redemption<'_>,
    ) -> Result<Claims, UpstreamError>;

    /// Where to send a browser that signs out at the provider too, and is to be led on to this address, which must be
    /// registered there; `None`: the provider's description names no such place.
    ///
    /// # Errors
    /// [`UpstreamFault::Unavailable`], [`UpstreamFault::Untrusted`].
    async fn logout_url(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        return_to: &str,
    ) -> Result<Option<String>, UpstreamError>;

    /// Whose access token this is: by its signature when it is a JWT for us, else by asking the provider.
    ///
    /// # Errors
    /// [`UpstreamError`].
    async fn inspect(
        &self,
        now: Timestamp,
        provider: &ProviderId,
        token: &Secret,
    ) -> Result<Claims, UpstreamError>;
}
