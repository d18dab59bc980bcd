//! `application/x-www-form-urlencoded`: the pairs of a form's body or of a query (WHATWG URL, section 5.1).
//!
//! It splits and decodes. What a name means is the dialect's to say, and so is what a value twice means where it means
//! anything.

use zeroize::Zeroizing;

/// Names and values in their order. A value may be a password: it is wiped when dropped.
pub type Pairs = Vec<(String, Zeroizing<String>)>;

/// What was decoded is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotText;

/// Splits and decodes.
///
/// # Errors
/// [`NotText`]. The standard puts U+FFFD where text is broken; a password that was mended is another one.
pub fn pairs(text: &[u8]) -> Result<Pairs, NotText> {
    let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default())?.to_string();
            Ok((name, decoded(halves.next().unwrap_or_default())?))
        })
        .collect()
}

/// What a query holds under a name.
#[derive(Clone, PartialEq, Eq)]
pub enum Sent {
    /// Nothing.
    Nothing,
    /// One value.
    Value(Zeroizing<String>),
    /// Several, or the query is not UTF-8. Which is meant cannot be told: others on the way may read another one.
    Unclear,
}

impl Sent {
    /// The value under this name in a query.
    pub fn of(query: Option<&str>, name: &str) -> Self {
        let Ok(pairs) = pairs(query.unwrap_or_default().as_bytes()) else { return Self::Unclear };
        let mut values = pairs.into_iter().filter(|(theirs, _)| theirs == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (None, _) => Self::Nothing,
            (Some(value), None) => Self::Value(value),
            (Some(_), Some(_)) => Self::Unclear,
        }
    }
}

/// `+` is a blank, `%` and two hexadecimal digits are a byte; a `%` before anything else is itself.
fn decoded(text: &[u8]) -> Result<Zeroizing<String>, NotText> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| escaped(behind)).flatten();
        let (byte, behind) = match escaped {
            Some(escaped) => escaped,
            None if *first == b'+' => (b' ', behind),
            None => (*first, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| NotText)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = text.split_at_checked(2)?;
    let plain = digits.iter().all(u8::is_ascii_hexdigit);
    let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    plain.then_some((byte, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let pairs = pairs(text.as_bytes()).expect("text");
        pairs.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn pairs_are_split_and_decoded() {
        assert_eq!(
            read("a=1&b=x+y%2B&&c&d==&%61%5Bb%5D=%C3%BC"),
            [pair("a", "1"), pair("b", "x y+"), pair("c", ""), pair("d", "="), pair("a[b]", "\u{fc}")]
        );
        assert_eq!(read(""), []);
    }

    #[test]
    fn a_percent_sign_without_two_digits_is_itself() {
        assert_eq!(
            read("a=%&b=%4&c=%+1&d=%zz%41"),
            [pair("a", "%"), pair("b", "%4"), pair("c", "% 1"), pair("d", "%zzA"),]
        );
    }

    #[test]
    fn what_is_no_utf_8_is_refused() {
        assert_eq!(pairs(b"a=%ff"), Err(NotText));
        assert_eq!(pairs(b"%c3=1"), Err(NotText));
        assert_eq!(pairs(b"a=\xff"), Err(NotText));
    }

    #[test]
    fn what_a_query_holds_once_is_clear() {
        let value = |text: &str| Sent::Value(Zeroizing::new(text.to_owned()));
        for (query, expected) in [
            (None, Sent::Nothing),
            (Some(""), Sent::Nothing),
            (Some("b=1"), Sent::Nothing),
            (Some("a"), value("")),
            (Some("b=1&%61=x%20y"), value("x y")),
            (Some("a=1&a=1"), Sent::Unclear),
            (Some("a=1&b=%ff"), Sent::Unclear),
        ] {
            assert!(Sent::of(query, "a") == expected, "{query:?}");
        }
    }
}
