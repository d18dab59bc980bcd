//! What an attacker, or a careless issuer, puts together: any header over any payload with any signature.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::{hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Error, Expected, HeaderRules, KeyKind, KeySet, MacKey, Pkcs8, SigningKey, Typ};
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const EXPECTED: Expected<'static> =
    Expected { issuer: Some("us"), audience: Some("them"), now: NOW, leeway: 0 };
pub(crate) const ANY: HeaderRules<'static> = HeaderRules::Foreign(Typ::Any);
pub(crate) const SECRET: [u8; 32] = *b"thirty-two bytes that are secret";

pub(crate) fn claims() -> Value {
    json!({"iss": "us", "aud": "them", "exp": NOW + 600, "sub": "1"})
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// Header, payload and signature as they stand in a token.
pub(crate) fn segments(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().expect("three segments")
}

/// A token of these texts, signed by this function.
pub(crate) fn token(header: &str, payload: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    sealed(&format!("{}.{}", base64url(header), base64url(payload)), sign)
}

/// The same when the first two segments are spelled already.
pub(crate) fn sealed(input: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signature = sign(input.as_bytes());
    format!("{input}.{}", base64url(signature))
}

pub(crate) fn hs256(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    move |input| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input).as_ref().to_vec()
}

/// What key an algorithm wants.
pub(crate) fn kind(algorithm: Algorithm) -> KeyKind {
    match algorithm {
        Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512
        | Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512 => KeyKind::Rsa2048,
        Algorithm::Es256 => KeyKind::P256,
        Algorithm::Es384 => KeyKind::P384,
        Algorithm::EdDsa => KeyKind::Ed25519,
    }
}

/// A key pair that signs what is put before it, and what verifies it.
pub(crate) struct Pair {
    pub(crate) algorithm: Algorithm,
    pub(crate) document: Pkcs8,
}

pub(crate) static RSA: LazyLock<Pair> = LazyLock::new(|| Pair::new(Algorithm::Rs256));
pub(crate) static P256: LazyLock<Pair> = LazyLock::new(|| Pair::new(Algorithm::Es256));
pub(crate) static P384: LazyLock<Pair> = LazyLock::new(|| Pair::new(Algorithm::Es384));
pub(crate) static ED25519: LazyLock<Pair> = LazyLock::new(|| Pair::new(Algorithm::EdDsa));

/// One of each kind.
pub(crate) fn pairs() -> [&'static Pair; 4] {
    [&RSA, &P256, &P384, &ED25519]
}

impl Pair {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, document: Pkcs8::generate(kind(algorithm)).expect("a key") }
    }

    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::from_pkcs8(self.algorithm, self.document.expose()).expect("a key").with_kid("k1")
    }

    pub(crate) fn set(&self) -> KeySet {
        KeySet::new([self.key().verifying_key().clone()])
    }

    /// Signs with aws-lc alone.
    pub(crate) fn sign(&self, input: &[u8]) -> Vec<u8> {
        let (document, random) = (self.document.expose(), SystemRandom::new());
        let ecdsa = |algorithm| {
            let pair = signature::EcdsaKeyPair::from_pkcs8(algorithm, document).expect("a key");
            pair.sign(&random, input).expect("a signature").as_ref().to_vec()
        };
        match kind(self.algorithm) {
            KeyKind::P256 => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            KeyKind::P384 => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            KeyKind::Ed25519 => {
                let pair = signature::Ed25519KeyPair::from_pkcs8(document).expect("a key");
                pair.sign(input).as_ref().to_vec()
            }
            KeyKind::Rsa2048 | KeyKind::Rsa3072 => {
                let pair = signature::RsaKeyPair::from_pkcs8(document).expect("a key");
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, input, &mut signature).expect("a signature");
                signature
            }
        }
    }

    /// A good token but for its header.
    pub(crate) fn under(&self, header: &Value) -> String {
        token(&header.to_string(), &claims().to_string(), |input| self.sign(input))
    }
}

pub(crate) fn mac() -> MacKey {
    MacKey::from_bytes(&SECRET)
}

pub(crate) fn by_mac(token: &str) -> Option<Error> {
    mac().verify::<Value>(token, &EXPECTED).err()
}

pub(crate) fn by_set(set: &KeySet, token: &str) -> Option<Error> {
    set.verify::<Value>(token, ANY, &EXPECTED).err()
}

pub(crate) fn as_own(set: &KeySet, token: &str) -> Option<Error> {
    set.verify::<Value>(token, HeaderRules::Own, &EXPECTED).err()
}
