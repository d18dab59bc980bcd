//! One public key, parsed once, with the one algorithm that it verifies. It verifies as a member of a `KeySet`.

use std::fmt;

use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents};

use crate::algorithm::{Algorithm, Scheme};
use crate::base64url;
use crate::compact::Compact;
use crate::error::Error;
use crate::header;
use crate::jwk::{Jwk, PublicKey};

/// A public key with its algorithm and, where it has one, its name.
#[derive(Clone)]
pub struct VerifyingKey {
    key: ParsedPublicKey,
    jwk: Jwk,
    own_header: Option<Box<str>>,
}

impl VerifyingKey {
    /// The key that this JWK describes.
    ///
    /// # Errors
    /// [`Error::Algorithm`] when the key is not of the kind that the algorithm wants; [`Error::Key`] when it is none:
    /// a point that is not on its curve, a modulus of less than 2048 or more than 8192 bits, an exponent that is even
    /// or 1 or longer than 32 bits, a number with leading zeros or of another length than its curve's.
    pub fn from_jwk(jwk: Jwk) -> Result<Self, Error> {
        let parsed = match (jwk.algorithm.scheme(), &jwk.key) {
            (Scheme::Rsa(parameters, _), PublicKey::Rsa { modulus, exponent }) => {
                (is_modulus(modulus) && is_exponent(exponent)).then_some(()).ok_or(Error::Key)?;
                RsaPublicKeyComponents { n: modulus, e: exponent }.to_parsed_public_key(parameters)
            }
            (Scheme::Ec(wanted), PublicKey::Ec { curve, .. }) if wanted == *curve => {
                let point = jwk.key.point().ok_or(Error::Key)?;
                ParsedPublicKey::new(wanted.verification(), point)
            }
            (Scheme::Ed25519, PublicKey::Ed25519 { x }) => {
                (x.len() == 32).then_some(()).ok_or(Error::Key)?;
                ParsedPublicKey::new(&ED25519, x)
            }
            _ => return Err(Error::Algorithm),
        };
        Ok(Self { key: parsed.map_err(|_| Error::Key)?, jwk, own_header: None })
    }

    /// The same key as one of ours, whose tokens bear exactly the header `{"kid":..,"typ":..,"alg":..}`: what
    /// [`crate::HeaderRules::Own`] asks for. Keys that come from a [`crate::SigningKey`] have theirs already.
    #[must_use]
    pub fn with_own_header(self, typ: &str) -> Self {
        let header = header::of_signature(self.kid(), typ, self.algorithm().name());
        Self { own_header: Some(header.into()), ..self }
    }

    pub(crate) fn with_kid(self, kid: &str) -> Self {
        Self { jwk: Jwk { kid: Some(kid.to_owned()), ..self.jwk }, ..self }
    }

    /// The one algorithm that it verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.jwk.algorithm
    }

    /// Its name among other keys.
    pub fn kid(&self) -> Option<&str> {
        self.jwk.kid.as_deref()
    }

    /// The key as it is published.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    pub(crate) fn own_header(&self) -> Option<&str> {
        self.own_header.as_deref()
    }

    /// Whether this key has signed the token; whoever asks has seen to it that its header means this key.
    pub(crate) fn has_signed(&self, token: &Compact<'_>) -> Result<(), Error> {
        let signature = base64url::decode(token.signature).ok_or(Error::Signature)?;
        self.key.verify_sig(token.input.as_bytes(), &signature).map_err(|_| Error::Signature)
    }
}

/// Odd, 2048 to 8192 bits, without leading zeros (RFC 7518 sections 3.3 and 6.3.1.1).
fn is_modulus(bytes: &[u8]) -> bool {
    let lengths = 256..=1024;
    let tall = match bytes.first() {
        Some(0) | None => false,
        Some(first) => bytes.len() > *lengths.start() || *first >= 0x80,
    };
    lengths.contains(&bytes.len()) && tall && bytes.last().is_some_and(|last| last % 2 == 1)
}

/// Odd, more than 1, at most 32 bits, without leading zeros. Longer ones make a verification slow.
fn is_exponent(bytes: &[u8]) -> bool {
    let odd = bytes.last().is_some_and(|last| last % 2 == 1);
    odd && bytes.len() <= 4 && bytes.first() != Some(&0) && bytes != [1]
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid())
            .field("algorithm", &self.algorithm())
            .finish()
    }
}
