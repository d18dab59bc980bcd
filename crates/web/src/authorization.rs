//! `Authorization` as RFC 6750 and RFC 7617 write it. Reads the header only; whether a credential is good is the core's
//! to say. Which schemes a route reads at all is the dialect's.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The one word behind the scheme `Bearer` (RFC 6750 section 2.1). `Some(None)`: there is none, or it is unclear which.
pub fn bearer(headers: &HeaderMap) -> Option<Option<&str>> {
    let mut found = headers.get_all(AUTHORIZATION).iter().filter_map(|value| {
        let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let scheme = words.next()?;
        let one = words.next().filter(|_| words.next().is_none());
        scheme.eq_ignore_ascii_case(b"bearer").then(|| one.and_then(|one| std::str::from_utf8(one).ok()))
    });
    let first = found.next()?;
    Some(first.filter(|_| found.next().is_none()))
}

/// A name and a password.
pub struct Basic {
    /// Up to the first colon.
    pub name: String,
    /// Behind it.
    pub password: Zeroizing<String>,
}

/// What the scheme `Basic` says (RFC 7617 section 2), read as UTF-8. `None`: it is not the one header that there is, or
/// not spelt right: base64 in its one spelling, text without control characters, with a colon.
pub fn basic(headers: &HeaderMap) -> Option<Basic> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let only = all.next().filter(|_| all.next().is_none())?;
    let (scheme, rest) = only.as_bytes().split_at_checked("basic".len())?;
    let word = rest.trim_ascii();
    if !scheme.eq_ignore_ascii_case(b"basic") || rest.first() != Some(&b' ') || word.contains(&b' ') {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(word).ok()?);
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.chars().any(char::is_control))?;
    let (name, password) = text.split_once(':')?;
    Some(Basic { name: name.to_owned(), password: Zeroizing::new(password.to_owned()) })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        values
            .iter()
            .map(|value| (AUTHORIZATION, HeaderValue::from_bytes(value).expect("a header's value")))
            .collect()
    }

    #[test]
    fn one_word_stands_behind_bearer() {
        for (values, expected) in [
            (&[][..], None),
            (&[&b"Basic x"[..]], None),
            (&[b"Bearerx"], None),
            (&[b"Bearer x"], Some(Some("x"))),
            (&[b" bEARER \t x "], Some(Some("x"))),
            (&[b"Basic x", b"Bearer y"], Some(Some("y"))),
            (&[b"Bearer"], Some(None)),
            (&[b"Bearer x y"], Some(None)),
            (&[b"Bearer \xff"], Some(None)),
            (&[b"Bearer x", b"Bearer x"], Some(None)),
        ] {
            assert_eq!(bearer(&headers(values)), expected, "{values:?}");
        }
    }

    fn read(values: &[&[u8]]) -> Option<(String, String)> {
        basic(&headers(values)).map(|basic| (basic.name, basic.password.to_string()))
    }

    /// RFC 7617 sections 2 and 2.1, with its examples.
    #[test]
    fn basic_is_read_in_its_one_spelling() {
        let pair = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        for (value, expected) in [
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", pair("Aladdin", "open sesame")),
            ("bASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ== ", pair("Aladdin", "open sesame")),
            ("Basic dGVzdDoxMjPCow==", pair("test", "123\u{a3}")),
            ("Basic YTpiOmM=", pair("a", "b:c")),
            ("Basic Og==", pair("", "")),
            ("Basic YQ==", None),
            ("Basic", None),
            ("Basic ", None),
            ("BasicYTpi", None),
            ("Basic\tYTpi", None),
            ("Basic YTpi YTpi", None),
            ("Basic YTo", None),
            ("Basic YTp=", None),
            ("Basic YTpi=", None),
            ("Basic YTr_", None),
            ("Basic YToK", None),
            ("Basic YTr/", None),
            ("Bearer YTpi", None),
            ("", None),
        ] {
            assert_eq!(read(&[value.as_bytes()]), expected, "{value}");
        }
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[b"Basic YTpi", b"Basic YTpi"]), None);
        assert_eq!(read(&[b"Basic YTpi", b"Bearer x"]), None);
    }
}
