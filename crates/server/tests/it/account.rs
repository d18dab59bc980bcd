//! The pages of somebody's own account, as a browser without scripts uses them.

mod email;
mod identities;
mod keys;
mod refused;
mod sessions;

use serde_json::{Value, json};
use testkit::{Answer, TestServer};

use super::browser::{Browser, between, read};

const PASSWORD: &str = "correct horse";
const PAGE: &str = "/account";
const END: &str = "/account/sessions/end";
const END_OTHERS: &str = "/account/sessions/end-others";
const KEYS: &str = "/account/keys";
const END_KEY: &str = "/account/keys/end";
const LINK: &str = "/account/providers/link";
const UNLINK: &str = "/account/providers/unlink";
const EMAIL: &str = "/account/email";

/// A server on which `john` may sign in.
async fn house() -> TestServer {
    house_with("").await
}

async fn house_with(settings: &str) -> TestServer {
    let server = TestServer::with(settings);
    server.user("john", PASSWORD).await;
    server
}

/// A token of knox's.
async fn knox(server: &TestServer, name: &str, user_agent: &str) -> String {
    let body = json!({"username": name, "password": PASSWORD});
    let ask = server.anonymous().post("/auth/login/").header("user-agent", user_agent).json(&body);
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["token"].as_str().expect("a token").to_owned()
}

/// Whether it lets its owner in.
async fn lives(server: &TestServer, token: &str) -> bool {
    let answer = server.bearing(format!("Token {token}")).get("/auth/user/").send().await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{answer}");
    answer.status == 200
}

/// What the native API tells the owner of this browser.
async fn told(server: &TestServer, browser: &Browser<'_>, path: &str) -> Value {
    let cookie = format!("vestibule={}", browser.cookie("vestibule").expect("signed in"));
    let answer = server.anonymous().get(path).header("cookie", cookie).send().await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()
}

/// The section of the page with this id.
fn section<'a>(page: &'a Answer, id: &str) -> &'a str {
    between(&page.body, &format!("aria-labelledby=\"{id}\""), "</section>")
        .unwrap_or_else(|| panic!("no section {id}: {page}"))
}

/// The rows of such a section.
fn rows<'a>(page: &'a Answer, id: &str) -> Vec<&'a str> {
    section(page, id).split("<li>").skip(1).collect()
}

/// The id that the button of a row sends.
fn id(row: &str) -> String {
    between(row, "name=\"id\" value=\"", "\"").expect("a button").to_owned()
}

/// The sentence that a page tells of what was done or refused.
fn notice(page: &Answer) -> Option<&str> {
    between(&page.body, "<div class=\"notice ", "</div>").and_then(|notice| between(notice, "<p>", "</p>"))
}

#[tokio::test]
async fn somebody_finds_who_they_are_here() {
    let server = TestServer::start();
    let name = |account: &mut identity::NewAccount| {
        account.name = identity::user::PersonName::whole("John Doe");
        account.email_verified = false;
    };
    server.user_with("john", PASSWORD, name).await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open(PAGE).await;
    assert_eq!(page.status, 200);
    let text = read(&page);
    let about = "You are signed in as John Doe. | About you | Name | John Doe | Username | john | E-mail address | \
                 john@example.org | not verified | Kind of account | Ordinary account | Change e\u{2011}mail address | \
                 Change password";
    assert!(text.contains(about), "{text}");
    assert!(!text.contains("Linked providers") && !text.contains("End all others"), "{text}");
    assert!(text.contains("You have no API keys."), "{text}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let german = Browser::of(&server, "john", PASSWORD).await.speaking("de").open(PAGE).await;
    assert!(read(&german).contains("Firefox auf Linux | Diese hier"), "{}", read(&german));
    assert!(read(&german).contains("2. Januar 2026, 12:00 UTC"), "{}", read(&german));
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let server = house().await;
    let mut browser = Browser::new(&server);
    for page in [PAGE, KEYS, EMAIL] {
        let answer = browser.open(page).await;
        let place = format!("http%3A%2F%2F127.0.0.1%3A8080{}", page.replace('/', "%2F"));
        assert_eq!(answer.status, 303, "{page}");
        assert_eq!(answer.header("location"), Some(format!("/login?return_to={place}").as_str()));
    }
    // A header opens no page.
    let token = knox(&server, "john", "curl/8").await;
    let answer = server.bearing(format!("Token {token}")).get(PAGE).send().await;
    assert_eq!(answer.status, 303);
}

/// Whoever makes up an address chooses a sentence and writes none.
#[tokio::test]
async fn a_page_says_what_was_done_in_its_own_words_only() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let page = browser.open("/account?done=key-ended").await;
    assert_eq!(notice(&page), Some("The key is revoked."));
    for word in ["", "x", "Key-Ended", "%3Cb%3EYou+won%3C/b%3E", "key-ended%00"] {
        let page = browser.open(&format!("/account?done={word}")).await;
        assert_eq!((page.status.as_u16(), notice(&page)), (200, None), "{word}");
        assert!(!page.body.contains("You won"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_changed_password_is_said_where_everything_is() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let typed = [("old_password", PASSWORD), ("new_password", "another horse"), ("end_others", "yes")];
    let answer = browser.fill_in("/account/password", "/account/password", &typed).await;
    let page = browser.follow(&answer).await;
    assert_eq!(notice(&page), Some("Your password is changed."));
}

/// NIST SP 800-63B-4, 3.1.1.2: the reason stands beside the field, with what would be better.
#[tokio::test]
async fn why_a_password_is_weak_stands_beside_the_new_one() {
    let server = house().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    for (language, new, expected) in [
        ("en", "password1", "Too many people have this password"),
        ("en", "vestibule1", "This password is made of names or addresses"),
        ("de", "password1", "Zu viele Menschen haben dieses Passwort"),
        ("de", "john@example.org", "Dieses Passwort besteht aus Namen oder Adressen"),
        ("de", "correcthorse", "Dieses Passwort l\u{e4}sst sich leicht erraten"),
    ] {
        let path = format!("/account/password?lang={language}");
        let typed = [("old_password", PASSWORD), ("new_password", new), ("end_others", "yes")];
        let answer = browser.fill_in(&path, "/account/password", &typed).await;
        assert_eq!(answer.status.as_u16(), 400, "{new}");
        let told = answer.body.split("id=\"new_password-error\">").nth(1).unwrap_or_default();
        assert!(told.trim_start().starts_with(expected), "{new}: {}", answer.body);
        assert!(!answer.body.contains(new), "{}", answer.body);
    }
}

/// ASVS 1.2.1, 3.2.2: what clients, keys, providers and people call themselves is text.
#[tokio::test]
async fn whatever_came_from_outside_is_shown_as_text() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'&";
    let provider = testkit::provider::TestProvider::start().await;
    let settings = provider.settings("acme").replace("name = \"acme\"", &format!("name = {HOSTILE:?}"));
    let server = TestServer::with(&settings);
    let name = |account: &mut identity::NewAccount| {
        account.name = identity::user::PersonName::whole(HOSTILE);
    };
    server.user_with("john", PASSWORD, name).await;
    knox(&server, "john", HOSTILE).await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await.calling_itself("<script>");
    let typed = [("name", HOSTILE), ("door", "native"), ("days", "never")];
    let made = browser.fill_in(KEYS, KEYS, &typed).await;
    let wrong = browser.fill_in(KEYS, KEYS, &[("name", HOSTILE), ("door", HOSTILE), ("days", HOSTILE)]).await;
    let address = browser.fill_in(EMAIL, EMAIL, &[("email", HOSTILE)]).await;
    for (page, status, times) in
        [(made, 200, 2), (wrong, 400, 1), (address, 400, 1), (browser.open(PAGE).await, 200, 7)]
    {
        assert_eq!(page.status, status, "{page}");
        assert!(!page.body.contains("<script"), "{page}");
        let escaped = "&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;";
        assert_eq!(page.body.matches(escaped).count(), times, "{page}");
    }
}
