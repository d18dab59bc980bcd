//! HS256: signed and verified with one shared secret, for tokens that nobody but this server reads.

use std::fmt;

use aws_lc_rs::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base64url;
use crate::claims::{self, Expected};
use crate::compact::{self, Compact};
use crate::error::Error;
use crate::header;

/// A secret for HMAC with SHA-256. It signs with one header and accepts no other, byte for byte, so that no header is
/// ever read. HS256 headers bear no `kid`: while a key is being replaced, try the new one, then the old.
pub struct MacKey {
    key: Box<hmac::Key>,
    header: Box<str>,
}

impl MacKey {
    /// A key from 32 random bytes, which the caller wipes; less would be weaker than the hash (RFC 7518 section 3.2).
    /// Its header is exactly `{"alg":"HS256","typ":"JWT"}`.
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self::assemble(secret, header::of_mac("JWT"))
    }

    /// The same key for tokens of another type: those of one type are refused where the other is asked for.
    #[must_use]
    pub fn with_typ(self, typ: &str) -> Self {
        Self { header: header::of_mac(typ).into(), ..self }
    }

    pub(crate) fn assemble(secret: &[u8], header: String) -> Self {
        Self { key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)), header: header.into() }
    }

    /// A token with these claims.
    ///
    /// # Errors
    /// [`Error::Claims`] when they are no JSON object, [`Error::TooLong`] when the token would be.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Error> {
        self.seal(&compact::payload_of(claims)?)
    }

    pub(crate) fn seal(&self, payload: &[u8]) -> Result<String, Error> {
        let input = compact::signing_input(&self.header, payload, 32)?;
        let tag = hmac::sign(&self.key, input.as_bytes());
        Ok(compact::sealed(input, tag.as_ref()))
    }

    /// The claims of a token that this key has signed and that is as expected.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::NotCompact`], [`Error::Header`], [`Error::Signature`], [`Error::Claims`], or what
    /// [`Expected`] asks for.
    pub fn verify<C: DeserializeOwned>(&self, token: &str, expected: &Expected<'_>) -> Result<C, Error> {
        claims::read(&self.open(token)?, expected)
    }

    /// The payload of a token that this key has signed. Tags are compared in constant time.
    pub(crate) fn open(&self, token: &str) -> Result<Vec<u8>, Error> {
        let token = Compact::cut(token)?;
        if *token.header != *self.header {
            return Err(Error::Header);
        }
        let tag = base64url::decode_32(token.signature).ok_or(Error::Signature)?;
        hmac::verify(&self.key, token.input.as_bytes(), &tag).map_err(|_| Error::Signature)?;
        token.payload()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}
