//! JWK Sets of others: what is taken from one, what is left out, which key a token means.

use jose::{Algorithm, Error, KeySet};
use serde_json::{Value, json};

use crate::forge::{ED25519, P256, P384, RSA, by_set, claims, pairs};

fn jwk(pair: &crate::forge::Pair) -> Value {
    serde_json::to_value(pair.key().verifying_key().jwk()).expect("JSON")
}

/// The same with these members instead of its own; null takes one away.
fn with(jwk: &Value, changes: &Value) -> Value {
    let mut jwk = jwk.as_object().expect("an object").clone();
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            jwk.remove(name);
        } else {
            jwk.insert(name.clone(), value.clone());
        }
    }
    Value::Object(jwk)
}

fn read(keys: &Value, allowed: &[Algorithm]) -> KeySet {
    KeySet::from_json(json!({"keys": keys, "more": 1}).to_string().as_bytes(), allowed).expect("a set")
}

fn told(keys: &Value, allowed: &[Algorithm]) -> Vec<(Option<String>, Algorithm)> {
    let told = |key: &jose::VerifyingKey| (key.kid().map(str::to_owned), key.algorithm());
    read(keys, allowed).keys().iter().map(told).collect()
}

#[test]
fn what_is_published_can_be_read_again() {
    for pair in pairs() {
        let json = serde_json::to_vec(&pair.set()).expect("JSON");
        let set = KeySet::from_json(&json, &[pair.algorithm]).expect("a set");
        assert_eq!(set.keys()[0].jwk(), pair.key().verifying_key().jwk());
        assert_eq!(by_set(&set, &pair.key().sign(&claims()).expect("a token")), None);
    }
    assert_eq!(serde_json::to_string(&KeySet::default()).expect("JSON"), r#"{"keys":[]}"#);
}

#[test]
fn a_key_that_is_not_for_us_is_left_out_and_spoils_no_other() {
    let (good, rsa) = (jwk(&P256), jwk(&RSA));
    for bad in [
        json!(null),
        json!(7),
        json!("key"),
        json!([]),
        json!(["EC", "P-256", good["x"], good["y"], null, null, "k1", "ES256", "sig", ["verify"], null]),
        json!({}),
        json!({"kty": 1}),
        json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "k0"}),
        with(&good, &json!({"kty": "AKP"})),
        with(&good, &json!({"kty": "ec"})),
        with(&good, &json!({"crv": "P-521"})),
        with(&good, &json!({"crv": "secp256k1"})),
        with(&good, &json!({"crv": null})),
        with(&good, &json!({"y": null})),
        with(&good, &json!({"y": good["x"]})),
        with(&good, &json!({"x": "not base64url!"})),
        with(&good, &json!({"x": format!("{}=", good["x"].as_str().expect("a text"))})),
        with(&good, &json!({"x": 7})),
        with(&good, &json!({"use": "enc"})),
        with(&good, &json!({"use": "SIG"})),
        with(&good, &json!({"use": ["sig"]})),
        with(&good, &json!({"key_ops": ["sign"]})),
        with(&good, &json!({"key_ops": []})),
        with(&good, &json!({"key_ops": "verify"})),
        with(&good, &json!({"alg": "ES384"})),
        with(&good, &json!({"alg": "ECDH-ES"})),
        with(&good, &json!({"alg": "none"})),
        with(&good, &json!({"alg": "HS256"})),
        with(&good, &json!({"alg": 7})),
        with(&good, &json!({"kid": 7})),
        with(&good, &json!({"d": "c2VjcmV0"})),
        with(&rsa, &json!({"alg": "RSA-OAEP", "use": null})),
        with(&rsa, &json!({"alg": "ES256"})),
        with(&rsa, &json!({"n": good["x"]})),
        with(&rsa, &json!({"e": "AQ"})),
        with(&jwk(&ED25519), &json!({"crv": "X25519"})),
        with(&jwk(&ED25519), &json!({"crv": "Ed448"})),
    ] {
        let mut keys = vec![bad.clone(), good.clone()];
        assert_eq!(told(&json!(keys), &Algorithm::ALL), [(Some("k1".to_owned()), Algorithm::Es256)], "{bad}");
        keys.pop();
        assert_eq!(told(&json!(keys), &Algorithm::ALL), [], "{bad}");
    }
}

#[test]
fn a_member_that_comes_twice_makes_a_key_unreadable() {
    let good = jwk(&P256).to_string();
    let twice = good.replacen('{', r#"{"kty":"EC","#, 1);
    let json = format!(r#"{{"keys":[{twice},{good}]}}"#);
    let set = KeySet::from_json(json.as_bytes(), &Algorithm::ALL).expect("a set");
    assert_eq!(set.keys().len(), 1);
}

#[test]
fn only_allowed_algorithms_are_taken() {
    let keys = json!([jwk(&RSA), jwk(&P256), jwk(&P384), jwk(&ED25519)]);
    for pair in pairs() {
        assert_eq!(told(&keys, &[pair.algorithm]), [(Some("k1".to_owned()), pair.algorithm)]);
    }
    assert_eq!(told(&keys, &[]), []);
    assert_eq!(told(&keys, &Algorithm::ALL).len(), 4, "one name may stand for keys of different kinds");
}

#[test]
fn a_key_that_does_not_say_its_algorithm_gets_the_first_that_fits() {
    let silent = json!({"alg": null, "use": null, "kid": null});
    let keys = json!([with(&jwk(&RSA), &silent), with(&jwk(&P384), &silent), with(&jwk(&ED25519), &silent)]);
    let algorithms = |allowed: &[Algorithm]| -> Vec<Algorithm> {
        told(&keys, allowed).into_iter().map(|(_, algorithm)| algorithm).collect()
    };
    assert_eq!(algorithms(&Algorithm::ALL), [Algorithm::Rs256, Algorithm::Es384, Algorithm::EdDsa]);
    assert_eq!(algorithms(&[Algorithm::Es256, Algorithm::Ps512, Algorithm::Rs256]), [Algorithm::Ps512]);
    assert_eq!(algorithms(&[Algorithm::Es256]), []);
    // It does not get another one because a token says so.
    let set = read(&json!([with(&jwk(&RSA), &silent)]), &[Algorithm::Ps256, Algorithm::Rs256]);
    assert_eq!(by_set(&set, &RSA.under(&json!({"alg": "RS256"}))), Some(Error::Algorithm));
}

#[test]
fn ed25519_is_the_newer_name_of_eddsa() {
    // RFC 9864 section 2.2.
    let set = read(&json!([with(&jwk(&ED25519), &json!({"alg": "Ed25519"}))]), &[Algorithm::EdDsa]);
    for alg in ["EdDSA", "Ed25519"] {
        assert_eq!(by_set(&set, &ED25519.under(&json!({"alg": alg, "kid": "k1"}))), None, "{alg}");
    }
    assert_eq!(by_set(&set, &ED25519.under(&json!({"alg": "Ed448", "kid": "k1"}))), Some(Error::Algorithm));
}

#[test]
fn a_token_without_kid_means_the_only_key_for_its_algorithm() {
    let other = crate::forge::Pair::new(Algorithm::Es256);
    let (one, two) = (jwk(&P256), with(&jwk(&other), &json!({"kid": "k2"})));
    let token = P256.under(&json!({"alg": "ES256"}));
    let all = |keys: Value| read(&keys, &Algorithm::ALL);
    assert_eq!(by_set(&all(json!([one])), &token), None);
    assert_eq!(by_set(&all(json!([jwk(&RSA), one, jwk(&ED25519)])), &token), None);
    assert_eq!(by_set(&all(json!([one, two])), &token), Some(Error::UnknownKey), "it might be either");
    assert_eq!(by_set(&all(json!([jwk(&RSA)])), &token), Some(Error::Algorithm));
    // A name is not overlooked because the only key has none.
    let nameless = all(json!([with(&one, &json!({"kid": null}))]));
    assert_eq!(by_set(&nameless, &token), None);
    assert_eq!(
        by_set(&nameless, &P256.under(&json!({"alg": "ES256", "kid": "k1"}))),
        Some(Error::UnknownKey)
    );
}

#[test]
fn of_two_keys_of_one_name_and_algorithm_the_first_counts() {
    let other = crate::forge::Pair::new(Algorithm::Es256);
    let set = read(&json!([jwk(&P256), jwk(&other)]), &Algorithm::ALL);
    assert_eq!(set.keys().len(), 1);
    assert_eq!(by_set(&set, &P256.under(&json!({"alg": "ES256", "kid": "k1"}))), None);
    assert_eq!(by_set(&set, &other.under(&json!({"alg": "ES256", "kid": "k1"}))), Some(Error::Signature));
}

#[test]
fn what_is_no_set_is_refused() {
    let list = json!([jwk(&P256)]);
    for json in [
        String::new(),
        "null".to_owned(),
        list.to_string(),
        format!("[{list}]"),
        "{}".to_owned(),
        r#"{"keys":{}}"#.to_owned(),
        r#"{"keys":null}"#.to_owned(),
        format!(r#"{{"keys":{list},"keys":[]}}"#),
        format!(r#"{{"keys":{list}"#),
        format!(r#"{{"keys":{list}}} "#) + "x",
        jwk(&P256).to_string(),
    ] {
        let told = KeySet::from_json(json.as_bytes(), &Algorithm::ALL).err();
        assert_eq!(told, Some(Error::KeySet), "{json}");
    }
    assert_eq!(KeySet::from_json(b"{\"keys\":[\xff]}", &Algorithm::ALL).err(), Some(Error::KeySet));
}

#[test]
fn a_set_has_its_bounds() {
    let set = |keys: usize, padding: usize| {
        let json = json!({"keys": vec![json!({}); keys], "x": "x".repeat(padding)}).to_string();
        KeySet::from_json(json.as_bytes(), &Algorithm::ALL).err()
    };
    assert_eq!(set(KeySet::MAX_KEYS, 0), None);
    assert_eq!(set(KeySet::MAX_KEYS + 1, 0), Some(Error::KeySet));
    assert_eq!(set(0, KeySet::MAX_BYTES - 20), None);
    assert_eq!(set(0, KeySet::MAX_BYTES), Some(Error::KeySet));
    let deep = format!(r#"{{"keys":[{}{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let told = KeySet::from_json(deep.as_bytes(), &Algorithm::ALL);
    assert!(told.is_ok_and(|set| set.keys().is_empty()), "depth costs nothing where nothing is read");
}
