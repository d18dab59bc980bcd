//! Logins by a provider.

use testkit::provider::Person;

use super::{BEGIN, PASSWORD, begin, come_back, house, house_with_providers, opens, problem, session, set};

#[tokio::test]
async fn a_login_by_a_provider_opens_a_session_and_leads_on() {
    let (server, acme, _) = house_with_providers("").await;
    for (query, place) in [
        ("provider=acme", "http://127.0.0.1:8080/"),
        ("provider=acme&return_to=%2Faccount%3Fa%3Db", "http://127.0.0.1:8080/account?a=b"),
    ] {
        let away = begin(&server, query).await;
        let back = acme.login(&away.location, &Person::new("sue"));
        let answer = come_back(&server, &away.browser, None, &back.query()).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some(place)), "{answer}");
        assert_eq!(opens(&server, set(&answer, "vestibule").expect("a session")).await, 200);
        assert_eq!(set(&answer, "vestibule-login"), Some(""), "its work is done");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let again = come_back(&server, &away.browser, None, &back.query()).await;
        assert_eq!(problem(&again), (400, "flow_invalid".to_owned()));
    }
}

/// security 1, state-binding; security 1, session-fixation.
#[tokio::test]
async fn a_login_is_finished_in_its_own_browser_and_replaces_what_was_held() {
    let (server, acme, _) = house_with_providers("").await;
    let (away, other) = (begin(&server, "provider=acme").await, begin(&server, "provider=acme").await);
    let back = acme.login(&away.location, &Person::new("sue"));
    let foreign = come_back(&server, &other.browser, None, &back.query()).await;
    assert_eq!(problem(&foreign), (400, "flow_invalid".to_owned()));
    let without = server.anonymous().get(&format!("/login/callback?{}", back.query())).send().await;
    assert_eq!(problem(&without), (400, "flow_missing".to_owned()));
    let held = session(&server, "john").await;
    let answer = come_back(&server, &away.browser, Some(&held), &back.query()).await;
    assert_eq!(answer.status, 303, "{answer}");
    assert_eq!(opens(&server, &held).await, 401);
}

/// security 1, redirect-target.
#[tokio::test]
async fn nobody_is_led_to_where_the_operator_does_not_want() {
    let (server, _, _) = house_with_providers("").await;
    for place in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http://127.0.0.1:8080@evil.example/",
        "http://127.0.0.1:8080.evil.example/",
        "javascript:alert(1)",
        "x",
        "",
    ] {
        let place: String = url::form_urlencoded::byte_serialize(place.as_bytes()).collect();
        let answer = server.anonymous().get(&format!("{BEGIN}?provider=acme&return_to={place}")).send().await;
        assert_eq!(problem(&answer), (400, "return_url_refused".to_owned()), "{place}");
    }
}

#[tokio::test]
async fn a_provider_is_named_where_there_are_several() {
    let (server, acme, _) = house_with_providers("sign_up = false\n").await;
    for query in ["", "provider=nobody", "provider=acme&provider=other"] {
        let answer = server.anonymous().get(&format!("{BEGIN}?{query}")).send().await;
        assert_eq!(problem(&answer), (404, "provider_unknown".to_owned()), "{query}");
    }
    let ways = server.anonymous().get("/id/v1/providers").send().await.json();
    assert_eq!(ways["providers"].as_array().expect("a list").len(), 2);
    let away = begin(&server, "provider=acme").await;
    let back = acme.login(&away.location, &Person::new("sue"));
    let answer = come_back(&server, &away.browser, None, &back.query()).await;
    assert_eq!(problem(&answer), (403, "identity_refused".to_owned()));
    let away = begin(&server, "provider=acme").await;
    let state = super::parameter(&away.location, "state");
    let denied = come_back(&server, &away.browser, None, &format!("state={state}&error=access_denied")).await;
    assert_eq!(problem(&denied), (400, "provider_denied".to_owned()));
    let server = house().await;
    assert_eq!(problem(&server.anonymous().get(BEGIN).send().await).0, 404);
    assert_eq!(super::sign_in(&server, "john", PASSWORD).await.status, 200);
}
