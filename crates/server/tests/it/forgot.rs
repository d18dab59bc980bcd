//! `/forgot-password` as a program sees it: one answer for every address, and no way around a captcha.

use std::time::Duration;

use identity::mail::MailKind;
use testkit::{Answer, TestServer};

use super::forms::{FORM, cookie_of, field_of, sent_with};

const PATH: &str = "/forgot-password";

/// The answer to the form as filled in by a browser that has opened the page.
async fn asked(server: &TestServer, email: &str) -> Answer {
    let page = server.anonymous().get(PATH).send().await;
    assert_eq!(page.status.as_u16(), 200, "{page}");
    sent_with(server, &page, PATH, &[("email", email)]).await
}

#[tokio::test]
async fn whoever_has_the_address_the_answer_is_the_same_and_a_message_goes_to_its_owner() {
    let server = TestServer::start();
    server.user("ann", "correct horse").await;
    let theirs = asked(&server, " Ann@example.org ").await;
    let (nobodys, nonsense) = (asked(&server, "eve@example.org").await, asked(&server, "x").await);
    assert_eq!(theirs.status.as_u16(), 200);
    assert!(theirs.body.contains("If there is an account with this address"), "{theirs}");
    assert_eq!((&theirs.body, &theirs.body), (&nobodys.body, &nonsense.body));
    let mails = server.mails().await;
    let [mail] = mails.as_slice() else { panic!("{} messages", mails.len()) };
    assert_eq!((mail.kind, mail.to.as_str()), (MailKind::RestorePassword, "ann@example.org"));
    assert!(mail.return_to.as_deref().expect("a way on").ends_with("/login"));
}

/// What is too often is told to nobody.
#[tokio::test]
async fn the_sixth_time_in_an_hour_is_answered_as_the_first_and_sends_nothing() {
    let server = TestServer::start();
    server.user("ann", "correct horse").await;
    let first = asked(&server, "ann@example.org").await.body;
    for _ in 0..5 {
        assert_eq!(asked(&server, "ann@example.org").await.body, first);
    }
    assert_eq!(server.mails().await.len(), 5);
    server.advance(Duration::from_hours(1));
    asked(&server, "ann@example.org").await;
    assert_eq!(server.mails().await.len(), 1);
}

#[tokio::test]
async fn the_message_leads_back_to_an_own_place_and_to_no_other() {
    let server = TestServer::with("public_url = \"https://login.example\"");
    server.user("ann", "correct horse").await;
    let back = async |query: &str| {
        let page = server.anonymous().get(&format!("{PATH}?return_to={query}")).send().await;
        let cookie = cookie_of(&page);
        let place = field_of(&page, "return_to").unwrap_or_default();
        let token = field_of(&page, "form_token").expect("a token");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", "ann@example.org"), ("return_to", &place), ("form_token", &token)])
            .finish();
        let ask = server.anonymous().post(PATH).header("cookie", cookie).body(FORM, body);
        assert_eq!(ask.send().await.status.as_u16(), 200);
        server.mails().await.pop().expect("a message").return_to.expect("a way on")
    };
    let own = "https://login.example/login?return_to=https%3A%2F%2Flogin.example%2Faccount";
    assert_eq!(back("/account").await, own);
    assert_eq!(back("https://evil.example/").await, "https://login.example/login");
}

/// The core would refuse every form, since the page has no captcha to show; so it is not offered.
#[tokio::test]
async fn the_page_is_no_way_around_a_captcha() {
    let server = TestServer::with(
        "[captcha]\nverify_url = \"https://captcha.example/siteverify\"\nsecret = \"0x0000000000000000\"",
    );
    server.user("ann", "correct horse").await;
    let page = server.anonymous().get(PATH).send().await;
    assert_eq!(page.status.as_u16(), 403, "{page}");
    assert!(page.body.contains("Not on this page") && !page.body.contains("<form"), "{page}");
    // With a token that was given out for another form of the same browser, or with none.
    let login = server.anonymous().get("/login").send().await;
    assert!(!login.body.contains(PATH), "nothing leads there: {login}");
    let sent = sent_with(&server, &login, PATH, &[("email", "ann@example.org")]).await;
    assert_eq!(sent.status.as_u16(), 403);
    assert!(server.mails().await.is_empty());
}

#[tokio::test]
async fn without_passwords_nobody_is_sent_a_way_to_one() {
    let server = TestServer::with("[password]\nsign_in = false");
    let page = server.anonymous().get(PATH).send().await;
    assert!(page.status == 403 && page.body.contains("No passwords here"), "{page}");
}

/// Without a mail server the message is the operator's to hand on, and the page says so.
#[tokio::test]
async fn without_a_mail_server_the_page_names_the_operator() {
    let server = TestServer::start();
    let page = server.anonymous().get(PATH).send().await;
    assert!(page.body.contains("sends no mail by itself"), "{page}");
    assert!(asked(&server, "x@example.org").await.body.contains("operator"));
    let with = TestServer::with("[mail]\nsmtp_url = \"smtps://mail.example\"");
    assert!(!with.anonymous().get(PATH).send().await.body.contains("operator"));
    assert!(asked(&with, "x@example.org").await.body.contains("a message is on its way"));
}

#[tokio::test]
async fn a_form_that_is_foreign_or_lacks_its_token_sends_nothing() {
    let server = TestServer::start();
    server.user("ann", "correct horse").await;
    let bare = server.anonymous().post(PATH).body(FORM, "email=ann%40example.org").send().await;
    assert_eq!(bare.status.as_u16(), 403, "{bare}");
    let page = server.anonymous().get(PATH).send().await;
    let token = field_of(&page, "form_token").expect("a token");
    let body = format!("email=ann%40example.org&form_token={token}");
    let foreign = server.anonymous().post(PATH).header("cookie", cookie_of(&page));
    let foreign = foreign.header("origin", "https://evil.example").body(FORM, body).send().await;
    assert_eq!(foreign.status.as_u16(), 403, "{foreign}");
    assert!(server.mails().await.is_empty());
}
