//! contracts 3.6: a forgotten password.

use std::time::Duration;

use identity::mail::MailKind;
use insta::assert_snapshot;
use serde_json::json;
use testkit::{Answer, TestServer};

use super::{
    CHANGE, PASSWORD, RESTORE, RESTORE_VERIFY, VERIFY, ask, house, house_with, login, mailed, opens, person,
    sign_in, violations,
};

const NEW: &str = "battery staple";
const BAD: &str =
    "{\"status\":\"INVALID_ARGUMENT\",\"error\":\"invalid argument: invalid, used or expired token\"}\n";

async fn forget(server: &TestServer, name: &str) -> Answer {
    person(server, RESTORE).json(&json!({"email": format!("{name}@example.org")})).send().await
}

async fn exchange(server: &TestServer, token: &str) -> Answer {
    person(server, RESTORE_VERIFY).json(&json!({"password-restore-token": token})).send().await
}

async fn set(server: &TestServer, token: &str, new: &str) -> Answer {
    let body = json!({"password-update-token": token, "new-password": new});
    server.anonymous().ask("PUT", CHANGE).json(&body).send().await
}

/// The ticket that sets a new password.
async fn update_token(server: &TestServer) -> String {
    forget(server, "ann").await;
    let (_, token) = mailed(server, MailKind::RestorePassword).await;
    exchange(server, &token).await.json()["password-update-token"].as_str().expect("a token").to_owned()
}

/// From the wish to the login; what the old password opened is over, by every door.
#[tokio::test]
async fn a_forgotten_password_is_restored() {
    let server = house_with("return_urls = [\"https://app.example\"]\n").await;
    let old = login(&server, "ann").await;
    let mut wish = json!({"email": "ann@example.org", "ret-url": "https://app.example/new"});
    assert_snapshot!(person(&server, RESTORE).json(&wish).send().await, @r#"
    200 OK
    content-type: application/json

    {"success":true}
    "#);
    let (mail, token) = mailed(&server, MailKind::RestorePassword).await;
    assert_eq!(
        (mail.to.as_str(), mail.return_to.as_deref()),
        ("ann@example.org", Some("https://app.example/new"))
    );
    let answer = exchange(&server, &token).await;
    let update = answer.json()["password-update-token"].as_str().expect("a token").to_owned();
    assert_snapshot!(answer.to_string().replace(&update, "[JWT]"), @r#"
    200 OK
    content-type: application/json

    {"password-update-token":"[JWT]","password-update-token-created":"2026-01-02T12:00:00Z","password-update-token-expire":"2026-01-02T12:10:00Z","success":true}
    "#);
    assert_eq!(opens(&server, &old.jwt).await, 200, "nothing has happened yet");
    assert_eq!(set(&server, &update, NEW).await.status, 204);
    for token in [&old.jwt, &old.api_token] {
        assert_eq!(opens(&server, token).await, 401);
    }
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status, 401);
    let new = super::login_in(&sign_in(&server, "ann", NEW).await);
    assert_ne!(new.api_token, old.api_token);
    wish["ret-url"] = json!("https://evil.example");
    let expected = json!(["#/ret-url: \"https://evil.example\" is not an allowed return url"]);
    assert_eq!(violations(&person(&server, RESTORE).json(&wish).send().await, "body"), expected);
}

/// The answer does not tell whether an address has an account.
#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let server = house().await;
    server.user_with("sus", PASSWORD, |account| account.status = identity::user::Status::Suspended).await;
    for name in ["nobody", "sus"] {
        let answer = forget(&server, name).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "{\"success\":true}\n"));
    }
    assert_eq!(server.mails().await.len(), 0);
}

/// Each token is good once, for ten minutes, for its own step.
#[tokio::test]
async fn tokens_are_good_once_and_for_their_step() {
    let server = house().await;
    forget(&server, "ann").await;
    let (_, mailed_token) = mailed(&server, MailKind::RestorePassword).await;
    assert_eq!(set(&server, &mailed_token, NEW).await.body, BAD, "the mailed one is exchanged first");
    let update = exchange(&server, &mailed_token).await.json()["password-update-token"].clone();
    let update = update.as_str().expect("a token").to_owned();
    assert_eq!(exchange(&server, &mailed_token).await.body, BAD, "once");
    assert_eq!(exchange(&server, &update).await.body, BAD);
    let verify = person(&server, VERIFY).json(&json!({"verify-token": update})).send().await;
    assert_eq!(verify.body, BAD);
    let short = set(&server, &update, "1234567").await;
    assert_eq!(violations(&short, "body"), json!(["#/new-password: length must be >= 8"]));
    let weak = set(&server, &update, "qwertzuiop").await;
    assert_eq!(violations(&weak, "body"), json!(["#/new-password: must not be a common password"]));
    assert_eq!(set(&server, &update, NEW).await.status, 204, "a password that does not do uses nothing up");
    assert_eq!(set(&server, &update, PASSWORD).await.body, BAD, "once");

    let late = update_token(&server).await;
    server.advance(Duration::from_mins(12));
    assert_eq!(set(&server, &late, PASSWORD).await.body, BAD);
}

/// A changed password, and a suspension, end what is on its way.
#[tokio::test]
async fn what_is_on_its_way_ends_with_the_old_password() {
    let server = house().await;
    let update = update_token(&server).await;
    let jwt = super::jwt(&server, "ann").await;
    let change = json!({"old-password": PASSWORD, "new-password": NEW});
    assert_eq!(ask(&server, &jwt, "PUT", CHANGE).json(&change).send().await.status, 204);
    assert_eq!(set(&server, &update, PASSWORD).await.body, BAD);
    let update = update_token(&server).await;
    let ann = server.identity.accounts.find("ann").await.expect("ann");
    server.identity.accounts.suspend(&server.operator(), &ann).await.expect("suspended");
    assert_eq!(set(&server, &update, PASSWORD).await.body, BAD);
}

/// Our addition: the token decides, whoever asks; it is a text and comes with a new password.
#[tokio::test]
async fn the_token_decides_beside_a_credential() {
    let server = house().await;
    server.user("bob", PASSWORD).await;
    let bob = super::jwt(&server, "bob").await;
    let update = update_token(&server).await;
    let body = json!({"password-update-token": "x", "old-password": PASSWORD, "new-password": NEW});
    assert_eq!(ask(&server, &bob, "PUT", CHANGE).json(&body).send().await.body, BAD);
    let body = json!({"password-update-token": update, "old-password": "12", "new-password": NEW});
    assert_eq!(ask(&server, &bob, "PUT", CHANGE).json(&body).send().await.status, 204);
    assert_eq!(sign_in(&server, "ann", NEW).await.status, 200);
    assert_eq!(
        (sign_in(&server, "bob", PASSWORD).await.status.as_u16(), opens(&server, &bob).await),
        (200, 200)
    );
    let body = json!({"password-update-token": null});
    let answer = server.anonymous().ask("PUT", CHANGE).json(&body).send().await;
    assert_eq!(
        violations(&answer, "body"),
        json!([
            "#/password-update-token: expected string, but got null",
            "#: missing properties: \"new-password\""
        ])
    );
    let body = "password-update-token=x&new-password=battery+staple";
    let answer =
        server.anonymous().ask("PUT", CHANGE).body("application/x-www-form-urlencoded", body).send().await;
    assert_eq!(answer.body, BAD);
}

/// 3.6: both take forms; what they require is required.
#[tokio::test]
async fn forms_are_taken() {
    let server = house().await;
    let form =
        |path, body: String| person(&server, path).body("application/x-www-form-urlencoded", body).send();
    assert_eq!(form(RESTORE, "email=ann%40example.org".to_owned()).await.status, 200);
    let (_, token) = mailed(&server, MailKind::RestorePassword).await;
    let answer = form(RESTORE_VERIFY, format!("password-restore-token={token}")).await;
    assert_eq!(answer.json()["success"], json!(true));
    let missing = |name: &str| json!([format!("#: missing properties: \"{name}\"")]);
    assert_eq!(violations(&form(RESTORE, "a=b".to_owned()).await, "formData"), missing("email"));
    let answer = form(RESTORE_VERIFY, "a=b".to_owned()).await;
    assert_eq!(violations(&answer, "formData"), missing("password-restore-token"));
}
