//! What a service says of an answer, against a real server: yes, no, and everything that is neither.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use super::*;
use crate::http::MAX_BODY_BYTES;

/// What a service was asked.
type Asked = Arc<Mutex<Vec<(HeaderMap, String)>>>;

fn json(body: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_owned()).into_response()
}

/// A service that always answers so, and what it was asked.
async fn service(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> (SiteVerify, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let judge = post(move |headers: HeaderMap, body: String| async move {
        seen.lock().unwrap().push((headers, body));
        answer()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let trap = post(|| async { json(r#"{"success": true}"#) });
    let router = Router::new().route("/siteverify", judge).route("/elsewhere", trap);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (at(address), asked)
}

fn at(address: SocketAddr) -> SiteVerify {
    let url = format!("http://{address}/siteverify?v=1").parse().unwrap();
    SiteVerify::new(url, Zeroizing::new("s&cret=".to_owned())).unwrap()
}

async fn judged(body: &'static str) -> Result<bool, CaptchaUnavailable> {
    service(move || json(body)).await.0.passes("answer", None).await
}

#[tokio::test]
async fn the_service_is_asked_as_siteverify_documents_it() {
    let (captcha, asked) =
        service(|| json(r#"{"success": true, "challenge_ts": "x", "hostname": "y"}"#)).await;
    let address = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!(captcha.passes("an&swer=\u{e4}\r\n", address).await, Ok(true));
    let (headers, body) = asked.lock().unwrap().remove(0);
    assert_eq!(body, "secret=s%26cret%3D&response=an%26swer%3D%C3%A4%0D%0A&remoteip=192.0.2.1");
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(headers["user-agent"], concat!("vestibule/", env!("CARGO_PKG_VERSION")));
    for absent in ["cookie", "referer", "accept-encoding", "x-forwarded-for"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    captcha.passes("answer", None).await.unwrap();
    assert_eq!(asked.lock().unwrap()[0].1, "secret=s%26cret%3D&response=answer");
}

#[tokio::test]
async fn what_the_service_refuses_does_not_pass() {
    assert_eq!(judged(r#"{"success": true}"#).await, Ok(true));
    assert_eq!(judged(r#"{"success": false}"#).await, Ok(false));
    assert_eq!(judged(r#"{"success": false, "error-codes": ["timeout-or-duplicate"]}"#).await, Ok(false));
}

#[tokio::test]
async fn what_is_no_verdict_lets_nobody_through() {
    for body in [
        "",
        "true",
        "null",
        "[]",
        "{}",
        r#"{"success": "true"}"#,
        r#"{"success": 1}"#,
        r#"{"success": null}"#,
        r#"{"Success": true}"#,
        r#"{"result": {"success": true}}"#,
        r#"{"success": true"#,
        "<html>success</html>",
        r#"{"success": false, "error-codes": ["invalid-input-secret"]}"#,
        r#"{"success": false, "error-codes": ["internal-error"]}"#,
    ] {
        let error = judged(body).await.expect_err(body).to_string();
        assert!(!error.contains("s&cret") && !error.contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn another_status_than_200_lets_nobody_through() {
    for status in [StatusCode::CREATED, StatusCode::FORBIDDEN, StatusCode::INTERNAL_SERVER_ERROR] {
        let (captcha, _) = service(move || (status, r#"{"success": true}"#).into_response()).await;
        assert!(captcha.passes("answer", None).await.is_err(), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let moved = || (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response();
    let (captcha, asked) = service(moved).await;
    let error = captcha.passes("answer", None).await.unwrap_err().to_string();
    assert!(error.ends_with("status 307"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let padding = " ".repeat(MAX_BODY_BYTES);
    let (captcha, _) = service(move || json(&format!(r#"{{"success": true}}{padding}"#))).await;
    let error = captcha.passes("answer", None).await.unwrap_err().to_string();
    assert!(error.ends_with("longer than 65536 bytes"), "{error}");
}

#[tokio::test]
async fn a_service_that_is_away_lets_nobody_through() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = at(address).passes("answer", None).await.unwrap_err().to_string();
    assert!(error.starts_with("the service at captcha.verify_url did not judge: "), "{error}");
    assert!(!error.contains("s%26cret") && !error.contains("siteverify?"), "{error}");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let captcha = at(listener.local_addr().unwrap());
    let asking = tokio::spawn(async move { captcha.passes("answer", None).await });
    let silent = listener.accept().await.unwrap();
    // From here on only time-outs can end it, and they are not waited for.
    tokio::time::pause();
    let error = asking.await.unwrap().unwrap_err().to_string();
    assert!(error.ends_with("no complete answer within 10 seconds"), "{error}");
    drop(silent);
}

#[tokio::test]
async fn what_cannot_be_an_answer_is_not_passed_on() {
    let (captcha, asked) = service(|| json(r#"{"success": true}"#)).await;
    assert_eq!(captcha.passes("", None).await, Ok(false));
    assert_eq!(captcha.passes(&"x".repeat(MAX_ANSWER_BYTES + 1), None).await, Ok(false));
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(captcha.passes(&"x".repeat(MAX_ANSWER_BYTES), None).await, Ok(true));
}

#[test]
fn the_secret_is_not_printed() {
    let printed = format!("{:?}", at(SocketAddr::from(([127, 0, 0, 1], 1))));
    assert!(!printed.contains("cret"), "{printed}");
}
