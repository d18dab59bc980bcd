//! Every way in which an ID token is refused (OpenID Connect Core section 3.1.3.7; requirements 36 to 43).

use std::time::Duration;

use identity::federation::upstream::UpstreamFault;
use jose::Algorithm;
use serde_json::json;

use crate::house::House;
use crate::provider::{CLIENT_ID, Endpoint, Lie, Person, TestProvider};

async fn told(lie: Lie) -> Option<UpstreamFault> {
    let house = House::new().await;
    assert_eq!(house.fault().await, None, "the truth is believed");
    house.provider.lie(lie);
    house.fault().await
}

/// An honest provider but for these claims.
async fn with(change: impl Fn(&mut serde_json::Value) + Send + Sync + 'static) -> Option<UpstreamFault> {
    let house = House::new().await;
    house.provider.claim(change);
    house.fault().await
}

/// security 1, nonce; security 2, no. 41.
#[tokio::test]
async fn nonce_checked_only_if_present_cve_2026_15612() {
    assert_eq!(told(Lie::NonceMissing).await, Some(UpstreamFault::Untrusted));
    assert_eq!(told(Lie::NonceWrong).await, Some(UpstreamFault::Untrusted));
    assert_eq!(with(|it| it["nonce"] = json!("")).await, Some(UpstreamFault::Untrusted));
    assert_eq!(with(|it| it["nonce"] = json!(["nonce-of-this-login"])).await, Some(UpstreamFault::Untrusted));
}

/// security 2, no. 43.
#[tokio::test]
async fn core_3_1_3_7_2_the_issuer_is_the_configured_one() {
    assert_eq!(told(Lie::IssuerWrong).await, Some(UpstreamFault::Untrusted));
    let slash = |it: &mut serde_json::Value| it["iss"] = json!(format!("{}/", it["iss"].as_str().unwrap()));
    assert_eq!(with(slash).await, Some(UpstreamFault::Untrusted), "compared as it stands");
}

/// security 2, no. 39; security 2, no. 43.
#[tokio::test]
async fn core_3_1_3_7_3_we_are_the_audience() {
    assert_eq!(told(Lie::AudienceWrong).await, Some(UpstreamFault::Untrusted));
    assert_eq!(told(Lie::AudienceMissing).await, Some(UpstreamFault::Untrusted));
    assert_eq!(with(|it| it["aud"] = json!([CLIENT_ID])).await, None);
    assert_eq!(with(|it| it["aud"] = json!([])).await, Some(UpstreamFault::Untrusted));
}

#[tokio::test]
async fn core_3_1_3_7_4_several_audiences_need_azp_and_azp_is_us() {
    assert_eq!(told(Lie::AudienceSeveral).await, Some(UpstreamFault::Untrusted));
    assert_eq!(told(Lie::AzpWrong).await, Some(UpstreamFault::Untrusted));
    let several = |azp: &'static str| {
        with(move |it| {
            it["aud"] = json!([CLIENT_ID, "another client"]);
            it["azp"] = json!(azp);
        })
    };
    assert_eq!(several(CLIENT_ID).await, None);
    assert_eq!(several("another client").await, Some(UpstreamFault::Untrusted));
    assert_eq!(with(|it| it["azp"] = json!(CLIENT_ID)).await, None);
}

/// security 1, none-algorithm; security 2, no. 43.
#[tokio::test]
async fn core_3_1_3_7_6_a_token_signed_otherwise_is_refused() {
    for lie in [
        Lie::AlgorithmNone,
        Lie::AlgorithmHs256,
        Lie::SignatureByAnother,
        Lie::KeyInHeader,
        Lie::KeyUnknown,
        Lie::CriticalExtension,
        Lie::TypeAccessToken,
    ] {
        assert_eq!(told(lie).await, Some(UpstreamFault::Untrusted), "{lie:?}");
    }
}

#[tokio::test]
async fn core_3_1_3_7_7_every_signature_there_is_is_verified() {
    for algorithm in Algorithm::ALL {
        let provider = TestProvider::start().await;
        provider.sign_with(algorithm);
        let house = House::with(provider, |_| {});
        assert_eq!(house.fault().await, None, "{algorithm:?}");
        house.provider.lie(Lie::AtHashWrong);
        assert_eq!(house.fault().await, Some(UpstreamFault::Untrusted), "{algorithm:?}");
    }
}

#[tokio::test]
async fn an_algorithm_that_the_description_leaves_out_is_refused() {
    let house = House::new().await;
    house.provider.describe(|it| it["id_token_signing_alg_values_supported"] = json!(["ES256", "none"]));
    let error = house.login(&Person::new("ann")).await.unwrap_err();
    assert_eq!(error.reason, "its key set holds no key that is usable here");

    let house = House::new().await;
    house.provider.describe(|it| it["id_token_signing_alg_values_supported"] = json!(["none", "HS256"]));
    assert_eq!(house.authorization_url().await.unwrap_err().fault, UpstreamFault::Untrusted);

    let house = House::new().await;
    house.provider.describe(|it| {
        it.as_object_mut().unwrap().remove("id_token_signing_alg_values_supported");
    });
    assert_eq!(house.fault().await, None, "a provider that says nothing signs with what it likes");
}

/// security 2, no. 38.
#[tokio::test]
async fn core_3_1_3_7_9_and_10_a_token_holds_now() {
    for lie in [Lie::Expired, Lie::ExpiryMissing, Lie::IssuedInFuture, Lie::IssuedAtMissing, Lie::NotYetValid]
    {
        assert_eq!(told(lie).await, Some(UpstreamFault::Untrusted), "{lie:?}");
    }
    assert_eq!(with(|it| it["iat"] = json!("now")).await, Some(UpstreamFault::Untrusted));
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let shifted = |claim: &'static str, seconds: i64| {
        with(move |it| it[claim] = json!(it["iat"].as_i64().unwrap() + seconds))
    };
    for (claim, seconds, good) in [
        ("exp", -59, true),
        ("exp", -60, false),
        ("iat", 60, true),
        ("iat", 61, false),
        ("nbf", 60, true),
        ("nbf", 61, false),
    ] {
        assert_eq!(shifted(claim, seconds).await.is_none(), good, "{claim} {seconds}");
    }
    let house = House::new().await;
    let back = house.back(&Person::new("ann")).await;
    house.provider.follow({
        let now = house.now();
        move || now + Duration::from_secs(59)
    });
    assert!(house.redeem(&back).await.is_ok(), "a provider that is ahead");
}

#[tokio::test]
async fn core_3_1_3_8_at_hash_is_compared_when_it_is_there() {
    assert_eq!(told(Lie::AtHashWrong).await, Some(UpstreamFault::Untrusted));
    let none = |it: &mut serde_json::Value| {
        it.as_object_mut().unwrap().remove("at_hash");
    };
    assert_eq!(with(none).await, None);
    assert_eq!(with(|it| it["at_hash"] = json!("")).await, Some(UpstreamFault::Untrusted));
}

#[tokio::test]
async fn core_2_a_token_names_somebody() {
    for lie in [Lie::SubjectMissing, Lie::SubjectEmpty, Lie::SubjectTooLong] {
        assert_eq!(told(lie).await, Some(UpstreamFault::SubjectMissing), "{lie:?}");
    }
    for subject in [json!(7), json!("a\nb"), json!("\u{e4}nn")] {
        let expected = Some(UpstreamFault::SubjectMissing);
        assert_eq!(with(move |it| it["sub"] = subject.clone()).await, expected);
    }
}

#[tokio::test]
async fn a_refused_token_makes_nobody_ask_further() {
    let house = House::new().await;
    house.provider.tell_in(crate::provider::Told::InUserinfo);
    house.provider.lie(Lie::NonceWrong);
    house.fault().await;
    assert_eq!(house.provider.count(Endpoint::Userinfo), 0);
}
