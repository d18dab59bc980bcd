//! Links to providers on pages: made in the browser that asked, taken away, but not the last way in.

use testkit::provider::{Person, TestProvider};
use web::Clock as _;

use super::*;
use crate::browser::way_out;

async fn house_with_provider(more: &str) -> (TestServer, TestProvider) {
    let provider = TestProvider::start().await;
    let server = house_with(&format!("{}{more}", provider.settings("acme"))).await;
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    (server, provider)
}

/// Links the identity that this person has at the provider; where it leads.
async fn link(browser: &mut Browser<'_>, provider: &TestProvider, subject: &str) -> Answer {
    let leaving = browser.fill_in(PAGE, LINK, &[("provider", "acme")]).await;
    assert_eq!(leaving.status, 200, "a page in between: {leaving}");
    let back = provider.login(&way_out(&leaving), &Person::new(subject));
    browser.open(&format!("/login/callback?{}", back.query())).await
}

async fn linked(server: &TestServer, browser: &Browser<'_>) -> usize {
    told(server, browser, "/id/v1/identities").await["identities"].as_array().expect("a list").len()
}

#[tokio::test]
async fn a_provider_is_linked_and_unlinked() {
    let (server, provider) = house_with_provider("").await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    assert!(read(&browser.open(PAGE).await).contains("No provider is linked yet. | Link acme"));
    let back = link(&mut browser, &provider, "sue").await;
    let page = browser.follow(&back).await;
    assert_eq!(notice(&page), Some("The provider is linked to your account."));
    let text = read(&page);
    assert!(
        text.contains("acme | Known there as | sue | Linked | 2 January 2026, 12:00 UTC | Unlink"),
        "{text}"
    );
    assert!(!text.contains("Link acme"), "{text}");
    let answer = browser.submit(&page, UNLINK, &[("id", &id(rows(&page, "providers")[0]))]).await;
    assert_eq!(notice(&browser.follow(&answer).await), Some("The provider is no longer linked."));
    assert_eq!(linked(&server, &browser).await, 0);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let (server, provider) = house_with_provider("sign_up = true\n").await;
    let mut browser = Browser::new(&server);
    let leaving = browser.fill_in("/login", "/login/provider", &[("provider", "acme")]).await;
    let back = provider.login(&way_out(&leaving), &Person::new("sue"));
    let back = browser.open(&format!("/login/callback?{}", back.query())).await;
    assert_eq!(back.status, 303, "{back}");
    let page = browser.open(PAGE).await;
    assert!(read(&page).contains("Choose a password"), "{}", read(&page));
    let answer = browser.submit(&page, UNLINK, &[("id", &id(rows(&page, "providers")[0]))]).await;
    assert_eq!((answer.status.as_u16(), answer.fault), (409, Some("last_way_in")), "{answer}");
    assert!(notice(&answer).expect("why").starts_with("This is the last way into your account."), "{answer}");
    assert_eq!(linked(&server, &browser).await, 1);
    assert_eq!(rows(&answer, "providers").len(), 1, "the page goes on from there");
}

#[tokio::test]
async fn an_identity_of_another_account_is_not_linked() {
    let (server, provider) = house_with_provider("").await;
    server.user("ann", PASSWORD).await;
    let mut anns = Browser::of(&server, "ann", PASSWORD).await;
    link(&mut anns, &provider, "sue").await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let back = link(&mut browser, &provider, "sue").await;
    let page = browser.follow(&back).await;
    assert_eq!(notice(&page), Some("This identity belongs to another account."), "{page}");
    assert_eq!((linked(&server, &browser).await, linked(&server, &anns).await), (0, 1));
}

#[tokio::test]
async fn a_provider_that_nobody_configured_or_that_is_away_links_nothing() {
    let (server, provider) = house_with_provider("").await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    provider.down().await;
    for (id, kind) in
        [("other", "provider_unknown"), ("", "provider_unknown"), ("acme", "provider_unavailable")]
    {
        let answer = browser.fill_in(PAGE, LINK, &[("provider", id)]).await;
        assert_eq!((answer.status.as_u16(), answer.fault), (503, Some(kind)), "{answer}");
        assert_eq!(notice(&answer), Some("The provider does not answer. Please try again later."));
    }
}
