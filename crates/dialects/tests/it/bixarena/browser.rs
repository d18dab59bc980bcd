//! contracts 5.1 and 5.4: no CSRF token, but state changes with the cookie are checked for their origin; CORS; https.

use insta::assert_snapshot;

use super::{
    EDDSA, FOR_AUDIENCE, FOR_SERVICE, LOGOUT, START, TOKEN, USERINFO, house, house_at, house_with, shown,
};

/// security 2, no. 32: a page of another site changes nothing with a visitor's cookie, and is given no token.
#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let house = house().await;
    let session = house.session("ann").await;
    for path in [LOGOUT, TOKEN, FOR_AUDIENCE, FOR_SERVICE, "/auth/logout", "/token", "/oauth2/token"] {
        for (name, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let answer = house.ask(&session, "POST", path).header(name, value).send().await;
            assert_eq!((answer.status.as_u16(), answer.fault), (403, Some("cross_site")), "{path} {name}");
        }
    }
    let answer = house.ask(&session, "POST", TOKEN).header("origin", "https://evil.example").send().await;
    assert_snapshot!(answer, @r#"
    403 Forbidden
    content-type: application/problem+json

    {"type":"about:blank","title":"Forbidden","status":403,"detail":"Request from a page of another site.","instance":"/v1/token"}
    "#);
    assert_eq!(house.opens(&session).await, 200);
}

/// Clients that are no browsers send neither header, and the site's own pages are its own.
#[tokio::test]
async fn own_pages_and_other_clients_pass() {
    let house = house().await;
    let session = house.session("ann").await;
    for (name, value) in [("origin", super::SITE), ("sec-fetch-site", "same-origin"), ("x-none", "")] {
        let answer = house.ask(&session, "POST", TOKEN).header(name, value).send().await;
        assert_eq!(answer.status, 200, "{name}");
    }
}

/// 5.4: pages of allowed origins may call, with the cookie.
#[tokio::test]
async fn clause_5_4_an_allowed_page_may_call() {
    let house = house_with(&format!("{EDDSA}allowed_origins = [\"http://localhost:8100\"]\n")).await;
    let session = house.session("ann").await;
    let origin = ("origin", "http://localhost:8100");
    let answer = house.ask(&session, "GET", USERINFO).header(origin.0, origin.1).send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let preflight = house.server.anonymous().ask("OPTIONS", TOKEN).header(origin.0, origin.1);
    let preflight = preflight.header("access-control-request-method", "POST").send().await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(house.ask(&session, "POST", TOKEN).header(origin.0, origin.1).send().await.status, 200);
}

/// The cookie is `Secure` where the site is reached by https, and what is registered follows the site.
#[tokio::test]
async fn on_https_the_cookie_is_secure() {
    let house = house_at("public_url = \"https://login.example.org\"\n", EDDSA, "").await;
    let answer = house.server.anonymous().get(START).send().await;
    let location = super::location(&answer);
    assert_eq!(
        super::parameter(&location, "redirect_uri").as_deref(),
        Some("https://login.example.org/v1/auth/oidc/callback")
    );
    let cookie = shown(&answer);
    assert!(
        cookie.contains("set-cookie: JSESSIONID=[32 OF 0-9A-F]; Path=/; HttpOnly; SameSite=Lax; Secure\n"),
        "{cookie}"
    );
    // security 1, link-host.
    let answer = house.server.anonymous().get(START).header("host", "evil.example").send().await;
    let location = super::location(&answer);
    assert!(super::parameter(&location, "redirect_uri").is_some_and(|uri| uri.starts_with("https://login.")));
}
