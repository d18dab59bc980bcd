//! Content negotiation: whether a client takes what a view renders.
//!
//! Reads the `Accept` header and the query's `format`; it never looks at the path or the method. DRF negotiates
//! before it authenticates, so a refusal here goes before any other. Quality values are not weighed: DRF gives its
//! renderer even for `application/json;q=0`.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::python;

/// Longer `Accept` headers are read up to the last comma within this many characters.
const MAX_ACCEPT: usize = 8192;
/// Media ranges beyond these are not looked at.
const MAX_RANGES: usize = 64;
/// A longer media range or `Content-Type` matches nothing.
const MAX_MEDIA_TYPE: usize = 256;

/// Why no representation suits the client. `Display` is the answer's `detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No media range of `Accept` covers what is offered.
    #[error("Could not satisfy the request Accept header.")]
    NotAcceptable,
    /// `?format=` names a form that is not offered.
    #[error("Not found.")]
    UnknownFormat,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::UnknownFormat => StatusCode::NOT_FOUND,
        }
    }
}

/// What a view renders: the subtype of `application/...`, which is also its name in `?format=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form(&'static str);

impl Form {
    /// `application/json`
    pub const JSON: Self = Self("json");
    /// `application/vnd.api+json`, of djangorestframework-jsonapi.
    pub const JSON_API: Self = Self("vnd.api+json");
}

/// Whether one of the `offered` forms suits the client. `accept` is the header's text (see [`header_text`]), `None`
/// where it was not sent, which is something else than sent empty. `query` is the query string as sent, without the
/// question mark.
///
/// # Errors
/// [`Refusal`], the format judged first.
pub fn negotiate(accept: Option<&str>, query: Option<&str>, offered: &[Form]) -> Result<(), Refusal> {
    if !query.is_none_or(|query| asks_for(query, offered)) {
        return Err(Refusal::UnknownFormat);
    }
    if accept.is_none_or(|accept| accepts(accept, offered)) { Ok(()) } else { Err(Refusal::NotAcceptable) }
}

/// The same for a request as it came.
///
/// # Errors
/// [`Refusal`].
pub fn negotiate_request(headers: &HeaderMap, uri: &Uri, offered: &[Form]) -> Result<(), Refusal> {
    let accept = header_text(headers.get_all(ACCEPT));
    negotiate(accept.as_deref(), uri.query(), offered)
}

/// A header as a WSGI application sees it: its values joined by commas, each byte a character. `None` where the
/// header was not sent.
pub fn header_text<'a>(values: impl IntoIterator<Item = &'a HeaderValue>) -> Option<String> {
    values.into_iter().map(|value| latin1(value.as_bytes())).reduce(|joined, value| joined + "," + &value)
}

/// Each byte as the character of that number (ISO 8859-1), which is how headers reach a WSGI application.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Whether a media type or range covers this form; parameters do not count.
pub(super) fn covers(media_type: &str, form: Form) -> bool {
    if media_type.chars().count() > MAX_MEDIA_TYPE {
        return false;
    }
    // With parameters Django reads the type itself as a parameter too, and drops what stands behind a `=` in it.
    let essence = match media_type.split_once(';') {
        Some((essence, _)) => essence.split('=').next().unwrap_or(essence),
        None => media_type,
    };
    let Some((main, sub)) = python::strip(essence).split_once('/') else {
        return false;
    };
    (main == "*" || main.eq_ignore_ascii_case("application"))
        && (sub == "*" || sub.eq_ignore_ascii_case(form.0))
}

fn accepts(accept: &str, offered: &[Form]) -> bool {
    let readable = match accept.char_indices().nth(MAX_ACCEPT) {
        Some((end, _)) => {
            accept.get(..end).and_then(|head| head.rsplit_once(',')).map_or("", |(head, _)| head)
        }
        None => accept,
    };
    readable
        .split(',')
        .map(python::strip)
        .filter(|range| !range.is_empty() && range.chars().count() <= MAX_MEDIA_TYPE)
        .take(MAX_RANGES)
        .any(|range| offered.iter().any(|form| covers(range, *form)))
}

/// The last `format` counts, and an empty one is none.
fn asks_for(query: &str, offered: &[Form]) -> bool {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let format = pairs.rev().find(|(name, _)| decoded(name).eq(*b"format"));
    format.is_none_or(|(_, value)| {
        value.is_empty() || offered.iter().any(|form| decoded(value).eq(form.0.bytes()))
    })
}

/// A part of a query string without its percent escapes; a broken escape stands for itself.
fn decoded(part: &str) -> impl Iterator<Item = u8> {
    let mut rest = part.as_bytes();
    std::iter::from_fn(move || {
        let (byte, tail) = match rest {
            [] => return None,
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex_value(*high) << 4 | hex_value(*low), tail)
            }
            [b'+', tail @ ..] => (b' ', tail),
            [byte, tail @ ..] => (*byte, tail),
        };
        rest = tail;
        Some(byte)
    })
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
