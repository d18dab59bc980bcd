//! A private key as it is made, sealed and kept. What it is used for is said when a `SigningKey` is made of it.

use std::fmt;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use zeroize::Zeroizing;

use crate::algorithm::Curve;
use crate::error::Error;

/// The kinds of key that are made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits, about as strong as 112; for `RS*` and `PS*`.
    Rsa2048,
    /// RSA with 3072 bits, about as strong as 128; for `RS*` and `PS*`.
    Rsa3072,
    /// A point on P-256, for `ES256`.
    P256,
    /// A point on P-384, for `ES384`.
    P384,
    /// Ed25519, for `EdDSA`.
    Ed25519,
}

/// A private key as PKCS#8 in DER (RFC 5208), not encrypted: to be sealed before it is stored. Wiped when dropped.
pub struct Pkcs8(Zeroizing<Vec<u8>>);

impl Pkcs8 {
    /// A new key, from aws-lc's own generator: it takes no other. RSA takes some tenths of a second, the others less
    /// than a tenth of a millisecond.
    ///
    /// # Errors
    /// [`Error::Library`] when no key could be made.
    pub fn generate(kind: KeyKind) -> Result<Self, Error> {
        let made = match kind {
            KeyKind::Rsa2048 => rsa(KeySize::Rsa2048),
            KeyKind::Rsa3072 => rsa(KeySize::Rsa3072),
            KeyKind::P256 => ec(Curve::P256),
            KeyKind::P384 => ec(Curve::P384),
            KeyKind::Ed25519 => {
                Ed25519KeyPair::generate().and_then(|pair| Ok(kept(pair.to_pkcs8v1()?.as_ref())))
            }
        };
        made.map_err(|Unspecified| Error::Library)
    }

    /// The document, for sealing.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

fn rsa(size: KeySize) -> Result<Pkcs8, Unspecified> {
    RsaKeyPair::generate(size)?.as_der().map(|der| kept(der.as_ref()))
}

fn ec(curve: Curve) -> Result<Pkcs8, Unspecified> {
    EcdsaKeyPair::generate(curve.signing())?.to_pkcs8v1().map(|document| kept(document.as_ref()))
}

/// A copy in a type of ours; aws-lc wipes the original.
fn kept(document: &[u8]) -> Pkcs8 {
    Pkcs8(Zeroizing::new(document.to_vec()))
}

impl fmt::Debug for Pkcs8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs8")
    }
}
