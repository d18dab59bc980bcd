//! security 1, none-algorithm: tokens at `userinfo` that were not given out for it.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::provider::{AccessTokens, Person};
use testkit::token::{claims, encoded, header, signing_input};

use super::{EDDSA, FOR_AUDIENCE, House, JWKS, access_token, house, house_with};

/// RFC 2104.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    let pad = |with: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<_>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

async fn good(house: &House) -> String {
    let token = house.token(&house.session("ann").await).await;
    assert_eq!(house.bears(&token).await, 200, "what follows is refused for what is changed");
    token
}

/// The published key is no secret: nothing that it signs as one is good (RFC 8725 section 2.1).
#[tokio::test]
async fn a_public_key_is_no_secret() {
    for algorithm in ["", EDDSA, "algorithm = \"ES256\"\n"] {
        let house = house_with(algorithm).await;
        let token = good(&house).await;
        let set = house.server.anonymous().get(JWKS).send().await;
        let key = set.json()["keys"][0].clone();
        let mut keys: Vec<Vec<u8>> = ["n", "x", "y", "kid"]
            .into_iter()
            .filter_map(|name| Some(key[name].as_str()?.as_bytes().to_vec()))
            .collect();
        keys.extend([vec![], key.to_string().into_bytes(), set.body.clone().into_bytes()]);
        for alg in ["HS256", "hs256"] {
            for kid in [key["kid"].clone(), Value::Null] {
                let mut forged = json!({"alg": alg, "typ": "JWT", "kid": kid});
                if forged["kid"].is_null() {
                    forged.as_object_mut().expect("an object").remove("kid");
                }
                let input = signing_input(&forged, &claims(&token));
                for key in &keys {
                    let forged = format!("{input}.{}", encoded(hmac(key, input.as_bytes())));
                    assert_eq!(house.bears(&forged).await, 401, "{alg}");
                }
            }
        }
    }
}

/// No other header, and no signature that is not there.
#[tokio::test]
async fn no_other_header_is_taken() {
    let house = house().await;
    let token = good(&house).await;
    let signature = token.rsplit('.').next().expect("a signature");
    let kid = header(&token)["kid"].clone();
    for forged in [
        json!({"alg": "none", "typ": "JWT", "kid": kid}),
        json!({"alg": "None", "typ": "JWT", "kid": kid}),
        json!({"alg": "RS256", "typ": "JWT", "kid": kid}),
        json!({"alg": "EdDSA", "typ": "JWT"}),
        json!({"alg": "EdDSA", "typ": "JWT", "kid": "../../dev/null"}),
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid}),
        json!({"alg": "EdDSA", "typ": "JWT", "kid": kid, "jku": "https://evil.example"}),
        json!({"alg": "EdDSA", "typ": "JWT", "kid": kid, "crit": ["exp"]}),
    ] {
        let input = signing_input(&forged, &claims(&token));
        for signature in [signature, ""] {
            assert_eq!(house.bears(&format!("{input}.{signature}")).await, 401, "{forged}");
        }
    }
    let (input, _) = token.rsplit_once('.').expect("a token");
    for bent in ["", "AAAA", &format!("{signature}A"), &format!("{signature}="), &signature.to_lowercase()] {
        assert_eq!(house.bears(&format!("{input}.{bent}")).await, 401, "{bent}");
    }
    let mut other = claims(&token);
    other["sub"] = json!("00000000-0000-0000-0000-000000000000");
    let bent = format!("{}.{signature}", signing_input(&header(&token), &other));
    assert_eq!(house.bears(&bent).await, 401);
    for nonsense in ["..", "a.b.c", &"a.".repeat(2000), &"x".repeat(5000)] {
        assert_eq!(house.bears(nonsense).await, 401);
    }
}

/// RFC 8725 sections 3.9 and 3.11: tokens for another use.
#[tokio::test]
async fn tokens_for_another_use_are_refused() {
    let house = house().await;
    let session = house.session("ann").await;
    let for_others = house.ask(&session, "POST", &format!("{FOR_AUDIENCE}?audience=urn:other")).send().await;
    assert_eq!(house.bears(&access_token(&for_others)).await, 401, "another audience");

    house.server.user("john", "correct horse").await;
    let form = json!({"email": "john@example.org", "password": "correct horse"});
    let probe =
        house.server.anonymous().post("/frontend/api/v1/auth/sign-in").json(&form).send().await.json();
    for secret in [&probe["jwt-token"]["token"], &probe["api-token"]] {
        assert_eq!(house.bears(secret.as_str().expect("a token")).await, 401, "another dialect's");
    }

    house.provider.access_tokens(AccessTokens::Jwt);
    assert_eq!(
        house.bears(&house.provider.access_token(&Person::new("ann"))).await,
        401,
        "the provider's own"
    );
    let mine = claims(&house.token(&session).await);
    let id_token = house.provider.signed(json!({"typ": "JWT"}), &mine);
    assert_eq!(house.bears(&id_token).await, 401, "the provider's signature on our own claims");
    assert_eq!(house.bears(&session).await, 401, "the cookie's value is no token");
    let token = house.token(&session).await;
    let as_cookie = house.ask(&token, "GET", super::USERINFO).send().await;
    assert_eq!(as_cookie.status, 401, "and a token no cookie");
}

/// Two installations do not believe each other, even where they go by one name.
#[tokio::test]
async fn a_token_of_another_installation_is_refused() {
    let (one, other) = (house().await, house().await);
    let token = good(&one).await;
    assert_eq!(other.bears(&token).await, 401);
    let at_another_name = house_with(&format!("{EDDSA}issuer = \"urn:other\"\n")).await;
    assert_eq!(at_another_name.bears(&token).await, 401);
}
