//! The master key: one secret outside the database from which everything keyed inside it is derived.
//!
//! It never leaves this type; callers get keyed digests with a purpose, and sealed boxes that open at one place only.
//! Reading and making the file is the server's business.

use std::fmt;

use aws_lc_rs::{aead, hmac};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::ports::Entropy;

/// What a keyed digest is for; each purpose has its own sub-key, so digests of one are useless in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The value in the database that tells whether this is the key the database was made with.
    Check,
    /// Failure counts of names nobody has: the name itself is not stored.
    UnknownName,
    /// Where a user has signed in from: the network itself is not kept beside the count.
    KnownPlace,
    /// Names of deleted users: kept so that nobody inherits them, without keeping the name.
    RetiredName,
    /// What an ID token must repeat: derived from a flow's `state`.
    FlowNonce,
    /// What only who began a flow can redeem its code with: derived from its `state`.
    FlowVerifier,
    /// The one-time code of our own sign-in page.
    FlowCode,
    /// The key that the names of internal tokens (`jti`) are made with.
    TokenName,
    /// The tokens in forms of our own pages.
    FormToken,
    /// The tickets that make the first administrator.
    SetUp,
    /// Questions that the operator's own diagnosis asks the running server, and their answers.
    Doctor,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Check => b"vestibule/check/1",
            Self::UnknownName => b"vestibule/unknown-name/1",
            Self::KnownPlace => b"vestibule/known-place/1",
            Self::RetiredName => b"vestibule/retired-name/1",
            Self::FlowNonce => b"vestibule/flow-nonce/1",
            Self::FlowVerifier => b"vestibule/flow-verifier/1",
            Self::FlowCode => b"vestibule/flow-code/1",
            Self::TokenName => b"vestibule/token-name/1",
            Self::FormToken => b"vestibule/form-token/1",
            Self::SetUp => b"vestibule/set-up/1",
            Self::Doctor => b"vestibule/doctor/1",
        }
    }
}

/// Where something sealed is kept: the table and column. Together with the row's id it is bound into the box, so that
/// one that was moved does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Keys that sign tokens.
    SigningKey,
    /// API keys whose contract wants them shown again.
    ApiKey,
    /// Mail that waits.
    Mail,
}

impl Shelf {
    fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKey => b"vestibule/seal/signing_keys.sealed/1",
            Self::ApiKey => b"vestibule/seal/api_keys.sealed/1",
            Self::Mail => b"vestibule/seal/mail_queue.sealed/1",
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

    /// What only this key opens, at this place only: AES-256-GCM under a key of the row's own, the nonce in front.
    pub(crate) fn seal(&self, shelf: Shelf, row: Uuid, content: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; aead::NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = nonce.to_vec();
        let mut body = content.to_vec();
        let sealing = self.row_key(shelf, row).and_then(|key| {
            key.seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(row.as_bytes()),
                &mut body,
            )
            .ok()
        });
        // It cannot fail with a key of this length and a content below 64 GiB; nothing readable is kept if it did.
        match sealing {
            Some(()) => sealed.extend_from_slice(&body),
            None => zeroize::Zeroize::zeroize(&mut body),
        }
        sealed
    }

    /// The content of a box that this key sealed for this place.
    pub(crate) fn open(&self, shelf: Shelf, row: Uuid, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .row_key(shelf, row)?
            .open_in_place(nonce, aead::Aad::from(row.as_bytes()), &mut body)
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    }

    /// A key for one row: however often rows are sealed, no key meets a nonce twice.
    fn row_key(&self, shelf: Shelf, row: Uuid) -> Option<aead::LessSafeKey> {
        let shelf_key = Zeroizing::new(hmac_sha256(self.0.as_slice(), shelf.label()));
        let row_key = Zeroizing::new(hmac_sha256(shelf_key.as_slice(), row.as_bytes()));
        aead::UnboundKey::new(&aead::AES_256_GCM, row_key.as_slice()).ok().map(aead::LessSafeKey::new)
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

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_box_opens_with_its_key_at_its_place_only() {
        let (key, entropy) = (MasterKey::new([7; 32]), Counting(0.into()));
        let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = key.seal(Shelf::Mail, row, b"a secret", &entropy);
        assert_eq!(key.open(Shelf::Mail, row, &sealed).as_deref().map(Vec::as_slice), Some(&b"a secret"[..]));
        assert!(key.open(Shelf::Mail, other, &sealed).is_none());
        assert!(key.open(Shelf::ApiKey, row, &sealed).is_none());
        assert!(MasterKey::new([8; 32]).open(Shelf::Mail, row, &sealed).is_none());
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(Shelf::Mail, row, &changed).is_none(), "bit {bit}");
        }
        assert!(key.open(Shelf::Mail, row, b"short").is_none());
        assert_ne!(sealed, key.seal(Shelf::Mail, row, b"a secret", &entropy));
        assert!(!sealed.windows(8).any(|window| window == b"a secret"));
    }

    #[test]
    fn the_key_does_not_print() {
        assert_eq!(format!("{:?}", MasterKey::new([7; 32])), "MasterKey");
    }
}
