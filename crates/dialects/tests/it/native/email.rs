//! Another e-mail address.

use std::time::Duration;

use identity::mail::MailKind;
use serde_json::json;
use testkit::TestServer;

use super::{EMAIL, EMAIL_CONFIRM, EMAIL_VERIFY, ME, PASSWORD, ask, house, problem, send, session};

async fn tokens(server: &TestServer) -> Vec<(MailKind, String, String)> {
    let mails = server.mails().await;
    let with_token = mails
        .into_iter()
        .filter_map(|mail| Some((mail.kind, mail.to.clone(), mail.token?.secret.expose().to_owned())));
    with_token.collect()
}

#[tokio::test]
async fn an_address_is_changed_when_both_messages_were_followed() {
    let server = house().await;
    let here = session(&server, "john").await;
    let answer = send(&server, &here, EMAIL, json!({"email": "new@example.com"})).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (202, ""));
    let mut told = Vec::new();
    for (_, _, token) in tokens(&server).await {
        let ask = server.anonymous().post(EMAIL_CONFIRM).json(&json!({"token": token}));
        told.push(ask.send().await.json());
        let again = server.anonymous().post(EMAIL_CONFIRM).json(&json!({"token": token})).send().await;
        assert_eq!(problem(&again), (400, "ticket_invalid".to_owned()));
    }
    assert_eq!(told, [json!({"changed": false}), json!({"changed": true})]);
    let me = ask(&server, &here, "GET", ME).send().await.json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!("new@example.com"), &json!(true)));
}

/// security no. 13: who asks is told the same of every address.
#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_a_message() {
    let server = house().await;
    server.user("ann", PASSWORD).await;
    let here = session(&server, "john").await;
    let mut answers = Vec::new();
    for email in ["ann@example.org", "free@example.org"] {
        answers.push(send(&server, &here, EMAIL, json!({"email": email})).await.to_string());
    }
    assert_eq!(answers[0], answers[1]);
    assert!(!tokens(&server).await.iter().any(|(_, to, _)| to == "ann@example.org"));
    let wrong = send(&server, &here, EMAIL, json!({"email": "nonsense"})).await;
    assert_eq!(problem(&wrong), (400, "email_invalid".to_owned()));
    server.advance(Duration::from_mins(10));
    let stale = send(&server, &here, EMAIL, json!({"email": "new@example.com"})).await;
    assert_eq!(problem(&stale), (403, "fresh_login_required".to_owned()));
}

#[tokio::test]
async fn the_message_that_verifies_the_own_address_is_sent_again() {
    let server = house().await;
    server.user_with("ann", PASSWORD, |user| user.email_verified = false).await;
    let (john, ann) = (session(&server, "john").await, session(&server, "ann").await);
    let again = async |session: &str| ask(&server, session, "POST", EMAIL_VERIFY).send().await;
    for who in [&john, &ann] {
        let answer = again(who).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (202, ""));
    }
    let sent = tokens(&server).await;
    let sent: Vec<_> = sent.iter().map(|(kind, to, _)| (*kind, to.as_str())).collect();
    assert_eq!(sent, [(MailKind::VerifyEmail, "ann@example.org")], "john's is verified");
    for _ in 0..4 {
        again(&ann).await;
    }
    let refused = again(&ann).await;
    assert_eq!(problem(&refused), (429, "throttled".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("3600"));
    let nobody = server.anonymous().ask("POST", EMAIL_VERIFY).send().await;
    assert_eq!(problem(&nobody), (401, "credential_missing".to_owned()));
}

/// A message leads to a page; opening it changes nothing, its button does.
#[tokio::test]
async fn the_page_of_a_message_agrees_by_its_button() {
    let server = house().await;
    let here = session(&server, "john").await;
    send(&server, &here, EMAIL, json!({"email": "new@example.com"})).await;
    let mut titles = Vec::new();
    for (_, _, token) in tokens(&server).await {
        let page = server.anonymous().get(&format!("/confirm-address?token={token}")).send().await;
        assert!(page.status == 200 && page.body.contains(">I agree</button>"), "{page}");
        let form = format!("token={token}");
        let ask = server.anonymous().post("/confirm-address").body("application/x-www-form-urlencoded", form);
        let page = ask.send().await.body;
        titles.push(page.split("<h1>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned());
    }
    assert_eq!(titles, ["Thank you", "The address is changed"]);
}
