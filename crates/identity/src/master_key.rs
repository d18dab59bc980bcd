//! The master key: one secret outside the database from which everything keyed inside it is derived.
//!
//! It never leaves this type; callers get keyed digests with a purpose. Reading and making the file is the
//! server's business.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// What a keyed digest is for; each purpose has its own sub-key, so digests of one are useless in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The value in the database that tells whether this is the key the database was made with.
    Check,
    /// Failure counts of names nobody has: the name itself is not stored.
    UnknownName,
    /// Names of deleted users: kept so that nobody inherits them, without keeping the name.
    RetiredName,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Check => b"vestibule/check/1",
            Self::UnknownName => b"vestibule/unknown-name/1",
            Self::RetiredName => b"vestibule/retired-name/1",
        }
    }
}

/// 256 bits that only this installation has.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// The key from its bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// HMAC-SHA-256 of `data` under this purpose's sub-key.
    pub fn keyed_digest(&self, purpose: Purpose, data: &[u8]) -> [u8; 32] {
        let sub_key = Zeroizing::new(hmac_sha256(self.0.as_slice(), purpose.label()));
        hmac_sha256(sub_key.as_slice(), data)
    }

    /// The check value of this key, as the database keeps it.
    pub fn check(&self) -> [u8; 32] {
        self.keyed_digest(Purpose::Check, b"")
    }
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    let mut digest = [0; 32];
    digest.copy_from_slice(tag.as_ref());
    digest
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_by_key_purpose_and_data() {
        let key = MasterKey::new([7; 32]);
        let base = key.keyed_digest(Purpose::UnknownName, b"alice");
        assert_eq!(base, key.keyed_digest(Purpose::UnknownName, b"alice"));
        assert_ne!(base, key.keyed_digest(Purpose::RetiredName, b"alice"));
        assert_ne!(base, key.keyed_digest(Purpose::UnknownName, b"bob"));
        assert_ne!(base, MasterKey::new([8; 32]).keyed_digest(Purpose::UnknownName, b"alice"));
    }

    #[test]
    fn the_key_does_not_print() {
        assert_eq!(format!("{:?}", MasterKey::new([7; 32])), "MasterKey");
    }
}
