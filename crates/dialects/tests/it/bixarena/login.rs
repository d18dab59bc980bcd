//! contracts 5.5, GET `/auth/login?return_to=`.

use insta::assert_snapshot;
use testkit::provider::Person;

use super::{EDDSA, House, LOGIN, SITE, house, house_with, location, secret};

fn asking(return_to: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    format!("{LOGIN}?{query}")
}

/// Where a browser ends up that begins so.
async fn led(house: &House, path: &str) -> String {
    let browser = house.begin_at(path).await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let answer = house.bring(&browser.secret, &back).header("accept", "text/html").send().await;
    assert_eq!(house.opens(&secret(&answer)).await, 200);
    location(&answer)
}

#[tokio::test]
async fn clause_5_5_a_browser_is_led_back_to_where_it_was() {
    let house = house().await;
    assert_eq!(led(&house, LOGIN).await, format!("{SITE}/"));
    assert_eq!(led(&house, "/auth/login?return_to=/").await, format!("{SITE}/"));
    let path = "/battle/7?round=2&x=%C3%BC#votes";
    assert_eq!(led(&house, &asking(path)).await, format!("{SITE}{path}"));
    let longest = format!("/{}", "x".repeat(499));
    assert_eq!(led(&house, &asking(&longest)).await, format!("{SITE}{longest}"));
    let house = house_with(&format!("{EDDSA}ui_url = \"https://ui.example/arena/?a=1\"\n")).await;
    assert_eq!(led(&house, LOGIN).await, "https://ui.example/arena/?a=1");
    assert_eq!(led(&house, &asking("/battle")).await, "https://ui.example/arena/battle");
}

/// Whoever is no browser is told, as ever.
#[tokio::test]
async fn a_client_is_told() {
    let house = house().await;
    let browser = house.begin_at(&asking("/battle")).await;
    let answer = house.come_back(&browser, "ann").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, r#"{"status":"ok"}"#));
}

/// security 1, redirect-target: no login begins that would lead to another place.
#[tokio::test]
async fn a_browser_is_led_nowhere_else() {
    let house = house().await;
    for bad in [
        "",
        "battle",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "/x?next=https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\r\nset-cookie: JSESSIONID=planted",
        "/\u{fc}",
        &format!("/{}", "x".repeat(500)),
    ] {
        let answer = house.server.anonymous().get(&asking(bad)).send().await;
        assert_eq!((answer.status.as_u16(), answer.fault), (400, Some("parameter_wrong")), "{bad:?}");
        assert_eq!(super::set(&answer), None);
    }
    let twice = house.server.anonymous().get(&format!("{LOGIN}?return_to=/a&return_to=/b")).send().await;
    assert_snapshot!(twice, @r#"
    400 Bad Request
    content-type: application/problem+json

    {"type":"about:blank","title":"Bad Request","status":400,"detail":"Parameter 'return_to' is not valid.","instance":"/v1/auth/login"}
    "#);
}

/// 5.1: the seed's call knows no `return_to`.
#[tokio::test]
async fn start_leads_where_it_always_does() {
    let house = house().await;
    assert_eq!(led(&house, "/v1/auth/oidc/start?return_to=/battle").await, format!("{SITE}/"));
}
