//! contracts 1.3 and 8.1: wrong methods, the slash, and paths that nobody owns.

use insta::assert_snapshot;

use super::{AUTH, house};

/// 1.3: 405 with the methods there are.
#[tokio::test]
async fn a_method_that_the_path_lacks_is_405() {
    let server = house().await;
    assert_snapshot!(server.anonymous().ask("PUT", AUTH).send().await, @r#"
    405 Method Not Allowed
    content-type: application/json
    vary: Accept, Cookie
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"detail":"Method \"PUT\" not allowed."}
    "#);
}

/// 1.3: the path without its slash leads to the one with it, whatever the method.
#[tokio::test]
async fn the_slash_is_added() {
    let server = house().await;
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        for (asked, location) in [
            ("/api/v1/auth", "/api/v1/auth/"),
            ("/api/v1/auth?format=json&next=//evil.example", "/api/v1/auth/?format=json&next=//evil.example"),
        ] {
            let answer = server.anonymous().ask(method, asked).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (301, ""), "{method}");
            assert_eq!(answer.header("location"), Some(location));
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        }
    }
}

/// 8.1: no other path is led anywhere, and what is under `/api/v1/` is refused in this shape.
#[tokio::test]
async fn other_paths_are_not_found() {
    let server = house().await;
    for path in
        ["/api/v1/", "/api/v1/users", "/api/v1/users/me", "/api/v1/users/1/", "/api/v1/auth/x", "/api/v1/x"]
    {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (404, r#"{"detail":"Not found."}"#),
            "{path}"
        );
    }
    let answer = server.anonymous().get("/api/v2/").send().await;
    assert_eq!(answer.body, "Not found\n");
}
