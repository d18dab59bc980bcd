//! `Authorization: Token x` as django-rest-knox reads it.
//!
//! Reads the header only; whether a token is known, live and its owner active is the core's to say.

use std::fmt;

/// What the `Authorization` headers of a request say to a door that takes tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TokenHeader<'a> {
    /// None was sent, or it is for another scheme: the request is anonymous here.
    Absent,
    /// The scheme word alone.
    Empty,
    /// More than one word behind the scheme word, or more than one header.
    Spaces,
    /// The token: printable ASCII, its case kept. It is a secret.
    Token(&'a str),
    /// One word that is not printable ASCII, so none of our tokens.
    NotText,
}

impl<'a> TokenHeader<'a> {
    /// Reads the values of all `Authorization` headers, each as its bytes.
    ///
    /// The header may stand once (RFC 9110, section 5.3). A WSGI server joins several by commas, which in practice
    /// makes words out of them that knox refuses; here several are [`Self::Spaces`] when any of them carries the
    /// scheme, so that no proxy in front can have judged another one than the one that counts.
    pub fn read(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut ours = Self::Absent;
        let mut count = 0_usize;
        for value in values {
            count = count.saturating_add(1);
            let read = Self::one(value);
            if read != Self::Absent {
                ours = read;
            }
        }
        if count > 1 && ours != Self::Absent { Self::Spaces } else { ours }
    }

    fn one(value: &'a [u8]) -> Self {
        let mut words = value
            .split(|byte| byte.is_ascii_whitespace() || *byte == b'\x0b')
            .filter(|word| !word.is_empty());
        if !words.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"token")) {
            return Self::Absent;
        }
        let Some(word) = words.next() else {
            return Self::Empty;
        };
        if words.next().is_some() {
            return Self::Spaces;
        }
        match std::str::from_utf8(word) {
            Ok(token) if word.iter().all(u8::is_ascii_graphic) => Self::Token(token),
            _ => Self::NotText,
        }
    }

    /// The `detail` of the 401 that the header earns by its form alone. `None` for [`Self::Absent`], which is for
    /// the route to judge, and for [`Self::Token`], which is for the core.
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::Absent | Self::Token(_) => None,
            Self::Empty => Some("Invalid token header. No credentials provided."),
            Self::Spaces => Some("Invalid token header. Token string should not contain spaces."),
            Self::NotText => Some("Invalid token."),
        }
    }
}

impl fmt::Debug for TokenHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Empty => "Empty",
            Self::Spaces => "Spaces",
            Self::Token(_) => "Token",
            Self::NotText => "NotText",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(values: &[&'a [u8]]) -> TokenHeader<'a> {
        TokenHeader::read(values.iter().copied())
    }

    #[test]
    fn one_header_is_read_as_knox_reads_it() {
        for (value, expected) in [
            (&b""[..], TokenHeader::Absent),
            (b" ", TokenHeader::Absent),
            (b"Bearer x", TokenHeader::Absent),
            (b"Tokenx", TokenHeader::Absent),
            (b"Token,x", TokenHeader::Absent),
            (b"Basic \xff", TokenHeader::Absent),
            (b"Token", TokenHeader::Empty),
            (b"token \t", TokenHeader::Empty),
            (b"Token a b", TokenHeader::Spaces),
            (b"Token a b c", TokenHeader::Spaces),
            (b"Token a \xff", TokenHeader::Spaces),
            (b"Token aB", TokenHeader::Token("aB")),
            (b"tOKEN a", TokenHeader::Token("a")),
            (b"  Token \t  a  ", TokenHeader::Token("a")),
            (b"Token\x0ba", TokenHeader::Token("a")),
            (b"Token a,", TokenHeader::Token("a,")),
            (b"Token \xff", TokenHeader::NotText),
            (b"Token \xc3\xa9", TokenHeader::NotText),
            (b"Token a\x00", TokenHeader::NotText),
            (b"Token a\x7f", TokenHeader::NotText),
        ] {
            assert!(read(&[value]) == expected, "{}", value.escape_ascii());
        }
        assert_eq!(read(&[]), TokenHeader::Absent);
    }

    #[test]
    fn several_headers_never_give_a_token() {
        for values in [
            [&b"Token a"[..], b"Token b"],
            [b"Token a", b"Token a"],
            [b"Token a", b"Basic x"],
            [b"Basic x", b"Token a"],
            [b"Token a", b""],
            [b"Token", b"a"],
        ] {
            assert_eq!(read(&values), TokenHeader::Spaces);
        }
        assert_eq!(read(&[b"Basic x", b"Bearer y"]), TokenHeader::Absent);
    }

    #[test]
    fn each_form_has_knoxs_text() {
        let text = |value: &'static [u8]| read(&[value]).refusal();
        assert_eq!(text(b"Token"), Some("Invalid token header. No credentials provided."));
        assert_eq!(text(b"Token a b"), Some("Invalid token header. Token string should not contain spaces."));
        assert_eq!(text(b"Token \xff"), Some("Invalid token."));
        assert_eq!(text(b"Token a"), None);
        assert_eq!(text(b"Bearer a"), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", read(&[b"Token s3cret"])), "Token");
    }

    proptest! {
        #[test]
        fn a_token_is_always_one_printable_word(value in proptest::collection::vec(any::<u8>(), 0..40)) {
            let header = [b"token ".as_slice(), &value].concat();
            if let TokenHeader::Token(token) = TokenHeader::read([header.as_slice()]) {
                prop_assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
