//! The code flow from end to end, and what goes over the wire for it.

use std::time::Duration;

use identity::federation::ProviderId;
use identity::federation::upstream::{Upstream as _, UpstreamFault};
use serde_json::json;
use url::Url;

use crate::house::{House, NONCE, REDIRECT_URI, STATE, VERIFIER};
use crate::provider::{CLIENT_ID, CLIENT_SECRET, Endpoint, Lie, Person, TestProvider};

#[tokio::test]
async fn somebody_signs_in() {
    let house = House::new().await;
    let claims = house.login(&Person::new("ann")).await.unwrap();
    assert_eq!(claims.issuer, house.provider.issuer());
    assert_eq!(claims.subject, "ann");
    assert_eq!((claims.email.as_deref(), claims.email_verified), (Some("ann@example.org"), true));
    assert_eq!(claims.preferred_username.as_deref(), Some("ann"));
    assert_eq!(claims.name.as_deref(), Some("Ann Lee"));
    assert_eq!((claims.given_name.as_deref(), claims.family_name.as_deref()), (Some("Ann"), Some("Lee")));
    let counts = Endpoint::ALL.map(|endpoint| house.provider.count(endpoint));
    assert_eq!(counts, [1, 1, 0, 1, 0], "discovery, keys, authorize, token, userinfo");
}

/// security 2, no. 41.
#[tokio::test]
async fn the_browser_is_sent_with_what_the_standards_ask_for() {
    let house = House::new().await;
    house.provider.describe(|it| {
        let endpoint = format!("{}?tenant=a%20b", it["authorization_endpoint"].as_str().unwrap());
        it["authorization_endpoint"] = json!(endpoint);
        // Requirement 41: PKCE is S256 whatever the provider says.
        it["code_challenge_methods_supported"] = json!(["plain"]);
    });
    let url: Url = house.authorization_url().await.unwrap().parse().unwrap();
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let named: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        named,
        [
            ("tenant", "a b"),
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email"),
            ("state", STATE),
            ("nonce", NONCE),
            ("code_challenge", "5OBbGaHsRA2RQNVv0j0jGVaYn-XgUSBqzV4efhgYKPA"),
            ("code_challenge_method", "S256"),
        ]
    );
    assert!(!url.as_str().contains(VERIFIER));
}

/// security 1, pkce; security 2, no. 41.
#[tokio::test]
async fn pkce_left_out_or_wrong_is_refused_by_the_provider() {
    let house = House::new().await;
    let back = house.back(&Person::new("ann")).await;
    let error = house.redeem_with(&back, |it| it.verifier = "another").await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::CodeRefused);
    assert_eq!(error.reason, "its token endpoint: status 400, invalid_grant");
    house.login(&Person::new("ann")).await.unwrap();
    let asked = house.provider.asked(Endpoint::Token);
    assert_eq!(asked.last().unwrap().parameter("code_verifier"), Some(VERIFIER));
}

/// security 2, no. 45.
#[tokio::test]
async fn a_code_is_worth_something_once() {
    let house = House::new().await;
    let back = house.back(&Person::new("ann")).await;
    house.redeem(&back).await.unwrap();
    assert_eq!(house.redeem(&back).await.unwrap_err().fault, UpstreamFault::CodeRefused);
}

#[tokio::test]
async fn another_redirect_uri_than_that_of_the_request_is_refused() {
    let house = House::new().await;
    let back = house.back(&Person::new("ann")).await;
    let error = house.redeem_with(&back, |it| it.redirect_uri = "https://us.example/other").await;
    assert_eq!(error.unwrap_err().fault, UpstreamFault::CodeRefused);
}

#[tokio::test]
async fn the_client_secret_goes_into_the_header_unless_only_the_form_is_taken() {
    let house = House::new().await;
    house.login(&Person::new("ann")).await.unwrap();
    let asked = house.provider.asked(Endpoint::Token).remove(0);
    assert!(asked.authorization.as_deref().is_some_and(|it| it.starts_with("Basic ")), "{asked:?}");
    assert_eq!((asked.parameter("client_id"), asked.parameter("client_secret")), (None, None));

    let house = House::new().await;
    house.provider.describe(|it| it["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]));
    house.login(&Person::new("ann")).await.unwrap();
    let asked = house.provider.asked(Endpoint::Token).remove(0);
    assert_eq!(asked.authorization, None);
    assert_eq!(asked.parameter("client_secret"), Some(CLIENT_SECRET));
}

#[tokio::test]
async fn a_provider_that_says_no_method_takes_the_header() {
    let house = House::new().await;
    house.provider.describe(|it| {
        it.as_object_mut().unwrap().remove("token_endpoint_auth_methods_supported");
    });
    house.login(&Person::new("ann")).await.unwrap();
    assert!(house.provider.asked(Endpoint::Token)[0].authorization.is_some());
}

#[tokio::test]
async fn a_public_client_names_itself_and_nothing_more() {
    let provider = TestProvider::start().await;
    provider.public_client();
    let house = House::with(provider, |it| it.client_secret = None);
    house.login(&Person::new("ann")).await.unwrap();
    let asked = house.provider.asked(Endpoint::Token).remove(0);
    assert_eq!(asked.parameter("client_id"), Some(CLIENT_ID));
    assert_eq!((asked.authorization.as_deref(), asked.parameter("client_secret")), (None, None));
}

#[tokio::test]
async fn a_wrong_client_secret_is_told_by_its_word() {
    let house =
        House::with(TestProvider::start().await, |it| it.client_secret = Some("wrong".to_owned().into()));
    let error = house.login(&Person::new("ann")).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::CodeRefused);
    assert_eq!(error.to_string(), "provider acme: its token endpoint: status 401, invalid_client");
}

/// security 2, no. 42.
#[tokio::test]
async fn rfc_9207_mix_up_is_refused_before_the_code_is_shown_to_anybody() {
    for (lie, promised, expected) in [
        (Lie::CallbackIssuerMissing, true, Some(UpstreamFault::Untrusted)),
        (Lie::CallbackIssuerWrong, true, Some(UpstreamFault::Untrusted)),
        (Lie::CallbackIssuerMissing, false, None),
        (Lie::CallbackIssuerWrong, false, Some(UpstreamFault::Untrusted)),
    ] {
        let house = House::new().await;
        house
            .provider
            .describe(move |it| it["authorization_response_iss_parameter_supported"] = json!(promised));
        house.provider.lie(lie);
        assert_eq!(house.fault().await, expected, "{lie:?}, promised: {promised}");
        assert_eq!(house.provider.count(Endpoint::Token), usize::from(expected.is_none()), "{lie:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_id_token_or_of_another_type_is_refused() {
    for (lie, expected) in [
        (Lie::IdTokenMissing, UpstreamFault::IdTokenMissing),
        (Lie::TokenTypeWrong, UpstreamFault::Untrusted),
    ] {
        let house = House::new().await;
        house.provider.lie(lie);
        assert_eq!(house.fault().await, Some(expected), "{lie:?}");
        house.provider.be_honest();
        assert_eq!(house.fault().await, None, "{lie:?}");
    }
}

#[tokio::test]
async fn a_provider_that_nobody_configured_is_unknown() {
    let house = House::new().await;
    let token = identity::Secret::presented("x").unwrap();
    let other = ProviderId::new("other").unwrap();
    let error = house.relying.inspect(house.now(), &other, &token).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Unknown);
}

#[tokio::test]
async fn an_issuer_may_have_a_path_and_end_in_a_slash() {
    for path in ["/realms/acme", "/tenant/", "/"] {
        let house = House::with(TestProvider::start_at(path).await, |_| {});
        house.advance(Duration::from_secs(1));
        let claims = house.login(&Person::new("ann")).await.unwrap();
        assert_eq!(claims.issuer, house.provider.issuer(), "{path}");
    }
}
