//! Keys that change, and tokens that name keys that there never were.

use std::sync::Arc;
use std::time::Duration;

use identity::federation::upstream::UpstreamFault;

use crate::house::House;
use crate::provider::{Endpoint, Lie, Mode, Person};

#[tokio::test]
async fn a_rotated_key_is_found_by_the_first_token_that_names_it() {
    for keep_the_old in [true, false] {
        let house = House::new().await;
        house.login(&Person::new("ann")).await.unwrap();
        house.provider.rotate(keep_the_old);
        house.login(&Person::new("ann")).await.unwrap();
        house.login(&Person::new("ann")).await.unwrap();
        assert_eq!(house.provider.count(Endpoint::Jwks), 2, "kept: {keep_the_old}");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_at_most_once_in_half_a_minute() {
    let house = Arc::new(House::new().await);
    house.login(&Person::new("ann")).await.unwrap();
    house.provider.lie(Lie::KeyUnknown);
    let flood = || async {
        let logins: Vec<_> = (0..20)
            .map(|_| {
                let house = Arc::clone(&house);
                tokio::spawn(async move { house.fault().await })
            })
            .collect();
        for login in logins {
            assert_eq!(login.await.unwrap(), Some(UpstreamFault::Untrusted));
        }
    };
    flood().await;
    flood().await;
    assert_eq!(house.provider.count(Endpoint::Jwks), 2);
    house.advance(Duration::from_secs(29));
    flood().await;
    assert_eq!(house.provider.count(Endpoint::Jwks), 2);
    house.advance(Duration::from_secs(1));
    flood().await;
    assert_eq!(house.provider.count(Endpoint::Jwks), 3);
    house.provider.be_honest();
    assert_eq!(house.fault().await, None, "nobody else is hurt by it");
}

#[tokio::test]
async fn known_keys_serve_while_their_endpoint_is_down() {
    let house = House::new().await;
    house.login(&Person::new("ann")).await.unwrap();
    house.provider.misbehave(Endpoint::Jwks, Mode::Status(500));
    house.advance(Duration::from_secs(23 * 60 * 60));
    house.login(&Person::new("ann")).await.unwrap();
    house.provider.rotate(false);
    assert_eq!(house.fault().await, Some(UpstreamFault::Unavailable), "new ones cannot be fetched");
}

#[tokio::test]
async fn what_is_no_key_set_is_none() {
    for mode in [Mode::Status(404), Mode::Garbage, Mode::Status(200)] {
        let house = House::new().await;
        house.provider.misbehave(Endpoint::Jwks, mode.clone());
        assert_eq!(house.fault().await, Some(UpstreamFault::Unavailable), "{mode:?}");
    }
}
