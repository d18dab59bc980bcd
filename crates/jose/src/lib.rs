//! Signed tokens and the keys that go with them: compact JWS (RFC 7515) with JSON claims (RFC 7519), JWK and JWK Set
//! (RFC 7517) over aws-lc-rs. A leaf: it knows no user, no session, no database and no HTTP; it fetches nothing, and
//! the time is handed in. What is said in a token, and which one is accepted where, is decided above it.
//!
//! | Module | Holds |
//! |---|---|
//! | `algorithm` | [`Algorithm`]: the closed list of signatures |
//! | `mac` | [`MacKey`]: HS256, for tokens that only we read |
//! | `pkcs8` | [`Pkcs8`] and [`KeyKind`]: a private key as it is made and sealed |
//! | `signing` | [`SigningKey`]: what signs tokens that others read |
//! | `verifying` | [`VerifyingKey`]: one public key with its one algorithm |
//! | `key_set` | [`KeySet`]: verifies tokens; read from and written as a JWK Set |
//! | `jwk` | [`Jwk`]: a public key as JSON, and its thumbprint |
//! | `header` | [`HeaderRules`], [`Typ`]: which headers are accepted; the header of a foreign token |
//! | `claims` | [`Expected`]: whose token, for whom, and when |
//! | `compact` | the three segments |
//! | `base64url` | the strict codec |
//! | `error` | [`Error`] |
//!
//! What a verifier of this crate never does, because tokens have been forged with each of these (RFC 8725):
//!
//! * It does not let the token choose. A key has one algorithm, and the token's `alg` must be that one. `none` has no
//!   name here. A MAC key is of another type than a signature key, signs and verifies HS256 only, and cannot be put
//!   into a set of keys.
//! * It takes no key, and no place to find one, from a token: `jwk`, `jku`, `x5c` and `x5u` are not looked at, and
//!   `kid` only picks among the keys that are there.
//! * It does not skip what it does not understand: a header with `crit` or `b64` is refused.
//! * It does not read claims before the signature is found good, and gives none back that have expired.
//! * It does not accept two spellings of one token: base64url is canonical and without padding, and a header or the
//!   registered claims hold no member twice.
//!
//! A token is still not known by its bytes: whoever has one signed with `ES*` can make a second good signature of it
//! (R and the order less S). What must be used once is known by a claim of its own, such as `jti`.
//!
//! # Lengths and time
//!
//! A token has at most [`MAX_TOKEN_BYTES`]; a JWK Set at most [`KeySet::MAX_BYTES`] and [`KeySet::MAX_KEYS`]. Times
//! are seconds since 1970-01-01T00:00:00Z.
//!
//! # Randomness
//!
//! A MAC key is made from bytes that are handed in. Elsewhere aws-lc-rs draws from its own generator, which cannot be
//! replaced: when [`Pkcs8::generate`] makes a key, in the signatures of `ES*` (their nonce) and of `PS*` (their
//! salt), and to blind RSA. `RS*` and `EdDSA` give the same signature each time.
//!
//! # Secrets
//!
//! aws-lc wipes the keys that it holds when they are dropped, and [`Pkcs8`] wipes itself. No `Debug` here prints a
//! key, and no error holds any part of a token.

mod algorithm;
mod base64url;
mod claims;
mod compact;
mod error;
mod header;
mod jwk;
mod key_set;
mod mac;
mod pkcs8;
mod signing;
#[cfg(test)]
mod vectors;
mod verifying;

pub use algorithm::{Algorithm, Curve};
pub use claims::Expected;
pub use compact::MAX_TOKEN_BYTES;
pub use error::Error;
pub use header::{HeaderRules, Typ};
pub use jwk::{Jwk, PublicKey};
pub use key_set::KeySet;
pub use mac::MacKey;
pub use pkcs8::{KeyKind, Pkcs8};
pub use signing::SigningKey;
pub use verifying::VerifyingKey;
