//! What an ID token must be, in the order of OpenID Connect Core section 3.1.3.7. Its signature, issuer, end and that
//! we are among its audience are `jose`'s to check; what else identifies this login is checked here.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{self, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Timestamp;
use identity::federation::upstream::{UpstreamError, UpstreamFault};
use jose::{Algorithm, Typ};
use serde::Deserialize;

use super::claims::Told;
use super::description::Description;
use super::{Provider, object};

impl Provider {
    /// What an ID token says, which came by our own question and so belongs to this nonce and this access token.
    pub(super) async fn id_token(
        self: &Arc<Self>,
        now: Timestamp,
        description: &Arc<Description>,
        token: &str,
        nonce: &str,
        access_token: Option<&str>,
    ) -> Result<Told, UpstreamError> {
        let verified = self.verified(now, description, token, Typ::AbsentOr("JWT")).await?;
        let told: Told = verified.map_err(|error| {
            let whose = if error == jose::Error::Audience { self.whose(token) } else { String::new() };
            self.untrusted(format!("its ID token is refused: {error}{whose}"))
        })?;
        let wrong = |what: &str| Err(self.untrusted(format!("its ID token is refused: {what}")));
        if told.iat.is_none() {
            return wrong("it does not say when it was made");
        }
        let client_id = self.settings.client_id.as_str();
        let several = told.aud.as_ref().is_some_and(|audience| audience.names().len() > 1);
        match told.azp.as_deref() {
            Some(azp) if azp != client_id => return wrong("it was made for another client (azp)"),
            None if several => return wrong("it has several audiences and does not say whose it is (azp)"),
            Some(_) | None => {}
        }
        match &told.nonce {
            None => return wrong("it has no nonce"),
            Some(told) if !same(told, nonce) => return wrong("its nonce is that of another login"),
            Some(_) => {}
        }
        if let Some(at_hash) = &told.at_hash {
            let hash = access_token.and_then(|access_token| half_hash(algorithm(token)?, access_token));
            if !hash.is_some_and(|hash| same(at_hash, &hash)) {
                return wrong("it belongs to another access token (at_hash)");
            }
        }
        if told.subject().is_none() {
            return Err(self.fault(UpstreamFault::SubjectMissing, "its ID token names nobody (sub)"));
        }
        Ok(told)
    }

    /// For whom a token is that is not for us; its signature was found good before.
    fn whose(&self, token: &str) -> String {
        #[derive(serde::Deserialize)]
        struct ForWhom {
            aud: serde_json::Value,
        }
        let payload = token.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
        let told: Option<ForWhom> = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
        let seen = told.map_or_else(|| "nobody".to_owned(), |told| super::quoted(&told.aud.to_string()));
        format!(": it is for {seen}, and client_id is {:?}", self.settings.client_id)
    }
}

/// Compared in a time that says nothing about where two texts differ.
fn same(a: &str, b: &str) -> bool {
    verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

/// What a token was signed with; to be asked when the signature was found good.
fn algorithm(token: &str) -> Option<Algorithm> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
    }
    let (header, _) = token.split_once('.')?;
    let header: Header = object(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
    Algorithm::from_name(&header.alg)
}

/// The left half of the hash that goes with the algorithm (section 3.1.3.6). Ed25519 signs SHA-512 hashes.
fn half_hash(algorithm: Algorithm, access_token: &str) -> Option<String> {
    let hash = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &digest::SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &digest::SHA384,
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa => &digest::SHA512,
    };
    let hash = digest(hash, access_token.as_bytes());
    let half = hash.as_ref().get(..hash.as_ref().len() / 2)?;
    Some(URL_SAFE_NO_PAD.encode(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_appendix_a_at_hash_is_the_left_half() {
        // The access token and the at_hash of OpenID Connect Core, appendix A.4 (its ID token is signed with RS256).
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        let hash = half_hash(Algorithm::Rs256, access_token);
        assert_eq!(hash.as_deref(), Some("77QmUPtjPfzWtF2AnpK9RQ"));
        let lengths = [Algorithm::Es256, Algorithm::Rs384, Algorithm::EdDsa]
            .map(|algorithm| half_hash(algorithm, access_token).map(|hash| hash.len()));
        assert_eq!(lengths, [Some(22), Some(32), Some(43)]);
    }
}
