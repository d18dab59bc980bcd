//! From the code that a browser brought to verified claims (OpenID Connect Core section 3.1.3, RFC 9207).

use std::sync::Arc;

use identity::Timestamp;
use identity::federation::upstream::{Claims, Redemption, UpstreamError, UpstreamFault};
use serde::Deserialize;

use super::claims::Told;
use super::description::Description;
use super::{Provider, object, quoted};
use crate::http::Answer;

/// The words of RFC 6749 section 5.2, which may stand in a log.
const ERRORS: &[&str] = &[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// A successful answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Deserialize)]
struct Tokens {
    token_type: Option<String>,
    id_token: Option<String>,
    access_token: Option<String>,
}

impl Provider {
    pub(super) async fn redeem(
        self: &Arc<Self>,
        now: Timestamp,
        redemption: &Redemption<'_>,
    ) -> Result<Claims, UpstreamError> {
        let description = self.description(now).await?;
        self.came_from_here(&description, redemption.issuer)?;
        let answer = self.ask_for_tokens(&description, redemption).await?;
        let tokens = self.tokens(&answer)?;
        let Some(id_token) = &tokens.id_token else {
            return Err(self.fault(UpstreamFault::IdTokenMissing, "its answer to the code has no id_token"));
        };
        if !tokens.token_type.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("Bearer")) {
            return Err(self.untrusted("its answer to the code has another token_type than Bearer"));
        }
        let access_token = tokens.access_token.as_deref();
        let told = self.id_token(now, &description, id_token, redemption.nonce, access_token).await?;
        let told = self.completed(&description, told, access_token).await?;
        told.into_claims(&self.settings.issuer).ok_or_else(|| self.untrusted("its ID token names nobody"))
    }

    /// Whether the browser comes from this provider and not from another one that it was led to meanwhile (RFC 9207
    /// section 2.4).
    fn came_from_here(&self, description: &Description, told: Option<&str>) -> Result<(), UpstreamError> {
        match told {
            Some(issuer) if issuer == self.settings.issuer => Ok(()),
            Some(issuer) => Err(self.untrusted(format!("the browser comes from {}", quoted(issuer)))),
            None if description.names_itself => {
                Err(self.untrusted("the browser comes without the iss that its description promises"))
            }
            None => Ok(()),
        }
    }

    pub(super) async fn ask_for_tokens(
        &self,
        description: &Description,
        redemption: &Redemption<'_>,
    ) -> Result<Answer, UpstreamError> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", redemption.code),
            ("redirect_uri", redemption.redirect_uri),
            ("code_verifier", redemption.verifier),
        ];
        let (url, id) = (&description.token_endpoint, self.settings.client_id.as_str());
        let answer = match &self.settings.client_secret {
            Some(secret) if !description.secret_in_form => {
                self.client.post_form_as(url, &fields, id, secret).await
            }
            secret => {
                fields.push(("client_id", id));
                fields.extend(secret.as_ref().map(|secret| ("client_secret", secret.as_str())));
                self.client.post_form(url, &fields).await
            }
        };
        answer.map_err(|error| self.unreached("its token endpoint", &error))
    }

    fn tokens(&self, answer: &Answer) -> Result<Tokens, UpstreamError> {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        match answer.status {
            200 => object(&answer.body)
                .ok_or_else(|| self.unavailable("its token endpoint answers with no JSON object of tokens")),
            400..=403 => {
                let refusal: Refusal = object(&answer.body).ok_or_else(|| {
                    self.unavailable(format!("its token endpoint: status {} without an error", answer.status))
                })?;
                let word = ERRORS.iter().find(|word| **word == refusal.error).unwrap_or(&"another error");
                Err(self.fault(
                    UpstreamFault::CodeRefused,
                    format!("its token endpoint: status {}, {word}", answer.status),
                ))
            }
            status => Err(self.unavailable(format!("its token endpoint: status {status}"))),
        }
    }

    /// With what userinfo tells besides, where the ID token says less than was asked for. A userinfo endpoint that does
    /// not answer costs these claims and not the login: who it is, is known.
    async fn completed(
        &self,
        description: &Description,
        told: Told,
        access_token: Option<&str>,
    ) -> Result<Told, UpstreamError> {
        let lacking = self.settings.asks_for("email") && told.lacks_email()
            || self.settings.asks_for("profile") && told.lacks_profile();
        let (Some(endpoint), Some(access_token), true) =
            (&description.userinfo_endpoint, access_token, lacking)
        else {
            return Ok(told);
        };
        match self.userinfo(endpoint, access_token).await {
            Ok(info) if info.subject() == told.subject() => Ok(told.completed_by(info)),
            // Core section 5.3.2: an answer about another one may be a swapped token.
            Ok(_) => Err(self.untrusted("its userinfo is about somebody else than its ID token")),
            Err(_) => Ok(told),
        }
    }
}
