//! What a browser's page may do with the visitor's cookie (ASVS 3.5.1 to 3.5.3).

use serde_json::json;

use super::{CHANGE, END_OTHERS, LOGIN, LOGOUT, PASSWORD, ask, form, house_with, opens, problem, session};

const APP: &str = "https://app.example";

#[tokio::test]
async fn a_foreign_page_changes_nothing_and_signs_nobody_in() {
    let server = house_with(&format!("[dialects.native]\nallowed_origins = [\"{APP}\"]\n")).await;
    let here = session(&server, "john").await;
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        for path in [LOGOUT, END_OTHERS, CHANGE] {
            let answer = ask(&server, &here, "POST", path).header(name, value).json(&json!({})).send().await;
            assert_eq!(problem(&answer), (403, "cross_site".to_owned()), "{path} {value}");
        }
        let login = server.anonymous().post(LOGIN).header(name, value).json(&form("john", PASSWORD));
        assert_eq!(problem(&login.send().await), (403, "cross_site".to_owned()));
    }
    assert_eq!(opens(&server, &here).await, 200);
    for origin in [APP, "http://127.0.0.1:8080"] {
        let login = server.anonymous().post(LOGIN).header("origin", origin).json(&form("john", PASSWORD));
        assert_eq!(login.send().await.status, 200);
        assert_eq!(ask(&server, &here, "POST", END_OTHERS).header("origin", origin).send().await.status, 200);
    }
}

#[tokio::test]
async fn an_allowed_page_reads_the_answers() {
    let server = house_with(&format!("[dialects.native]\nallowed_origins = [\"{APP}\"]\n")).await;
    let preflight = server.anonymous().ask("OPTIONS", LOGIN).header("origin", APP);
    let preflight = preflight.header("access-control-request-method", "POST").send().await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some(APP));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("POST"));
}
