//! Whole requests in HTTP/1.1, as the measured servers' clients send them.

/// A GET with header lines that tell who asks, each ended by its line break; none for nobody.
pub(crate) fn get(path: &str, credential: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{credential}\r\n").into()
}

/// A POST of JSON.
pub(crate) fn post(path: &str, body: &serde_json::Value) -> Vec<u8> {
    let (body, agreed) = (body.to_string(), "Host: localhost\r\nAccept: application/json\r\n");
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\n{agreed}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into()
}
