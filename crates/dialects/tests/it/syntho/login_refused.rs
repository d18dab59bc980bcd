//! contracts 1.2 and 1.3, POST `/api/v1/auth/` that is refused, and decision 8.

use std::time::Duration;

use identity::user::Status;
use insta::assert_snapshot;
use serde_json::json;

use super::{
    AUTH, CLEARED, INCORRECT, ME, NOT_PROVIDED, PASSWORD, WRONG, ask, form, house, house_with, session,
    session_in, sign_in, who,
};

/// 1.3, row by row.
#[tokio::test]
async fn what_is_wrong_with_a_body_is_told_on_its_fields() {
    let server = house().await;
    let long = format!("{}@example.org", "x".repeat(244));
    let bodies = [
        (json!({}), r#"{"email":["This field is required."],"password":["This field is required."]}"#),
        (
            json!({"email": "", "password": ""}),
            r#"{"email":["This field may not be blank."],"password":["This field may not be blank."]}"#,
        ),
        (
            json!({"email": null}),
            r#"{"email":["This field may not be null."],"password":["This field is required."]}"#,
        ),
        (
            json!({"email": "john", "password": "abcde"}),
            r#"{"email":["Enter a valid email address."],"password":["Ensure this field has at least 8 characters."]}"#,
        ),
        (
            json!({"email": long, "password": "x".repeat(65)}),
            r#"{"email":["Ensure this field has no more than 255 characters."],"password":["Ensure this field has no more than 64 characters."]}"#,
        ),
        (json!({"email": 7, "password": 12_345_678}), r#"{"email":["Enter a valid email address."]}"#),
        (
            json!({"email": "a@example.org", "password": ["correct horse"]}),
            r#"{"password":["Not a valid string."]}"#,
        ),
        (json!([]), r#"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
    ];
    for (body, expected) in bodies {
        let answer = server.anonymous().post(AUTH).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, expected), "{body}");
        assert_eq!(answer.fault, Some("body_malformed"));
    }
    // Characters are counted, not bytes.
    let umlauts = "\u{fc}".repeat(64);
    server.user_from_before("ann", &umlauts).await;
    assert_eq!(sign_in(&server, "ann", &umlauts).await.status, 201);
}

/// 1.3 and 6: broken JSON, forms, and a body that is too long.
#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let server = house().await;
    let answer = server.anonymous().post(AUTH).json_text("{\"email\":}").send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, r#"{"detail":"JSON parse error - Expecting value: line 1 column 10 (char 9)"}"#);
    for media_type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"] {
        let answer = server.anonymous().post(AUTH).body(media_type, "email=john").send().await;
        assert_eq!(answer.status, 415);
        assert_eq!(
            answer.body,
            format!("{{\"detail\":\"Unsupported media type \\\"{media_type}\\\" in request.\"}}")
        );
    }
    let answer = server.anonymous().post(AUTH).json_text("x".repeat(65_537)).send().await;
    assert_eq!((answer.status.as_u16(), answer.fault), (413, Some("body_too_large")));
}

/// decision 8 and 8.11: unknown address, wrong password and a user who is not active have one answer.
#[tokio::test]
async fn wrong_credentials_have_one_answer() {
    let server = house().await;
    server.user_with("sue", PASSWORD, |account| account.status = Status::Suspended).await;
    server.user_with("pat", PASSWORD, |account| account.status = Status::Pending).await;
    for (name, password) in
        [("john", "correct cow"), ("nobody", PASSWORD), ("sue", PASSWORD), ("pat", PASSWORD)]
    {
        let answer = sign_in(&server, name, password).await;
        insta::allow_duplicates! { assert_snapshot!(answer, @r#"
        400 Bad Request
        content-type: application/json
        vary: Accept, Cookie
        allow: GET, POST, DELETE, HEAD, OPTIONS

        {"non_field_errors":["Unable to log in with provided credentials."]}
        "#) };
        assert_eq!(answer.body, WRONG);
    }
}

/// 8.3: a password that another door accepts and this one's form does not is 400 on the field.
#[tokio::test]
async fn a_password_outside_of_the_form_does_not_sign_in() {
    let server = house_with(&format!("[password]\n{}min_length = 6\n", testkit::CHEAP_HASHES)).await;
    for password in ["short6".to_owned(), "x".repeat(65)] {
        server.user_from_before(&format!("user{}", password.len()), &password).await;
        let answer = sign_in(&server, &format!("user{}", password.len()), &password).await;
        assert_eq!((answer.status.as_u16(), answer.fault), (400, Some("body_malformed")));
    }
}

/// decision 8: a stale cookie that comes along is 401 and taken away, so that the next try succeeds.
#[tokio::test]
async fn a_stale_session_along_with_a_login_is_401_once() {
    let server = house().await;
    let ended = session(&server, "john").await;
    ask(&server, &ended, "DELETE", AUTH).send().await;
    let two = format!("{ended}; sessionid=x");
    for stale in [ended.as_str(), "unknown", &"x".repeat(600), &two] {
        let answer = ask(&server, stale, "POST", AUTH).json(&form("john", PASSWORD)).send().await;
        insta::allow_duplicates! { assert_snapshot!(answer, @r#"
        401 Unauthorized
        content-type: application/json
        vary: Accept, Cookie
        www-authenticate: Bearer realm="api"
        set-cookie: sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax
        allow: GET, POST, DELETE, HEAD, OPTIONS

        {"detail":"Incorrect authentication credentials."}
        "#) };
        assert_eq!(answer.fault, Some("credential_invalid"));
    }
    // It is judged before the body.
    let answer = ask(&server, "unknown", "POST", AUTH).json_text("{").send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(sign_in(&server, "john", PASSWORD).await.status, 201);
}

/// 8.5, the lenient reading: the product ignores a stale cookie (1.3, measured); that is `wire = "deployed"`.
#[tokio::test]
async fn the_deployed_product_ignores_a_stale_session() {
    let server = house_with("[dialects.syntho]\nwire = \"deployed\"\n").await;
    let answer = ask(&server, "unknown", "POST", AUTH).json(&form("john", PASSWORD)).send().await;
    assert_eq!(who(&server, &session_in(&answer)).await.status, 200);
    let answer = ask(&server, "unknown", "GET", ME).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, Some(CLEARED)));
}

/// decision 8 and 1.1: a bearer token is this door's too, and none is valid yet; other schemes are not read.
#[tokio::test]
async fn an_authorization_of_this_door_is_invalid_and_another_is_not_read() {
    let server = house().await;
    let no_blank = r#"{"detail":"Invalid \"bearer\" header: Credentials string should not contain spaces."}"#;
    for (header, body) in [
        ("Bearer abc", INCORRECT),
        ("bearer   abc", INCORRECT),
        ("abc", INCORRECT),
        ("Bearer", r#"{"detail":"Invalid \"bearer\" header: No credentials provided."}"#),
        ("Bearer a b", no_blank),
    ] {
        let bearing = server.bearing(header);
        let answer = bearing.post(AUTH).json(&form("john", PASSWORD)).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, body), "{header}");
        assert_eq!(answer.header("set-cookie"), Some(CLEARED), "{header}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"api\""));
        for (method, path) in [("GET", AUTH), ("DELETE", AUTH), ("GET", ME)] {
            let answer = bearing.ask(method, path).send().await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, body), "{method} {path}");
        }
    }
    for header in ["Basic am9objpwYXNz", "Token 0123456789abcdef"] {
        let answer = server.bearing(header).post(AUTH).json(&form("john", PASSWORD)).send().await;
        assert_eq!(answer.status, 201, "{header}");
        let answer = server.bearing(header).get(ME).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, NOT_PROVIDED), "{header}");
    }
}

/// 1.3: the header is judged before the cookie, and a good cookie is not taken away because of it.
#[tokio::test]
async fn a_bad_header_does_not_cost_a_good_session() {
    let server = house().await;
    let session = session(&server, "john").await;
    let answer = ask(&server, &session, "POST", AUTH).header("authorization", "Bearer x");
    let answer = answer.json(&form("john", PASSWORD)).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, None));
    let answer = ask(&server, &session, "GET", ME).header("authorization", "Bearer x").send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(who(&server, &session).await.status, 200);
}

/// 8.11: guessing is throttled, in the framework's shape.
#[tokio::test]
async fn too_many_failures_are_429() {
    let server = house().await;
    for _ in 0..5 {
        assert_eq!(sign_in(&server, "john", "wrong one").await.status, 400);
    }
    assert_snapshot!(sign_in(&server, "john", PASSWORD).await, @r#"
    429 Too Many Requests
    content-type: application/json
    vary: Accept, Cookie
    retry-after: 5
    allow: GET, POST, DELETE, HEAD, OPTIONS

    {"detail":"Request was throttled. Expected available in 5 seconds."}
    "#);
    server.advance(Duration::from_secs(5));
    assert_eq!(sign_in(&server, "john", PASSWORD).await.status, 201);
}

/// 6: what the client accepts is settled before who it is.
#[tokio::test]
async fn an_answer_that_the_client_does_not_take_is_406() {
    let server = house().await;
    let answer = server.bearing("Bearer x").get(AUTH).header("accept", "text/html").send().await;
    assert_eq!(answer.status, 406);
    assert_eq!(answer.body, r#"{"detail":"Could not satisfy the request Accept header."}"#);
    let answer = server.anonymous().get("/api/v1/auth/?format=xml").send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, r#"{"detail":"Not found."}"#));
}
