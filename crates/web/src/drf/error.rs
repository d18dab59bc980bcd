//! DRF's answers: the JSON renderer, the plain error bodies, and the error body of djangorestframework-jsonapi.
//!
//! Spells answers only; which one a request earns is decided elsewhere. `WWW-Authenticate` is the caller's to add,
//! as is the `Allow` that DRF puts on every answer of a view.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::field::{FieldErrors, Malformed};
use crate::{Refusal, json};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const JSON_API: HeaderValue = HeaderValue::from_static("application/vnd.api+json");
const SERVER_ERROR: &str = "A server error occurred.";

/// `{"detail": text}`.
#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

/// Any answer with a body: compact JSON, `Content-Type: application/json` without a charset, `Vary: Accept`.
/// A body that cannot be written as JSON (a map whose keys are no texts) becomes the 500 of [`server_error`].
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    rendered(status, JSON, body)
}

/// `{"detail": text}` with a status.
pub fn detail(status: StatusCode, text: &str) -> Response {
    json(status, &Detail { detail: text })
}

/// 400 with the texts of each field.
pub fn field_errors(errors: &FieldErrors) -> Response {
    json(StatusCode::BAD_REQUEST, errors)
}

/// 400 with a text about the whole body.
pub fn non_field_errors(text: &str) -> Response {
    #[derive(Serialize)]
    struct Errors<'a> {
        non_field_errors: [&'a str; 1],
    }
    json(StatusCode::BAD_REQUEST, &Errors { non_field_errors: [text] })
}

/// 405 for a method that the view lacks. `allow` is the list of those it has: `POST, OPTIONS`.
pub fn method_not_allowed(method: &str, allow: &'static str) -> Response {
    let response = detail(StatusCode::METHOD_NOT_ALLOWED, &format!("Method \"{method}\" not allowed."));
    with_header(response, ALLOW, HeaderValue::from_static(allow))
}

/// 429 with the whole seconds to wait. DRF sends no `Retry-After` of zero.
pub fn throttled(seconds: u64) -> Response {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let text = format!("Request was throttled. Expected available in {seconds} {unit}.");
    let response = detail(StatusCode::TOO_MANY_REQUESTS, &text);
    if seconds == 0 { response } else { with_header(response, RETRY_AFTER, seconds.into()) }
}

/// 503 with the whole seconds to wait. The framework has no such answer; the text is the one its documentation
/// gives to an exception of that status.
pub fn unavailable(seconds: u64) -> Response {
    let text = "Service temporarily unavailable, try again later.";
    with_header(detail(StatusCode::SERVICE_UNAVAILABLE, text), RETRY_AFTER, seconds.into())
}

/// Status, text and DRF's `code` of a refusal at the wire. Texts that DRF has none for are ours: Django answers an
/// oversized body with an HTML page, and a broken one not at all.
pub fn wire_words(refusal: &Refusal) -> (StatusCode, String, &'static str) {
    match refusal {
        Refusal::NotFound => (StatusCode::NOT_FOUND, "Not found.".to_owned(), "not_found"),
        Refusal::MethodNotAllowed { method, .. } => {
            let text = format!("Method \"{method}\" not allowed.");
            (StatusCode::METHOD_NOT_ALLOWED, text, "method_not_allowed")
        }
        Refusal::BodyTooLarge { limit } => {
            (StatusCode::PAYLOAD_TOO_LARGE, format!("Request body exceeds {limit} bytes."), "error")
        }
        Refusal::TargetTooLong { limit } => {
            (StatusCode::URI_TOO_LONG, format!("Request target exceeds {limit} bytes."), "error")
        }
        Refusal::HeadTooLarge { bytes, fields } => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            format!("Request header exceeds {bytes} bytes or {fields} fields."),
            "error",
        ),
        Refusal::JsonTooDeep { limit } => (
            StatusCode::BAD_REQUEST,
            format!("JSON parse error - Nesting deeper than {limit} levels"),
            "parse_error",
        ),
        Refusal::RequestTimeout => {
            (StatusCode::SERVICE_UNAVAILABLE, "The answer took too long. Try again.".to_owned(), "error")
        }
        Refusal::BodyTimeout => {
            (StatusCode::REQUEST_TIMEOUT, "Request body did not arrive in time.".to_owned(), "error")
        }
        Refusal::BodyBroken => (StatusCode::BAD_REQUEST, "Request body broke off.".to_owned(), "parse_error"),
        Refusal::CrossSite => {
            (StatusCode::FORBIDDEN, "CSRF Failed: Origin checking failed.".to_owned(), "permission_denied")
        }
        Refusal::Internal => (StatusCode::INTERNAL_SERVER_ERROR, SERVER_ERROR.to_owned(), "error"),
    }
}

/// A refusal at the wire in DRF's plain shape.
pub fn refused(refusal: &Refusal) -> Response {
    if let Refusal::MethodNotAllowed { method, allow } = refusal {
        return method_not_allowed(method, allow);
    }
    let (status, text, _) = wire_words(refusal);
    detail(status, &text)
}

/// 400 for a body that no serializer takes.
pub fn malformed(malformed: &Malformed) -> Response {
    match malformed {
        Malformed::NoObject(text) => non_field_errors(text),
        Malformed::Fields(errors) => field_errors(errors),
    }
}

/// 500.
pub fn server_error() -> Response {
    detail(StatusCode::INTERNAL_SERVER_ERROR, SERVER_ERROR)
}

/// 200 for `OPTIONS`: the view's name (its class name in words, without `View`) and its media types.
pub fn options(view_name: &str, allow: &'static str) -> Response {
    #[derive(Serialize)]
    struct Metadata<'a> {
        name: &'a str,
        description: &'a str,
        renders: [&'a str; 1],
        parses: [&'a str; 1],
    }
    let types = ["application/json"];
    let metadata = Metadata { name: view_name, description: "", renders: types, parses: types };
    with_header(json(StatusCode::OK, &metadata), ALLOW, HeaderValue::from_static(allow))
}

/// One error in the shape of djangorestframework-jsonapi. `code` is DRF's word for the kind, such as
/// `authentication_failed`, `not_authenticated` or `method_not_allowed`.
pub fn json_api(status: StatusCode, text: &str, code: &str) -> Response {
    #[derive(Serialize)]
    struct Errors<'a> {
        errors: [Error<'a>; 1],
    }
    #[derive(Serialize)]
    struct Error<'a> {
        detail: &'a str,
        status: &'a str,
        source: Source,
        code: &'a str,
    }
    #[derive(Serialize)]
    struct Source {
        pointer: &'static str,
    }
    let source = Source { pointer: "/data" };
    rendered(
        status,
        JSON_API,
        &Errors { errors: [Error { detail: text, status: status.as_str(), source, code }] },
    )
}

/// A body as DRF's JSON renderer writes it. `None`: it cannot be written as JSON.
pub fn text(body: &impl Serialize) -> Option<String> {
    let text = json::text(body)?;
    // DRF escapes these two, so that the answer is a part of JavaScript as well. Both begin with the same byte, and most texts
    // are without it.
    let may_hold = text.as_bytes().contains(&0xe2);
    Some(match may_hold && text.contains(['\u{2028}', '\u{2029}']) {
        true => text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"),
        false => text,
    })
}

fn rendered(status: StatusCode, content_type: HeaderValue, body: &impl Serialize) -> Response {
    let Some(text) = text(body) else {
        return server_error();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let response = with_header(response, CONTENT_TYPE, content_type);
    with_header(response, VARY, HeaderValue::from_static("Accept"))
}

fn with_header(mut response: Response, name: axum::http::HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

#[cfg(test)]
mod tests;
