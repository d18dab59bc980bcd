//! contracts 4.2, 6 and 8.1: wrong methods, the slash, and paths that nobody owns.

use insta::assert_snapshot;
use testkit::TestServer;

use super::{INVITATION, ME, START, USER_KEYS};

/// Empty, and without `Allow`; `HEAD` is no `GET`.
#[tokio::test]
async fn clause_4_2_a_method_that_the_path_lacks_is_405() {
    let server = TestServer::start();
    assert_snapshot!(server.anonymous().ask("PUT", ME).send().await, @"405 Method Not Allowed");
    for (method, path) in [
        ("HEAD", START),
        ("HEAD", ME),
        ("HEAD", USER_KEYS),
        ("POST", START),
        ("OPTIONS", START),
        ("GET", INVITATION),
        ("PUT", "/api/invitation/x"),
        ("HEAD", "/api/health"),
        ("POST", "/api/health"),
    ] {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (405, ""), "{method} {path}");
        assert_eq!(
            (answer.header("allow"), answer.fault),
            (None, Some("method_not_allowed")),
            "{method} {path}"
        );
    }
}

/// 8.1: exact paths.
#[tokio::test]
async fn clause_4_2_an_unknown_path_is_404_and_empty() {
    let server = TestServer::start();
    assert_snapshot!(server.anonymous().get("/api/auth/x").send().await, @"404 Not Found");
    for path in [
        "/api/auth/me2",
        "/api/auth//me",
        "/api/auth/create_api_only_user",
        "/api/user/api_key/",
        "/api/user/x",
        "/api/organization/x",
        "/api/invitation/",
        "/api/invitation/a/b",
        "/api/invitations/",
    ] {
        for method in ["GET", "POST"] {
            let answer = server.anonymous().ask(method, path).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, ""), "{method} {path}");
        }
    }
}

/// 8.1: a closing slash under `/api/auth/` is knox's; the rest is nobody's.
#[tokio::test]
async fn clause_8_1_the_slash_is_not_ours() {
    let server = TestServer::start();
    for path in ["/api/auth/", "/api/auth/me/", "/api/auth/callback/", "/api/auth/login/"] {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}: {answer}");
    }
    for path in
        ["/api", "/api/", "/api/user", "/api/organization", "/api/invitationx", "/api/health/", "/api/chunk"]
    {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, "Not found\n"), "{path}");
    }
}

/// contracts 4.5.
#[tokio::test]
async fn clause_4_5_health_is_200_and_empty() {
    let server = TestServer::start();
    assert_snapshot!(server.anonymous().get("/api/health").send().await, @"200 OK");
}

/// Switched off, it answers nothing, and leaves knox alone.
#[tokio::test]
async fn switched_off_it_is_silent() {
    let server = TestServer::with("[dialects.trieve]\nenabled = false\n");
    for path in [START, ME, INVITATION, USER_KEYS, "/api/health", "/api/auth/x"] {
        assert_eq!(server.anonymous().get(path).send().await.body, "Not found\n", "{path}");
    }
    assert_eq!(server.anonymous().post("/api/auth/logout/").send().await.status, 401);
}
