//! What can be wrong with a token, a key or a set of keys. Names only: nothing of a token or a key is ever in one.

/// Why a token, key or set was refused. For a caller without a good token they are all the same "no"; the names are
/// for the log, and to tell an [`Error::UnknownKey`], after which a provider's keys may be fetched anew, from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is longer than [`crate::MAX_TOKEN_BYTES`], or would be.
    #[error("the token is too long")]
    TooLong,
    /// Not three segments between two points, or one of them is not canonical base64url without padding.
    #[error("the token is not a compact JWS")]
    NotCompact,
    /// The header is not the one that is ours; or it is not a JSON object with an `alg`, without a member twice.
    #[error("the token's header is refused")]
    Header,
    /// The header names an extension (`crit`, `b64`); we understand none (RFC 7515 section 4.1.11).
    #[error("the token's header asks for an extension")]
    Critical,
    /// The token's `alg` is not that of the key, or the key cannot be used with the wanted algorithm.
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// The token's `typ` is not the expected one.
    #[error("the token is of another type")]
    Type,
    /// No key of the set, or more than one, could be meant by the token's `kid` or the lack of it.
    #[error("the token names no key of the set")]
    UnknownKey,
    /// The signature does not fit the token and the key.
    #[error("the signature is wrong")]
    Signature,
    /// The claims are no JSON object, hold a registered claim twice or in a wrong form, or do not fit the wanted
    /// type; when signing: they cannot be written as a JSON object.
    #[error("the claims cannot be read or written")]
    Claims,
    /// There is no `exp`, or it has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies ahead.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is not the expected one.
    #[error("the token is from another issuer")]
    Issuer,
    /// `aud` does not hold the expected one, or is there when none is expected.
    #[error("the token is for another audience")]
    Audience,
    /// Not a key, not one of ours in kind, or not within its bounds.
    #[error("the key is refused")]
    Key,
    /// Not a JWK Set, or a too large one.
    #[error("the key set is refused")]
    KeySet,
    /// aws-lc could not make a key or a signature; its random generator may have failed.
    #[error("the cryptographic library failed")]
    Library,
}
