//! A provider's description of itself: what is refused of it, and how often it is asked for (OpenID Connect Discovery
//! 1.0 sections 3 and 4.3; requirement 42).

use std::sync::Arc;
use std::time::Duration;

use identity::federation::upstream::UpstreamFault;
use serde_json::{Value, json};

use crate::house::House;
use crate::provider::{Endpoint, Lie, Mode, Person};

/// What becomes of a login at a provider that describes itself so.
async fn described(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Option<UpstreamFault> {
    let house = House::new().await;
    house.provider.describe(change);
    house.authorization_url().await.err().map(|error| error.fault)
}

/// security 2, no. 42.
#[tokio::test]
async fn discovery_4_3_the_issuer_is_exactly_the_configured_one() {
    let house = House::new().await;
    house.provider.lie(Lie::DescriptionIssuer);
    let error = house.authorization_url().await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Untrusted);
    assert!(error.reason.contains("\"https://another.example\""), "{error}");
    let changed = |change: fn(&str) -> String| {
        described(move |it| it["issuer"] = json!(change(it["issuer"].as_str().unwrap())))
    };
    assert_eq!(changed(|it| format!("{it}/")).await, Some(UpstreamFault::Untrusted));
    assert_eq!(changed(str::to_uppercase).await, Some(UpstreamFault::Untrusted));
    assert_eq!(changed(str::to_owned).await, None);
}

#[tokio::test]
async fn an_endpoint_is_a_plain_url() {
    let endpoints =
        ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];
    for endpoint in endpoints {
        for url in [
            "",
            "/token",
            "ftp://a.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user:word@a.example/",
            "https://user@a.example/",
            "https://a.example/#fragment",
        ] {
            let fault = described(move |it| it[endpoint] = json!(url)).await;
            assert_eq!(fault, Some(UpstreamFault::Untrusted), "{endpoint} {url:?}");
        }
        let optional = ["userinfo_endpoint", "end_session_endpoint"].contains(&endpoint);
        let expected = (!optional).then_some(UpstreamFault::Unavailable);
        let fault = described(move |it| {
            it.as_object_mut().unwrap().remove(endpoint);
        });
        assert_eq!(fault.await, expected, "{endpoint}");
    }
}

#[tokio::test]
async fn what_is_no_description_is_none() {
    for mode in [
        Mode::Status(404),
        Mode::Status(500),
        Mode::Status(201),
        Mode::Garbage,
        Mode::Redirect("/elsewhere".to_owned()),
    ] {
        let house = House::new().await;
        house.provider.misbehave(Endpoint::Discovery, mode.clone());
        let error = house.authorization_url().await.unwrap_err();
        assert_eq!(error.fault, UpstreamFault::Unavailable, "{mode:?}");
    }
}

#[tokio::test]
async fn a_line_break_of_a_provider_ends_no_line_of_a_log() {
    let house = House::new().await;
    house
        .provider
        .describe(|it| it["issuer"] = json!(format!("a\nERROR forged\u{1b}[31m{}", "x".repeat(500))));
    let text = house.authorization_url().await.unwrap_err().to_string();
    assert!(!text.contains(['\n', '\u{1b}']) && text.len() < 400, "{text}");
}

#[tokio::test]
async fn it_is_asked_for_once_an_hour_however_many_need_it() {
    let house = Arc::new(House::new().await);
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let house = Arc::clone(&house);
            tokio::spawn(async move { house.authorization_url().await.is_ok() })
        })
        .collect();
    for asker in asking {
        assert!(asker.await.unwrap());
    }
    for _ in 0..3 {
        house.login(&Person::new("ann")).await.unwrap();
    }
    let counts = || [Endpoint::Discovery, Endpoint::Jwks].map(|endpoint| house.provider.count(endpoint));
    assert_eq!(counts(), [1, 1]);
    house.advance(Duration::from_secs(60 * 60));
    house.login(&Person::new("ann")).await.unwrap();
    assert_eq!(counts(), [2, 2]);
}

#[tokio::test]
async fn a_provider_whose_keys_move_is_followed() {
    let house = House::new().await;
    house.login(&Person::new("ann")).await.unwrap();
    house.provider.describe(|it| it["jwks_uri"] = json!(format!("{}?v=2", it["jwks_uri"].as_str().unwrap())));
    house.advance(Duration::from_secs(60 * 60));
    house.login(&Person::new("ann")).await.unwrap();
    assert_eq!(house.provider.asked(Endpoint::Jwks)[1].parameter("v"), Some("2"));
}

#[tokio::test]
async fn rp_initiated_logout_2_the_browser_is_led_on_from_the_end_session_endpoint() {
    let house = House::new().await;
    assert_eq!(house.logout_url("https://app.example/").await.unwrap(), None, "none is described");

    let house = House::new().await;
    house.provider.describe(|it| it["end_session_endpoint"] = json!("https://op.example/end?kept=1"));
    assert_eq!(
        house.logout_url("https://app.example/a?b=c&d").await.unwrap().as_deref(),
        Some(
            "https://op.example/end?kept=1&client_id=vestibule+client\
             &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc%26d"
        )
    );
}
