//! A provider that is down, slow or endless: what waits for it, for how long, and what remains when it is back.

use std::sync::Arc;
use std::time::Duration;

use identity::federation::upstream::{UpstreamError, UpstreamFault};
use upstream::provider::MOST_UNDER_WAY;

use crate::house::House;
use crate::provider::{Endpoint, Mode, Person};

/// Waits until the provider was asked so often; real sockets take their time.
async fn until_asked(house: &House, endpoint: Endpoint, times: usize) {
    while house.provider.count(endpoint) < times {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_unavailable_and_comes_back() {
    let house = House::new().await;
    house.provider.down().await;
    let error = house.authorization_url().await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Unavailable);
    assert!(error.reason.starts_with("its description: "), "{error}");
    house.provider.up().await;
    assert!(house.authorization_url().await.is_err(), "a failure answers for some seconds");
    assert_eq!(house.provider.count(Endpoint::Discovery), 0);
    house.advance(Duration::from_secs(5));
    house.login(&Person::new("ann")).await.unwrap();
}

#[tokio::test]
async fn what_is_known_serves_while_the_provider_is_down() {
    let house = House::new().await;
    house.login(&Person::new("ann")).await.unwrap();
    let back = house.back(&Person::new("ann")).await;
    house.provider.down().await;
    house.advance(Duration::from_secs(23 * 60 * 60));
    assert!(house.authorization_url().await.is_ok(), "browsers are sent there still");
    assert_eq!(house.redeem(&back).await.unwrap_err().fault, UpstreamFault::Unavailable);
    house.advance(Duration::from_secs(60 * 60));
    assert_eq!(house.authorization_url().await.unwrap_err().fault, UpstreamFault::Unavailable, "for a day");
    house.provider.up().await;
    house.advance(Duration::from_secs(5));
    house.login(&Person::new("ann")).await.unwrap();
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    for (endpoint, blanks, bound) in [
        (Endpoint::Discovery, 65_536, "65536"),
        (Endpoint::Jwks, 262_144, "262144"),
        (Endpoint::Token, 65_536, "65536"),
    ] {
        let house = House::new().await;
        house.provider.misbehave(endpoint, Mode::Padded(blanks));
        let error = match house.authorization_url().await {
            Ok(url) => house.redeem(&house.provider.login(&url, &Person::new("ann"))).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.fault, UpstreamFault::Unavailable, "{endpoint:?}");
        assert!(error.reason.ends_with(&format!("longer than {bound} bytes")), "{error}");
    }
    let house = House::new().await;
    house.provider.misbehave(Endpoint::Jwks, Mode::Padded(200_000));
    assert_eq!(house.fault().await, None, "a key set may be larger than other answers");
}

/// What becomes of a login when this endpoint takes the request and does no more.
async fn hanging(endpoint: Endpoint, mode: Mode) -> UpstreamError {
    let house = Arc::new(House::new().await);
    let back =
        if endpoint == Endpoint::Discovery { None } else { Some(house.back(&Person::new("ann")).await) };
    house.provider.misbehave(endpoint, mode);
    let waiting = {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            match back {
                None => house.authorization_url().await.map(|_| ()),
                Some(back) => house.redeem(&back).await.map(|_| ()),
            }
        })
    };
    until_asked(&house, endpoint, 1).await;
    // From here on only a time-out can end it, and it is not waited for.
    tokio::time::pause();
    waiting.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn a_slow_provider_is_not_waited_for() {
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token] {
        for mode in [Mode::Slow, Mode::Drip] {
            let error = hanging(endpoint, mode.clone()).await;
            assert_eq!(error.fault, UpstreamFault::Unavailable, "{endpoint:?} {mode:?}");
            assert!(error.reason.ends_with("within 10 seconds"), "{endpoint:?} {mode:?}: {error}");
            tokio::time::resume();
        }
    }
}

#[tokio::test]
async fn a_hanging_provider_does_not_pile_up_requests() {
    let house = Arc::new(House::new().await);
    let token = house.provider.access_token(&Person::new("ann"));
    house.inspect(&token).await.unwrap();
    house.provider.misbehave(Endpoint::Userinfo, Mode::Slow);
    let waiting: Vec<_> = (0..MOST_UNDER_WAY)
        .map(|_| {
            let (house, token) = (Arc::clone(&house), token.clone());
            tokio::spawn(async move { house.refused(&token).await })
        })
        .collect();
    until_asked(&house, Endpoint::Userinfo, MOST_UNDER_WAY + 1).await;
    let error = house.inspect(&token).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Unavailable);
    assert_eq!(error.reason, format!("{MOST_UNDER_WAY} requests wait for it already"));
    for one in waiting {
        one.abort();
        assert!(one.await.unwrap_err().is_cancelled());
    }
    house.provider.behave();
    assert_eq!(house.refused(&token).await, None, "whoever gives up makes room");
}
