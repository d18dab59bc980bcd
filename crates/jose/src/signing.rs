//! A private key that signs tokens for others to verify.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair, RsaSignatureEncoding};
use serde::Serialize;

use crate::algorithm::{Algorithm, Curve, Scheme};
use crate::compact;
use crate::error::Error;
use crate::jwk::{Jwk, PublicKey};
use crate::verifying::VerifyingKey;

/// The longest signature there is: RSA with 8192 bits.
const MAX_RSA_BYTES: usize = 1024;

/// A private key, the one algorithm that it signs with and the header of its tokens. It does not give the private
/// part back; whoever made the key has it as [`crate::Pkcs8`].
pub struct SigningKey {
    pair: Pair,
    public: VerifyingKey,
    typ: String,
}

enum Pair {
    Rsa(RsaKeyPair, &'static RsaSignatureEncoding),
    Ec(EcdsaKeyPair, Curve),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// A key from its PKCS#8 document, unencrypted DER. Its `kid` is its thumbprint (RFC 7638), its `typ` `JWT`.
    ///
    /// # Errors
    /// [`Error::Key`] when the document holds no sound private key of the kind that the algorithm wants, or RSA of
    /// less than 2048 or more than 8192 bits.
    pub fn from_pkcs8(algorithm: Algorithm, document: &[u8]) -> Result<Self, Error> {
        let pair = match algorithm.scheme() {
            Scheme::Rsa(_, encoding) => {
                RsaKeyPair::from_pkcs8(document).map(|pair| Pair::Rsa(pair, encoding))
            }
            Scheme::Ec(curve) => {
                EcdsaKeyPair::from_pkcs8(curve.signing(), document).map(|pair| Pair::Ec(pair, curve))
            }
            Scheme::Ed25519 => Ed25519KeyPair::from_pkcs8(document).map(Pair::Ed25519),
        };
        let pair = pair.map_err(|_| Error::Key)?;
        let key = pair.public_key()?;
        let kid = Some(key.thumbprint());
        let public = VerifyingKey::from_jwk(Jwk { kid, algorithm, key })?.with_own_header("JWT");
        Ok(Self { pair, public, typ: "JWT".to_owned() })
    }

    /// The same key under another name.
    #[must_use]
    pub fn with_kid(self, kid: &str) -> Self {
        Self { public: self.public.with_kid(kid).with_own_header(&self.typ), ..self }
    }

    /// The same key for tokens of another type: where header rules ask for one, the other is refused.
    #[must_use]
    pub fn with_typ(self, typ: &str) -> Self {
        Self { public: self.public.with_own_header(typ), typ: typ.to_owned(), ..self }
    }

    /// What verifies its tokens: by [`crate::HeaderRules::Own`] those with exactly its header.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// A token with these claims.
    ///
    /// # Errors
    /// [`Error::Claims`] when they are no JSON object, [`Error::TooLong`] when the token would be, [`Error::Library`]
    /// when aws-lc fails.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Error> {
        let header = self.public.own_header().ok_or(Error::Header)?;
        self.seal(header, &compact::payload_of(claims)?)
    }

    pub(crate) fn seal(&self, header: &str, payload: &[u8]) -> Result<String, Error> {
        let input = compact::signing_input(header, payload, self.pair.signature_bytes())?;
        self.pair.seal(input).map_err(|_| Error::Library)
    }
}

impl Pair {
    fn signature_bytes(&self) -> usize {
        match self {
            Self::Rsa(pair, _) => pair.public_modulus_len(),
            Self::Ec(_, curve) => 2 * curve.coordinate_bytes(),
            Self::Ed25519(_) => 64,
        }
    }

    /// Signs what was prepared and puts the signature behind it.
    fn seal(&self, input: String) -> Result<String, aws_lc_rs::error::Unspecified> {
        // aws-lc takes a generator because ring does, and uses its own.
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair, encoding) => {
                let mut room = [0_u8; MAX_RSA_BYTES];
                let signature =
                    room.get_mut(..pair.public_modulus_len()).ok_or(aws_lc_rs::error::Unspecified)?;
                pair.sign(*encoding, &random, input.as_bytes(), signature)?;
                Ok(compact::sealed(input, signature))
            }
            Self::Ec(pair, _) => {
                let signature = pair.sign(&random, input.as_bytes())?;
                Ok(compact::sealed(input, signature.as_ref()))
            }
            Self::Ed25519(pair) => {
                let signature = pair.try_sign(input.as_bytes())?;
                Ok(compact::sealed(input, signature.as_ref()))
            }
        }
    }

    fn public_key(&self) -> Result<PublicKey, Error> {
        Ok(match self {
            Self::Rsa(pair, _) => PublicKey::Rsa {
                modulus: pair.public_key().modulus().big_endian_without_leading_zero().to_vec(),
                exponent: pair.public_key().exponent().big_endian_without_leading_zero().to_vec(),
            },
            Self::Ec(pair, curve) => {
                PublicKey::from_point(*curve, pair.public_key().as_ref()).ok_or(Error::Key)?
            }
            Self::Ed25519(pair) => PublicKey::Ed25519 { x: pair.public_key().as_ref().to_vec() },
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public).finish()
    }
}
