//! contracts 6 and 8.1: wrong methods, the slash, and paths that nobody owns.

use insta::assert_snapshot;
use testkit::TestServer;

use super::TOKEN;

#[tokio::test]
async fn a_method_that_the_path_lacks_is_405() {
    let server = TestServer::start();
    assert_snapshot!(server.anonymous().ask("PUT", TOKEN).send().await, @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: POST

    {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"Method 'PUT' is not supported.","instance":"/v1/token"}
    "#);
    let answer = server.anonymous().ask("DELETE", "/auth/oidc/callback").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("GET, HEAD")));
}

/// 8.1: exact paths; what is under `/v1/`, and under `/auth/` without a closing slash, is refused in this shape.
#[tokio::test]
async fn other_paths_are_not_found() {
    let server = TestServer::start();
    assert_snapshot!(server.anonymous().get("/v1/x").send().await, @r#"
    404 Not Found
    content-type: application/problem+json

    {"type":"about:blank","title":"Not Found","status":404,"detail":"Nothing is at this path."}
    "#);
    for path in [
        "/v1/",
        "/v1/token/",
        "/v1/auth/logout/",
        "/v1/userinfo/",
        "/v1/echo",
        "/v1/admin/stats",
        "/v1//token",
        "/auth/x",
        "/auth/oidc",
        "/auth/login2",
        "/auth//logout",
        "/auth/oidc/start%2f",
    ] {
        for method in ["GET", "POST"] {
            let answer = server.anonymous().ask(method, path).send().await;
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
        }
    }
}

/// 8.1: a closing slash under `/auth/` is knox's; the rest of the root is nobody's.
#[tokio::test]
async fn clause_8_1_the_slash_and_the_root_are_not_ours() {
    let server = TestServer::start();
    for path in ["/auth/logout/", "/auth/login/", "/auth/oidc/start/", "/auth/"] {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}: {answer}");
    }
    for path in
        ["/echo", "/admin/stats", "/token/", "/userinfo/", "/.well-known/", "/oauth2/", "/v1", "/auth"]
    {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "Not found\n"), "{path}");
    }
}

/// Switched off, it answers nothing, and leaves knox alone.
#[tokio::test]
async fn switched_off_it_is_silent() {
    let server = TestServer::with("[dialects.bixarena]\nenabled = false\n");
    for path in [TOKEN, "/token", "/v1/x", "/auth/logout", "/userinfo"] {
        assert_eq!(server.anonymous().post(path).send().await.body, "Not found\n", "{path}");
    }
    assert_eq!(server.anonymous().post("/auth/logout/").send().await.status, 401);
}
