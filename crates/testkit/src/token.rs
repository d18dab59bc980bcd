//! Signed tokens as those see them who get them: read without a key, verified with a published key set, or put together
//! from pieces that do not belong together.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Timestamp;
use jose::{Algorithm, Expected, HeaderRules, KeySet, Typ};
use serde_json::Value;

/// The header, unverified.
///
/// # Panics
/// When this is no token.
pub fn header(token: &str) -> Value {
    part(token, 0)
}

/// The claims, unverified.
///
/// # Panics
/// When this is no token.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a token");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// What is signed of a token with this header and these claims.
pub fn signing_input(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| encoded(part.to_string()));
    format!("{header}.{claims}")
}

/// base64url, without padding.
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The claims of a token, as another service verifies it: with this key set, as this audience of this issuer.
///
/// # Errors
/// Why the token is refused.
///
/// # Panics
/// When this is no key set.
pub fn verified(
    token: &str,
    key_set: &str,
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Value, jose::Error> {
    let allowed = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
    let keys = KeySet::from_json(key_set.as_bytes(), &allowed).expect("a key set");
    let now = now.millis().div_euclid(1000);
    let expected = Expected { issuer: Some(issuer), audience: Some(audience), now, leeway: 0 };
    keys.verify(token, HeaderRules::Foreign(Typ::AbsentOr("JWT")), &expected)
}
