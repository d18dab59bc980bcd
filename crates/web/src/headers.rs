//! Headers that every answer bears unless a surface says otherwise, and what several surfaces read or write alike.

use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use identity::RequestId;

/// Sent on every answer. Answers of an authentication server carry credentials: nothing is stored (ASVS 14.3.2),
/// nothing is guessed, framed or led out (ASVS 3.4.3 to 3.4.6).
const ALWAYS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
];

/// One year (ASVS 3.4.1); only a site that is reached by https says so.
const HSTS: &str = "max-age=31536000";

/// Adds what the answer does not say yet.
pub fn complete(headers: &mut HeaderMap, secure: bool) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(HSTS));
    }
}

/// A request's number, as `x-request-id` says it.
pub(crate) fn request_id(id: RequestId) -> HeaderValue {
    let mut room = [0; uuid::fmt::Simple::LENGTH];
    // A UUID is written in letters that any header may hold.
    HeaderValue::from_str(id.0.simple().encode_lower(&mut room))
        .unwrap_or(HeaderValue::from_static("unknown"))
}

/// Whether it is a browser that opens a page: then it is led on where another client is told (contracts 8.6).
pub fn wants_a_page(request: &HeaderMap) -> bool {
    let accepts = |value: &HeaderValue| {
        value.as_bytes().to_ascii_lowercase().windows(9).any(|part| part == b"text/html")
    };
    request.get_all(ACCEPT).iter().any(accepts)
}

/// Nobody whom an answer leads to is told where from: for routes in whose URL a code stands.
#[must_use]
pub fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_what_it_accepts() {
        let wanted = |accept: &[&'static str]| {
            let values = accept.iter().map(|value| (ACCEPT, HeaderValue::from_static(value)));
            wants_a_page(&values.collect())
        };
        assert!(wanted(&["text/html,application/xhtml+xml,*/*;q=0.8"]));
        assert!(wanted(&["application/json", "TEXT/HTML"]));
        assert!(!wanted(&[]) && !wanted(&["*/*"]) && !wanted(&["application/json, text/plain"]));
    }
}
