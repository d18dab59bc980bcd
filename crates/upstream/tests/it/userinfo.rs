//! When userinfo is asked at a login, and what its answer is worth (OpenID Connect Core section 5.3).

use identity::federation::upstream::UpstreamFault;
use serde_json::json;

use crate::house::House;
use crate::provider::{Endpoint, Lie, Mode, Person, Told};

/// A provider that says little in its ID tokens.
async fn terse() -> House {
    let house = House::new().await;
    house.provider.tell_in(Told::InUserinfo);
    house
}

#[tokio::test]
async fn what_the_id_token_lacks_is_asked_of_userinfo() {
    let house = terse().await;
    let claims = house.login(&Person::new("ann")).await.unwrap();
    assert_eq!((claims.email.as_deref(), claims.email_verified), (Some("ann@example.org"), true));
    assert_eq!(claims.name.as_deref(), Some("Ann Lee"));
    assert_eq!(house.provider.count(Endpoint::Userinfo), 1);
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_missed() {
    let provider = crate::provider::TestProvider::start().await;
    let house = House::with(provider, |it| it.scopes = Vec::new());
    let claims = house.login(&Person::new("ann")).await.unwrap();
    assert_eq!((claims.email, claims.name), (None, None));
    assert_eq!(house.provider.count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn a_provider_without_userinfo_is_not_asked() {
    let house = House::new().await;
    house.provider.tell_in(Told::InIdToken);
    house.login(&Person::bare("ann")).await.unwrap();
    assert_eq!(house.provider.count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn core_5_3_2_userinfo_of_another_one_ends_the_login() {
    for lie in [Lie::UserinfoSubject, Lie::UserinfoSubjectMissing] {
        let house = terse().await;
        house.provider.lie(lie);
        assert_eq!(house.fault().await, Some(UpstreamFault::Untrusted), "{lie:?}");
    }
}

#[tokio::test]
async fn userinfo_that_cannot_be_read_costs_its_claims_and_not_the_login() {
    for mode in [Mode::Status(500), Mode::Status(401), Mode::Garbage, Mode::Padded(100_000)] {
        let house = terse().await;
        house.provider.misbehave(Endpoint::Userinfo, mode.clone());
        let claims = house.login(&Person::new("ann")).await.unwrap();
        assert_eq!((claims.subject.as_str(), claims.email), ("ann", None), "{mode:?}");
    }
    let house = terse().await;
    house.provider.lie(Lie::UserinfoSigned);
    assert_eq!(house.login(&Person::new("ann")).await.unwrap().email, None);
}

#[tokio::test]
async fn what_the_id_token_says_wins() {
    let house = terse().await;
    house.provider.claim(|it| {
        it["email"] = json!("told@example.org");
        it["email_verified"] = json!("true");
    });
    let claims = house.login(&Person::new("ann")).await.unwrap();
    assert_eq!((claims.email.as_deref(), claims.email_verified), (Some("told@example.org"), true));
    assert_eq!(claims.name.as_deref(), Some("Ann Lee"), "the rest is userinfo's");
}
