//! Names to sign in with: one namespace for usernames and e-mail addresses.
//!
//! Names are compared by their key, which is the name after NFKC normalisation and case folding, and shown as
//! typed. So `Jose\u{301}`, `JOSÉ` and `ｊｏｓé` are one name, and nobody can take a look-alike of that kind.

use std::fmt;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

use crate::error::ErrorKind;

/// The longest name, in bytes of its key: an e-mail address has at most 254 (RFC 5321 section 4.5.3.1.3).
const MAX_BYTES: usize = 254;

/// The form of a name by which it is compared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LoginKey(String);

impl LoginKey {
    /// The key of a name as typed; `None` when no name can look like it.
    pub fn of(typed: &str) -> Option<Self> {
        if typed.is_empty() || typed.len() > 4 * MAX_BYTES {
            return None;
        }
        let twice = fold(typed);
        let plain = twice.chars().all(|c| !c.is_control() && !c.is_whitespace() && !is_invisible(c));
        (plain && !twice.is_empty() && twice.len() <= MAX_BYTES).then_some(Self(twice))
    }

    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginKey")
    }
}

/// A text without differences of letter case and of compatibility forms.
///
/// Folding can undo normalisation and the other way round, so both run twice, as Unicode's `NFKC_Casefold` (Unicode 3.13,
/// D146 and D147) does.
pub(super) fn fold(typed: &str) -> String {
    let once: String = typed.nfd().default_case_fold().nfkc().collect();
    once.chars().default_case_fold().nfkc().collect()
}

/// Code points that are not shown (Unicode's `Default_Ignorable_Code_Point`): two names that look the same must be
/// the same.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// A username: any visible characters but white space; not digits only and not in the shape of a UUID, because
/// both name users elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Username {
    typed: String,
    key: LoginKey,
}

impl Username {
    /// The username as typed.
    ///
    /// # Errors
    /// [`ErrorKind::UsernameInvalid`].
    pub fn new(typed: &str) -> Result<Self, ErrorKind> {
        let key = LoginKey::of(typed).ok_or(ErrorKind::UsernameInvalid)?;
        let is_number = key.as_str().chars().all(char::is_numeric);
        let is_uuid = uuid::Uuid::try_parse(key.as_str()).is_ok();
        if is_number || is_uuid {
            return Err(ErrorKind::UsernameInvalid);
        }
        Ok(Self { typed: typed.to_owned(), key })
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form by which it is compared.
    pub fn key(&self) -> &LoginKey {
        &self.key
    }
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Username")
    }
}

/// An e-mail address: one at-sign, before and after normalisation, between a local part and a domain.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    typed: String,
    key: LoginKey,
}

impl Email {
    /// The address as typed.
    ///
    /// # Errors
    /// [`ErrorKind::EmailInvalid`].
    pub fn new(typed: &str) -> Result<Self, ErrorKind> {
        let key = LoginKey::of(typed).ok_or(ErrorKind::EmailInvalid)?;
        // Counting on both sides of the normalisation refuses the full-width at-sign and its kin.
        let one_at = typed.matches('@').count() == 1 && key.as_str().matches('@').count() == 1;
        let well_formed = key.as_str().split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && local.len() <= 64 && is_local_part(local) && is_domain(domain)
        });
        if one_at && well_formed {
            Ok(Self { typed: typed.to_owned(), key })
        } else {
            Err(ErrorKind::EmailInvalid)
        }
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form by which it is compared.
    pub fn key(&self) -> &LoginKey {
        &self.key
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

/// RFC 5321 `Dot-string` with the letters of RFC 6531; quoted local parts are not accepted.
fn is_local_part(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_letter(c))
    })
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || is_letter(c))
    })
}

/// Marks and the like in international addresses: everything beyond ASCII that survived normalisation.
fn is_letter(c: char) -> bool {
    !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(typed: &str) -> String {
        LoginKey::of(typed).expect("a name").as_str().to_owned()
    }

    #[test]
    fn case_width_and_composition_are_one_name() {
        for same in ["José", "JOSÉ", "Jose\u{301}", "ｊｏｓé"] {
            assert_eq!(key(same), "josé");
        }
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("ﬁn"), key("FIN"));
        assert_ne!(key("jose"), key("josé"));
    }

    #[test]
    fn invisible_characters_and_white_space_make_no_name() {
        for typed in ["", " ", "a b", " ann", "ann\n", "an\u{200B}n", "\u{202E}nna", "an\u{00AD}n", "\u{0}"] {
            assert!(LoginKey::of(typed).is_none(), "{typed:?}");
        }
        assert!(LoginKey::of(&"x".repeat(254)).is_some());
        assert!(LoginKey::of(&"x".repeat(255)).is_none());
    }

    #[test]
    fn a_username_is_no_number_and_no_uuid() {
        for typed in
            ["42", "٤٢", "４２", "0190163d-8694-739b-aea5-966c26f8ad91", "0190163d8694739baea5966c26f8ad91"]
        {
            assert_eq!(Username::new(typed), Err(ErrorKind::UsernameInvalid), "{typed}");
        }
        assert_eq!(Username::new("4ever").expect("a username").as_str(), "4ever");
    }

    /// security 1, mail-normalisation.
    #[test]
    fn mail_normalisation_finds_one_at_sign() {
        for typed in ["a@b", "Ann.Lee+x@Example.org", "jörg@bücher.example", "o'neil@example.org"] {
            assert!(Email::new(typed).is_ok(), "{typed}");
        }
        for typed in [
            "a",
            "@b",
            "a@",
            "a@@b",
            "a@b@c",
            "a＠b",
            "a@b＠c",
            "a@b..c",
            "a@.b",
            ".a@b",
            "a.@b",
            "a@-b",
            "a@b-",
            "\"a b\"@c",
            "a@b c",
            "a<x>@b",
            "a,b@c",
            "a@b\r\nBcc: x@y",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(Email::new(typed), Err(ErrorKind::EmailInvalid), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(typed in "\\PC{1,40}") {
            if let Some(key) = LoginKey::of(&typed) {
                let again = LoginKey::of(key.as_str());
                prop_assert_eq!(again, Some(key));
            }
        }

        // Dotless and dotted i are letters of their own, and upper case does not keep them apart.
        #[test]
        fn letter_case_never_tells_names_apart(typed in "[a-zA-ZàéßÉÀςσΣſ]{1,20}") {
            prop_assert_eq!(LoginKey::of(&typed), LoginKey::of(&typed.to_uppercase()));
            prop_assert_eq!(LoginKey::of(&typed), LoginKey::of(&typed.to_lowercase()));
        }
    }
}
