//! The provider's keys. It signs by aws-lc itself, because `jose` refuses to make what a liar makes.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Jwk, KeyKind, Pkcs8, SigningKey};
use serde_json::{Value, json};

/// RSA keys take a while to make: all providers of a process share the first few.
static RSA: [LazyLock<Pkcs8>; 3] = [LazyLock::new(rsa), LazyLock::new(rsa), LazyLock::new(rsa)];

fn rsa() -> Pkcs8 {
    Pkcs8::generate(KeyKind::Rsa2048).expect("a key")
}

pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 as base64url, which PKCE compares.
pub(super) fn s256(text: &str) -> String {
    base64url(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// A key pair and its name.
pub(super) struct Key {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    document: Vec<u8>,
    jwk: Jwk,
}

impl Key {
    /// A new key; of the RSA keys one of a few, told apart by their place.
    pub(super) fn new(algorithm: Algorithm, kid: &str, place: usize) -> Self {
        let kind = match algorithm {
            Algorithm::Es256 => KeyKind::P256,
            Algorithm::Es384 => KeyKind::P384,
            Algorithm::EdDsa => KeyKind::Ed25519,
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => KeyKind::Rsa2048,
        };
        let document = match (kind, RSA.get(place)) {
            (KeyKind::Rsa2048, Some(shared)) => shared.expose().to_vec(),
            _ => Pkcs8::generate(kind).expect("a key").expose().to_vec(),
        };
        let pair = SigningKey::from_pkcs8(algorithm, &document).expect("a key").with_kid(kid);
        let jwk = pair.verifying_key().jwk().clone();
        Self { algorithm, kid: kid.to_owned(), document, jwk }
    }

    /// A key that no provider began with.
    pub(super) fn fresh(algorithm: Algorithm, kid: &str) -> Self {
        Self::new(algorithm, kid, 1)
    }

    pub(super) fn jwk(&self) -> Value {
        json!(self.jwk)
    }

    /// What an attacker who knows the public key has in bytes: its JWK, the only form in which it is published.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        self.jwk().to_string().into_bytes()
    }

    /// A token with this header, which gets `alg` and `kid` where it has none.
    pub(super) fn token(&self, mut header: Value, claims: &Value) -> String {
        let members = header.as_object_mut().expect("a header is an object");
        members.entry("alg").or_insert_with(|| json!(self.algorithm.name()));
        members.entry("kid").or_insert_with(|| json!(self.kid));
        members.retain(|_, value| !value.is_null());
        sealed(&header, claims, |input| self.sign(input))
    }

    /// The left half of the hash that goes with the algorithm (OpenID Connect Core section 3.1.3.6).
    pub(super) fn at_hash(&self, access_token: &str) -> String {
        let hash = match self.algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &digest::SHA256,
            Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &digest::SHA384,
            Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa => &digest::SHA512,
        };
        let hash = digest::digest(hash, access_token.as_bytes());
        let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
        base64url(left)
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        let (document, random) = (self.document.as_slice(), SystemRandom::new());
        let ecdsa = |algorithm| {
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, document).expect("a key");
            pair.sign(&random, input).expect("a signature").as_ref().to_vec()
        };
        let rsa = |encoding: &'static dyn signature::RsaEncoding| {
            let pair = RsaKeyPair::from_pkcs8(document).expect("a key");
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, input, &mut signature).expect("a signature");
            signature
        };
        match self.algorithm {
            Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_SHA512),
            Algorithm::Ps256 => rsa(&signature::RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(&signature::RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(&signature::RSA_PSS_SHA512),
            Algorithm::Es256 => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::EdDsa => {
                Ed25519KeyPair::from_pkcs8(document).expect("a key").sign(input).as_ref().to_vec()
            }
        }
    }
}

/// A token signed by this function.
pub(super) fn sealed(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let signature = sign(input.as_bytes());
    format!("{input}.{}", base64url(signature))
}

pub(super) fn hs256(secret: &[u8]) -> impl FnOnce(&[u8]) -> Vec<u8> {
    move |input| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input).as_ref().to_vec()
}
