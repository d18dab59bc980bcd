//! contracts 3.7 and decision 5: bodies that are none, and the error object.

use insta::assert_snapshot;
use serde_json::json;

use super::{CURRENT, PASSWORD, SIGN_IN, VERIFY, ask, form, house, house_with, jwt, person, violations};

/// 3.7: not JSON, and what only looks like it.
#[tokio::test]
async fn what_is_not_json_is_400() {
    let server = house().await;
    assert_snapshot!(server.anonymous().post(SIGN_IN).json_text("{").send().await, @r#"
    400 Bad Request
    content-type: application/json

    {"status":"INVALID_ARGUMENT","error":"invalid argument: failed to decode request"}
    "#);
    for text in [
        "{'email': 1}",
        "{\"email\":}",
        "{} x",
        "{\"email\": \"\\ud800\"}",
        "{\"a\": NaN}",
        "\u{feff}{}",
        " ",
        "{\"a\": 1e999}",
    ] {
        let answer = server.anonymous().post(SIGN_IN).json_text(text).send().await;
        assert!(answer.status == 400 && answer.body.contains("failed to decode request"), "{text}: {answer}");
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let answer = server.anonymous().post(SIGN_IN).json_text(deep).send().await;
    assert!(answer.status == 400 && answer.body.contains("deeper than 64 levels"), "{answer}");
    let answer = server.anonymous().post(SIGN_IN).json_text(b"{\"email\": \"\xff\"}").send().await;
    assert_eq!(answer.status, 400);
}

/// 3.7: no body, whatever it is declared as.
#[tokio::test]
async fn a_missing_body_is_400() {
    let server = house().await;
    assert_snapshot!(server.anonymous().post(SIGN_IN).send().await, @r#"
    400 Bad Request
    content-type: application/json

    {"status":"INVALID_ARGUMENT","error":"invalid argument: missing request body"}
    "#);
    for declared in ["application/json", "application/x-www-form-urlencoded", "text/plain"] {
        let answer = server.anonymous().post(SIGN_IN).body(declared, "").send().await;
        assert!(answer.body.contains("missing request body"), "{answer}");
    }
}

/// 3.7: JSON that is no object.
#[tokio::test]
async fn json_that_is_no_object_is_told() {
    let server = house().await;
    for (text, found) in
        [("[]", "array"), ("null", "null"), ("\"x\"", "string"), ("1", "number"), ("true", "boolean")]
    {
        let answer = server.anonymous().post(SIGN_IN).json_text(text).send().await;
        let expected = json!([format!("#: expected object, but got {found}")]);
        assert_eq!(violations(&answer, "body"), expected);
    }
}

/// decision 5: 415 in this dialect's shape; the framework has the words, and 400.
#[tokio::test]
async fn another_type_is_415() {
    let server = house().await;
    let body = form("ann", PASSWORD).to_string();
    assert_snapshot!(server.anonymous().post(SIGN_IN).body("text/plain", body.as_str()).send().await, @r#"
    415 Unsupported Media Type
    content-type: application/json

    {"status":"INVALID_ARGUMENT","error":"invalid argument: request with application/json or application/x-www-form-urlencoded content type expected"}
    "#);
    for declared in
        ["multipart/form-data; boundary=x", "application/json2", "application/vnd.api+json", "json"]
    {
        let answer = server.anonymous().post(SIGN_IN).body(declared, body.as_str()).send().await;
        assert_eq!(answer.status, 415, "{declared}");
    }
    // What is declared in another spelling, or not at all, is JSON.
    for declared in ["application/json; charset=utf-8", "APPLICATION/JSON", " application/json ;x", ""] {
        let answer = server.anonymous().post(SIGN_IN).body(declared, body.as_str()).send().await;
        assert_eq!(answer.status, 200, "{declared}");
    }
}

/// 3.2, 3.5: where the document has JSON only, a form is 415.
#[tokio::test]
async fn a_form_is_415_where_the_document_has_none() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    for ask in [
        person(&server, VERIFY),
        ask(&server, &jwt, "PUT", CURRENT),
        ask(&server, &jwt, "PUT", "/frontend/api/v1/user/1"),
    ] {
        let answer = ask.body("application/x-www-form-urlencoded", "first-name=x").send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (
                415,
                "{\"status\":\"INVALID_ARGUMENT\",\"error\":\"invalid argument: request with application/json \
                 content type expected\"}\n"
            )
        );
    }
}

/// decision 5: 413.
#[tokio::test]
async fn a_body_that_is_too_long_is_413() {
    let server = house_with("[limits]\nbody_bytes = 1024\n").await;
    let mut body = form("ann", PASSWORD).to_string();
    body.push_str(&" ".repeat(1024 - body.len()));
    assert_eq!(server.anonymous().post(SIGN_IN).json_text(body.as_str()).send().await.status, 200);
    body.push(' ');
    assert_snapshot!(server.anonymous().post(SIGN_IN).json_text(body).send().await, @r#"
    413 Payload Too Large
    content-type: application/json
    connection: close

    {"status":"INVALID_ARGUMENT","error":"invalid argument: request body exceeds 1024 bytes"}
    "#);
}

/// Of a name that stands twice the last counts, as in Go.
#[tokio::test]
async fn the_last_of_two_members_counts() {
    let server = house().await;
    let body = format!("{{\"email\":1,\"password\":\"{PASSWORD}\",\"email\":\"ann@example.org\"}}");
    assert_eq!(server.anonymous().post(SIGN_IN).json_text(body).send().await.status, 200);
}

/// What is wrong is looked for in this order: page, method, credential, path, query, header, body.
#[tokio::test]
async fn what_is_wrong_is_looked_for_in_order() {
    let server = house().await;
    let jwt = jwt(&server, "ann").await;
    let path = "/frontend/api/v1/auth/0/password?logout-all=x";
    let foreign = server.anonymous().ask("PUT", path).header("origin", "https://evil.example");
    assert_eq!(foreign.header("cookie", "jwt=x").json_text("{").send().await.status, 403);
    assert_eq!(server.anonymous().ask("POST", path).json_text("{").send().await.status, 405);
    assert_eq!(server.anonymous().ask("PUT", path).json_text("{").send().await.status, 401);
    assert!(ask(&server, &jwt, "PUT", path).json_text("{").send().await.body.contains("\"path\""));
    let path = path.replace("/0/", "/1/");
    assert!(ask(&server, &jwt, "PUT", &path).json_text("{").send().await.body.contains("\"query\""));
    let path = path.replace("=x", "=1");
    let answer = ask(&server, &jwt, "PUT", &path).json_text("{").send().await;
    assert!(answer.body.contains("failed to decode"));
    // The own password is set by a ticket in the body, too; without one, who asks comes first.
    let answer = server.anonymous().ask("PUT", super::CHANGE).body("text/plain", "x").send().await;
    assert_eq!(answer.status, 401);
}

/// contracts 6: `Accept` is ignored.
#[tokio::test]
async fn accept_is_ignored() {
    let server = house().await;
    let answer = server.anonymous().get(CURRENT).header("accept", "text/html").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
}
