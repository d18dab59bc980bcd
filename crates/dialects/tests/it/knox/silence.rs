//! What no handler answers: other methods, other paths, `OPTIONS` (contracts 2.1, "405", "extra path text"; 6; 8.1;
//! decisions 1 and 5).

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::TestServer;

use super::{PASSWORD, house, house_with, token, who};

const CHANGES: [&str; 6] = [
    "/auth/login/",
    "/auth/logout/",
    "/auth/logoutall/",
    "/api/auth/login/",
    "/api/auth/logout/",
    "/api/auth/logoutall/",
];

/// contracts 2.1, "405"; 6, "wrong method".
#[tokio::test]
async fn another_method_is_405_with_allow() {
    let server = TestServer::start();
    let reads = ["/auth/user/", "/api/auth/user/"].map(|path| (path, "POST", "GET, HEAD, OPTIONS"));
    let changes = CHANGES.map(|path| (path, "GET", "POST, OPTIONS"));
    for (path, first, allow) in changes.into_iter().chain(reads) {
        for method in [first, "PUT", "PATCH", "DELETE", "TRACE", "QUERY"] {
            let answer = server.anonymous().ask(method, path).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.body, format!(r#"{{"detail":"Method \"{method}\" not allowed."}}"#));
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}

/// contracts 6, "HEAD": 405 with no body where there is no GET.
#[tokio::test]
async fn head_where_there_is_no_get_is_405_without_a_body() {
    let server = TestServer::start();
    for path in CHANGES {
        let answer = server.anonymous().ask("HEAD", path).send().await;
        allow_duplicates!(assert_snapshot!(answer, @"
        405 Method Not Allowed
        content-type: application/json
        vary: Accept
        allow: POST, OPTIONS
        "));
        assert_eq!(answer.body, "");
    }
}

/// contracts 6, "wrong method": a wrong method is told before a token is looked at, and ends none.
#[tokio::test]
async fn another_method_is_told_before_the_token_is_judged() {
    let server = house().await;
    let token = token(&server).await;
    for path in ["/auth/login/", "/auth/logout/", "/auth/logoutall/"] {
        for authorization in ["Token unknown".to_owned(), format!("Token {token}")] {
            assert_eq!(server.bearing(authorization).ask("DELETE", path).send().await.status, 405);
        }
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// contracts 6, "OPTIONS": the login describes itself to everybody.
#[tokio::test]
async fn options_describes_the_login() {
    let server = TestServer::start();
    for path in ["/auth/login/", "/api/auth/login/"] {
        let answer = server.anonymous().ask("OPTIONS", path).send().await;
        allow_duplicates!(assert_snapshot!(answer, @r#"
        200 OK
        content-type: application/json
        vary: Accept
        allow: POST, OPTIONS

        {"name":"Login","description":"","renders":["application/json"],"parses":["application/json"]}
        "#));
    }
}

/// contracts 6, "OPTIONS", "no credential": the others describe themselves to whom they serve.
#[tokio::test]
async fn options_of_the_other_routes_needs_a_token() {
    let server = house().await;
    let bearer = server.bearing(format!("Token {}", token(&server).await));
    for (path, name, allow) in [
        ("/auth/logout/", "Logout", "POST, OPTIONS"),
        ("/auth/logoutall/", "Logout All", "POST, OPTIONS"),
        ("/auth/user/", "User", "GET, HEAD, OPTIONS"),
    ] {
        let answer = bearer.ask("OPTIONS", path).send().await;
        assert_eq!((answer.status.as_u16(), answer.json()["name"].as_str()), (200, Some(name)));
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        let refused = server.anonymous().ask("OPTIONS", path).send().await;
        assert_eq!(refused.status, 401, "{path}");
        assert_eq!(refused.body, r#"{"detail":"Authentication credentials were not provided."}"#);
    }
    assert_eq!(bearer.get("/auth/user/").send().await.status, 200, "describing is not logging out");
}

/// contracts 6, "bad credential header on a public call".
#[tokio::test]
async fn options_of_the_login_with_a_bad_token_is_401() {
    let server = TestServer::start();
    let answer = server.bearing("Token unknown").ask("OPTIONS", "/auth/login/").send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, r#"{"detail":"Invalid token."}"#));
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"api\""));
}

/// Decision 5: an unknown path under this dialect's prefixes, with the closing slash, is its 404.
#[tokio::test]
async fn an_unknown_path_with_a_closing_slash_is_404_in_shape() {
    let server = TestServer::start();
    for path in ["/auth/", "/auth/unknown/", "/auth/user/1/", "/api/auth/unknown/", "/auth//logout/"] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = server.anonymous().ask(method, path).send().await;
            allow_duplicates!(assert_snapshot!(answer, @r#"
            404 Not Found
            content-type: application/json
            vary: Accept

            {"detail":"Not found."}
            "#));
            assert_eq!(answer.fault, Some("not_found"));
        }
    }
}

/// contracts 2.1, "extra path text": the original's unanchored pattern is not copied; decision 1.
#[tokio::test]
async fn extra_path_text_is_404() {
    let server = house().await;
    let login = json!({"username": "john", "password": PASSWORD});
    for path in
        ["/auth/login/anything", "/auth/login/anything/", "/api/auth/login/anything", "/x/auth/login/"]
    {
        let answer = server.anonymous().post(path).json(&login).send().await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let token = token(&server).await;
    let bearer = server.bearing(format!("Token {token}"));
    for path in ["/auth/logout/anything", "/auth/logoutall/anything", "/auth/logout/anything/"] {
        assert_eq!(bearer.post(path).send().await.status, 404, "{path}");
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// Decision 1; contracts 8.1: no slash redirect, no path cleaning, no folding of case; and without the closing slash a
/// path is not this dialect's to answer for: `bixarena` and `trieve`, whose it is where they are served, are off.
#[tokio::test]
async fn routes_match_exactly() {
    let server = house_with("[dialects]\nbixarena.enabled = false\ntrieve.enabled = false\n").await;
    let token = token(&server).await;
    let bearer = server.bearing(format!("Token {token}"));
    for path in [
        "/auth/logout",
        "/auth/logoutall",
        "/api/auth/logout",
        "//auth/logout/",
        "/auth/./logout/",
        "/x/../auth/logout/",
        "/AUTH/logout/",
        "/auth/logou%74/",
        "/auth%2Flogout/",
    ] {
        let answer = bearer.post(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (404, None), "{path}");
        if !path.ends_with('/') {
            assert_eq!(answer.body, "Not found\n", "{path}");
        }
    }
    assert_eq!(who(&server, &token).await.status, 200);
}

/// `enabled = false`: nothing of the dialect is served, not even its silence.
#[tokio::test]
async fn a_dialect_that_is_off_answers_nothing() {
    let server = house_with("[dialects]\nknox.enabled = false\nbixarena.enabled = false\n").await;
    for path in ["/auth/login/", "/auth/logout/", "/auth/unknown/"] {
        let answer = server.anonymous().post(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "Not found\n"), "{path}");
    }
    assert_eq!(server.anonymous().get("/docs/knox.json").send().await.status.as_u16(), 404);
}
