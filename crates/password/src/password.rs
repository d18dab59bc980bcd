//! A typed password: held as typed and as it is hashed, wiped when dropped. Not a policy: length, strength and
//! banned words are judged by the caller.

use std::fmt;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

/// A password as somebody typed it.
///
/// It is hashed in Unicode's normalisation form C, so that a letter typed as one code point and the same letter typed
/// as a base and an accent are one password (NIST SP 800-63B-4, 3.1.1.2). Nothing else is changed: the whole password
/// counts, upper and lower case differ, blanks stay.
///
/// `Debug` shows nothing of it, there is no `Display`, and the text is wiped from memory when dropped.
#[derive(Clone)]
pub struct Password {
    typed: Zeroizing<String>,
    /// `None` when what was typed is already in normalisation form C.
    composed: Option<Zeroizing<String>>,
}

impl Password {
    /// The most that may be typed, in bytes of UTF-8, counted as typed. What is hashed may be longer, since some
    /// characters have no composed form and are taken apart, but never more than three times (Unicode Standard
    /// Annex 15), so the work stays bounded without refusing anybody for how their keyboard spells.
    pub const MAX_BYTES: usize = 4096;

    /// The largest factor by which form C lengthens a text in UTF-8 (Unicode's normalisation FAQ: U+1D160).
    const LARGEST_EXPANSION: usize = 3;

    /// Takes a password as typed; the empty one too.
    ///
    /// # Errors
    /// When it has more than [`Password::MAX_BYTES`] bytes. Nothing is ever cut.
    pub fn new(typed: &str) -> Result<Self, PasswordTooLong> {
        if typed.len() > Self::MAX_BYTES {
            return Err(PasswordTooLong);
        }
        let composed = (!is_nfc(typed)).then(|| {
            // Room for the whole from the start: a string that grows leaves copies behind, and those are not wiped.
            let mut composed = Zeroizing::new(String::with_capacity(typed.len() * Self::LARGEST_EXPANSION));
            composed.extend(typed.nfc());
            composed
        });
        Ok(Self { typed: Zeroizing::new(typed.to_owned()), composed })
    }

    /// The length in code points after normalisation: the length that NIST SP 800-63B-4, 3.1.1.2 has counted.
    pub fn code_points(&self) -> usize {
        self.normalized().chars().count()
    }

    /// The text in normalisation form C: what Argon2id hashes.
    pub(crate) fn normalized(&self) -> &str {
        self.composed.as_ref().unwrap_or(&self.typed)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").finish_non_exhaustive()
    }
}

/// More than [`Password::MAX_BYTES`] bytes were typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {max} bytes", max = Password::MAX_BYTES)]
pub struct PasswordTooLong;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_of_4096_bytes_is_taken_and_one_of_4097_is_not() {
        assert_eq!(Password::new(&"x".repeat(4096)).unwrap().code_points(), 4096);
        assert_eq!(Password::new(&"x".repeat(4097)).unwrap_err(), PasswordTooLong);
        assert!(Password::new(&("é".repeat(2048) + "x")).is_err(), "bytes count, not characters");
    }

    #[test]
    fn the_limit_counts_what_was_typed_and_not_its_normal_form() {
        // U+1D160 (four bytes) becomes three code points of four bytes.
        let eighth = Password::new(&"\u{1D160}".repeat(1024)).unwrap();
        assert_eq!(eighth.normalized().len(), 3 * 4096);
        assert_eq!(eighth.code_points(), 3 * 1024);
        // 4098 bytes as typed, 2732 once composed.
        assert!(Password::new(&"e\u{301}".repeat(1366)).is_err());
    }

    #[test]
    fn composed_and_decomposed_are_one_password_of_one_code_point() {
        let composed = Password::new("\u{e9}").unwrap();
        let decomposed = Password::new("e\u{301}").unwrap();
        assert_eq!(composed.normalized(), decomposed.normalized());
        assert_eq!((composed.code_points(), decomposed.code_points()), (1, 1));
    }

    #[test]
    fn compatibility_forms_case_and_blanks_are_left_alone() {
        for (one, other) in
            [("ﬁ", "fi"), ("Ｐ", "P"), ("Secret", "secret"), (" secret", "secret"), ("a  b", "a b")]
        {
            assert_ne!(Password::new(one).unwrap().normalized(), Password::new(other).unwrap().normalized());
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let password = Password::new("e\u{301}open-sesame").unwrap();
        assert_eq!(format!("{password:?}"), "Password { .. }");
        assert_eq!(format!("{:?}", Password::new("")), "Ok(Password { .. })");
    }

    proptest! {
        #[test]
        fn the_normal_form_fits_the_room_set_aside_for_it(typed in "\\PC{0,64}") {
            let password = Password::new(&typed).unwrap();
            prop_assert_eq!(password.normalized(), typed.nfc().collect::<String>());
            if let Some(composed) = &password.composed {
                prop_assert!(composed.capacity() == typed.len() * Password::LARGEST_EXPANSION, "it grew");
            }
        }

        #[test]
        fn normalising_twice_changes_nothing(typed in any::<String>()) {
            let once = Password::new(&typed).unwrap();
            let twice = Password::new(once.normalized()).unwrap();
            prop_assert_eq!(once.normalized(), twice.normalized());
        }
    }
}
