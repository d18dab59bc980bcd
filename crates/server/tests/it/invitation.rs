//! `/invitation` as a program sees it: who may do what with a code, and where the code goes.

use std::time::Duration;

use identity::mail::MailKind;
use identity::organization::invitations::{Delivery, LIFE};
use identity::organization::{Organization, OrganizationRole};
use testkit::{Answer, TestServer};

use super::forms::{FORM, cookie_of};

const PATH: &str = "/invitation";
const PASSWORD: &str = "correct horse";
const ANN: &str = "ann@example.org";

/// A server, an organization, and the code of an invitation of [`ANN`] to it.
async fn invited_with(settings: &str) -> (TestServer, Organization, String) {
    let server = TestServer::with(settings);
    let (op, organizations) = (server.operator(), server.identity.organizations.clone());
    let acme = organizations.create_by_operator(&op, "Acme & Sons", None, false).await.expect("made");
    let role = OrganizationRole::Admin;
    let made = organizations.invite_by_operator(&op, &acme, ANN, role, Delivery::Shown).await;
    let code = made.expect("invited").1.expect("shown").expose().to_owned();
    (server, acme, code)
}

async fn invited() -> (TestServer, Organization, String) {
    invited_with("").await
}

/// The page as somebody with this cookie sees it.
async fn opened(server: &TestServer, code: &str, cookie: &str) -> Answer {
    server.anonymous().get(&format!("{PATH}?code={code}")).header("cookie", cookie).send().await
}

async fn step(server: &TestServer, step: &str, code: &str, cookie: &str, more: &str) -> Answer {
    let body = format!("step={step}&code={code}{more}");
    server.anonymous().post(PATH).header("cookie", cookie).body(FORM, body).send().await
}

/// The cookie of somebody who signed in at our own page.
async fn signed_in(server: &TestServer, name: &str) -> String {
    let json = serde_json::json!({"identifier": name, "password": PASSWORD});
    let answer = server.anonymous().post("/id/v1/login").json(&json).send().await;
    cookie_of(&answer)
}

async fn members(server: &TestServer, of: &Organization) -> Vec<(OrganizationRole, Option<String>)> {
    let members = server.identity.organizations.members_for_operator(of).await.expect("a list");
    members.into_iter().map(|(membership, user)| (membership.role, user.email)).collect()
}

/// Its `step` fields: what the page offers.
fn offers(page: &Answer) -> Vec<&str> {
    let parts = page.body.split("name=\"step\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn who_has_no_account_makes_one_and_joins() {
    let (server, acme, code) = invited().await;
    let page = opened(&server, &code, "").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.body.contains("Acme &#38; Sons") && page.body.contains(ANN), "{page}");
    assert_eq!(offers(&page), ["make"], "{page}");
    assert!(members(&server, &acme).await.is_empty(), "opening it changes nothing");

    let short = step(&server, "make", &code, "", "&name=Ann&password=short").await;
    assert!(short.status == 400 && short.body.contains("This password is too short."), "{short}");
    assert!(short.body.contains("value=\"Ann\"") && !short.body.contains("value=\"short\""), "{short}");
    let weak = step(&server, "make", &code, "", "&name=Ann&password=Passwort1").await;
    assert!(weak.status == 400 && weak.body.contains("Too many people have this password"), "{weak}");
    assert!(!weak.body.contains("Passwort1"), "{weak}");
    let password = "&name=%20Ann%0ALee&password=correct+horse";
    let made = step(&server, "make", &code, "", password).await;
    assert!(made.status == 200 && made.body.contains("href=\"/login\""), "{made}");
    assert_eq!(members(&server, &acme).await, [(OrganizationRole::Admin, Some(ANN.to_owned()))]);
    let ann = server.identity.accounts.find(ANN).await.expect("there");
    assert!(ann.email_verified && ann.name.as_str() == "AnnLee", "{}", ann.name.as_str());
    signed_in(&server, ANN).await;
    for answer in [opened(&server, &code, "").await, step(&server, "make", &code, "", password).await] {
        assert!(answer.status == 400 && answer.body.contains("This invitation was followed"), "{answer}");
    }
}

#[tokio::test]
async fn who_is_signed_in_with_the_address_joins_by_a_button() {
    let (server, acme, code) = invited().await;
    server.user("ann", PASSWORD).await;
    let cookie = signed_in(&server, "ann").await;
    let page = opened(&server, &code, &cookie).await;
    assert_eq!(offers(&page), ["join", "sign-out"], "{page}");
    let joined = step(&server, "join", &code, &cookie, "").await;
    assert!(joined.status == 200 && joined.body.contains("You belong to"), "{joined}");
    assert_eq!(members(&server, &acme).await.len(), 1);
}

/// security 1, invitation.
#[tokio::test]
async fn who_is_signed_in_as_somebody_else_is_told_and_does_not_join() {
    let (server, acme, code) = invited().await;
    server.user("eve", PASSWORD).await;
    let cookie = signed_in(&server, "eve").await;
    let page = opened(&server, &code, &cookie).await;
    assert_eq!(offers(&page), ["sign-out"], "{page}");
    assert!(page.body.contains(ANN), "{page}");
    let refused = step(&server, "join", &code, &cookie, "").await;
    assert_eq!(refused.status.as_u16(), 403, "{refused}");
    assert!(members(&server, &acme).await.is_empty());
    // The form signs nobody out: it leads to the page that asks.
    let out = step(&server, "sign-out", &code, &cookie, "").await;
    assert_eq!(out.status.as_u16(), 303);
    assert!(out.header("location").expect("a page").starts_with("/logout?return_to="), "{out}");
}

#[tokio::test]
async fn who_has_not_verified_the_address_is_sent_a_message_first() {
    let (server, acme, code) = invited().await;
    server.user_with("ann", PASSWORD, |user| user.email_verified = false).await;
    let cookie = signed_in(&server, "ann").await;
    assert_eq!(offers(&opened(&server, &code, &cookie).await), ["verify", "sign-out"]);
    assert_eq!(step(&server, "join", &code, &cookie, "").await.status.as_u16(), 403);
    assert_eq!(step(&server, "verify", &code, &cookie, "").await.status.as_u16(), 200);
    let mail = server.mails().await.pop().expect("a message");
    assert_eq!(mail.kind, MailKind::VerifyEmail);
    let token = format!("token={}", mail.token.expect("a token").secret.expose());
    server.anonymous().post("/verify-email").body(FORM, token).send().await;
    assert_eq!(step(&server, "join", &code, &cookie, "").await.status.as_u16(), 200);
    assert_eq!(members(&server, &acme).await.len(), 1);
}

/// The code stands in no address but that of the message: a cookie holds it while somebody signs in.
#[tokio::test]
async fn who_has_an_account_signs_in_first_and_comes_back_with_the_code_in_a_cookie() {
    let (server, acme, code) = invited_with("public_url = \"https://login.example\"").await;
    server.user("ann", PASSWORD).await;
    let page = opened(&server, &code, "").await;
    assert_eq!(offers(&page), ["sign-in"], "{page}");
    let taken = step(&server, "make", &code, "", "&password=correct+horse").await;
    assert!(taken.status == 409 && offers(&taken) == ["sign-in"], "{taken}");
    let away = step(&server, "sign-in", &code, "", "").await;
    assert_eq!(away.status.as_u16(), 303);
    assert_eq!(away.header("location"), Some("/login?return_to=https%3A%2F%2Flogin.example%2Finvitation"));
    let cookie = away.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("__Host-vestibule_invitation="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "Path=/", "SameSite=Lax", "Max-Age=3600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let kept = cookie_of(&away);
    let both = format!("{}; {kept}", signed_in(&server, "ann").await);
    let page = server.anonymous().get(PATH).header("cookie", &both).send().await;
    assert_eq!(offers(&page), ["join", "sign-out"], "{page}");
    let joined = step(&server, "join", &code, &both, "").await;
    assert_eq!(members(&server, &acme).await.len(), 1);
    let gone = joined.header("set-cookie").expect("it is taken away");
    assert!(gone.starts_with("__Host-vestibule_invitation=") && gone.contains("Max-Age=0"), "{gone}");
}

#[tokio::test]
async fn without_passwords_nobody_makes_an_account_with_one() {
    let (server, acme, code) = invited_with("[password]\nsign_in = false").await;
    assert_eq!(offers(&opened(&server, &code, "").await), ["sign-in"]);
    let refused = step(&server, "make", &code, "", "&password=correct+horse").await;
    assert!(refused.status == 403 && refused.body.contains("No passwords here"), "{refused}");
    assert!(members(&server, &acme).await.is_empty());
}

#[tokio::test]
async fn a_code_that_is_none_or_has_expired_opens_nothing() {
    let (server, acme, code) = invited().await;
    let unknown = "ffffffff-ffff-4fff-bfff-ffffffffffff";
    let bare = server.anonymous().get(PATH).send().await;
    let mut refused = vec![bare];
    for code in ["x", unknown, "%00"] {
        refused.push(opened(&server, code, "").await);
        refused.push(step(&server, "make", code, "", "&password=correct+horse").await);
        refused.push(step(&server, "sign-in", code, "", "").await);
    }
    server.advance(LIFE - Duration::from_millis(1));
    assert_eq!(opened(&server, &code, "").await.status.as_u16(), 200);
    server.advance(Duration::from_millis(1));
    refused.push(opened(&server, &code, "").await);
    refused.push(step(&server, "make", &code, "", "&password=correct+horse").await);
    for answer in refused {
        assert_eq!(answer.status.as_u16(), 400, "{answer}");
        assert!(answer.body.contains("This invitation is no longer good"), "{answer}");
        assert!(!answer.body.contains("Acme") && !answer.body.contains(ANN), "{answer}");
    }
    assert!(members(&server, &acme).await.is_empty());
}

#[tokio::test]
async fn a_page_of_another_site_does_nothing_with_a_code() {
    let (server, acme, code) = invited().await;
    let body = format!("step=make&code={code}&password=correct+horse");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let ask = server.anonymous().post(PATH).header(name, value).body(FORM, body.clone());
        assert_eq!(ask.send().await.status.as_u16(), 403, "{name}");
    }
    assert_eq!(step(&server, "dance", &code, "", "").await.status.as_u16(), 400);
    assert!(members(&server, &acme).await.is_empty());
}

#[tokio::test]
async fn the_page_leads_nowhere_with_its_code() {
    let (server, _, code) = invited().await;
    let page = opened(&server, &code, "").await;
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert!(page.header("set-cookie").is_none(), "nobody is marked for reading");
    assert_eq!(page.body.matches(&code).count(), 1, "{page}");
    assert!(!page.body.contains("lang=de"), "{page}");
}

/// What others have written about themselves is a text like any other.
#[tokio::test]
async fn names_are_shown_as_texts() {
    let server = TestServer::start();
    let (op, organizations) = (server.operator(), server.identity.organizations.clone());
    let made = organizations.create_by_operator(&op, "<b>Evil", None, false).await.expect("made");
    let role = OrganizationRole::User;
    let made = organizations.invite_by_operator(&op, &made, ANN, role, Delivery::Shown).await.expect("made");
    let page = opened(&server, made.1.expect("shown").expose(), "").await;
    assert!(page.body.contains("&#60;b&#62;Evil") && !page.body.contains("<b>Evil"), "{page}");
}

#[tokio::test]
async fn without_the_door_that_pages_stand_at_there_is_no_page() {
    let (server, _, code) = invited_with("[dialects.native]\nenabled = false").await;
    assert_eq!(opened(&server, &code, "").await.status.as_u16(), 404);
}
