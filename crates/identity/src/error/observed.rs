//! What really came with a refused request, as far as the operator needs it and may keep it.
//!
//! Whoever makes one sees to it that it holds no secret: no credential, state, code, password and no query of a URL.

/// The longest text that is kept, in bytes.
const LONGEST: usize = 200;

/// A text from outside that is safe to keep and to print: short, in one line, without control and formatting characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed(Box<str>);

impl Observed {
    /// A text as it came.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let mut harmless = String::with_capacity(text.len().min(LONGEST));
        for c in text.chars() {
            let c = if is_harmless(c) { c } else { '\u{FFFD}' };
            if harmless.len() + c.len_utf8() > LONGEST {
                break;
            }
            harmless.push(c);
        }
        Self(harmless.into())
    }

    /// Of a URL scheme, host, port and path: credentials, query and fragment are left out.
    #[must_use]
    pub fn url(text: &str) -> Self {
        let place = text.split(['?', '#']).next().unwrap_or_default();
        // What stands before an `@` is a password as often as not, wherever a parser would see the host begin.
        let Some((before, after)) = place.rsplit_once('@') else { return Self::text(place) };
        let scheme = before.split_once("//").map_or("", |(scheme, _)| scheme);
        Self::text(&format!("{scheme}//{after}"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Terminals act on control characters; formatting ones let a text be read in another order, or hide a part of it.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_and_what_hides_is_made_harmless() {
        let nasty = "a\u{1b}[31m\r\nb\u{9b}c\u{202e}d\u{200b}e\u{7f}f\0";
        let told = Observed::text(nasty);
        assert_eq!(told.as_str(), "a�[31m��b�c�d�e�f�");
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!(Observed::text(&"x".repeat(1000)).as_str().len(), LONGEST);
        let told = Observed::text(&"ä\u{1b}".repeat(1000));
        assert!(told.as_str().len() <= LONGEST && told.as_str().len() > LONGEST - 4);
    }

    #[test]
    fn of_a_url_only_the_place_is_kept() {
        let told = |url| Observed::url(url).as_str().to_owned();
        assert_eq!(told("https://evil.example:8443/in?token=s3cret#frag"), "https://evil.example:8443/in");
        assert_eq!(told("https://me:s3cret@evil.example/in"), "https://evil.example/in");
        assert_eq!(told("//s3cret@evil.example@x/in"), "//x/in");
        assert_eq!(told("s3cret@evil.example"), "//evil.example");
        assert_eq!(told("#s3cret"), "");
    }
}
