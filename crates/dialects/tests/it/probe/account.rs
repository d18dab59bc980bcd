//! contracts 3.2, no. 9, and our `POST /auth/sign-up`: making an account.

use std::time::Duration;

use identity::mail::MailKind;
use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::TestServer;

use super::{PASSWORD, SIGN_UP, VERIFY, form, mailed, opens, person, sign_in, violations};

const OPEN: &str = "return_urls = [\"https://app.example\"]\n[dialects.probe]\nsign_up = true\n";

fn wish(name: &str) -> Value {
    let mut wish = form(name, PASSWORD);
    wish["first-name"] = json!("Eve Ann");
    wish["last-name"] = json!("de Vries");
    wish
}

async fn verify(server: &TestServer, token: &str) -> testkit::Answer {
    person(server, VERIFY).json(&json!({"verify-token": token})).send().await
}

/// From the wish to the first login: pending until the mailed token is shown.
#[tokio::test]
async fn an_account_is_made_and_verified() {
    let server = TestServer::with(OPEN);
    let mut wish = wish("eve");
    wish["ret-url"] = json!("https://app.example/welcome");
    assert_snapshot!(person(&server, SIGN_UP).json(&wish).send().await, @r#"
    200 OK
    content-type: application/json

    {"email":"eve@example.org","status":"pending"}
    "#);
    assert_eq!(sign_in(&server, "eve", PASSWORD).await.status, 401, "pending");
    let (mail, token) = mailed(&server, MailKind::VerifyEmail).await;
    assert_eq!((mail.to.as_str(), mail.name.as_str()), ("eve@example.org", "Eve Ann de Vries"));
    assert_eq!(mail.return_to.as_deref(), Some("https://app.example/welcome"));
    assert_snapshot!(verify(&server, &token).await, @r#"
    200 OK
    content-type: application/json

    {"email":"eve@example.org","status":"active","success":true}
    "#);
    let jwt = super::login_in(&sign_in(&server, "eve", PASSWORD).await).jwt;
    let user = super::ask(&server, &jwt, "GET", super::CURRENT).send().await.json();
    assert_eq!((&user["first-name"], &user["last-name"]), (&json!("Eve Ann"), &json!("de Vries")));
    assert_eq!((&user["role"], &user["status"]), (&json!("user"), &json!("active")));
}

/// No. 9: a token is good once, for a day, and for this; nothing is told about why not.
#[tokio::test]
async fn a_bad_token_is_400() {
    let server = TestServer::with(OPEN);
    let taken =
        "{\"status\":\"INVALID_ARGUMENT\",\"error\":\"invalid argument: invalid, used or expired token\"}\n";
    person(&server, SIGN_UP).json(&wish("eve")).send().await;
    let (_, token) = mailed(&server, MailKind::VerifyEmail).await;
    assert_eq!(verify(&server, &token).await.status, 200);
    for bad in [token.as_str(), "x", "", "a.b.c"] {
        let answer = verify(&server, bad).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, taken), "{bad}");
    }
    let answer = person(&server, VERIFY).json(&json!({})).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (400, taken));
    person(&server, SIGN_UP).json(&wish("joe")).send().await;
    let (_, token) = mailed(&server, MailKind::VerifyEmail).await;
    server.advance(Duration::from_hours(24) + Duration::from_mins(2));
    assert_eq!(verify(&server, &token).await.body, taken);
}

/// No. 9: the header is required, of 6 characters at least; what is wrong with it is told before the body is read.
#[tokio::test]
async fn a_person_must_ask() {
    let server = TestServer::with(OPEN);
    for path in [VERIFY, SIGN_UP, super::RESTORE, super::RESTORE_VERIFY] {
        let answer = server.anonymous().post(path).json(&json!([])).send().await;
        assert_eq!(violations(&answer, "header"), json!(["#: missing properties: \"X-Recaptcha-Token\""]));
        let answer = server.anonymous().post(path).header("x-recaptcha-token", "short").send().await;
        let expected = json!(["#/X-Recaptcha-Token: length must be >= 6, but got 5"]);
        assert_eq!(violations(&answer, "header"), expected);
        let answer =
            server.anonymous().post(path).header("x-recaptcha-token", b"\xff".repeat(6)).send().await;
        assert!(answer.body.contains("failed to decode request"), "{answer}");
    }
}

/// The answer does not tell whether somebody has the address; its owner is told instead.
#[tokio::test]
async fn a_taken_address_gets_the_same_answer() {
    let server = TestServer::with(OPEN);
    server.user("ann", PASSWORD).await;
    let (taken, free) =
        (person(&server, SIGN_UP).json(&wish("ann")), person(&server, SIGN_UP).json(&wish("eve")));
    let (taken, free) = (taken.send().await, free.send().await);
    assert_eq!(taken.to_string().replace("ann@", "eve@"), free.to_string());
    let kinds: Vec<_> = server.mails().await.into_iter().map(|mail| (mail.to, mail.kind)).collect();
    assert!(kinds.contains(&("ann@example.org".to_owned(), MailKind::AddressTaken)), "{kinds:?}");
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 200);
}

/// `sign_up = false`, the default.
#[tokio::test]
async fn sign_up_is_off_by_default() {
    let server = TestServer::start();
    assert_snapshot!(person(&server, SIGN_UP).json(&wish("eve")).send().await, @r#"
    403 Forbidden
    content-type: application/json

    {"status":"PERMISSION_DENIED","error":"permission denied: sign-up is disabled"}
    "#);
    assert_eq!(server.mails().await.len(), 0);
}

/// The schema of our own call; forms are taken.
#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = TestServer::with(OPEN);
    let answer = person(&server, SIGN_UP)
        .json(&json!({"email": "x", "password": "12345", "first-name": "x".repeat(256), "last-name": null}))
        .send()
        .await;
    assert_eq!(
        violations(&answer, "body"),
        json!([
            "#/email: length must be >= 5, but got 1",
            "#/email: \"x\" is not valid \"email\"",
            "#/password: length must be >= 6, but got 5",
            "#/first-name: length must be <= 255, but got 256",
            "#/last-name: expected string, but got null"
        ])
    );
    let answer = person(&server, SIGN_UP).json(&form("eve", "1234567")).send().await;
    assert_eq!(violations(&answer, "body"), json!(["#/password: length must be >= 8"]));
    let answer = person(&server, SIGN_UP).json(&form("eve", "password1")).send().await;
    assert_eq!(violations(&answer, "body"), json!(["#/password: must not be a common password"]));
    let mut foreign = wish("eve");
    foreign["ret-url"] = json!("https://evil.example/");
    let answer = person(&server, SIGN_UP).json(&foreign).send().await;
    let expected = json!(["#/ret-url: \"https://evil.example/\" is not an allowed return url"]);
    assert_eq!(violations(&answer, "body"), expected);
    let body = "email=eve%40example.org&password=correct+horse";
    let answer = person(&server, SIGN_UP).body("application/x-www-form-urlencoded", body).send().await;
    assert_eq!(answer.json(), json!({"email": "eve@example.org", "status": "pending"}));
    let (mail, token) = mailed(&server, MailKind::VerifyEmail).await;
    assert_eq!(mail.name, "");
    verify(&server, &token).await;
    let jwt = super::login_in(&sign_in(&server, "eve", PASSWORD).await).jwt;
    assert_eq!(opens(&server, &jwt).await, 200);
}
