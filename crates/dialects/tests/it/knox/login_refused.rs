//! `POST /auth/login/` that is refused (contracts 2.1).

use identity::NewPassword;
use identity::user::Status;
use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::{Answer, TestServer};

use super::{BASES, PASSWORD, WRONG, house, john_logs_in, login, token};

async fn sends(server: &TestServer, body: &str) -> Answer {
    server.anonymous().post("/auth/login/").json_text(body).send().await
}

/// Each body with the body of its 400.
async fn assert_each_400(rows: &[(&str, &str)]) {
    let server = house().await;
    for (body, wanted) in rows {
        let answer = sends(&server, body).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, *wanted), "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{body}");
    }
}

/// contracts 2.1, "400 wrong credentials".
#[tokio::test]
async fn wrong_credentials_are_400_at_both_bases() {
    let server = house().await;
    for base in BASES {
        let login = json!({"username": "john", "password": "wrong"});
        let answer = server.anonymous().post(&format!("{base}/auth/login/")).json(&login).send().await;
        allow_duplicates!(assert_snapshot!(answer, @r#"
        400 Bad Request
        content-type: application/json
        vary: Accept
        allow: POST, OPTIONS

        {"non_field_errors":["Unable to log in with provided credentials."]}
        "#));
        assert_eq!(answer.fault, Some("invalid_credentials"));
    }
}

/// contracts 2.1, "an inactive user gets the same"; 8.11: nothing tells an unknown user from a wrong password.
#[tokio::test]
async fn whoever_cannot_log_in_gets_the_answer_of_a_wrong_password() {
    let server = house().await;
    server.user_with("suspended", PASSWORD, |user| user.status = Status::Suspended).await;
    server.user_with("pending", PASSWORD, |user| user.status = Status::Pending).await;
    server.user_with("passwordless", PASSWORD, |user| user.password = NewPassword::None).await;
    let deleted = server.user("deleted", PASSWORD).await;
    server.identity.accounts.delete(&server.operator(), &deleted).await.expect("deleted");

    let wrong = login(&server, "john", "wrong").await.to_string();
    let unreachable = "x".repeat(2000);
    for name in ["suspended", "pending", "passwordless", "deleted", "nobody", "a b", &unreachable] {
        let answer = login(&server, name, PASSWORD).await;
        assert_eq!(answer.to_string(), wrong, "{name}");
        assert_eq!(answer.fault, Some("invalid_credentials"), "{name}");
    }
}

/// contracts 2.1, "400 missing/misspelt username" and "400 both missing, or empty body".
#[tokio::test]
async fn missing_fields_are_required() {
    let required = r#"{"username":["This field is required."]}"#;
    let both = r#"{"username":["This field is required."],"password":["This field is required."]}"#;
    assert_each_400(&[
        (r#"{"password":"p"}"#, required),
        (r#"{"user_name":"john","password":"p"}"#, required),
        (r#"{"Username":"john","password":"p"}"#, required),
        (r#"{"username":"john"}"#, r#"{"password":["This field is required."]}"#),
        ("{}", both),
        ("", both),
    ])
    .await;
}

/// contracts 2.1, "400 both missing, or empty body": an empty body has no media type to be wrong.
#[tokio::test]
async fn an_empty_body_without_a_media_type_is_400_and_not_415() {
    let answer = house().await.anonymous().post("/auth/login/").send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"username":["This field is required."],"password":["This field is required."]}
    "#);
}

/// contracts 2.1, "400 blank / null".
#[tokio::test]
async fn blank_and_null_fields_are_told_apart() {
    assert_each_400(&[
        (r#"{"username":"","password":"p"}"#, r#"{"username":["This field may not be blank."]}"#),
        (r#"{"username":" \t\n","password":"p"}"#, r#"{"username":["This field may not be blank."]}"#),
        (r#"{"username":"john","password":""}"#, r#"{"password":["This field may not be blank."]}"#),
        (r#"{"username":null,"password":"p"}"#, r#"{"username":["This field may not be null."]}"#),
        (
            r#"{"username":null}"#,
            r#"{"username":["This field may not be null."],"password":["This field is required."]}"#,
        ),
        (
            r#"{"password":null,"username":""}"#,
            r#"{"username":["This field may not be blank."],"password":["This field may not be null."]}"#,
        ),
    ])
    .await;
}

/// contracts 2.1, "trimming": a password of blanks is not blank.
#[tokio::test]
async fn a_password_of_blanks_is_a_password() {
    assert_each_400(&[(r#"{"username":"john","password":" "}"#, WRONG)]).await;
}

/// contracts 2.1, "400 wrong type".
#[tokio::test]
async fn lists_objects_and_booleans_are_no_strings() {
    for value in ["[]", "[\"john\"]", "{}", "{\"a\":1}", "true", "false"] {
        let both = format!(r#"{{"username":{value},"password":{value}}}"#);
        let wanted = r#"{"username":["Not a valid string."],"password":["Not a valid string."]}"#;
        assert_each_400(&[(&both, wanted)]).await;
    }
    assert_each_400(&[(r#"{"username":1,"password":2.5}"#, WRONG)]).await;
}

/// contracts 2.1, "400 not an object".
#[tokio::test]
async fn a_body_that_is_no_object_is_named_by_its_python_type() {
    let wanted = |kind: &str| {
        format!(r#"{{"non_field_errors":["Invalid data. Expected a dictionary, but got {kind}."]}}"#)
    };
    assert_each_400(&[
        ("[]", &wanted("list")),
        ("\"text\"", &wanted("str")),
        ("1", &wanted("int")),
        ("1.5", &wanted("float")),
        ("true", &wanted("bool")),
        ("null", r#"{"non_field_errors":["No data provided"]}"#),
    ])
    .await;
}

/// contracts 2.1, "400 broken JSON".
#[tokio::test]
async fn broken_json_is_told_in_pythons_words() {
    assert_each_400(&[
        (r#"{"username":"#, r#"{"detail":"JSON parse error - Expecting value: line 1 column 13 (char 12)"}"#),
        (
            "{\n\"username\": x}",
            r#"{"detail":"JSON parse error - Expecting value: line 2 column 13 (char 14)"}"#,
        ),
        ("username=john", r#"{"detail":"JSON parse error - Expecting value: line 1 column 1 (char 0)"}"#),
    ])
    .await;
}

/// contracts 2.1, "401": an invalid token sent along with good credentials.
#[tokio::test]
async fn an_invalid_token_sent_along_is_401_with_the_login_views_challenge() {
    let server = house().await;
    let login = json!({"username": "john", "password": PASSWORD});
    let unknown = format!("Token {}", "0".repeat(64));
    for base in BASES {
        let answer = server.bearing(&unknown).post(&format!("{base}/auth/login/")).json(&login).send().await;
        allow_duplicates!(assert_snapshot!(answer, @r#"
        401 Unauthorized
        content-type: application/json
        vary: Accept
        www-authenticate: Basic realm="api"
        allow: POST, OPTIONS

        {"detail":"Invalid token."}
        "#));
    }
}

/// contracts 2.1, "401": every way in which a token is invalid, and before the body is looked at.
#[tokio::test]
async fn an_invalid_token_sent_along_is_told_before_the_body_is_read() {
    let server = house().await;
    let ended = token(&server).await;
    super::logout(&server, &ended).await;
    for (authorization, detail) in [
        ("Token".to_owned(), "Invalid token header. No credentials provided."),
        ("Token a b".to_owned(), "Invalid token header. Token string should not contain spaces."),
        (format!("Token {ended}"), "Invalid token."),
    ] {
        let answer = server.bearing(authorization).post("/auth/login/").json_text("{").send().await;
        assert_eq!((answer.status.as_u16(), answer.json()["detail"].as_str()), (401, Some(detail)));
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"api\""));
    }
}

/// contracts 2.1, "406".
#[tokio::test]
async fn a_client_that_accepts_no_json_is_406() {
    let server = house().await;
    let login = json!({"username": "john", "password": PASSWORD});
    let ask = server.anonymous().post("/auth/login/").header("accept", "application/xml").json(&login);
    assert_snapshot!(ask.send().await, @r#"
    406 Not Acceptable
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"detail":"Could not satisfy the request Accept header."}
    "#);
    let answer = server.anonymous().post("/auth/login/?format=xml").json(&login).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, r#"{"detail":"Not found."}"#));
}

/// contracts 2.1, "415": only JSON is parsed.
#[tokio::test]
async fn a_form_is_415() {
    let server = house().await;
    let form = "username=john&password=correct+horse";
    let ask = server.anonymous().post("/auth/login/").body("application/x-www-form-urlencoded", form);
    assert_snapshot!(ask.send().await, @r#"
    415 Unsupported Media Type
    content-type: application/json
    vary: Accept
    allow: POST, OPTIONS

    {"detail":"Unsupported media type \"application/x-www-form-urlencoded\" in request."}
    "#);
}

/// contracts 2.1, "405".
#[tokio::test]
async fn another_method_is_405_at_both_bases() {
    let server = house().await;
    for base in BASES {
        let answer = server.anonymous().get(&format!("{base}/auth/login/")).send().await;
        allow_duplicates!(assert_snapshot!(answer, @r#"
        405 Method Not Allowed
        content-type: application/json
        vary: Accept
        allow: POST, OPTIONS

        {"detail":"Method \"GET\" not allowed."}
        "#));
        assert_eq!(answer.fault, Some("method_not_allowed"));
    }
}

/// A refused login opens nothing and leaves open tokens alone.
#[tokio::test]
async fn a_refused_login_leaves_the_ledger_as_it_was() {
    let server = house().await;
    let open = token(&server).await;
    login(&server, "john", "wrong").await;
    let john = server.identity.accounts.find("john").await.expect("john");
    let sessions =
        server.identity.sessions.list(&server.operator(), john.number, true).await.expect("a list");
    assert_eq!(sessions.len(), 1);
    assert_eq!(super::who(&server, &open).await.status, 200);
    assert_eq!(john_logs_in(&server).await.status, 200);
}
