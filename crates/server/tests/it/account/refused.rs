//! What changes nothing: forms of other sites and without their token, ids of other people, and logins that are too old
//! for what is sensitive (ASVS 3.5.1, 7.5.1, 8.2.2).

use std::time::Duration;

use testkit::provider::{Person, TestProvider};
use web::Clock as _;

use super::*;
use crate::browser::{hidden, way_out};

/// A house with a provider that `john` and `ann` are linked to, and a key of each.
async fn furnished() -> (TestServer, TestProvider) {
    let provider = TestProvider::start().await;
    let server = house_with(&provider.settings("acme")).await;
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    server.user("ann", PASSWORD).await;
    for name in ["john", "ann"] {
        knox(&server, name, "curl/8").await;
        let mut browser = Browser::of(&server, name, PASSWORD).await;
        let made = [("name", name), ("door", "native"), ("days", "never")];
        assert_eq!(browser.fill_in(KEYS, KEYS, &made).await.status, 200);
        let leaving = browser.fill_in(PAGE, LINK, &[("provider", "acme")]).await;
        let back = provider.login(&way_out(&leaving), &Person::new(name));
        assert_eq!(browser.open(&format!("/login/callback?{}", back.query())).await.status, 303);
    }
    (server, provider)
}

/// What somebody has, by the native API, in which every list has its ids.
async fn all(server: &TestServer, browser: &Browser<'_>) -> [Value; 4] {
    let list = async |path: &str| told(server, browser, path).await;
    [
        list("/id/v1/sessions").await,
        list("/id/v1/keys").await,
        list("/id/v1/identities").await,
        json!(server.mails().await.len()),
    ]
}

fn ids(list: &Value, name: &str) -> String {
    let list = list[name].as_array().expect("a list");
    let id = list.iter().find(|one| one["current"] != json!(true)).expect("one")["id"].as_str();
    id.expect("an id").to_owned()
}

#[tokio::test]
async fn what_is_another_persons_is_not_there() {
    let (server, _provider) = furnished().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let anns = Browser::of(&server, "ann", PASSWORD).await;
    let before = all(&server, &anns).await;
    for (path, id, kind) in [
        (END, ids(&before[0], "sessions"), "session_not_found"),
        (END_KEY, ids(&before[1], "keys"), "api_key_not_found"),
        (UNLINK, ids(&before[2], "identities"), "identity_not_found"),
    ] {
        for id in [id.as_str(), "", "x", "00000000-0000-0000-0000-000000000000"] {
            let answer = browser.fill_in(PAGE, path, &[("id", id)]).await;
            assert_eq!((answer.status.as_u16(), answer.fault), (409, Some(kind)), "{path} {id}");
            assert_eq!(
                notice(&answer),
                Some("Something else has changed this meanwhile. Please look again.")
            );
        }
    }
    assert_eq!(all(&server, &anns).await[..3], before[..3]);
}

/// A form: the page it stands on, where it goes, and what it would send.
type Filled = (&'static str, &'static str, Vec<(String, String)>);

/// Every form of the account.
fn forms(mine: &[Value; 4]) -> [Filled; 7] {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let key = vec![field("name", "x"), field("door", "native"), field("days", "7")];
    [
        (PAGE, END, vec![field("id", &ids(&mine[0], "sessions"))]),
        (PAGE, END_OTHERS, Vec::new()),
        (KEYS, KEYS, key),
        (PAGE, END_KEY, vec![field("id", &ids(&mine[1], "keys"))]),
        (PAGE, LINK, vec![field("provider", "acme")]),
        (PAGE, UNLINK, vec![field("id", &ids(&mine[2], "identities"))]),
        (EMAIL, EMAIL, vec![field("email", "new@example.org")]),
    ]
}

#[tokio::test]
async fn a_form_without_its_token_or_of_another_site_changes_nothing() {
    let (server, _provider) = furnished().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let mut other = Browser::of(&server, "ann", PASSWORD).await;
    server.mails().await;
    let before = all(&server, &browser).await;
    // A form of the same browser, to another path; and of another browser, to this path.
    let elsewhere = hidden(&browser.open("/account/password").await, "/account/password");
    for (page, path, fields) in forms(&before) {
        let own = match path {
            // There is no such form while it is linked.
            LINK => elsewhere.clone(),
            _ => hidden(&browser.open(page).await, path),
        };
        let theirs = if path == LINK { Vec::new() } else { hidden(&other.open(page).await, path) };
        let late = |token: &[(String, String)]| [token, fields.as_slice()].concat();
        for token in [Vec::new(), elsewhere.clone(), theirs] {
            let answer = browser.send(path, &late(&token)).await;
            assert_eq!((answer.status.as_u16(), answer.fault), (403, Some("form_token_invalid")), "{path}");
        }
        for origin in ["https://evil.example", "null"] {
            let answer = browser.send_from(origin, path, &late(&own)).await;
            assert_eq!((answer.status.as_u16(), answer.fault), (403, Some("cross_site")), "{path}");
        }
    }
    assert_eq!(all(&server, &browser).await, before);
}

/// What could take the account away wants a login of the last ten minutes; the way there leads back.
#[tokio::test]
async fn an_old_login_is_led_to_show_itself_once_more() {
    let (server, provider) = furnished().await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    let (key, email) = (browser.open(KEYS).await, browser.open(EMAIL).await);
    let page = browser.open(PAGE).await;
    server.mails().await;
    let unlinked = id(rows(&page, "providers")[0]);
    server.advance(Duration::from_mins(10));
    let before = all(&server, &browser).await;
    let wish = [("name", "x"), ("door", "native"), ("days", "7")];
    for (answer, back) in [
        (browser.open(KEYS).await, KEYS),
        (browser.open(EMAIL).await, EMAIL),
        (browser.submit(&key, KEYS, &wish).await, KEYS),
        (browser.submit(&email, EMAIL, &[("email", "new@example.org")]).await, EMAIL),
        (browser.submit(&page, UNLINK, &[("id", &unlinked)]).await, PAGE),
    ] {
        assert_eq!(answer.status, 303, "{answer}");
        let place = format!("http%3A%2F%2F127.0.0.1%3A8080{}", back.replace('/', "%2F"));
        assert_eq!(answer.header("location"), Some(format!("/login/confirm?return_to={place}").as_str()));
    }
    assert_eq!(all(&server, &browser).await, before);
    // Seeing to sessions and keys is not sensitive: whoever fears a thief need not hurry.
    assert_eq!(browser.submit(&page, END_KEY, &[("id", &ids(&before[1], "keys"))]).await.status, 303);
    assert_eq!(
        browser.submit(&page, END_OTHERS, &[]).await.header("location"),
        Some("/account?done=others-ended")
    );

    let asked = browser.open(KEYS).await;
    let asked = browser.follow(&asked).await;
    let confirmed = browser.submit(&asked, "/login/confirm", &[("password", PASSWORD)]).await;
    let form = browser.follow(&confirmed).await;
    assert_eq!(browser.submit(&form, KEYS, &wish).await.status, 200);
    drop(provider);
}

#[tokio::test]
async fn an_old_login_links_nothing() {
    let provider = TestProvider::start().await;
    let server = house_with(&provider.settings("acme")).await;
    let mut browser = Browser::of(&server, "john", PASSWORD).await;
    server.advance(Duration::from_mins(10));
    let answer = browser.fill_in(PAGE, LINK, &[("provider", "acme")]).await;
    assert_eq!(answer.status, 303, "{answer}");
    assert!(answer.header("location").expect("one").starts_with("/login/confirm?return_to="), "{answer}");
}
