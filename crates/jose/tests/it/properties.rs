//! What holds for every token, looked for with random ones.

use std::collections::BTreeMap;

use jose::{Algorithm, Error, Expected, HeaderRules, KeySet, MacKey, SigningKey, Typ};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forge::{ANY, ED25519, EXPECTED, NOW, P256, Pair, RSA, SECRET, by_mac, claims, mac, pairs};

/// Claims of any form besides the registered ones.
fn private_claims() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|it| json!(it)),
        ]
    });
    prop::collection::btree_map("[a-z_]{4,12}|\\PC{4,8}", value, 0..6)
}

fn complete(private: &BTreeMap<String, Value>) -> Value {
    let mut all = claims();
    for (name, value) in private {
        all[name] = value.clone();
    }
    all
}

proptest! {
    #[test]
    fn what_was_signed_is_read_again(private in private_claims(), secret: [u8; 32], kid: String, typ: String) {
        let claims = complete(&private);
        let key = MacKey::from_bytes(&secret).with_typ(&typ);
        prop_assert_eq!(key.verify(&key.sign(&claims).unwrap(), &EXPECTED), Ok(claims.clone()));
        for pair in [&*ED25519, &*P256] {
            let key = pair.key().with_kid(&kid).with_typ(&typ);
            let set = KeySet::new([key.verifying_key().clone()]);
            let token = key.sign(&claims).unwrap();
            prop_assert_eq!(set.verify(&token, HeaderRules::Own, &EXPECTED), Ok(claims.clone()));
            let rules = HeaderRules::Foreign(Typ::Is(&typ));
            prop_assert_eq!(set.verify(&token, rules, &EXPECTED), Ok(claims.clone()));
        }
    }

    #[test]
    fn a_token_of_one_secret_is_not_one_of_another(one: [u8; 32], other: [u8; 32]) {
        prop_assume!(one != other);
        let token = MacKey::from_bytes(&one).sign(&claims()).unwrap();
        let told = MacKey::from_bytes(&other).verify::<Value>(&token, &EXPECTED);
        prop_assert_eq!(told, Err(Error::Signature));
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in any::<String>()) {
        nobody_made(&text);
    }

    #[test]
    fn any_three_segments_are_refused_without_a_panic(
        header in "(\\{\"alg\":\"(none|HS256|ES256|RS256|EdDSA)\"(,\"[a-z0-9]{1,4}\":\\PC{0,8})?\\}?|\\PC{0,40})",
        payload: Vec<u8>,
        signature in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        use crate::forge::base64url;
        let (header, payload) = (base64url(header), base64url(payload));
        nobody_made(&format!("{header}.{payload}.{}", base64url(&signature)));
        // The same behind our own headers, so that the signature is reached.
        for token in ours() {
            let own = token.split('.').next().unwrap();
            nobody_made(&format!("{own}.{payload}.{}", base64url(&signature)));
        }
    }

    #[test]
    fn any_bytes_are_no_key_set_or_a_harmless_one(bytes: Vec<u8>, members in "\\PC{0,60}") {
        for json in [bytes, format!("{{\"keys\":[{{{members}}}]}}").into_bytes()] {
            if let Ok(set) = KeySet::from_json(&json, &Algorithm::ALL) {
                prop_assert!(set.keys().is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_are_no_private_key(bytes: Vec<u8>) {
        for algorithm in Algorithm::ALL {
            prop_assert_eq!(SigningKey::from_pkcs8(algorithm, &bytes).err(), Some(Error::Key));
        }
    }

    #[test]
    fn a_token_holds_from_its_start_to_its_end(start: i64, length in 1_i64.., now: i64, leeway: u32) {
        let end = start.saturating_add(length);
        let token = mac().sign(&json!({"nbf": start, "exp": end})).unwrap();
        let expected = Expected { issuer: None, audience: None, now, leeway };
        let told = mac().verify::<Value>(&token, &expected).err();
        let [start, end, now, leeway] = [start, end, now, i64::from(leeway)].map(i128::from);
        // Times at the edge of what a number holds are cut off there.
        prop_assume!(end + leeway < i128::from(i64::MAX) && now + leeway < i128::from(i64::MAX));
        let wanted = if now >= end + leeway {
            Some(Error::Expired)
        } else if now + leeway < start {
            Some(Error::NotYetValid)
        } else {
            None
        };
        prop_assert_eq!(told, wanted);
    }
}

fn ours() -> [String; 2] {
    [mac().sign(&claims()).unwrap(), P256.key().sign(&claims()).unwrap()]
}

fn nobody_made(token: &str) {
    assert!(by_mac(token).is_some(), "{token}");
    for rules in [HeaderRules::Own, ANY] {
        assert!(P256.set().verify::<Value>(token, rules, &EXPECTED).is_err(), "{token}");
    }
}

/// Every token that differs from this one in a single bit and is still text.
fn neighbours(token: &str) -> impl Iterator<Item = String> {
    let bits = 0..token.len() * 8;
    bits.filter_map(move |bit| {
        let mut bytes = token.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        String::from_utf8(bytes).ok()
    })
}

#[test]
fn every_bit_of_a_token_with_a_mac_counts() {
    let token = MacKey::from_bytes(&SECRET).sign(&claims()).unwrap();
    let mut tried = 0;
    for changed in neighbours(&token) {
        assert!(by_mac(&changed).is_some(), "{changed}");
        tried += 1;
    }
    assert_eq!(tried, token.len() * 7, "all but the highest bit of each letter, which makes it no text");
}

fn every_bit_counts(pair: &Pair) {
    let (token, set) = (pair.key().sign(&claims()).unwrap(), pair.set());
    for changed in neighbours(&token) {
        for rules in [HeaderRules::Own, ANY] {
            assert!(set.verify::<Value>(&changed, rules, &EXPECTED).is_err(), "{changed}");
        }
    }
}

#[test]
fn every_bit_of_a_signed_token_counts() {
    for pair in pairs() {
        every_bit_counts(pair);
    }
    assert_eq!(RSA.set().verify::<Value>(&RSA.key().sign(&claims()).unwrap(), ANY, &EXPECTED), Ok(claims()));
    assert!(claims()["exp"].as_i64() > Some(NOW));
}
