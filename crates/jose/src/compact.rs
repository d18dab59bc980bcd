//! The compact serialisation (RFC 7515 section 7.1): header, payload and signature between two points. It knows where
//! the segments are, not what they mean.

use serde::Serialize;

use crate::base64url;
use crate::error::Error;

/// The most bytes a token may have, 16 KiB: what fits a header line of common servers, twice. Longer ones are refused
/// unread, and are not made.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A token cut into its segments, none of which has been decoded.
#[derive(Clone, Copy)]
pub(crate) struct Compact<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) signature: &'a str,
    /// What is signed: the header, the point and the payload.
    pub(crate) input: &'a str,
}

impl<'a> Compact<'a> {
    pub(crate) fn cut(token: &'a str) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::TooLong);
        }
        let (input, signature) = token.rsplit_once('.').ok_or(Error::NotCompact)?;
        let (header, payload) = input.split_once('.').ok_or(Error::NotCompact)?;
        if payload.contains('.') {
            return Err(Error::NotCompact);
        }
        Ok(Self { header, payload, signature, input })
    }

    /// The payload; to be asked for when the signature was found good.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, Error> {
        base64url::decode(self.payload).ok_or(Error::NotCompact)
    }
}

/// What is to be signed, with room for the signature behind it.
pub(crate) fn signing_input(header: &str, payload: &[u8], signature_bytes: usize) -> Result<String, Error> {
    let segments = [payload.len(), signature_bytes].map(base64url::encoded_length);
    let length = segments.iter().fold(header.len(), |sum, segment| sum.saturating_add(1 + segment));
    if length > MAX_TOKEN_BYTES {
        return Err(Error::TooLong);
    }
    let mut token = String::with_capacity(length);
    token.push_str(header);
    token.push('.');
    base64url::append(payload, &mut token);
    Ok(token)
}

/// The token: what was signed, and the signature.
pub(crate) fn sealed(mut input: String, signature: &[u8]) -> String {
    input.push('.');
    base64url::append(signature, &mut input);
    input
}

/// The JSON of some claims, which are an object (RFC 7519 section 7.1).
pub(crate) fn payload_of(claims: &impl Serialize) -> Result<Vec<u8>, Error> {
    let payload = serde_json::to_vec(claims).map_err(|_| Error::Claims)?;
    if payload.first() == Some(&b'{') { Ok(payload) } else { Err(Error::Claims) }
}
