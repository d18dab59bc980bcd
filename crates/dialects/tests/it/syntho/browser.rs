//! contracts 8.4: no CSRF token, but state changes with the cookie are checked for their origin; CORS.

use super::{AUTH, CHANGE, ME, PASSWORD, USERS, ask, form, house, house_with, session, sign_in, who};

const STATE_CHANGES: [(&str, &str); 4] =
    [("POST", AUTH), ("DELETE", AUTH), ("POST", USERS), ("POST", CHANGE)];

/// A page of another site changes nothing with a visitor's cookie.
#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let server = house().await;
    let session = session(&server, "john").await;
    for (method, path) in STATE_CHANGES {
        for (name, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let answer = ask(&server, &session, method, path).header(name, value);
            let answer = answer.json(&form("john", PASSWORD)).send().await;
            assert_eq!(answer.status, 403, "{method} {path} {name}");
            assert_eq!(answer.body, r#"{"detail":"CSRF Failed: Origin checking failed."}"#);
            assert_eq!(answer.header("vary"), Some("Accept, Cookie"));
        }
    }
    assert_eq!(who(&server, &session).await.status, 200);
}

/// 8.4: clients that are no browsers send neither header, and the site's own pages are its own.
#[tokio::test]
async fn own_pages_and_other_clients_pass() {
    let server = house_with("public_url = \"http://login.example.org\"\n").await;
    for (name, value) in
        [("origin", "http://login.example.org"), ("sec-fetch-site", "same-origin"), ("x-none", "")]
    {
        let session = session(&server, "john").await;
        let answer = ask(&server, &session, "DELETE", AUTH).header(name, value).send().await;
        assert_eq!(answer.status, 200, "{name}");
    }
}

/// A page of an allowed origin may call and read, with the cookie.
#[tokio::test]
async fn an_allowed_page_may_call() {
    let server = house_with("[dialects.syntho]\nallowed_origins = [\"https://app.example.org\"]\n").await;
    let session = session(&server, "john").await;
    let origin = ("origin", "https://app.example.org");
    let answer = ask(&server, &session, "GET", ME).header(origin.0, origin.1).send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let preflight = server.anonymous().ask("OPTIONS", AUTH).header(origin.0, origin.1);
    let preflight = preflight.header("access-control-request-method", "DELETE").send().await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, POST, DELETE, HEAD, OPTIONS"));
    let answer = ask(&server, &session, "DELETE", AUTH).header(origin.0, origin.1).send().await;
    assert_eq!(answer.status, 200);
}

/// 8.4: no `csrftoken` is set, and none is wanted.
#[tokio::test]
async fn there_is_no_csrf_token() {
    let server = house().await;
    let answer = sign_in(&server, "john", PASSWORD).await;
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
}
