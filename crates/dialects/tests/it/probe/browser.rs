//! contracts 8.4: state changes with the cookie, and logins that set it, are checked for their origin; CORS.

use super::{
    API_TOKEN, CHANGE, CURRENT, JWT, OAUTH_SIGN_IN, PASSWORD, SESSION, SIGN_IN, SIGN_OUT, form, house,
    house_with, jwt, opens,
};

const FOREIGN: [(&str, &str); 4] = [
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
];
const REFUSED: &str = "{\"status\":\"PERMISSION_DENIED\",\"error\":\"permission denied: request from a page of another site\"}\n";

/// A page of another site changes nothing with a visitor's cookie.
#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let one = format!("{SESSION}/{}", super::session_id(&jwt));
    for (method, path) in [
        ("DELETE", SESSION),
        ("DELETE", &one),
        ("DELETE", SIGN_OUT),
        ("PUT", CHANGE),
        ("POST", API_TOKEN),
        ("POST", JWT),
        ("PUT", CURRENT),
        ("PUT", "/frontend/api/v1/auth/1/password"),
        ("DELETE", "/frontend/api/v1/auth/api-token/x"),
    ] {
        for (name, value) in FOREIGN {
            let ask = server.anonymous().ask(method, path).header("cookie", format!("jwt={jwt}"));
            let answer = ask.header(name, value).json(&form("ann", PASSWORD)).send().await;
            assert_eq!(
                (answer.status.as_u16(), answer.body.as_str()),
                (403, REFUSED),
                "{method} {path} {name}"
            );
        }
    }
    assert_eq!(opens(&server, &jwt).await, 200);
}

/// A page of another site signs nobody in, cookie or not: its visitor would act in a stranger's account.
#[tokio::test]
async fn a_foreign_page_signs_nobody_in() {
    let server = house().await;
    for path in [SIGN_IN, OAUTH_SIGN_IN] {
        for (name, value) in FOREIGN {
            let ask = server.anonymous().post(path).header(name, value);
            let ask =
                ask.body("application/x-www-form-urlencoded", "email=ann@example.org&password=correct+horse");
            let answer = ask.send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, REFUSED), "{path} {name}");
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
}

/// Own pages, pages of allowed origins, and what is no browser.
#[tokio::test]
async fn known_pages_pass() {
    let settings = "public_url = \"http://login.example.org\"\n\
                    [dialects.probe]\nallowed_origins = [\"https://app.example.org\"]\n";
    let server = house_with(settings).await;
    for (name, value) in [
        ("origin", "http://login.example.org"),
        ("origin", "https://app.example.org"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("x-none", ""),
    ] {
        let answer =
            server.anonymous().post(SIGN_IN).header(name, value).json(&form("ann", PASSWORD)).send().await;
        let jwt = super::login_in(&answer).jwt;
        let ask = server.anonymous().ask("DELETE", SIGN_OUT).header("cookie", format!("jwt={jwt}"));
        assert_eq!(ask.header(name, value).send().await.status, 200, "{name}");
    }
}

/// A page of an allowed origin may ask before it sends, and read the answer.
#[tokio::test]
async fn an_allowed_page_may_read() {
    let server = house_with("[dialects.probe]\nallowed_origins = [\"https://app.example.org\"]\n").await;
    let ask = server.anonymous().ask("OPTIONS", super::VERIFY).header("origin", "https://app.example.org");
    let answer = ask.header("access-control-request-method", "POST").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-methods")), (204, Some("POST")));
    let headers = answer.header("access-control-allow-headers").expect("headers");
    assert!(headers.split(", ").any(|name| name == "x-recaptcha-token"), "{headers}");
    let answer = server.anonymous().get(CURRENT).header("origin", "https://app.example.org").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.org"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let answer = server.anonymous().get(CURRENT).header("origin", "https://evil.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
