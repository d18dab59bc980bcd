//! contracts 5.5, POST `/oauth2/token`.

use identity::user::Role;
use insta::assert_snapshot;
use serde_json::json;
use testkit::token::claims;

use super::{EDDSA, FOR_AUDIENCE, access_token, house, house_at, house_with};

#[tokio::test]
async fn clause_5_5_a_token_for_an_audience() {
    for wire in ["documented", "deployed"] {
        let house = house_with(&format!("{EDDSA}wire = {wire:?}")).await;
        let session = house.session("ann").await;
        for (path, audience) in [
            (FOR_AUDIENCE, "vestibule"),
            ("/oauth2/token", "vestibule"),
            ("/v1/oauth2/token?audience=urn:bixarena:api", "urn:bixarena:api"),
            ("/oauth2/token?audience=https%3A%2F%2Fapi.example", "https://api.example"),
        ] {
            let answer = house.ask(&session, "POST", path).send().await;
            assert_eq!(answer.json()["expires_in"], 600, "the newest form only");
            assert_eq!(claims(&access_token(&answer))["aud"], audience);
        }
    }
}

/// 5.2, HEAD: an administrator is a user, too.
#[tokio::test]
async fn clause_5_2_an_administrator_is_both() {
    let house = house_at("", EDDSA, "link_verified_email = true\n").await;
    for (name, role, roles) in [
        ("root", Role::Root, json!(["admin", "user"])),
        ("boss", Role::Admin, json!(["admin", "user"])),
        ("ann", Role::User, json!(["user"])),
    ] {
        house.server.user_with(name, "correct horse", |account| account.role = role).await;
        let session = house.session(name).await;
        let answer = house.ask(&session, "POST", FOR_AUDIENCE).send().await;
        assert_eq!(claims(&access_token(&answer))["roles"], roles, "{name}");
    }
}

/// 5.5: what the gateway says to nobody, whatever `wire` is.
#[tokio::test]
async fn clause_5_5_nobody_gets_none() {
    let mut answers = Vec::new();
    for wire in ["documented", "deployed"] {
        let house = house_with(&format!("{EDDSA}wire = {wire:?}")).await;
        let answer =
            house.server.anonymous().post(&format!("{FOR_AUDIENCE}?audience=a&audience=b")).send().await;
        answers.push(answer.to_string());
    }
    assert_snapshot!(super::one(answers), @r#"
    401 Unauthorized
    www-authenticate: Cookie realm="BixArena", redirect="/auth/login"
    "#);
}

#[tokio::test]
async fn an_audience_that_cannot_be_is_400() {
    let house = house().await;
    let session = house.session("ann").await;
    let longest = "x".repeat(255);
    access_token(&house.ask(&session, "POST", &format!("{FOR_AUDIENCE}?audience={longest}")).send().await);
    for query in [
        "audience=".to_owned(),
        "audience=a%20b".to_owned(),
        "audience=%C3%BC".to_owned(),
        "audience=%00".to_owned(),
        "audience=%ff".to_owned(),
        "audience=a&audience=a".to_owned(),
        format!("audience={longest}x"),
    ] {
        let answer = house.ask(&session, "POST", &format!("{FOR_AUDIENCE}?{query}")).send().await;
        let detail = answer.json()["detail"].clone();
        assert_eq!(
            (answer.status.as_u16(), &detail),
            (400, &json!("Parameter 'audience' is not valid.")),
            "{query}"
        );
    }
}
