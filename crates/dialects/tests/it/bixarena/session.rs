//! contracts 5.4: what a session is, when it ends, and what ends with a login.

use std::time::Duration;

use serde_json::json;
use testkit::provider::Person;

use super::{EDDSA, House, START, TOKEN, house, house_with, location, secret};

/// security 1, session-fixation: what was there before a login opens nothing after it, whoever planted it.
#[tokio::test]
async fn a_login_gives_a_new_cookie_and_the_old_one_is_dead() {
    let house = house().await;
    let browser = house.begin().await;
    let first = secret(&house.come_back(&browser, "ann").await);
    assert_ne!(first, browser.secret);
    assert_eq!((house.opens(&browser.secret).await, house.opens(&first).await), (401, 200));
    // Once more, in the same browser: the session ends with the login, and so does what was known by it.
    let begun = [(); 2].map(|()| house.ask(&first, "GET", START).send());
    let [one, other] = begun;
    let [one, other] = [location(&one.await), location(&other.await)];
    let back = house.provider.login(&one, &Person::new("ann"));
    let second = secret(&house.bring(&first, &back).send().await);
    assert_eq!((house.opens(&first).await, house.opens(&second).await), (401, 200));
    // Another login that was begun by the first session: not finished by the second.
    let back = house.provider.login(&other, &Person::new("ann"));
    assert_eq!(house.bring(&second, &back).send().await.fault, Some("flow_invalid"));
    let ann = house.server.identity.accounts.find("ann").await.expect("ann");
    let live = house.server.identity.sessions.list(&house.server.operator(), ann.number, false).await;
    assert_eq!(live.expect("a list").len(), 1);
}

/// A login as somebody else in the same browser ends the session that was there.
#[tokio::test]
async fn a_browser_has_one_session() {
    let house = house().await;
    let ann = house.session("ann").await;
    let begun = location(&house.ask(&ann, "GET", START).send().await);
    let back = house.provider.login(&begun, &Person::new("bob"));
    let bob = secret(&house.bring(&ann, &back).send().await);
    assert_eq!((house.opens(&ann).await, house.opens(&bob).await), (401, 200));
}

/// 5.4: half an hour without use, moved by use.
#[tokio::test]
async fn clause_5_4_an_idle_session_ends() {
    let house = house().await;
    let session = house.session("ann").await;
    for _ in 0..4 {
        house.server.advance(Duration::from_mins(29));
        assert_eq!(house.opens(&session).await, 200);
        house.server.identity.sessions.flush().await.expect("written");
    }
    house.server.advance(Duration::from_mins(30));
    assert_eq!(house.opens(&session).await, 401);
}

/// ASVS 7.3.2: use does not keep a session for ever.
#[tokio::test]
async fn a_session_ends_after_thirty_days() {
    let house = house_with(&format!("{EDDSA}session_idle = \"7d\"\n")).await;
    let session = house.session("ann").await;
    for _ in 0..5 {
        house.server.advance(Duration::from_hours(6 * 24) - Duration::from_secs(1));
        assert_eq!(house.opens(&session).await, 200);
        house.server.identity.sessions.flush().await.expect("written");
    }
    house.server.advance(Duration::from_secs(5));
    assert_eq!(house.opens(&session).await, 401, "thirty days, and used all the time");
}

/// A short idle life moves in short steps.
#[tokio::test]
async fn a_short_session_lives_by_its_use() {
    let house = house_with(&format!("{EDDSA}session_idle = \"10s\"\n")).await;
    let session = house.session("ann").await;
    for _ in 0..10 {
        house.server.advance(Duration::from_secs(8));
        assert_eq!(house.opens(&session).await, 200);
    }
    house.server.advance(Duration::from_secs(10));
    assert_eq!(house.opens(&session).await, 401);
}

async fn both(house: &House, session: &str, token: &str) -> (u16, u16) {
    (house.opens(session).await, house.bears(token).await)
}

/// security 1, disabled-user; 8.8: refused at our own routes at once, and dead after that.
#[tokio::test]
async fn a_suspended_user_is_refused_at_once() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let begun = house.begin().await;
    let accounts = &house.server.identity.accounts;
    let ann = accounts.find("ann").await.expect("ann");
    assert_eq!(both(&house, &session, &token).await, (200, 200));
    accounts.suspend(&house.server.operator(), &ann).await.expect("suspended");
    assert_eq!(both(&house, &session, &token).await, (401, 401));
    assert_eq!(house.ask(&session, "POST", TOKEN).send().await.status, 401);
    let answer = house.come_back(&begun, "ann").await;
    assert_eq!((answer.status.as_u16(), answer.json()["detail"].clone()), (401, json!("user-inactive")));
    accounts.activate(&house.server.operator(), &ann).await.expect("active");
    assert_eq!(both(&house, &session, &token).await, (401, 401), "the old ones stay dead");
    assert_eq!(house.opens(&house.session("ann").await).await, 200);
}

/// 8.8: a token dies with its session at our own routes, however that ended.
#[tokio::test]
async fn a_token_dies_with_its_session_here() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    house.ask(&session, "POST", super::LOGOUT).send().await;
    assert_eq!(house.bears(&token).await, 401, "by its owner");

    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let ann = house.server.identity.accounts.find("ann").await.expect("ann");
    house.server.identity.sessions.end_all_of(&house.server.operator(), &ann).await.expect("ended");
    assert_eq!(house.bears(&token).await, 401, "by the operator");

    let house = house_with(&format!("{EDDSA}session_idle = \"1m\"\n")).await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    house.server.advance(Duration::from_mins(1));
    assert_eq!(house.bears(&token).await, 401, "by itself");
}

/// The ledger knows it, by its door.
#[tokio::test]
async fn a_session_stands_in_the_ledger() {
    let house = house().await;
    house.session("ann").await;
    let ann = house.server.identity.accounts.find("ann").await.expect("ann");
    let sessions = house.server.identity.sessions.list(&house.server.operator(), ann.number, false).await;
    let doors: Vec<String> =
        sessions.expect("a list").iter().map(|session| session.door.to_string()).collect();
    assert_eq!(doors, ["bixarena"]);
}

/// No secret is kept: not the cookie, before or after the login, nor the state, nor the code, nor a token.
#[tokio::test]
async fn no_secret_is_kept() {
    let house = house().await;
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let session = secret(&house.bring(&browser.secret, &back).send().await);
    let token = house.token(&session).await;
    let signature = token.rsplit('.').next().expect("a signature").to_owned();
    let stored = house.server.stored_bytes();
    let secrets =
        [browser.secret, session, back.state.expect("a state"), back.code.expect("a code"), signature];
    for secret in secrets {
        assert!(!stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
}
