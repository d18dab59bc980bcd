//! What a browser sees: the headers of every answer, cookies, pages of other origins (contracts 2.1, "cookies"; 8.4;
//! design, "cookies and foreign sites").

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::{Answer, TestServer};

use super::{PASSWORD, house, house_with, john_logs_in, login, logout, token, who};

const SHARED: &str = "[dialects.knox]\nallowed_origins = [\"https://app.example\"]\n";

/// Every answer's headers, each with its value; the request's number apart.
const USUAL: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ("cross-origin-opener-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// An answer of each kind.
async fn answers(server: &TestServer) -> Vec<Answer> {
    let token = token(server).await;
    let nobody = server.anonymous();
    vec![
        john_logs_in(server).await,
        login(server, "john", "wrong").await,
        who(server, &token).await,
        logout(server, &token).await,
        logout(server, &token).await,
        nobody.get("/auth/login/").send().await,
        nobody.get("/auth/unknown/").send().await,
        nobody.get("/auth/unknown").send().await,
        nobody.ask("OPTIONS", "/auth/login/").send().await,
    ]
}

/// security 1, no-store: no-store and its kin on every answer, each once.
#[tokio::test]
async fn the_usual_headers_stand_on_every_answer_once() {
    let server = house().await;
    for answer in answers(&server).await {
        for (name, value) in USUAL {
            let values: Vec<_> = answer.headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{name} of {answer}");
        }
        assert_eq!(answer.headers.get_all("x-request-id").iter().count(), 1);
        assert_eq!(answer.header("strict-transport-security"), None, "a site by http promises no https");
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.header("server"), None);
    }
}

/// Each request has a number of its own, which no client chooses.
#[tokio::test]
async fn every_answer_bears_a_number_of_its_own() {
    let server = house().await;
    let mut numbers: Vec<String> = Vec::new();
    for answer in answers(&server).await {
        let number = answer.header("x-request-id").expect("a number").to_owned();
        assert!(number.len() == 32 && number.bytes().all(|byte| byte.is_ascii_hexdigit()), "{number}");
        assert!(!numbers.contains(&number));
        numbers.push(number);
    }
    let chosen = server.anonymous().get("/auth/user/").header("x-request-id", "mine").send().await;
    assert_ne!(chosen.header("x-request-id"), Some("mine"));
}

/// A site that is reached by https says that it always is.
#[tokio::test]
async fn a_site_by_https_says_so() {
    let server = house_with("public_url = \"https://login.example\"\n").await;
    assert_eq!(john_logs_in(&server).await.header("strict-transport-security"), Some("max-age=31536000"));
}

/// `allowed_origins`: the preflight of a page that may call.
#[tokio::test]
async fn the_preflight_of_an_allowed_origin_is_answered() {
    let server = house_with(SHARED).await;
    let ask = |origin: &str| {
        server
            .anonymous()
            .ask("OPTIONS", "/auth/logout/")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
    };
    assert_snapshot!(ask("https://app.example").send().await, @"
    204 No Content
    vary: Origin
    access-control-allow-origin: https://app.example
    access-control-allow-credentials: true
    access-control-expose-headers: retry-after, www-authenticate, x-request-id, x-vestibule-refusal
    access-control-allow-methods: POST, OPTIONS
    access-control-allow-headers: accept, authorization, content-type, tr-dataset, tr-organization, x-api-key, x-dataset, x-organization, x-recaptcha-token
    access-control-max-age: 600
    allow: POST, OPTIONS
    ");
    for foreign in ["https://evil.example", "http://app.example", "https://app.example:8443", "null"] {
        let answer = ask(foreign).send().await;
        allow_duplicates!(assert_snapshot!(answer, @"
        204 No Content
        vary: Origin
        allow: POST, OPTIONS
        "));
    }
}

/// `allowed_origins`: the page may read the answer, a refusal too, and what it needs of the headers.
#[tokio::test]
async fn the_page_of_an_allowed_origin_may_read_the_answer() {
    let server = house_with(SHARED).await;
    let login = json!({"username": "john", "password": "wrong"});
    let ask = server.anonymous().post("/auth/login/").header("origin", "https://app.example").json(&login);
    assert_snapshot!(ask.send().await, @r#"
    400 Bad Request
    content-type: application/json
    vary: Accept
    vary: Origin
    access-control-allow-origin: https://app.example
    access-control-allow-credentials: true
    access-control-expose-headers: retry-after, www-authenticate, x-request-id, x-vestibule-refusal
    allow: POST, OPTIONS

    {"non_field_errors":["Unable to log in with provided credentials."]}
    "#);
}

/// `allowed_origins`: a page of any other origin is not let read; the list of other origins is not told.
/// security 2, no. 33.
#[tokio::test]
async fn the_page_of_a_foreign_origin_may_not_read_the_answer() {
    let login = json!({"username": "john", "password": PASSWORD});
    for (settings, vary) in [(SHARED, "Accept|Origin"), ("", "Accept")] {
        let server = house_with(settings).await;
        for origin in ["https://evil.example", "https://app.example.evil.example", "null"] {
            let ask = server.anonymous().post("/auth/login/").header("origin", origin).json(&login);
            let answer = ask.send().await;
            assert_eq!(answer.status, 200, "a request without a cookie is no business of the origin check");
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
            let varies: Vec<_> =
                answer.headers.get_all("vary").iter().map(|value| value.to_str().expect("text")).collect();
            assert_eq!(varies.join("|"), vary);
        }
    }
}

/// contracts 8.4, CSRF: this dialect reads no cookie, so a foreign page that sends one moves nothing by it.
#[tokio::test]
async fn a_cookie_from_a_foreign_page_is_neither_refused_nor_used() {
    let server = house().await;
    let token = token(&server).await;
    let answer = server
        .anonymous()
        .post("/auth/logout/")
        .header("origin", "https://evil.example")
        .header("cookie", format!("sessionid={token}"))
        .send()
        .await;
    assert_eq!(answer.status, 401);
    assert_eq!(who(&server, &token).await.status, 200);
}
