//! contracts 3.3 and 8.10: urlencoded bodies.

use serde_json::json;
use testkit::Answer;

use super::{SIGN_IN, house, house_with, login_in, violations};

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(server: &testkit::TestServer, body: impl Into<Vec<u8>>) -> Answer {
    server.anonymous().post(SIGN_IN).body(FORM, body).send().await
}

/// 3.3: the same keys, limits and defaults as in JSON.
#[tokio::test]
async fn a_form_signs_in() {
    let server = house().await;
    let answer = send(&server, "email=ann%40example.org&password=correct+horse").await;
    login_in(&answer);
    assert_eq!(answer.json()["jwt-token"]["expire"], "2026-01-16T12:00:00Z");
    let answer =
        server.anonymous().post(SIGN_IN).body("application/X-WWW-form-urlencoded; charset=utf-8", "a=b");
    assert_eq!(violations(&answer.send().await, "formData"), json!(["#: missing properties: \"email\""]));
}

/// 8.10: `true`, `false`, `1` and `0`.
#[tokio::test]
async fn flags_have_four_spellings() {
    let server = house().await;
    for (flag, expire) in [
        ("true", "2026-01-16T12:00:00Z"),
        ("1", "2026-01-16T12:00:00Z"),
        ("false", "2026-01-02T15:00:00Z"),
        ("0", "2026-01-02T15:00:00Z"),
    ] {
        let body = format!(
            "email=ann@example.org&password=correct%20horse&long-term-token={flag}&logout-other={flag}"
        );
        assert_eq!(send(&server, body).await.json()["jwt-token"]["expire"], expire, "{flag}");
    }
    for flag in ["", "yes", "TRUE", "on", "null", "2"] {
        let body = format!("email=ann@example.org&password=correct+horse&logout-other={flag}");
        let expected = json!(["#/logout-other: expected boolean, but got string"]);
        assert_eq!(violations(&send(&server, body).await, "formData"), expected, "{flag}");
    }
}

/// 8.10: a form has no `null`; nothing is as good.
#[tokio::test]
async fn an_empty_text_is_null_where_null_may_be() {
    let server = house_with("return_urls = [\"https://app.example\"]\n").await;
    let body = "email=ann@example.org&password=correct+horse&current-user=&ret-url=";
    let answer = send(&server, body).await.json();
    assert_eq!((&answer["current-user"], &answer["ret-url"]), (&json!(null), &json!(null)));
    let body =
        "email=ann@example.org&password=correct+horse&current-user=a@b&ret-url=https://app.example/%3Fa";
    let answer = send(&server, body).await.json();
    assert_eq!(answer["current-user"], "a@b");
    let answer = send(&server, "email=&password=").await;
    assert_eq!(
        violations(&answer, "formData"),
        json!([
            "#/email: length must be >= 5, but got 0",
            "#/email: \"\" is not valid \"email\"",
            "#/password: length must be >= 6, but got 0"
        ])
    );
}

/// Of a name that comes twice the first counts, as in Go.
#[tokio::test]
async fn the_first_of_two_counts() {
    let server = house().await;
    let twice = "email=ann@example.org&email=bob@example.org&password=correct+horse&password=x";
    assert_eq!(send(&server, twice).await.json()["email"], "ann@example.org");
}

/// A form that is no text is not mended: a password would be another one.
#[tokio::test]
async fn a_form_that_is_no_text_is_400() {
    let server = house().await;
    for body in [&b"email=ann@example.org&password=%ff%fe%fd%fc%fb%fa"[..], b"email=\xff"] {
        let answer = send(&server, body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("failed to decode request"), "{answer}");
    }
}
