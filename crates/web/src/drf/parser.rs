//! From a request's body to the value that fields are read from, as a view with `JSONParser` only does it.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::json::{self, Object, Value};
use super::negotiation::{Form, covers, latin1};
use crate::{Limits, json_depth};

/// Why a body is not read. `Display` is the answer's `detail`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is not declared to be JSON.
    #[error("Unsupported media type \"{0}\" in request.")]
    MediaType(String),
    /// The body is not JSON.
    #[error("JSON parse error - {0}")]
    Syntax(#[from] json::Error),
}

impl Refusal {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Syntax(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Why the body of a request is not read.
#[derive(Debug)]
pub enum BodyRefusal {
    /// It did not come as a whole.
    Wire(crate::Refusal),
    /// It is not JSON.
    Unreadable(Refusal),
}

/// Reads the body of a request, within these limits.
///
/// # Errors
/// [`BodyRefusal`].
pub async fn read_request(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Value, BodyRefusal> {
    let bytes = crate::body::read(body, limits).await.map_err(BodyRefusal::Wire)?;
    let content_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let value = read(content_type, &bytes).map_err(BodyRefusal::Unreadable)?;
    // The reader has a bound of its own, and says where; a narrower one is told as such.
    json_depth::check(&bytes, limits.json_depth).map_err(BodyRefusal::Wire)?;
    Ok(value)
}

/// Reads a body. One of no bytes is an object without members, whatever its type; any other must be declared as
/// JSON by `content_type`, the header's bytes as sent, whose parameters (so `charset`) do not count.
///
/// # Errors
/// [`Refusal`].
pub fn read(content_type: Option<&[u8]>, body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Object(Object::default()));
    }
    let media_type = latin1(content_type.unwrap_or_default());
    if covers(&media_type, Form::JSON) {
        Ok(json::parse(body)?)
    } else {
        Err(Refusal::MediaType(shown(&media_type)))
    }
}

/// The header for an error text: control characters must not reach a terminal or a log line through it.
fn shown(media_type: &str) -> String {
    media_type.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"username\":\"u\"}";

    #[test]
    fn a_body_declared_as_json_is_read() {
        for media_type in [
            "application/json",
            "APPLICATION/JSON",
            " application/json",
            "application/json;",
            "application/json; charset=utf-8",
            "application/json; charset=bogus",
            "application/json=1;",
            "application/*",
            "*/json",
            "*/*",
        ] {
            let value = read(Some(media_type.as_bytes()), BODY);
            assert!(
                matches!(value, Ok(Value::Object(object)) if object.member("username").is_some()),
                "{media_type}"
            );
        }
    }

    #[test]
    fn any_other_type_is_refused_with_the_header_as_sent() {
        let long = "a".repeat(257);
        let long_parameter = format!("application/json;{}", "a".repeat(260));
        for media_type in [
            "",
            "*",
            "json",
            "text/plain",
            "text/json",
            "image/*",
            "application/vnd.api+json",
            "application/json , text/plain",
            "\"application/json\"",
            ";application/json",
            "application/json=1",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            &long,
            &long_parameter,
        ] {
            let refusal = read(Some(media_type.as_bytes()), BODY).unwrap_err();
            assert_eq!(refusal.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
            assert_eq!(refusal.to_string(), format!("Unsupported media type \"{media_type}\" in request."));
        }
    }

    #[test]
    fn a_missing_type_is_refused_as_an_empty_one() {
        let refusal = read(None, BODY).unwrap_err();
        assert_eq!(refusal.to_string(), "Unsupported media type \"\" in request.");
    }

    #[test]
    fn a_type_that_is_not_ascii_is_shown_byte_by_byte_and_without_control_characters() {
        let refusal = read(Some(b"text/html; a=\xe9\x1b\x85\t"), BODY).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Unsupported media type \"text/html; a=\u{e9}\u{fffd}\u{fffd}\u{fffd}\" in request."
        );
    }

    #[test]
    fn an_empty_body_is_an_empty_object_whatever_its_type() {
        for media_type in [None, Some("application/json"), Some("text/plain"), Some("multipart/form-data")] {
            assert_eq!(read(media_type.map(str::as_bytes), b""), Ok(Value::Object(Object::default())));
        }
    }

    #[test]
    fn broken_json_is_400_with_pythons_words() {
        let refusal = read(Some(b"application/json"), b"{\"username\":}").unwrap_err();
        assert_eq!(refusal.status(), StatusCode::BAD_REQUEST);
        assert_eq!(refusal.to_string(), "JSON parse error - Expecting value: line 1 column 13 (char 12)");
    }

    #[test]
    fn blanks_are_not_an_empty_body() {
        let refusal = read(Some(b"application/json"), b" ").unwrap_err();
        assert_eq!(refusal.to_string(), "JSON parse error - Expecting value: line 1 column 2 (char 1)");
    }
}
