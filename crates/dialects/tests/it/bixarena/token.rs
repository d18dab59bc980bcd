//! contracts 5.1, POST `/token`, and 5.2: what the token says.

use identity::user::Role;
use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::token::{claims, header, verified};

use super::{EDDSA, House, JWKS, SITE, TOKEN, access_token, house, house_with};

async fn key_set(house: &House) -> String {
    house.server.anonymous().get(JWKS).send().await.body
}

/// 200; `expires_in` in seconds, a second less in the product.
#[tokio::test]
async fn clause_5_1_a_session_is_traded_for_a_token() {
    for (section, seconds) in [("", 600), ("wire = \"deployed\"", 599), ("token_ttl = \"90s\"", 90)] {
        let house = house_with(&format!("{EDDSA}{section}")).await;
        let session = house.session("ann").await;
        for path in [TOKEN, "/token"] {
            let answer = house.ask(&session, "POST", path).send().await;
            let token = access_token(&answer);
            let expected =
                format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds}}}"#);
            assert_eq!(answer.body, expected);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }
}

/// 5.1: without a session.
#[tokio::test]
async fn clause_5_1_nobody_gets_none() {
    let house = house().await;
    let nobody = house.server.anonymous().post(TOKEN).send().await;
    assert_snapshot!(nobody, @r#"
    401 Unauthorized
    content-type: application/json

    {"title":"Unauthorized","status":401}
    "#);
    let over = house.session("ann").await;
    house.ask(&over, "POST", super::LOGOUT).send().await;
    let pending = house.begin().await.secret;
    for secret in [over, pending, "0".repeat(32), "\u{fc}".to_owned()] {
        let answer = house.ask(&secret, "POST", TOKEN).send().await;
        assert_eq!(answer.to_string(), nobody.to_string(), "the cookie is not taken away: {secret}");
    }
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let by_token = house.server.bearing(format!("Bearer {token}")).post(TOKEN).send().await;
    assert_eq!(by_token.status, 401, "a token is not traded for another");

    let house = house_with(&format!("{EDDSA}wire = \"deployed\"")).await;
    assert_snapshot!(house.server.anonymous().post(TOKEN).send().await, @"403 Forbidden");
}

/// A body is not looked at.
#[tokio::test]
async fn a_body_is_not_looked_at() {
    let house = house().await;
    let session = house.session("ann").await;
    for body in ["{", "grant_type=x", &"x".repeat(1_000_000)] {
        access_token(&house.ask(&session, "POST", TOKEN).json_text(body).send().await);
    }
}

/// 5.2: header and claims, for each algorithm, verified as another service does.
#[tokio::test]
async fn clause_5_2_what_a_token_says() {
    for (algorithm, name) in [("", "RS256"), (EDDSA, "EdDSA"), ("algorithm = \"ES256\"\n", "ES256")] {
        let house = house_with(algorithm).await;
        let session = house.session("ann").await;
        let token = house.token(&session).await;
        let set = key_set(&house).await;
        let now = house.server.operator().now;
        let told: Value = verified(&token, &set, SITE, "vestibule", now).expect("a good token");
        let kid = serde_json::from_str::<Value>(&set).expect("JSON")["keys"][0]["kid"].clone();
        assert_eq!(header(&token), json!({"alg": name, "kid": kid, "typ": "JWT"}));
        let ann = house.server.identity.accounts.find("ann").await.expect("ann");
        assert_eq!(
            told,
            json!({
                "iss": SITE, "sub": ann.id, "aud": "vestibule", "roles": ["user"], "sid": told["sid"],
                "iat": 1_767_355_200, "nbf": 1_767_355_200, "exp": 1_767_355_800, "jti": told["jti"],
            })
        );
        assert!(told["jti"].as_str().is_some_and(|jti| jti.len() == 43));
        assert_ne!(claims(&house.token(&session).await)["jti"], told["jti"], "each has a name of its own");
        for (issuer, audience) in [("http://other", "vestibule"), (SITE, "other")] {
            assert!(verified(&token, &set, issuer, audience, now).is_err());
        }
        house.server.advance(std::time::Duration::from_mins(10));
        assert!(verified(&token, &set, SITE, "vestibule", house.server.operator().now).is_err(), "it ends");
    }
}

/// 5.2, decision 2: what is configured.
#[tokio::test]
async fn clause_5_2_issuer_audience_and_subject_are_settings() {
    let section = "issuer = \"urn:bixarena:auth\"\naudience = \"urn:bixarena:api\"\nsubject = \"username\"\n";
    let house = house_with(&format!("{EDDSA}{section}")).await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let told = claims(&token);
    assert_eq!(
        (&told["iss"], &told["aud"], &told["sub"]),
        (&json!("urn:bixarena:auth"), &json!("urn:bixarena:api"), &json!("ann"))
    );
    assert_eq!(house.bears(&token).await, 200, "and is taken here");
}

/// 5.1, 5.2: one role, by the call of the seed's time.
#[tokio::test]
async fn clause_5_2_an_administrator_is_admin() {
    let house = super::house_at("", EDDSA, "link_verified_email = true\n").await;
    for (name, role, roles) in [
        ("root", Role::Root, json!(["admin"])),
        ("boss", Role::Admin, json!(["admin"])),
        ("ann", Role::User, json!(["user"])),
    ] {
        house.server.user_with(name, "correct horse", |account| account.role = role).await;
        let session = house.session(name).await;
        assert_eq!(claims(&house.token(&session).await)["roles"], roles, "{name}");
    }
}
