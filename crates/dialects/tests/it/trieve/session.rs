//! contracts 4.3: the cookie `vault`, how long what it opens lives, and what else ends it.

use std::time::Duration;

use super::{ME, START, house, house_with, key_body, secret};

/// A day after the login it is over, used or not.
#[tokio::test]
async fn clause_4_3_a_session_ends_a_day_after_the_login_even_when_it_is_used() {
    let house = house().await;
    let session = house.session("ann").await;
    for _ in 0..23 {
        house.server.advance(Duration::from_hours(1));
        let answer = house.ask(&session, "GET", ME).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (200, None));
    }
    house.server.advance(Duration::from_hours(1));
    assert!(!house.opens(&session).await);
    assert!(!house.opens(&house.begin().await.secret).await, "a browser at the provider is nobody yet");
}

/// A rest of any length within the day ends nothing.
#[tokio::test]
async fn clause_4_3_a_session_may_rest_all_day() {
    let house = house().await;
    let session = house.session("ann").await;
    house.server.advance(Duration::from_mins(24 * 60 - 1));
    assert!(house.opens(&session).await);
}

/// `session_lifetime`: of the session and of its cookie.
#[tokio::test]
async fn the_lifetime_is_configured() {
    let house = house_with("session_lifetime = \"2h\"\n").await;
    let answer = house.come_back(&house.begin().await, "ann").await;
    assert!(
        answer.header("set-cookie").is_some_and(|cookie| cookie.ends_with("Path=/; Max-Age=7200")),
        "{answer}"
    );
    house.server.advance(Duration::from_hours(2));
    assert!(!house.opens(&secret(&answer)).await);
}

/// security 2, no. 22: a new cookie at each login, and what the browser came with is dead.
#[tokio::test]
async fn a_login_ends_what_the_browser_had() {
    let house = house().await;
    let first = house.session("ann").await;
    let again = house.ask(&first, "GET", START).send().await;
    let back = house
        .provider
        .login(again.header("location").expect("a location"), &testkit::provider::Person::new("ann"));
    let second = secret(&house.bring(&first, &back).send().await);
    assert_ne!(first, second);
    assert!(!house.opens(&first).await && house.opens(&second).await);
}

/// security 1, session-fixation: what a browser was known by at the provider opens nothing, before and after.
#[tokio::test]
async fn the_cookie_of_a_login_under_way_never_opens() {
    let house = house().await;
    let browser = house.begin().await;
    assert!(!house.opens(&browser.secret).await);
    assert_eq!(house.come_back(&browser, "ann").await.status, 200);
    assert!(!house.opens(&browser.secret).await);
}

/// security 1, disabled-user: suspended, neither session nor key opens; let in again, the key does and the
/// session stays dead.
#[tokio::test]
async fn a_suspended_user_is_nobody() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let id = house.me(&session).await["id"].as_str().expect("an id").to_owned();
    let accounts = &house.server.identity.accounts;
    let ann = accounts.find(&id).await.expect("ann");
    accounts.suspend(&house.server.operator(), &ann).await.expect("suspended");
    assert!(!house.opens(&session).await && !house.bears(&key).await);
    accounts.activate(&house.server.operator(), &ann).await.expect("active");
    assert!(!house.opens(&session).await && house.bears(&key).await);
}

/// contracts 8.4, at rest: digests only.
#[tokio::test]
async fn no_secret_is_kept() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let organization = house.organization(&session).await;
    let of_organization = house.organization_key(&session, &organization, key_body(0)).await;
    let code = house.invited(&session, &organization, "bob", 0).await;
    let stored = house.server.stored_bytes();
    for secret in [session, key, of_organization, code] {
        assert!(!stored.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
}
