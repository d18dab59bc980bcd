//! A toy dialect, dressed: panics, wrong methods and foreign pages in its own shape.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use identity::Blame;
use tower::ServiceExt as _;

use super::*;
use crate::{Endpoint, Silence, Site};

const TOY: Dialect = Dialect {
    name: "toy",
    product: "",
    title: "",
    document: "",
    endpoints: &[
        Endpoint { path: "/toy/change", allow: "POST, OPTIONS", summary: "" },
        Endpoint { path: "/toy/panic", allow: "GET, HEAD", summary: "" },
    ],
    silence: &[Silence::under("/toy/")],
    cookies: &["toy"],
    announces_allow: false,
};

/// Refuses by name and path, so that a test sees who was asked.
fn toy() -> Mounted {
    let site = Site { origin: "https://login.example".to_owned(), secure: true };
    let routes = Router::new()
        .route("/toy/change", post(|| async { "changed" }))
        .route("/toy/endless", get(std::future::pending::<&'static str>))
        .route("/toy/panic", get(|| async { panic!("a defect") as &'static str }));
    let refuse = Arc::new(|refusal: &Refusal, path: &str| {
        (StatusCode::IM_A_TEAPOT, format!("{} at {path}", refusal.name())).into_response()
    });
    Mounted::new(&TOY, routes, Origins::new(&site, Vec::new()), Limits::default(), refuse)
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> (Response, String) {
    let mut request = axum::http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = toy().router.oneshot(request).await.expect("routers do not fail");
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1024).await.expect("a short body");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    (Response::from_parts(head, Body::empty()), text)
}

/// security 1, parsers: the last-resort handler.
/// security 2, no. 50.
#[tokio::test]
async fn a_panic_costs_one_answer_in_the_dialects_shape() {
    let (response, text) = ask("GET", "/toy/panic", &[]).await;
    assert_eq!(text, "internal at /toy/panic");
    let fault = response.extensions().get::<Fault>().expect("a fault for the log");
    assert_eq!((fault.blame, fault.cause.as_str()), (Blame::Us, "a defect"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_begin_is_refused_by_the_dialect() {
    let (response, text) = ask("GET", "/toy/endless", &[]).await;
    assert_eq!(text, "request_timeout at /toy/endless");
    assert_eq!(response.headers().get(RETRY_AFTER).expect("when to try again"), "1");
    let fault = response.extensions().get::<Fault>().expect("a fault for the log");
    assert_eq!(fault.blame, Blame::Service);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_before_anything_else() {
    let long = "x".repeat(Limits::default().header_bytes);
    let foreign = [("cookie", "toy=secret"), ("origin", "https://evil.example"), ("x", long.as_str())];
    assert_eq!(ask("POST", "/toy/change", &foreign).await.1, "head_too_large at /toy/change");
    let target = format!("/toy/change?{}", "x".repeat(Limits::default().target_bytes));
    assert_eq!(ask("POST", &target, &[]).await.1, "target_too_long at /toy/change");
}

#[tokio::test]
async fn a_wrong_method_is_refused_by_the_dialect() {
    let (response, text) = ask("PUT", "/toy/change", &[]).await;
    assert_eq!(text, "method_not_allowed at /toy/change");
    assert!(response.extensions().get::<Spoken>().is_some());
}

/// security 2, no. 32.
#[tokio::test]
async fn a_foreign_page_is_refused_before_the_handler() {
    let foreign = [("cookie", "toy=secret"), ("origin", "https://evil.example")];
    assert_eq!(ask("POST", "/toy/change", &foreign).await.1, "cross_site at /toy/change");
    let own = [("cookie", "toy=secret"), ("origin", "https://login.example")];
    assert_eq!(ask("POST", "/toy/change", &own).await.1, "changed");
}
