//! The examples of the standards, from `tests/vectors/rfc.json`. They stand here and not among the other tests because
//! some have keys and headers that nobody outside can bring in: a MAC key of 64 bytes, headers with line ends,
//! payloads that are no JSON.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{Ed25519KeyPair, RsaKeyPair};
use serde_json::{Value, json};

use crate::algorithm::Algorithm;
use crate::claims::Expected;
use crate::error::Error;
use crate::header::{HeaderRules, Typ};
use crate::jwk::PublicKey;
use crate::key_set::KeySet;
use crate::mac::MacKey;
use crate::signing::SigningKey;
use crate::{base64url, jwk};

const ANY: HeaderRules<'_> = HeaderRules::Foreign(Typ::Any);

fn vector(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../tests/vectors/rfc.json")).expect("JSON");
    all.get(name).expect("a vector").clone()
}

fn token(vector: &Value) -> &str {
    vector["token"].as_str().expect("a token")
}

/// A segment of the vector's token.
fn segment(vector: &Value, index: usize) -> &str {
    token(vector).split('.').nth(index).expect("a segment")
}

fn payload(vector: &Value) -> Vec<u8> {
    base64url::decode(segment(vector, 1)).expect("base64url")
}

fn member(jwk: &Value, name: &str) -> Vec<u8> {
    base64url::decode(jwk[name].as_str().expect("a member")).expect("base64url")
}

/// The public half of the vector's key.
fn public(vector: &Value) -> KeySet {
    let mut jwk = vector["jwk"].clone();
    jwk.as_object_mut().expect("an object").remove("d");
    set(&json!({"keys": [jwk]}), &Algorithm::ALL)
}

fn set(json: &Value, allowed: &[Algorithm]) -> KeySet {
    KeySet::from_json(json.to_string().as_bytes(), allowed).expect("a set")
}

fn rsa(jwk: &Value, algorithm: Algorithm) -> SigningKey {
    let pair = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: member(jwk, "n"), e: member(jwk, "e") },
        d: member(jwk, "d"),
        p: member(jwk, "p"),
        q: member(jwk, "q"),
        dP: member(jwk, "dp"),
        dQ: member(jwk, "dq"),
        qInv: member(jwk, "qi"),
    });
    let document = pair.expect("a key").as_der().expect("a document");
    SigningKey::from_pkcs8(algorithm, document.as_ref()).expect("a key")
}

/// The claims of RFC 7515's first examples hold at this time.
fn joe() -> Expected<'static> {
    Expected { issuer: Some("joe"), audience: None, now: 1_300_819_379, leeway: 0 }
}

#[test]
fn rfc_7515_a1_hs256() {
    let vector = vector("rfc7515_a1");
    let secret = member(&vector["jwk"], "k");
    let key = MacKey::assemble(&secret, segment(&vector, 0).to_owned());
    assert_eq!(key.seal(&payload(&vector)).as_deref(), Ok(token(&vector)));
    let claims: Value = key.verify(token(&vector), &joe()).expect("good");
    assert_eq!(claims["http://example.com/is_root"], true);
    assert_eq!(
        key.verify::<Value>(token(&vector), &Expected { now: 1_300_819_380, ..joe() }),
        Err(Error::Expired)
    );
    let ours = MacKey::assemble(&secret, crate::header::of_mac("JWT"));
    assert_eq!(ours.open(token(&vector)), Err(Error::Header), "the same key, but not our header");
}

#[test]
fn rfc_7515_a2_rs256() {
    let vector = vector("rfc7515_a2");
    let claims: Value = public(&vector).verify(token(&vector), ANY, &joe()).expect("good");
    assert_eq!(claims["iss"], "joe");
    let signed = rsa(&vector["jwk"], Algorithm::Rs256).seal(segment(&vector, 0), &payload(&vector));
    assert_eq!(signed.as_deref(), Ok(token(&vector)));
}

#[test]
fn rfc_7515_a3_es256() {
    let vector = vector("rfc7515_a3");
    let claims: Value = public(&vector).verify(token(&vector), ANY, &joe()).expect("good");
    assert_eq!(claims["iss"], "joe");
}

#[test]
fn rfc_7515_a5_and_rfc_7519_6_1_unsecured() {
    let vector = vector("rfc7515_a5");
    let key = self::vector("rfc7515_a2");
    assert_eq!(public(&key).open(token(&vector), ANY), Err(Error::Algorithm));
}

#[test]
fn rfc_7515_e_a_critical_extension_that_nobody_understands() {
    let vector = vector("rfc7515_e");
    let key = self::vector("rfc7515_a2");
    assert_eq!(public(&key).open(token(&vector), ANY), Err(Error::Critical));
}

#[test]
fn rfc_8037_a_ed25519() {
    let vector = vector("rfc8037_a");
    let keys = public(&vector);
    let [key] = keys.keys() else { panic!("one key") };
    assert_eq!(key.jwk().key.thumbprint(), vector["thumbprint"]);
    assert_eq!(keys.open(token(&vector), ANY), Ok(payload(&vector)));
    assert_eq!(keys.verify::<Value>(token(&vector), ANY, &joe()), Err(Error::Claims), "it is no JWT");

    let pair = Ed25519KeyPair::from_seed_unchecked(&member(&vector["jwk"], "d")).expect("a key");
    let document = pair.to_pkcs8v1().expect("a document");
    let key = SigningKey::from_pkcs8(Algorithm::EdDsa, document.as_ref()).expect("a key");
    assert_eq!(key.seal(segment(&vector, 0), &payload(&vector)).as_deref(), Ok(token(&vector)));
    assert_eq!(key.verifying_key().kid(), vector["thumbprint"].as_str());
}

#[test]
fn rfc_7520_4_1_rs256_and_4_2_ps384() {
    let vector = vector("rfc7520_4_1");
    assert_eq!(public(&vector).open(token(&vector), ANY), Ok(payload(&vector)));
    let signed = rsa(&vector["jwk"], Algorithm::Rs256).seal(segment(&vector, 0), &payload(&vector));
    assert_eq!(signed.as_deref(), Ok(token(&vector)));

    let vector = self::vector("rfc7520_4_2");
    assert_eq!(public(&vector).open(token(&vector), ANY), Err(Error::Algorithm), "the key is for RS256");
    let mut jwk = vector["jwk"].clone();
    jwk["alg"] = json!("PS384");
    jwk.as_object_mut().expect("an object").remove("d");
    let keys = set(&json!({"keys": [jwk]}), &Algorithm::ALL);
    assert_eq!(keys.open(token(&vector), ANY), Ok(payload(&vector)));
}

#[test]
fn rfc_7517_a1_a_set_with_one_key_for_encryption() {
    let vector = vector("rfc7517_a1");
    let keys = set(&vector["set"], &Algorithm::ALL);
    let [key] = keys.keys() else { panic!("the RSA key alone") };
    assert_eq!((key.kid(), key.algorithm()), (Some("2011-04-29"), Algorithm::Rs256));
}

#[test]
fn rfc_7517_a2_and_a3_private_and_shared_keys_are_no_public_keys() {
    for name in ["rfc7517_a2", "rfc7517_a3"] {
        assert!(set(&vector(name)["set"], &Algorithm::ALL).keys().is_empty(), "{name}");
    }
}

#[test]
fn rfc_7517_b_certificates_are_not_looked_at() {
    let vector = vector("rfc7517_b");
    let keys = set(&json!({"keys": [vector["jwk"]]}), &Algorithm::ALL);
    let [key] = keys.keys() else { panic!("one key") };
    assert_eq!((key.kid(), key.algorithm()), (Some("1b94c"), Algorithm::Rs256));
}

#[test]
fn rfc_7638_3_1_thumbprint() {
    let vector = vector("rfc7517_a1");
    let jwk = jwk::Jwk::told(&vector["set"]["keys"][1].to_string(), &Algorithm::ALL).expect("a key");
    assert_eq!(jwk.key.thumbprint(), vector["thumbprint"]);
}

#[test]
fn rfc_7638_applied_to_a_point() {
    // The first key of RFC 7517 appendix A.1; the digest was worked out with openssl dgst.
    let jwk = &vector("rfc7517_a1")["set"]["keys"][0];
    let key = PublicKey::Ec { curve: crate::Curve::P256, x: member(jwk, "x"), y: member(jwk, "y") };
    assert_eq!(key.thumbprint(), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
}
