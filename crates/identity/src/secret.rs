//! Two types for a secret: the one that is shown once and the one that is kept.
//!
//! A [`Secret`] is made from the `Entropy` port, handed to its owner and forgotten. Only a [`Digest`] reaches the
//! store, because only a digest converts to a row. Neither prints its content.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::memo;
use crate::ports::Entropy;

/// A secret in its wire form: shown to its owner once. Two are compared by their digests, in the store.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The longest credential that is looked at, in bytes; longer ones are unknown without a look.
    pub const MAX_BYTES: usize = 4096;

    /// A secret as presented by a client. `None` when nothing we ever give out looks like it.
    pub fn presented(text: &str) -> Option<Self> {
        is_plausible(text).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// One that was made here, in its wire form.
    pub(crate) fn made(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The wire form. The one way out: use it for the answer to the owner only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it. All our secrets carry at least 122 random bits (a UUID's; else 128 and
    /// more), so a plain hash needs no salt.
    pub fn digest(&self) -> Digest {
        digest(&self.0)
    }
}

fn is_plausible(text: &str) -> bool {
    // All bytes are looked at, many at once: there is a secret in every request, and seldom a wrong byte in one.
    let is_graphic = |all, byte: u8| all & byte.is_ascii_graphic();
    !text.is_empty() && text.len() <= Secret::MAX_BYTES && text.bytes().fold(true, is_graphic)
}

fn digest(text: &str) -> Digest {
    Digest { kind: DigestKind::Sha256, bytes: Sha256::digest(text.as_bytes()).to_vec() }
}

/// A digest where it is only looked up: SHA-256, as every secret of ours is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sha256Digest(pub [u8; 32]);

impl Sha256Digest {
    /// Of a secret as presented by a client, which is not kept. `None` when nothing we ever give out looks like it.
    pub fn of_presented(text: &str) -> Option<Self> {
        is_plausible(text).then(|| Self(Sha256::digest(text.as_bytes()).into()))
    }

    /// The same digest, if it is of this kind.
    pub fn of(digest: &Digest) -> Option<Self> {
        match digest.kind {
            DigestKind::Sha256 => Some(Self(digest.bytes.as_slice().try_into().ok()?)),
        }
    }
}

impl From<Sha256Digest> for Digest {
    fn from(digest: Sha256Digest) -> Self {
        Self { kind: DigestKind::Sha256, bytes: digest.0.into() }
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256Digest")
    }
}

impl memo::Key for Sha256Digest {
    fn place(&self) -> u64 {
        u64::from_le_bytes(self.0.first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How a stored digest was made. Digests carry their kind, so that imported ones can live beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestKind {
    /// SHA-256 over the whole wire form.
    Sha256,
}

impl DigestKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
        }
    }
}

/// What is kept of a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest {
    /// How it was made.
    pub kind: DigestKind,
    /// The hash itself.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.kind.as_str())
    }
}

/// What a door's secrets look like on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretForm {
    /// Lowercase hexadecimal behind a prefix.
    Hex {
        /// Put before the digits.
        prefix: String,
        /// How many digits: an even number, four bits each; 64 carry 256 bits.
        digits: usize,
    },
    /// Uppercase hexadecimal.
    UpperHex {
        /// How many digits: an even number, four bits each; 32 carry 128 bits.
        digits: usize,
    },
    /// Lowercase letters and digits, each equally likely, behind a prefix.
    Base36 {
        /// Put before them.
        prefix: Cow<'static, str>,
        /// How many: about 5.17 bits each; 32 carry 165 bits.
        digits: usize,
    },
}

impl SecretForm {
    /// A new secret of this form.
    pub fn make(&self, entropy: &dyn Entropy) -> Secret {
        match self {
            Self::Base36 { prefix, digits } => Secret(base36(prefix, *digits, entropy)),
            Self::UpperHex { digits } => {
                let lower = Self::Hex { prefix: String::new(), digits: *digits }.make(entropy);
                Secret(Zeroizing::new(lower.expose().to_ascii_uppercase()))
            }
            Self::Hex { prefix, digits } => {
                let mut bytes = Zeroizing::new(vec![0_u8; digits.div_ceil(2)]);
                entropy.fill(&mut bytes);
                let mut text = Zeroizing::new(String::with_capacity(prefix.len() + digits));
                text.push_str(prefix);
                for byte in bytes.iter() {
                    text.push(hex_digit(byte >> 4));
                    text.push(hex_digit(byte & 0xf));
                }
                Secret(text)
            }
        }
    }
}

/// Bytes from here on are drawn again: 252 is the greatest multiple of 36 that a byte reaches, and the rest of a
/// division would favour the first few digits otherwise.
const BASE36_UNFAIR: u8 = 252;

fn base36(prefix: &str, digits: usize, entropy: &dyn Entropy) -> Zeroizing<String> {
    let end = prefix.len() + digits;
    let mut text = Zeroizing::new(String::with_capacity(end));
    text.push_str(prefix);
    let mut bytes = Zeroizing::new(vec![0_u8; digits]);
    while text.len() < end {
        entropy.fill(&mut bytes);
        for byte in bytes.iter().filter(|byte| **byte < BASE36_UNFAIR).take(end - text.len()) {
            text.push(char::from_digit(u32::from(byte % 36), 36).unwrap_or('0'));
        }
    }
    text
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for (index, byte) in buffer.iter_mut().enumerate() {
                *byte = u8::try_from(index).expect("small buffer");
            }
        }
    }

    #[test]
    fn a_secret_carries_every_random_byte() {
        let form = SecretForm::Hex { prefix: "kx".to_owned(), digits: 64 };
        let secret = form.make(&Counting);
        assert_eq!(secret.expose(), "kx000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    }

    /// Every byte there is, in order, over and over.
    struct EveryByte(std::sync::atomic::AtomicU8);

    impl Entropy for EveryByte {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        }
    }

    #[test]
    fn every_letter_and_digit_is_equally_likely() {
        let secret = SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 252 }.make(&EveryByte(0.into()));
        for digit in ('0'..='9').chain('a'..='z') {
            let times = secret.expose().chars().filter(|c| *c == digit).count();
            assert_eq!(times, 7, "{digit}: each stands for seven bytes of 252");
        }
        let form = SecretForm::Base36 { prefix: Cow::Borrowed("tr-"), digits: 32 };
        let secret = form.make(&EveryByte(250.into()));
        assert_eq!(
            secret.expose(),
            "tr-yz0123456789abcdefghijklmnopqrst",
            "what is drawn again leaves no gap"
        );
    }

    #[test]
    fn neither_half_prints_its_content() {
        let secret = Secret::presented("topsecret").expect("plausible");
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "Secret Digest(sha256)");
    }

    #[test]
    fn what_we_never_give_out_is_not_looked_up() {
        for text in ["", "a b", "tab\t", "ümlaut", &"x".repeat(Secret::MAX_BYTES + 1)] {
            assert!(Secret::presented(text).is_none(), "{text:?}");
        }
        assert!(Secret::presented(&"x".repeat(Secret::MAX_BYTES)).is_some());
    }
}
