//! contracts 4.1, GET `/api/auth`: to the provider.

use insta::assert_snapshot;
use testkit::TestServer;
use testkit::provider::{Endpoint, Mode};

use super::{START, house, location, parameter, secret, shown};

/// 303 with an empty body, and the cookie as the product writes it.
#[tokio::test]
async fn clause_4_1_a_browser_is_sent_to_the_provider() {
    let house = house().await;
    let answer = house.server.anonymous().get(START).send().await;
    let location = location(&answer);
    let shown = shown(&answer).replace(&location, "[THE PROVIDER]");
    assert_snapshot!(shown, @r#"
    303 See Other
    location: [THE PROVIDER]
    set-cookie: vault=[64 OF 0-9a-z]; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400
    "#);
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    for (name, expected) in [
        ("response_type", Some("code")),
        ("client_id", Some("vestibule client")),
        ("code_challenge_method", Some("S256")),
        ("redirect_uri", Some("http://127.0.0.1:8080/api/auth/callback")),
        ("scope", Some("openid profile email")),
    ] {
        assert_eq!(parameter(&location, name).as_deref(), expected, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(parameter(&location, name).is_some_and(|value| value.len() >= 43), "{name}");
    }
}

/// security 2, no. 41: nothing of it is the same twice.
#[tokio::test]
async fn every_login_has_a_state_of_its_own() {
    let house = house().await;
    let (one, other) = (house.begin().await, house.begin().await);
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&one.location, name), parameter(&other.location, name), "{name}");
    }
    assert_ne!(one.secret, other.secret);
}

/// A value that is no UUID: as actix says it.
#[tokio::test]
async fn clause_4_1_a_value_that_is_no_uuid_is_refused_as_text() {
    let house = house().await;
    let answer = house.server.anonymous().get(&format!("{START}?organization_id=acme")).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: text/plain; charset=utf-8

    Query deserialize error: UUID parsing failed: invalid character: found `m` at 2
    "#);
    let uuid = super::NOBODYS;
    for query in [
        "inv_code=1".to_owned(),
        "inv_code=".to_owned(),
        "organization_id=".to_owned(),
        format!("inv_code={uuid}&inv_code={uuid}"),
        format!("organization_id={uuid}&organization_id={uuid}"),
        "redirect_uri=/&redirect_uri=/".to_owned(),
        "redirect_uri=%ff".to_owned(),
    ] {
        let answer = house.server.anonymous().get(&format!("{START}?{query}")).send().await;
        assert_eq!(answer.status, 400, "{query}: {answer}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{query}");
        assert!(answer.body.starts_with("Query deserialize error: "), "{answer}");
        assert_eq!(answer.header("set-cookie"), None);
    }
}

/// design: our own page takes the provider's place.
#[tokio::test]
async fn without_a_provider_our_own_page_takes_its_place() {
    let answer = TestServer::start().anonymous().get(START).send().await;
    let url = answer.header("location").expect("a way on");
    assert!(answer.status == 303 && url.contains("/login?continue="), "{url}");
}

/// 400 where there is nobody to sign in with.
#[tokio::test]
async fn clause_4_1_without_a_provider_it_is_the_providers_fault() {
    let server = TestServer::with("[dialects.native]\nenabled = false");
    let answer = server.anonymous().get(START).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {"message":"OAuth error likely with OIDC provider."}
    "#);
    assert_eq!(answer.fault, Some("provider_unknown"));

    let house = house().await;
    house.provider.misbehave(Endpoint::Discovery, Mode::Status(503));
    let down = house.server.anonymous().get(START).send().await;
    assert_eq!((down.to_string(), down.fault), (answer.to_string(), Some("provider_unavailable")));
}

/// A browser with a live session stays known by it: a login that is begun ends nothing.
#[tokio::test]
async fn a_login_begun_beside_a_session_leaves_it() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer = house.ask(&session, "GET", START).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (303, None));
    assert!(house.opens(&session).await);
}

/// security 1, session-fixation: what a browser came with and opens nothing is not taken up.
#[tokio::test]
async fn a_planted_cookie_is_replaced() {
    let house = house().await;
    let planted = "a".repeat(64);
    let answer = house.ask(&planted, "GET", START).send().await;
    assert_ne!(secret(&answer), planted);
}
