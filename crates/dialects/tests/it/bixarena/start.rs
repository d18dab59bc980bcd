//! contracts 5.1, GET `/auth/oidc/start`.

use insta::assert_snapshot;
use testkit::TestServer;
use testkit::provider::{Endpoint, Mode};

use super::{EDDSA, House, SITE, START, house, house_at, location, one, parameter, set, shown};

/// 302 with an empty body; a fresh cookie; code flow with state, nonce and PKCE.
#[tokio::test]
async fn clause_5_1_a_browser_is_led_to_the_provider() {
    let House { server, provider } = house().await;
    let mut answers = Vec::new();
    for path in [START, "/auth/oidc/start"] {
        for accept in ["*/*", "application/problem+json", "text/html"] {
            let answer = server.anonymous().get(path).header("accept", accept).send().await;
            let url = location(&answer);
            assert!(url.starts_with(provider.url(Endpoint::Authorize).as_str()), "{url}");
            for (name, value) in [
                ("response_type", "code"),
                ("scope", "openid profile email"),
                ("code_challenge_method", "S256"),
                // What is registered, whichever path was asked.
                ("redirect_uri", &format!("{SITE}/v1/auth/oidc/callback")),
            ] {
                assert_eq!(parameter(&url, name).as_deref(), Some(value), "{name}");
            }
            for name in ["state", "nonce"] {
                assert!(parameter(&url, name).is_some_and(|value| value.len() >= 32), "{name}");
            }
            answers.push(shown(&answer).replace(&url, "[PROVIDER]"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }
    assert_snapshot!(one(answers), @"
    302 Found
    location: [PROVIDER]
    set-cookie: JSESSIONID=[32 OF 0-9A-F]; Path=/; HttpOnly; SameSite=Lax
    ");
}

/// `state`, nonce and cookie are others each time.
#[tokio::test]
async fn each_login_is_one_of_its_own() {
    let house = house().await;
    let (one, other) = (house.begin().await, house.begin().await);
    assert_ne!(one.secret, other.secret);
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&one.location, name), parameter(&other.location, name), "{name}");
    }
}

/// 5.4: a browser that has a session keeps its cookie until the login is done.
#[tokio::test]
async fn a_live_session_is_what_the_browser_is_known_by() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer = house.ask(&session, "GET", START).send().await;
    assert_eq!((answer.status.as_u16(), set(&answer)), (302, None));
    assert_eq!(house.opens(&session).await, 200);
}

/// security 1, session-fixation: nobody is known by a cookie that was not made here, or is over.
#[tokio::test]
async fn any_other_cookie_is_replaced() {
    let house = house().await;
    let over = house.session("ann").await;
    house.ask(&over, "POST", super::LOGOUT).send().await;
    let pending = house.begin().await.secret;
    for planted in ["0".repeat(32), "x".to_owned(), over, pending] {
        let answer = house.ask(&planted, "GET", START).send().await;
        assert_ne!(super::secret(&answer), planted);
    }
    let two = house.server.anonymous().get(START).header("cookie", "JSESSIONID=A; JSESSIONID=B").send().await;
    super::secret(&two);
}

/// A clear error in this dialect's shape, and no cookie.
/// A server without pages of people.
const NO_PAGE: &str = "[dialects.native]\nenabled = false";

#[tokio::test]
async fn without_a_provider_our_own_page_takes_its_place() {
    let url = location(&TestServer::start().anonymous().get(START).send().await);
    assert!(url.contains("/login?continue="), "{url}");
    let other = testkit::provider::TestProvider::start().await;
    let House { server, .. } = house_at("", EDDSA, &other.settings("beta")).await;
    let url = location(&server.anonymous().get(START).send().await);
    assert!(url.contains("/login?continue="), "two, and none named: {url}");
}

#[tokio::test]
async fn without_a_provider_and_a_page_there_is_no_login() {
    let server = TestServer::with(NO_PAGE);
    assert_snapshot!(server.anonymous().get(START).send().await, @r#"
    400 Bad Request
    content-type: application/problem+json

    {"type":"about:blank","title":"Bad Request","status":400,"detail":"no-provider","instance":"/v1/auth/oidc/start"}
    "#);
    let other = testkit::provider::TestProvider::start().await;
    let House { server, .. } = house_at(NO_PAGE, EDDSA, &other.settings("beta")).await;
    let answer = server.anonymous().get(START).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.fault),
        (400, Some("provider_unknown")),
        "two, and none named"
    );
    let House { server, provider } =
        house_at("", &format!("{EDDSA}provider = \"acme\""), &other.settings("beta")).await;
    let url = location(&server.anonymous().get(START).send().await);
    assert!(url.starts_with(&provider.issuer()), "{url}");
}

#[tokio::test]
async fn a_provider_that_is_down_is_503() {
    let House { server, provider } = house().await;
    provider.misbehave(Endpoint::Discovery, Mode::Status(500));
    let answer = server.anonymous().get(START).send().await;
    assert_snapshot!(answer, @r#"
    503 Service Unavailable
    content-type: application/problem+json
    retry-after: 5

    {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Try again later.","instance":"/v1/auth/oidc/start"}
    "#);
    provider.behave();
    server.advance(std::time::Duration::from_hours(1));
    location(&server.anonymous().get(START).send().await);
}

/// contracts 6: `HEAD` is as `GET`.
#[tokio::test]
async fn head_is_as_get() {
    let house = house().await;
    let answer = house.server.anonymous().ask("HEAD", START).send().await;
    location(&answer);
    super::secret(&answer);
}
