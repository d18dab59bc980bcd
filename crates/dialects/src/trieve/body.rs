//! A body in JSON, read as the product reads it (contracts 4.2, 6): whatever is wrong with it is a 400 that says so.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use web::{Limits, Refusal, body, json_depth};

use super::error::{Refused, bad_request};

/// Reads it. What is declared as nothing is taken for JSON.
pub(super) async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limits: Limits,
) -> Result<T, Refused> {
    let bytes = match body::read(body, limits).await {
        Ok(bytes) => bytes,
        Err(Refusal::BodyBroken) => {
            return Err(unreadable("body_broken", "Payload error", "the body broke off", "Send all of it."));
        }
        Err(refusal) => return Err(refusal.into()),
    };
    if !is_json(headers) {
        let advice = "Declare the body as `Content-Type: application/json`.";
        return Err(unreadable("media_type", "Content type header error", "Content type error", advice));
    }
    json_depth::check(&bytes, limits.json_depth)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let (kind, advice) = match error.classify() {
            Category::Io | Category::Syntax => ("Syntax error in JSON", "Mend the JSON."),
            Category::Data => ("Data error in JSON", "Send the fields and types that the document lists."),
            Category::Eof => ("Unexpected end of JSON input", "Send the whole JSON."),
        };
        unreadable("body_malformed", kind, &format!("Json deserialize error: {error}"), advice)
    })
}

/// `application/json`, or one of its kin (`application/problem+json`).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(declared) = headers.get(CONTENT_TYPE) else { return true };
    let name = declared.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    let name = name.trim_ascii().to_ascii_lowercase();
    name.is_empty() || name == b"application/json" || name.ends_with(b"+json")
}

fn unreadable(fault: &'static str, kind: &str, message: &str, advice: &str) -> Refused {
    let text = format!("Json Deserialization Error: *Type* : {kind} | *Message* : {message} | {advice}");
    bad_request(fault, &text)
}
