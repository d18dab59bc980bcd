//! Bytes as the values of a header that stands several times: one a line. What no header can hold is left out, as the
//! server's HTTP library would not let it through.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) fn of_lines(name: &HeaderName, data: &[u8]) -> HeaderMap {
    let lines = data.split(|byte| *byte == b'\n').take(8);
    lines.filter_map(|line| HeaderValue::from_bytes(line).ok()).map(|value| (name.clone(), value)).collect()
}

/// One header.
pub(crate) fn one(name: &HeaderName, value: &str) -> HeaderMap {
    let value = HeaderValue::from_str(value).expect("what was read of a header can stand in one");
    HeaderMap::from_iter([(name.clone(), value)])
}

/// Every value, each byte a character.
pub(crate) fn latin1(headers: &HeaderMap) -> Vec<String> {
    headers.values().map(|value| value.as_bytes().iter().copied().map(char::from).collect()).collect()
}
