//! base64url as RFC 7515 section 2 wants it: no padding, no white space, nothing beyond the alphabet, and the unused
//! bits of the last character zero. So every sequence of bytes has one spelling and no other is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The spelling of these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the spelling of these bytes.
pub(crate) fn append(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// How many characters so many bytes are spelled with.
pub(crate) fn encoded_length(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

/// The bytes that are spelled so.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The 32 bytes that are spelled so, without an allocation.
pub(crate) fn decode_32(text: &str) -> Option<[u8; 32]> {
    // The codec wants room for whole groups of three bytes.
    let mut room = [0_u8; 33];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut room).ok()?;
    (length == 32).then_some(())?;
    room.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7515_appendix_c_is_spelled_so() {
        assert_eq!(encode(&[3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(decode("A-z_4ME"), Some(vec![3, 236, 255, 224, 193]));
    }

    #[test]
    fn there_is_no_second_spelling() {
        for text in
            ["A-z_4ME=", "A-z_4MF", "A+z/4ME", " A-z_4ME", "A-z_4ME\n", "A-z_\r4ME", "A", "A-z_4", "ä"]
        {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn exactly_32_bytes_are_32_bytes() {
        assert_eq!(decode_32(&encode(&[7; 32])), Some([7; 32]));
        for length in [0, 31, 33, 34, 64] {
            assert_eq!(decode_32(&encode(&vec![7; length])), None, "{length}");
        }
    }

    #[test]
    fn the_length_is_known_beforehand() {
        for length in 0..100 {
            assert_eq!(encode(&vec![0; length]).len(), encoded_length(length));
        }
    }
}
