//! Whose an access token is. A JWT that this provider made for us is verified here, with the keys and algorithms of its
//! ID tokens; everything else only the provider itself can judge.
//!
//! What userinfo takes is believed. It does not say for which client a token was made, so one that another client of
//! the same provider was given passes as well: whose it is, is true all the same.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::federation::upstream::{Claims, UpstreamError, UpstreamFault};
use identity::{Secret, Timestamp};
use jose::Typ;
use serde::Deserialize;

use super::claims::Told;
use super::{Provider, object};

impl Provider {
    pub(super) async fn inspect(
        self: &Arc<Self>,
        now: Timestamp,
        token: &Secret,
    ) -> Result<Claims, UpstreamError> {
        let token = token.expose();
        if token.len() > Secret::MAX_BYTES {
            return Err(self.fault(UpstreamFault::TokenRefused, "the access token is too long"));
        }
        let description = self.description(now).await?;
        let told = match typ_of_one_for_us(token, &self.settings.issuer, &self.settings.client_id) {
            Some(typ) => {
                let verified = self.verified(now, &description, token, Typ::Any).await?;
                let told: Told = verified.map_err(|error| {
                    self.fault(UpstreamFault::TokenRefused, format!("the access token is refused: {error}"))
                })?;
                is_access_token(typ.as_deref(), &told).then_some(told)
            }
            None => None,
        };
        let told = match (told, &description.userinfo_endpoint) {
            (Some(told), _) => told,
            (None, Some(endpoint)) => self.userinfo(endpoint, token).await?,
            (None, None) => {
                return Err(self.fault(
                    UpstreamFault::TokenRefused,
                    "the access token is no JWT for us, and it has no userinfo to ask",
                ));
            }
        };
        told.into_claims(&self.settings.issuer).ok_or_else(|| {
            self.fault(UpstreamFault::SubjectMissing, "what it says of the token's bearer names nobody (sub)")
        })
    }
}

/// What is read of a header.
#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
}

/// The `typ` of a JWT that calls itself this issuer's and ours. Nothing is verified yet: this decides who is asked, not
/// what is believed.
fn typ_of_one_for_us(token: &str, issuer: &str, client_id: &str) -> Option<Option<String>> {
    let mut segments = token.split('.');
    let (header, payload) = (segments.next()?, segments.next()?);
    let _signature = segments.next()?;
    if segments.next().is_some() {
        return None;
    }
    let header: Header = object(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
    let told: Told = object(&URL_SAFE_NO_PAD.decode(payload).ok()?)?;
    let ours = told.aud.is_some_and(|audience| audience.names().iter().any(|name| name == client_id));
    (ours && told.iss.as_deref() == Some(issuer)).then_some(header.typ)
}

/// Whether this is an access token and not an ID token, which is for us as well and is no credential: by its `typ` (RFC
/// 9068 section 2.1), or, where that says nothing, by what only the one has and the other has not.
fn is_access_token(typ: Option<&str>, told: &Told) -> bool {
    let typ = typ.map(|typ| typ.to_ascii_lowercase());
    match typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ)) {
        Some("at+jwt") => true,
        Some("jwt") | None => {
            let access = told.scope.is_some() || told.scp.is_some() || told.client_id.is_some();
            let id = told.nonce.is_some() || told.at_hash.is_some() || told.c_hash.is_some();
            // Keycloak says it in the payload.
            access && !id && told.typ.as_deref() != Some("ID")
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn access(typ: Option<&str>, claims: Value) -> bool {
        is_access_token(typ, &serde_json::from_value(claims).expect("readable claims"))
    }

    #[test]
    fn rfc_9068_2_1_an_access_token_says_so() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            assert!(access(Some(typ), json!({})), "{typ}");
        }
        for typ in ["logout+jwt", "dpop+jwt", "at", ""] {
            assert!(!access(Some(typ), json!({"scope": "openid"})), "{typ}");
        }
    }

    #[test]
    fn an_id_token_is_not_taken_for_an_access_token() {
        for typ in [None, Some("JWT"), Some("jwt")] {
            for claims in [json!({"scope": "x"}), json!({"scp": ["x"]}), json!({"client_id": "us"})] {
                assert!(access(typ, claims.clone()), "{claims}");
                for (claim, value) in [("nonce", "n"), ("at_hash", "h"), ("c_hash", "h"), ("typ", "ID")] {
                    let mut claims = claims.clone();
                    claims[claim] = json!(value);
                    assert!(!access(typ, claims.clone()), "{claims}");
                }
            }
            assert!(!access(typ, json!({"sub": "1"})));
        }
    }

    #[test]
    fn only_what_calls_itself_a_jwt_of_this_issuer_for_us_is_looked_at() {
        let token = |claims: &Value| {
            let segment = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
            format!("{}.{}.x", segment(&json!({"alg": "RS256", "typ": "at+jwt"})), segment(claims))
        };
        let typ = |token: &str| typ_of_one_for_us(token, "them", "us");
        let good = token(&json!({"iss": "them", "aud": ["us", "others"]}));
        assert_eq!(typ(&good), Some(Some("at+jwt".to_owned())));
        for other in [
            token(&json!({"iss": "others", "aud": "us"})),
            token(&json!({"iss": "them", "aud": "others"})),
            token(&json!({"iss": "them"})),
            token(&json!({"iss": 7, "aud": "us"})),
            format!("{good}.x.y"),
            good.replace('.', ""),
            "..".to_owned(),
            String::new(),
        ] {
            assert_eq!(typ(&other), None, "{other}");
        }
    }
}
