//! Bodies and headers as DRF 3.18 sent them, `Vary` apart.

use axum::body::to_bytes;

use super::*;

/// Status, headers (sorted) and body of an answer.
async fn sent(response: Response) -> (u16, Vec<String>, String) {
    let status = response.status().as_u16();
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

fn headers(own: &[&str]) -> Vec<String> {
    let mut all: Vec<_> = own.iter().map(|header| (*header).to_owned()).collect();
    all.extend(["content-type: application/json".to_owned(), "vary: Accept".to_owned()]);
    all.sort();
    all
}

#[tokio::test]
async fn a_detail_is_compact_json_without_a_charset() {
    assert_eq!(
        sent(detail(StatusCode::UNAUTHORIZED, "Invalid token.")).await,
        (401, headers(&[]), r#"{"detail":"Invalid token."}"#.to_owned())
    );
}

#[tokio::test]
async fn texts_are_escaped_as_drf_escapes_them() {
    let text = "\u{e9}\u{2028}\u{2029}\u{7f}\u{1}\u{1f}\"\\/<>&\u{1f600}\t\n\r\u{8}\u{c}";
    let (.., body) = sent(detail(StatusCode::OK, text)).await;
    assert_eq!(
        body,
        "{\"detail\":\"\u{e9}\\u2028\\u2029\u{7f}\\u0001\\u001f\\\"\\\\/<>&\u{1f600}\\t\\n\\r\\b\\f\"}"
    );
}

#[tokio::test]
async fn validation_errors_are_400() {
    let mut errors = FieldErrors::default();
    errors.push("username", "This field is required.");
    assert_eq!(
        sent(field_errors(&errors)).await,
        (400, headers(&[]), r#"{"username":["This field is required."]}"#.to_owned())
    );
    assert_eq!(
        sent(non_field_errors("No data provided")).await,
        (400, headers(&[]), r#"{"non_field_errors":["No data provided"]}"#.to_owned())
    );
}

#[tokio::test]
async fn a_wrong_method_is_405_with_the_right_ones() {
    assert_eq!(
        sent(method_not_allowed("GET", "POST, OPTIONS")).await,
        (405, headers(&["allow: POST, OPTIONS"]), r#"{"detail":"Method \"GET\" not allowed."}"#.to_owned())
    );
}

#[tokio::test]
async fn a_throttled_request_is_told_when_to_come_back() {
    for (seconds, own, words) in [
        (0, &[][..], "0 seconds"),
        (1, &["retry-after: 1"], "1 second"),
        (2, &["retry-after: 2"], "2 seconds"),
        (3600, &["retry-after: 3600"], "3600 seconds"),
    ] {
        let body = format!(r#"{{"detail":"Request was throttled. Expected available in {words}."}}"#);
        assert_eq!(sent(throttled(seconds)).await, (429, headers(own), body));
    }
}

#[tokio::test]
async fn the_servers_own_troubles_have_their_bodies() {
    assert_eq!(
        sent(unavailable(3)).await,
        (
            503,
            headers(&["retry-after: 3"]),
            r#"{"detail":"Service temporarily unavailable, try again later."}"#.to_owned()
        )
    );
    assert_eq!(
        sent(refused(&Refusal::BodyTooLarge { limit: 65_536 })).await,
        (413, headers(&[]), r#"{"detail":"Request body exceeds 65536 bytes."}"#.to_owned())
    );
    assert_eq!(
        sent(server_error()).await,
        (500, headers(&[]), r#"{"detail":"A server error occurred."}"#.to_owned())
    );
}

#[tokio::test]
async fn options_describes_the_view() {
    let body =
        r#"{"name":"Login","description":"","renders":["application/json"],"parses":["application/json"]}"#;
    assert_eq!(
        sent(options("Login", "POST, OPTIONS")).await,
        (200, headers(&["allow: POST, OPTIONS"]), body.to_owned())
    );
}

#[tokio::test]
async fn json_api_has_its_own_type_and_shape() {
    let (status, headers, body) =
        sent(json_api(StatusCode::UNAUTHORIZED, "Invalid token.", "authentication_failed")).await;
    assert_eq!(status, 401);
    assert_eq!(headers, ["content-type: application/vnd.api+json", "vary: Accept"]);
    assert_eq!(
        body,
        concat!(
            r#"{"errors":[{"detail":"Invalid token.","status":"401","source":{"pointer":"/data"},"#,
            r#""code":"authentication_failed"}]}"#
        )
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_is_500_and_not_a_panic() {
    let keys_are_no_texts = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_eq!(sent(json(StatusCode::OK, &keys_are_no_texts)).await.0, 500);
}
