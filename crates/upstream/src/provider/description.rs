//! What a provider says of itself (OpenID Connect Discovery 1.0 section 3), as far as it matters here. All of it is a
//! stranger's word: an endpoint is where the server goes next.

use std::sync::Arc;

use identity::Timestamp;
use identity::federation::upstream::UpstreamError;
use jose::Algorithm;
use serde::Deserialize;
use url::Url;

use super::{Provider, object, quoted, settings};
use crate::http::MAX_BODY_BYTES;

/// Behind the issuer (section 4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Where a provider is asked for what, and how.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// RP-Initiated Logout 1.0 section 2.1.
    pub(super) end_session_endpoint: Option<Url>,
    /// What it signs ID tokens with, of what is verified here, RS256 first where it is among them: that is what a key
    /// is for that does not say (Core section 15.1).
    pub(super) algorithms: Vec<Algorithm>,
    /// Whether the client secret goes into the form: only where the header is not taken.
    pub(super) secret_in_form: bool,
    /// Whether a browser comes back with `iss` (RFC 9207 section 3).
    pub(super) names_itself: bool,
}

#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    pub(super) id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl Provider {
    /// Its description, fetched if need be.
    pub(super) async fn description(
        self: &Arc<Self>,
        now: Timestamp,
    ) -> Result<Arc<Description>, UpstreamError> {
        let asking = Arc::clone(self);
        let fetch = || async move { asking.fetch_description().await };
        self.description.value(now, |_| true, fetch).await
    }

    /// Where it describes itself (section 4).
    pub(super) fn well_known(&self) -> Result<Url, UpstreamError> {
        let issuer = &self.settings.issuer;
        let url = format!("{}{WELL_KNOWN}", issuer.strip_suffix('/').unwrap_or(issuer));
        url.parse().map_err(|_| self.unavailable("its issuer is no URL"))
    }

    async fn fetch_description(&self) -> Result<Description, UpstreamError> {
        let url = self.well_known()?;
        let answer = self.client.get(&url, None, MAX_BODY_BYTES).await;
        let answer = answer.map_err(|error| self.unreached("its description", &error))?;
        if answer.status != 200 {
            return Err(self.unavailable(format!("its description: status {}", answer.status)));
        }
        let told: Told = object(&answer.body).ok_or_else(|| {
            self.unavailable("its description is no JSON object with an issuer and the endpoints")
        })?;
        self.described(&told)
    }

    pub(super) fn described(&self, told: &Told) -> Result<Description, UpstreamError> {
        if told.issuer != self.settings.issuer {
            return Err(self.untrusted(format!(
                "its description is that of {}, the configured issuer is {:?}",
                quoted(&told.issuer),
                self.settings.issuer
            )));
        }
        let endpoint = |name: &str, text: &str| {
            settings::endpoint(text, self.settings.allow_private_addresses)
                .map_err(|wrong| self.untrusted(format!("its {name} {} {wrong}", quoted(text))))
        };
        let optional = |name: &str, text: &Option<String>| match text {
            Some(text) => endpoint(name, text).map(Some),
            None => Ok(None),
        };
        let algorithms = algorithms(told.id_token_signing_alg_values_supported.as_deref());
        if algorithms.is_empty() {
            return Err(self.untrusted("it signs ID tokens with nothing that is verified here"));
        }
        let methods = told.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|told| told == method);
        Ok(Description {
            authorization_endpoint: endpoint("authorization_endpoint", &told.authorization_endpoint)?,
            token_endpoint: endpoint("token_endpoint", &told.token_endpoint)?,
            jwks_uri: endpoint("jwks_uri", &told.jwks_uri)?,
            userinfo_endpoint: optional("userinfo_endpoint", &told.userinfo_endpoint)?,
            end_session_endpoint: optional("end_session_endpoint", &told.end_session_endpoint)?,
            algorithms,
            secret_in_form: takes("client_secret_post") && !takes("client_secret_basic"),
            names_itself: told.authorization_response_iss_parameter_supported == Some(true),
        })
    }
}

/// Of the algorithms that are told, those that are verified here; all when none are told.
pub(super) fn algorithms(told: Option<&[String]>) -> Vec<Algorithm> {
    let Some(names) = told else { return Algorithm::ALL.to_vec() };
    let mut known: Vec<Algorithm> = names.iter().filter_map(|name| Algorithm::from_name(name)).collect();
    known.sort_by_key(|algorithm| *algorithm != Algorithm::Rs256);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rs256_is_what_a_key_is_for_that_does_not_say() {
        let names = ["PS256", "none", "HS256", "ES256", "RS256", "XX"].map(str::to_owned);
        assert_eq!(algorithms(Some(&names)), [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256]);
        assert_eq!(algorithms(Some(&["none".to_owned(), "HS256".to_owned()])), []);
        assert_eq!(algorithms(None).first(), Some(&Algorithm::Rs256));
    }
}
