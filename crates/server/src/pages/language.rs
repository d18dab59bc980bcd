//! Which language a page speaks: what was chosen on a page, else what the browser asks for, else English.
//!
//! A choice is made by `?lang=`, at every page, and kept in a cookie that says nothing else. It is no secret and nothing
//! of the core's: a page in another language is the same page.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use fluent_templates::LanguageIdentifier;
use fluent_templates::loader::langid;
use web::cookie::{Carried, carried};
use web::form::Sent;

/// Keeps a choice.
pub(super) const COOKIE: &str = "vestibule_language";
/// Makes one, in a query.
pub(super) const PARAMETER: &str = "lang";

/// A language with a complete catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English, which also stands in.
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47).
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What its speakers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// Which way it is written: `ltr` or `rtl`.
    pub(crate) fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
        }
    }

    pub(super) fn id(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::German => langid!("de"),
        }
    }

    /// The language with this tag, or the one of which the tag names a variety (RFC 4647, section 3.4).
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that was chosen in this query.
    pub(super) fn chosen(query: Option<&str>) -> Option<Self> {
        match Sent::of(query, PARAMETER) {
            Sent::Value(tag) => Self::of_tag(&tag),
            Sent::Nothing | Sent::Unclear => None,
        }
    }

    /// The language for a request that chooses none: the one chosen before, else what the browser asks for.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        if let Carried::Value(tag) = carried(headers, COOKIE)
            && let Some(language) = Self::of_tag(tag)
        {
            return language;
        }
        let ranges = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        Self::accepted(ranges.flat_map(|value| value.split(',')))
    }

    /// The best of `Accept-Language` (RFC 9110, section 12.5.4): the greatest weight wins, the first one of equals. What
    /// is ruled out with a weight of nothing stays out, unless nothing else is there.
    fn accepted<'a>(ranges: impl Iterator<Item = &'a str>) -> Self {
        let mut best = (0, Self::English);
        let mut anything = None;
        let mut named = Vec::new();
        for (tag, weight) in ranges.filter_map(range) {
            if tag == "*" {
                anything = anything.or(Some(weight));
            } else if let Some(language) = Self::of_tag(tag) {
                named.push(language);
                if weight > best.0 {
                    best = (weight, language);
                }
            }
        }
        let rest = Self::ALL.into_iter().find(|language| !named.contains(language));
        match (anything, rest) {
            (Some(weight), Some(language)) if weight > best.0 => language,
            _ => best.1,
        }
    }
}

/// One range with its weight in thousandths.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))) {
        None => Some((tag, 1000)),
        Some(weight) => Some((tag, thousandths(weight)?)),
    }
}

/// `1`, `0.8`, `0.125` (RFC 9110, section 12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().ok().filter(|_| digits)?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> Language {
        Language::accepted(header.split(','))
    }

    /// RFC 9110, sections 12.4.2 and 12.5.4.
    #[test]
    fn the_language_with_the_greatest_weight_is_taken() {
        use Language::{English, German};
        for (header, expected) in [
            ("", English),
            ("de", German),
            ("de-AT", German),
            ("DE-de-1996", German),
            ("en, de", English),
            ("de, en", German),
            ("en;q=0.8, de;q=0.9", German),
            ("de;q=0.8, en-GB;q=0.9", English),
            ("fr, de;q=0.3", German),
            ("fr, nl", English),
            ("*", English),
            ("en;q=0, *", German),
            ("en;q=0.2, *;q=0.5", German),
            ("de;q=0", English),
            ("de;q=0, *;q=0.1", English),
            ("de;q=2, en;q=0.1", English),
            ("de;q=x", English),
            (" de ; q=1.000 ", German),
            ("de;q=1.001", English),
            ("den", English),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }

    #[test]
    fn what_was_chosen_counts_more_than_what_the_browser_asks_for() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, "en".parse().expect("a value"));
        assert_eq!(Language::wanted(&headers), Language::English);
        headers.insert("cookie", "vestibule_language=de".parse().expect("a value"));
        assert_eq!(Language::wanted(&headers), Language::German);
        headers.insert("cookie", "vestibule_language=fr".parse().expect("a value"));
        assert_eq!(Language::wanted(&headers), Language::English);
        assert_eq!(Language::chosen(Some("a=b&lang=de")), Some(Language::German));
        assert_eq!(Language::chosen(Some("lang=de&lang=en")), None);
        assert_eq!(Language::chosen(Some("lang=%3Cscript%3E")), None);
    }
}
