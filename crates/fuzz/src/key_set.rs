//! Any bytes as a JWK Set. Nothing may panic; what was taken is within its bounds, and is read again from what we
//! write of it.

use jose::{Algorithm, KeySet};

pub(crate) fn run(json: &[u8]) {
    let Ok(set) = KeySet::from_json(json, &Algorithm::ALL) else { return };
    assert!(set.keys().len() <= KeySet::MAX_KEYS);
    let written = serde_json::to_vec(&set).expect("JSON");
    let again = KeySet::from_json(&written, &Algorithm::ALL).expect("a set");
    let jwks = |set: &KeySet| set.keys().iter().map(|key| key.jwk().clone()).collect::<Vec<_>>();
    assert_eq!(jwks(&set), jwks(&again));
}
