//! contracts 4.1 and 8.11: where a login leads. The product takes any `redirect_uri`; here it is one of `return_urls`, or
//! the site itself.

use super::{START, house, house_at, refused};

/// security 1, redirect-target.
#[tokio::test]
async fn clause_8_11_a_login_leads_nowhere_else() {
    let house = house().await;
    for evil in [
        "",
        "evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "http:evil.example",
        "https:/evil.example",
        "https://app.example@evil.example",
        "https://app.example:pass@evil.example",
        "https://me@app.example",
        "https://app.example.evil.example",
        "https://app.example:8443",
        "https://evil.example/https://app.example",
        "https://evil.example#https://app.example",
        "https://evil.example\\@app.example",
        "https://app.example\\.evil.example",
        "http://app.example",
        "HTTPS://app.example",
        "https://APP.example",
        "javascript:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,x",
        " https://app.example",
        "https://app.example\t",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/..//evil.example",
        "/./evil",
        "%2F%2Fevil.example",
        "https%3A%2F%2Fevil.example",
        "@evil.example",
        "?x",
        "#x",
        "\u{ff0f}\u{ff0f}evil.example",
    ] {
        let query: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        let answer = house.server.anonymous().get(&format!("{START}?redirect_uri={query}")).send().await;
        let text = "redirect_uri is not an address that people may be led to here".to_owned();
        assert_eq!(refused(&answer), (400, text), "{evil:?}");
        assert_eq!((answer.fault, answer.header("set-cookie")), (Some("return_url_refused"), None));
    }
}

/// The site itself, paths of it, and `return_urls`.
#[tokio::test]
async fn where_people_may_be_led_a_login_leads() {
    let house = house_at("return_urls = [\"https://app.example/in\"]\n", "", "").await;
    for good in
        ["/", "/x?y=//z#w", "http://127.0.0.1:8080", "http://127.0.0.1:8080/x", "https://app.example/in/x"]
    {
        let query: String = url::form_urlencoded::byte_serialize(good.as_bytes()).collect();
        let begun = house.begin_at(&format!("{START}?redirect_uri={query}")).await;
        let back = house.provider.login(&begun.location, &testkit::provider::Person::new("ann"));
        let answer = house.bring(&begun.secret, &back).header("accept", "text/html").send().await;
        let location = super::location(&answer).replace("?new_user=true", "");
        assert_eq!(location, good);
    }
}
