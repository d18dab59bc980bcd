//! How deep a document in JSON is, before anything that recurses reads it. Whether it is JSON at all is for its reader.

use crate::Refusal;

/// The most that can be configured, and what Django REST framework's stand-in reads.
pub const MAX_JSON_DEPTH: usize = crate::drf::json::MAX_DEPTH;

/// Passes a document in which at most `limit` arrays and objects stand inside each other.
///
/// # Errors
/// [`Refusal::JsonTooDeep`].
pub fn check(document: &[u8], limit: usize) -> Result<(), Refusal> {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for byte in document {
        match (in_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => {
                depth += 1;
                if depth > limit {
                    return Err(Refusal::JsonTooDeep { limit });
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (true | false, _) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security 1, parsers.
    #[test]
    fn what_stands_inside_each_other_is_counted_and_texts_are_not() {
        let deep = |depth: usize| format!("{}{}", "[{\"a\":".repeat(depth / 2), "}]".repeat(depth / 2));
        assert_eq!(check(deep(64).as_bytes(), 64), Ok(()));
        assert_eq!(check(deep(66).as_bytes(), 64), Err(Refusal::JsonTooDeep { limit: 64 }));
        for flat in [r#"["[[[[", "\"[[[", "\\", [1], [2], {"{": "}"}]"#, "]]]]{{", "", "\"[[["] {
            assert_eq!(check(flat.as_bytes(), 2), Ok(()), "{flat}");
        }
        assert!(check(br#"["\\",[["#, 2).is_err());
        assert!(check(&vec![b'['; 1 << 20], 64).is_err());
    }
}
