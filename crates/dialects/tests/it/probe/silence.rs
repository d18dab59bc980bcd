//! contracts 6 and decision 5: wrong methods, and paths that nobody owns.

use insta::assert_snapshot;

use super::{CURRENT, SESSION, SIGN_IN, house};

#[tokio::test]
async fn a_method_that_the_path_lacks_is_405() {
    let server = house().await;
    assert_snapshot!(server.anonymous().ask("PUT", SESSION).send().await, @r#"
    405 Method Not Allowed
    content-type: application/json
    allow: GET, HEAD, DELETE

    {"status":"UNIMPLEMENTED","error":"unimplemented: method PUT"}
    "#);
    for (method, path, allow) in [
        ("GET", SIGN_IN, "POST"),
        ("OPTIONS", SIGN_IN, "POST"),
        ("POST", CURRENT, "GET, HEAD, PUT"),
        ("POST", super::SIGN_OUT, "DELETE"),
        ("POST", super::CHANGE, "PUT"),
        ("PATCH", "/frontend/api/v1/auth/api-token/x", "GET, HEAD, PUT, DELETE"),
    ] {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some(allow)), "{method} {path}");
    }
    assert_eq!(server.anonymous().get(CURRENT).send().await.header("allow"), None);
}

/// decision 1: paths match exactly, without a closing slash; whatever is under `/frontend/` is refused in this shape.
#[tokio::test]
async fn other_paths_are_not_found() {
    let server = house().await;
    assert_snapshot!(server.anonymous().get("/frontend/api/v1/nothing").send().await, @r#"
    404 Not Found
    content-type: application/json

    {"status":"NOT_FOUND","error":"not found: no such path"}
    "#);
    for path in [
        "/frontend/",
        "/frontend/x",
        "/frontend/api/v2/auth/session",
        "/frontend/api/v1/auth/session/",
        "/frontend/api/v1/auth/sign-in/",
        "/frontend/api/v1/auth",
        "/frontend/api/v1//auth/session",
        "/frontend/api/v1/auth/password",
        "/frontend/api/v1/auth/api-token/",
        "/frontend/api/v1/user/",
    ] {
        let answer = server.anonymous().get(path).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (404, "{\"status\":\"NOT_FOUND\",\"error\":\"not found: no such path\"}\n"),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    for path in ["/frontend", "/frontends/x"] {
        assert_eq!(server.anonymous().get(path).send().await.body, "Not found\n", "{path}");
    }
}
