//! The stored form of a password: a PHC string, its strict parser, computing it and comparing with it. Not the
//! threads it is computed on, and not where it is stored.
//!
//! A stored hash is outside data: an import or a damaged row may hold anything, and its parameters decide how much
//! work a login is. So the grammar is exact, every number is capped before anything is allocated, and whatever is
//! not understood is an error.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::memory::{DeriveError, Memory};
use crate::{Cost, InvalidCost, Password};

#[cfg(test)]
mod tests;

/// Longer than the longest hash within the bounds (208 bytes), so that nothing larger is even split.
const MAX_TEXT: usize = 256;
const MIN_SALT: usize = 8;
const MAX_SALT: usize = 64;
const MIN_OUTPUT: usize = 16;
const MAX_OUTPUT: usize = 64;
/// What is written today: 128 bits of salt and 256 of output (RFC 9106, section 4).
const OUR_SALT: usize = 16;
const OUR_OUTPUT: usize = 32;

/// A stored password hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, salt and hash in
/// base64 without padding.
///
/// `Debug` shows scheme and cost, never salt or hash; there is no `Display`. Wiped when dropped.
#[derive(Clone)]
pub struct PasswordHash {
    text: Zeroizing<String>,
    scheme: Scheme,
}

/// How the hash was made. Imported schemes (bcrypt, scrypt, PBKDF2) become variants here: told apart by
/// [`PasswordHash::parse`], computed by [`PasswordHash::matches`], always outdated, and no caller changes.
#[derive(Clone)]
enum Scheme {
    Argon2id(Argon2id),
}

/// The parts of an Argon2id hash of version 19 (1.3), the one of RFC 9106.
#[derive(Clone)]
struct Argon2id {
    cost: Cost,
    salt: Zeroizing<Vec<u8>>,
    output: Zeroizing<Vec<u8>>,
}

impl PasswordHash {
    /// Reads a stored hash.
    ///
    /// Accepted is exactly what this crate and the reference implementation write: `m`, `t` and `p` in this order,
    /// decimal without sign or leading zeros; base64 of the standard alphabet, canonical, without padding; a cost
    /// inside [`Cost::check`]; 8 to 64 bytes of salt, 16 to 64 of hash.
    ///
    /// # Errors
    /// What is wrong with it, without any of its text.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        if text.len() > MAX_TEXT {
            return Err(HashError::Malformed);
        }
        let (scheme, rest) =
            text.strip_prefix('$').and_then(|rest| rest.split_once('$')).ok_or(HashError::Malformed)?;
        let scheme = match scheme {
            "argon2id" => Scheme::Argon2id(Argon2id::parse(rest)?),
            _ => return Err(HashError::UnknownScheme),
        };
        Ok(Self { text: Zeroizing::new(text.to_owned()), scheme })
    }

    /// The PHC string, for storing. It is not a secret like the password, but it is all that a guess needs.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a hash made today at `cost` would differ in anything but its content: in any parameter, up or down, or
    /// in the length of salt or output.
    pub fn is_outdated(&self, cost: &Cost) -> bool {
        match &self.scheme {
            Scheme::Argon2id(hash) => {
                hash.cost != *cost || hash.salt.len() != OUR_SALT || hash.output.len() != OUR_OUTPUT
            }
        }
    }

    /// Hashes `password`. `cost` has passed [`Cost::check`].
    pub(crate) fn make(
        cost: Cost,
        password: &Password,
        salt: [u8; OUR_SALT],
        memory: &mut Memory,
    ) -> Result<Self, DeriveError> {
        let mut hash = Argon2id {
            cost,
            salt: Zeroizing::new(salt.to_vec()),
            output: Zeroizing::new(vec![0; OUR_OUTPUT]),
        };
        hash.output = hash.derive(password, memory)?;
        Ok(Self { text: hash.to_phc(), scheme: Scheme::Argon2id(hash) })
    }

    /// Does the work of [`PasswordHash::matches`] for a hash of `cost`, without one.
    pub(crate) fn pretend(cost: Cost, password: &Password, memory: &mut Memory) -> Result<(), DeriveError> {
        let nobody = Argon2id {
            cost,
            salt: Zeroizing::new(vec![0; OUR_SALT]),
            output: Zeroizing::new(vec![0; OUR_OUTPUT]),
        };
        std::hint::black_box(nobody.matches(password, memory)?);
        Ok(())
    }

    /// Whether `password` gives this hash. The comparison takes the same time wherever they differ.
    pub(crate) fn matches(&self, password: &Password, memory: &mut Memory) -> Result<bool, DeriveError> {
        match &self.scheme {
            Scheme::Argon2id(hash) => hash.matches(password, memory),
        }
    }
}

impl Argon2id {
    /// Reads what follows `$argon2id$`.
    fn parse(text: &str) -> Result<Self, HashError> {
        let mut fields = text.split('$');
        let (Some(version), Some(params), Some(salt), Some(output), None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(HashError::Malformed);
        };
        if decimal(version.strip_prefix("v=").ok_or(HashError::Malformed)?)? != 19 {
            return Err(HashError::Version);
        }
        let mut params = params.split(',');
        let mut param = |name| -> Result<u32, HashError> {
            decimal(params.next().and_then(|param| param.strip_prefix(name)).ok_or(HashError::Malformed)?)
        };
        let cost = Cost { memory_kib: param("m=")?, iterations: param("t=")?, parallelism: param("p=")? };
        if params.next().is_some() {
            return Err(HashError::Malformed);
        }
        cost.check()?;
        let (salt, output) = (bytes(salt)?, bytes(output)?);
        if !(MIN_SALT..=MAX_SALT).contains(&salt.len()) {
            return Err(HashError::SaltLength);
        }
        if !(MIN_OUTPUT..=MAX_OUTPUT).contains(&output.len()) {
            return Err(HashError::OutputLength);
        }
        Ok(Self { cost, salt, output })
    }

    fn to_phc(&self) -> Zeroizing<String> {
        let Cost { memory_kib, iterations, parallelism } = self.cost;
        // Room for the whole from the start: a string that grows leaves copies behind, and those are not wiped.
        let mut text = Zeroizing::new(String::with_capacity(MAX_TEXT));
        text.push_str(&format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}$"));
        STANDARD_NO_PAD.encode_string(&*self.salt, &mut text);
        text.push('$');
        STANDARD_NO_PAD.encode_string(&*self.output, &mut text);
        text
    }

    fn matches(&self, password: &Password, memory: &mut Memory) -> Result<bool, DeriveError> {
        let output = self.derive(password, memory)?;
        Ok(output.ct_eq(&self.output).into())
    }

    /// Hashes `password` with this hash's cost and salt, to the length of its output.
    fn derive(&self, password: &Password, memory: &mut Memory) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        memory.derive(&self.cost, password.normalized().as_bytes(), &self.salt, &mut output)?;
        Ok(output)
    }
}

/// A number in the PHC string format: decimal digits, no sign, no leading zero.
fn decimal(text: &str) -> Result<u32, HashError> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only || (text.len() > 1 && text.starts_with('0')) {
        return Err(HashError::Malformed);
    }
    text.parse().map_err(|_| HashError::Malformed)
}

/// Bytes in the PHC string format: canonical base64 without padding.
fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, HashError> {
    STANDARD_NO_PAD.decode(text).map(Zeroizing::new).map_err(|_| HashError::Malformed)
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scheme::Argon2id(hash) = &self.scheme;
        f.debug_struct("PasswordHash").field("argon2id", &hash.cost).finish_non_exhaustive()
    }
}

/// A stored hash that is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// A PHC string or modular crypt string, but of a scheme that is not known here.
    #[error("the password hash is of a scheme that is not known")]
    UnknownScheme,
    /// Not in the exact form of a PHC string.
    #[error("the password hash is not a well-formed PHC string")]
    Malformed,
    /// Argon2id before version 19 (1.3).
    #[error("the password hash is of another version of Argon2id than 19")]
    Version,
    /// A cost that is never worked off.
    #[error("the password hash asks for a cost that is not accepted: {0}")]
    Cost(#[from] InvalidCost),
    /// A salt that is too short to be one, or too long.
    #[error("the password hash's salt must have between {MIN_SALT} and {MAX_SALT} bytes")]
    SaltLength,
    /// An output that is too short to be safe, or too long.
    #[error("the password hash's output must have between {MIN_OUTPUT} and {MAX_OUTPUT} bytes")]
    OutputLength,
}
