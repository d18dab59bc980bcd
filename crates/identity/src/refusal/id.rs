//! What a refused client is told: ten characters that people can read to each other.

use std::fmt;

use crate::op::RequestId;

/// Crockford's base 32: neither I, L, O nor U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: u32 = 10;
const BITS: u32 = 5;

/// The id of a refusal: fifty random bits of the number of its request. Whoever knows one learns nothing of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefusalId(u64);

impl RefusalId {
    /// The id of the refusal of this request.
    #[must_use]
    pub fn of(request: RequestId) -> Self {
        // The last 62 bits of a UUIDv7 are random (RFC 9562 section 5.7).
        let bits = request.0.as_u64_pair().1;
        Self(bits & ((1 << (LETTERS * BITS)) - 1))
    }

    /// Reads an id as people write it: in any case, with hyphens or blanks, I and L for 1, O for 0.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut id = 0;
        let mut letters = 0;
        for letter in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
            let letter = match letter.to_ascii_uppercase() {
                b'I' | b'L' => b'1',
                b'O' => b'0',
                other => other,
            };
            let value = ALPHABET.iter().position(|known| *known == letter)?;
            letters += 1;
            if letters > LETTERS {
                return None;
            }
            id = id << BITS | u64::try_from(value).ok()?;
        }
        (letters == LETTERS).then_some(Self(id))
    }
}

impl fmt::Display for RefusalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..LETTERS).rev() {
            let value = usize::try_from(self.0 >> (place * BITS) & 31).unwrap_or(0);
            let letter = ALPHABET.get(value).copied().unwrap_or(b'0');
            fmt::Write::write_char(f, char::from(letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_id_is_read_back_as_people_write_it() {
        let id = RefusalId::of(RequestId(Uuid::from_u128(0x0190_0000_0000_7000_8001_dead_beef_0123)));
        let told = id.to_string();
        assert_eq!((told.len(), RefusalId::parse(&told)), (10, Some(id)));
        assert_eq!(RefusalId::parse(&told.to_lowercase()), Some(id));
        let (first, rest) = told.split_at(5);
        assert_eq!(RefusalId::parse(&format!("{first}-{rest}")), Some(id));
        assert_eq!(RefusalId::parse("oOiIlL0000"), RefusalId::parse("0011110000"));
        for wrong in ["", "123456789", "12345678901", "123456789U", "12345ä7890"] {
            assert_eq!(RefusalId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_bit_of_an_id_is_a_random_one_of_the_request() {
        let id = |request: u128| RefusalId::of(RequestId(Uuid::from_u128(request)));
        for bit in 0..50 {
            assert_ne!(id(1 << bit), id(0), "{bit}");
        }
        assert_eq!(id(u128::MAX).to_string(), "ZZZZZZZZZZ");
    }
}
