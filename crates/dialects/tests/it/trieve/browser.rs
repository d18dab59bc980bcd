//! contracts 4.3 and 8.4: no CSRF token, but state changes with the cookie are checked for their origin; CORS; https.

use insta::assert_snapshot;
use serde_json::Value;

use super::{
    INVITATION, ME, NOBODYS, ORGANIZATION_KEYS, START, USER_KEYS, house, house_at, house_with, key_body,
    shown,
};

/// security 2, no. 32: a page of another site changes nothing with a visitor's cookie.
#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let asks = [
        ("DELETE", START.to_owned(), Value::Null),
        ("POST", USER_KEYS.to_owned(), key_body(1)),
        ("DELETE", format!("{USER_KEYS}/{NOBODYS}"), Value::Null),
        ("POST", ORGANIZATION_KEYS.to_owned(), key_body(1)),
        ("DELETE", format!("{ORGANIZATION_KEYS}/{NOBODYS}"), Value::Null),
        ("POST", INVITATION.to_owned(), super::invite(&organization, "eve@example.org", 2)),
        ("DELETE", format!("{INVITATION}/{NOBODYS}"), Value::Null),
    ];
    for (method, path, body) in &asks {
        for (name, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let ask = house
                .ask(&session, method, path)
                .header(name, value)
                .header("tr-organization", &organization);
            let answer = ask.json(body).send().await;
            assert_eq!(
                (answer.status.as_u16(), answer.fault),
                (403, Some("cross_site")),
                "{method} {path} {name}"
            );
        }
    }
    let answer = house.ask(&session, "DELETE", START).header("origin", "https://evil.example").send().await;
    assert_snapshot!(answer, @r#"
    403 Forbidden
    content-type: application/json

    {"message":"Forbidden"}
    "#);
    assert!(house.opens(&session).await);
    assert!(house.server.mails().await.is_empty());
}

/// Clients that are no browsers send neither header, and the site's own pages are its own. A key needs no cookie.
#[tokio::test]
async fn own_pages_and_other_clients_pass() {
    let house = house().await;
    let session = house.session("ann").await;
    for (name, value) in [("origin", super::SITE), ("sec-fetch-site", "same-origin"), ("x-none", "")] {
        let answer =
            house.ask(&session, "POST", USER_KEYS).header(name, value).json(&key_body(1)).send().await;
        assert_eq!(answer.status, 200, "{name}");
    }
    let key = house.key(&session, key_body(1)).await;
    let by_key = house.server.bearing(&key).post(USER_KEYS).header("origin", "https://evil.example");
    assert_eq!(by_key.json(&key_body(1)).send().await.status, 200);
}

/// Pages of allowed origins may call, with the cookie and with the headers of this dialect.
#[tokio::test]
async fn an_allowed_page_may_call() {
    let house = house_with("allowed_origins = [\"http://localhost:5173\"]\n").await;
    let session = house.session("ann").await;
    let origin = ("origin", "http://localhost:5173");
    let answer = house.ask(&session, "GET", ME).header(origin.0, origin.1).send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let preflight = house.server.anonymous().ask("OPTIONS", START).header(origin.0, origin.1);
    let preflight = preflight.header("access-control-request-method", "DELETE").send().await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, DELETE"));
    let headers = preflight.header("access-control-allow-headers").expect("a list");
    for name in ["authorization", "tr-dataset", "tr-organization", "x-api-key", "x-dataset", "x-organization"]
    {
        assert!(headers.split(", ").any(|theirs| theirs == name), "{headers}");
    }
    assert_eq!(house.ask(&session, "DELETE", START).header(origin.0, origin.1).send().await.status, 204);
}

/// The cookie is `Secure` where the site is reached by https, and `Lax` always; what is registered follows the site.
#[tokio::test]
async fn on_https_the_cookie_is_secure() {
    let house = house_at("public_url = \"https://login.example.org\"\n", "", "").await;
    let answer = house.server.anonymous().get(START).header("host", "evil.example").send().await;
    let location = super::location(&answer);
    let registered = super::parameter(&location, "redirect_uri");
    assert_eq!(
        registered.as_deref(),
        Some("https://login.example.org/api/auth/callback"),
        "not from the request"
    );
    let cookie = shown(&answer);
    let expected =
        "set-cookie: vault=[64 OF 0-9a-z]; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400\n";
    assert!(cookie.contains(expected), "{cookie}");
}
