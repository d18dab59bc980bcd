//! `wire = "deployed"`: what the product answers where the document says otherwise (contracts 2.1 and 2.2, the rows
//! with DIFF). What is not told apart here is the same by either wire.

use std::time::Duration;

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::TestServer;

use super::{BASES, PASSWORD, WRONG, house_with, john_logs_in, login, logout, token, who, without_token};

async fn deployed() -> TestServer {
    house_with("[dialects.knox]\nwire = \"deployed\"\n").await
}

/// contracts 2.2, "DIFF real": 204, no body.
#[tokio::test]
async fn a_deployed_logout_is_204() {
    let server = deployed().await;
    for base in BASES {
        for route in ["logout", "logoutall"] {
            let bearer = server.bearing(format!("Token {}", token(&server).await));
            let answer = bearer.post(&format!("{base}/auth/{route}/")).send().await;
            allow_duplicates!(assert_snapshot!(answer, @"
            204 No Content
            allow: POST, OPTIONS
            "));
            assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", None));
        }
    }
}

/// contracts 2.2, "DIFF in body shape".
#[tokio::test]
async fn a_deployed_refusal_of_a_token_is_json_api() {
    let server = deployed().await;
    assert_snapshot!(logout(&server, "unknown").await, @r#"
    401 Unauthorized
    content-type: application/vnd.api+json
    vary: Accept
    www-authenticate: Token
    allow: POST, OPTIONS

    {"errors":[{"detail":"Invalid token.","status":"401","source":{"pointer":"/data"},"code":"authentication_failed"}]}
    "#);
}

/// contracts 2.2, "DIFF in body shape": `not_authenticated` for missing credentials.
#[tokio::test]
async fn a_deployed_refusal_of_nobody_is_json_api() {
    let server = deployed().await;
    for (method, path) in [("POST", "/auth/logout/"), ("POST", "/auth/logoutall/"), ("GET", "/auth/user/")] {
        let answer = server.anonymous().ask(method, path).send().await;
        assert_eq!(
            answer.body,
            "{\"errors\":[{\"detail\":\"Authentication credentials were not provided.\",\"status\":\"401\",\
             \"source\":{\"pointer\":\"/data\"},\"code\":\"not_authenticated\"}]}",
            "{path}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Token"));
    }
}

/// contracts 2.2, "Failures", each in the deployed shape.
#[tokio::test]
async fn every_deployed_refusal_of_a_header_has_its_text_and_code() {
    let server = deployed().await;
    let token = token(&server).await;
    let john = server.identity.accounts.find("john").await.expect("john");
    server.identity.accounts.suspend(&server.operator(), &john).await.expect("suspended");
    for (header, detail) in [
        ("Token".to_owned(), "Invalid token header. No credentials provided."),
        ("Token a b".to_owned(), "Invalid token header. Token string should not contain spaces."),
        (format!("Token {}", token.to_uppercase()), "Invalid token."),
        (format!("Token {token}"), "User inactive or deleted."),
    ] {
        let answer = server.bearing(&header).post("/auth/logout/").send().await;
        let wanted = json!({"errors": [{
            "detail": detail, "status": "401", "source": {"pointer": "/data"}, "code": "authentication_failed",
        }]});
        assert_eq!((answer.status.as_u16(), answer.json()), (401, wanted));
    }
}

/// contracts 2.2, "DIFF in body shape": `method_not_allowed` for 405.
#[tokio::test]
async fn a_deployed_405_of_a_logout_is_json_api() {
    let server = deployed().await;
    assert_snapshot!(server.anonymous().get("/auth/logout/").send().await, @r#"
    405 Method Not Allowed
    content-type: application/vnd.api+json
    vary: Accept
    allow: POST, OPTIONS

    {"errors":[{"detail":"Method \"GET\" not allowed.","status":"405","source":{"pointer":"/data"},"code":"method_not_allowed"}]}
    "#);
}

/// contracts 2.2, "DIFF in body shape"; decision 5: every other refusal elsewhere than at the login has that shape too.
#[tokio::test]
async fn a_deployed_406_and_404_are_json_api_elsewhere_than_at_the_login() {
    let server = deployed().await;
    let answer = server.anonymous().post("/auth/logout/").header("accept", "text/html").send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["errors"][0]["code"].as_str()),
        (406, Some("not_acceptable"))
    );
    let answer = server.anonymous().get("/auth/unknown/").send().await;
    assert_snapshot!(answer, @r#"
    404 Not Found
    content-type: application/vnd.api+json
    vary: Accept

    {"errors":[{"detail":"Not found.","status":"404","source":{"pointer":"/data"},"code":"not_found"}]}
    "#);
}

/// contracts 2.2, "everything but login": a login is told in Django REST Framework's plain shape by either wire.
#[tokio::test]
async fn a_deployed_login_keeps_the_plain_shape() {
    let server = deployed().await;
    assert_snapshot!(without_token(&john_logs_in(&server).await, "", 64), @r#"
    200 OK
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"expiry":null,"token":"[64 hex digits]"}
    "#);
    let good = json!({"username": "john", "password": PASSWORD});
    let nobody = server.anonymous();
    let asks = [
        (server.bearing("Token x").post("/auth/login/").json(&good), 401, r#"{"detail":"Invalid token."}"#),
        (
            nobody.post("/auth/login/").header("accept", "text/html").json(&good),
            406,
            r#"{"detail":"Could not satisfy the request Accept header."}"#,
        ),
        (
            nobody.post("/auth/login/").body("text/plain", "x"),
            415,
            r#"{"detail":"Unsupported media type \"text/plain\" in request."}"#,
        ),
        (nobody.get("/auth/login/"), 405, r#"{"detail":"Method \"GET\" not allowed."}"#),
        (nobody.ask("DELETE", "/api/auth/login/"), 405, r#"{"detail":"Method \"DELETE\" not allowed."}"#),
        (
            nobody.post("/auth/login/").json_text("[]"),
            400,
            r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#,
        ),
        (
            nobody.post("/auth/login/").json_text(" ".repeat(65_537)),
            413,
            r#"{"detail":"Request body exceeds 65536 bytes."}"#,
        ),
    ];
    for (ask, status, body) in asks {
        let answer = ask.send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, body));
        assert_eq!(answer.header("content-type"), Some("application/json"), "{body}");
    }
}

/// contracts 8.11: limits are ours, in the login's plain shape by either wire.
#[tokio::test]
async fn a_deployed_login_that_waits_keeps_the_plain_shape() {
    let server = deployed().await;
    for _ in 0..5 {
        assert_eq!(login(&server, "john", "wrong").await.body, WRONG);
    }
    server.advance(Duration::from_secs(2));
    let answer = john_logs_in(&server).await;
    assert_eq!(answer.body, r#"{"detail":"Request was throttled. Expected available in 3 seconds."}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

/// The user route is ours and answers plainly by either wire.
#[tokio::test]
async fn the_deployed_user_is_the_documented_one() {
    let server = deployed().await;
    let token = token(&server).await;
    assert_snapshot!(who(&server, &token).await, @r#"
    200 OK
    content-type: application/json
    vary: Accept
    allow: GET, HEAD, OPTIONS

    {"pk":1,"username":"john","email":"john@example.org"}
    "#);
}
