//! Where the browser is sent: to sign in (OpenID Connect Core section 3.1.2.1, RFC 7636 section 4.3), and to sign out.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Timestamp;
use identity::federation::upstream::{AuthorizationRequest, UpstreamError};
use url::Url;

use super::Provider;
use super::description::Description;

impl Provider {
    pub(super) async fn authorization_url(
        self: &Arc<Self>,
        now: Timestamp,
        request: &AuthorizationRequest<'_>,
    ) -> Result<String, UpstreamError> {
        let description = self.description(now).await?;
        Ok(self.authorization_url_at(&description, request).into())
    }

    /// The same, by a description that is at hand.
    pub(super) fn authorization_url_at(
        &self,
        description: &Description,
        request: &AuthorizationRequest<'_>,
    ) -> Url {
        let mut url = description.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", request.redirect_uri)
            .append_pair("scope", &self.settings.scope())
            .append_pair("state", request.state)
            .append_pair("nonce", request.nonce)
            .append_pair("code_challenge", &challenge(request.verifier))
            // Whatever the provider says that it supports: one that does not know it ignores it (RFC 6749 section 3.1).
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// RP-Initiated Logout 1.0 section 2; which session is meant the provider knows by its own cookie.
    pub(super) async fn logout_url(
        self: &Arc<Self>,
        now: Timestamp,
        return_to: &str,
    ) -> Result<Option<String>, UpstreamError> {
        let description = self.description(now).await?;
        let Some(mut url) = description.end_session_endpoint.clone() else { return Ok(None) };
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", return_to);
        Ok(Some(url.into()))
    }
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7636_appendix_b() {
        let challenge = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
