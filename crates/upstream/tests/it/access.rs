//! Whose an access token is: by its signature when it is a JWT for us, else by userinfo (requirement 39).

use std::time::Duration;

use identity::Secret;
use identity::federation::upstream::UpstreamFault;
use serde_json::{Value, json};

use crate::house::House;
use crate::provider::{AccessTokens, CLIENT_ID, Endpoint, Lie, Mode, Person, Told};

/// Claims of an access token for us.
fn claims(house: &House) -> Value {
    let now = house.now().millis() / 1000;
    json!({"iss": house.provider.issuer(), "sub": "ann", "aud": [CLIENT_ID, "others"], "scope": "openid",
        "iat": now, "exp": now + 600, "email": "ann@example.org", "email_verified": true})
}

#[tokio::test]
async fn an_opaque_token_is_asked_about() {
    let house = House::new().await;
    let token = house.provider.access_token(&Person::new("ann"));
    let claims = house.inspect(&token).await.unwrap();
    assert_eq!((claims.subject.as_str(), claims.email.as_deref()), ("ann", Some("ann@example.org")));
    assert_eq!(claims.issuer, house.provider.issuer());
    let asked = house.provider.asked(Endpoint::Userinfo).remove(0);
    assert_eq!(asked.authorization, Some(format!("Bearer {token}")));
    house.provider.revoke(&token);
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused));
    assert_eq!(house.refused("never-given-out").await, Some(UpstreamFault::TokenRefused));
}

#[tokio::test]
async fn rfc_9068_a_jwt_for_us_speaks_for_itself() {
    let house = House::new().await;
    house.provider.access_tokens(AccessTokens::Jwt);
    let token = house.provider.access_token(&Person::new("ann"));
    let told = house.inspect(&token).await.unwrap();
    assert_eq!((told.subject.as_str(), told.name.as_deref()), ("ann", Some("Ann Lee")));
    let token = house.provider.signed(json!({"typ": "JWT"}), &claims(&house));
    assert!(house.inspect(&token).await.unwrap().email_verified);
    let token = house.provider.signed(json!({}), &claims(&house));
    assert!(house.inspect(&token).await.is_ok());
    assert_eq!(house.provider.count(Endpoint::Userinfo), 0);
}

#[tokio::test]
async fn a_jwt_for_us_that_is_bad_is_refused_without_asking() {
    let house = House::new().await;
    let good = claims(&house);
    let signed = |change: &dyn Fn(&mut Value)| {
        let mut claims = good.clone();
        change(&mut claims);
        house.provider.signed(json!({"typ": "at+jwt"}), &claims)
    };
    let ended = signed(&|it| it["exp"] = json!(it["iat"].as_i64().unwrap() - 60));
    let endless = signed(&|it| {
        it.as_object_mut().unwrap().remove("exp");
    });
    let early = signed(&|it| it["nbf"] = json!(it["iat"].as_i64().unwrap() + 120));
    let token = signed(&|_| {});
    let forged = format!("{}AAAA", token.split_at(token.len() - 4).0);
    let unsigned = {
        use base64::Engine as _;
        let header =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
        format!("{header}.{}.", token.split('.').nth(1).unwrap())
    };
    let unknown = house.provider.signed(json!({"typ": "at+jwt", "kid": "nobody-knows"}), &good);
    for (name, token) in [
        ("ended", ended),
        ("endless", endless),
        ("early", early),
        ("forged", forged),
        ("unsigned", unsigned),
        ("unknown key", unknown),
    ] {
        assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused), "{name}");
    }
    assert_eq!(house.provider.count(Endpoint::Userinfo), 0);
    assert!(house.inspect(&token).await.is_ok());
}

#[tokio::test]
async fn a_jwt_ends_when_it_says() {
    let house = House::new().await;
    house.provider.access_tokens(AccessTokens::Jwt);
    let token = house.provider.access_token(&Person::new("ann"));
    house.advance(Duration::from_secs(3659));
    assert_eq!(house.refused(&token).await, None);
    house.advance(Duration::from_secs(1));
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused));
}

#[tokio::test]
async fn a_jwt_for_others_is_asked_about() {
    let house = House::new().await;
    for (claim, value) in [("aud", json!("others")), ("iss", json!("https://another.example"))] {
        let mut claims = claims(&house);
        claims[claim] = value;
        let token = house.provider.signed(json!({"typ": "at+jwt"}), &claims);
        assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused), "{claim}");
    }
    assert_eq!(house.provider.count(Endpoint::Userinfo), 2, "the provider refused them");
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let house = House::new().await;
    for (claim, value) in [("nonce", "n"), ("at_hash", "h"), ("c_hash", "h"), ("typ", "ID")] {
        let mut claims = claims(&house);
        claims[claim] = json!(value);
        let token = house.provider.signed(json!({"typ": "JWT"}), &claims);
        assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused), "{claim}");
    }
    assert_eq!(house.provider.count(Endpoint::Userinfo), 4, "the provider refused them");
}

#[tokio::test]
async fn a_token_that_nobody_can_be_asked_about_is_refused() {
    let house = House::new().await;
    house.provider.tell_in(Told::InIdToken);
    let token = house.provider.access_token(&Person::new("ann"));
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused));
    house.provider.access_tokens(AccessTokens::Jwt);
    assert!(house.inspect(&house.provider.access_token(&Person::new("ann"))).await.is_ok());
}

#[tokio::test]
async fn a_bearer_has_a_name() {
    let house = House::new().await;
    let token = house.provider.access_token(&Person::new("ann"));
    house.provider.lie(Lie::UserinfoSubjectMissing);
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::SubjectMissing));
    let mut claims = claims(&house);
    claims["sub"] = json!("");
    let token = house.provider.signed(json!({"typ": "at+jwt"}), &claims);
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::SubjectMissing));
}

#[tokio::test]
async fn userinfo_that_does_not_answer_refuses_nobody() {
    let house = House::new().await;
    let token = house.provider.access_token(&Person::new("ann"));
    for mode in [Mode::Status(500), Mode::Status(429), Mode::Garbage, Mode::Redirect("/x".to_owned())] {
        house.provider.misbehave(Endpoint::Userinfo, mode.clone());
        assert_eq!(house.refused(&token).await, Some(UpstreamFault::Unavailable), "{mode:?}");
    }
    house.provider.misbehave(Endpoint::Userinfo, Mode::Status(403));
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused));
    house.provider.behave();
    house.provider.lie(Lie::UserinfoSigned);
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::Unavailable), "a signed one is not read");
}

#[tokio::test]
async fn the_longest_token_that_is_looked_at_is_asked_about() {
    let house = House::new().await;
    let token = "x".repeat(Secret::MAX_BYTES);
    assert_eq!(house.refused(&token).await, Some(UpstreamFault::TokenRefused));
    assert_eq!(house.provider.count(Endpoint::Userinfo), 1);
}
