//! contracts 5.5, GET `/userinfo`.

use insta::assert_snapshot;
use serde_json::json;
use testkit::provider::Person;

use super::{EDDSA, USERINFO, house, house_at, secret};

/// The same by session and by token.
#[tokio::test]
async fn clause_5_5_who_it_is() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let ann = house.server.identity.accounts.find("ann").await.expect("ann");
    let mut answers = Vec::new();
    for path in [USERINFO, "/userinfo"] {
        let by_session = house.ask(&session, "GET", path).send().await;
        let by_token = house.server.bearing(format!("bearer {token}")).get(path).send().await;
        assert_eq!(by_session.header("cache-control"), Some("no-store"));
        answers.extend([by_session, by_token].map(|answer| answer.to_string()));
    }
    assert_snapshot!(super::one(answers).replace(&ann.id.to_string(), "[UUID]"), @r#"
    200 OK
    content-type: application/json

    {"sub":"[UUID]","preferred_username":"ann","email":"ann@example.org","email_verified":true,"roles":["user"]}
    "#);
}

/// What is not known is left out; `sub` is the UUID, whatever tokens call the user.
#[tokio::test]
async fn clause_5_5_only_sub_is_always_there() {
    let house = house_at("", &format!("{EDDSA}subject = \"username\""), "").await;
    let browser = house.begin().await;
    let unverified = Person { email_verified: json!(false), ..Person::new("ann") };
    let back = house.provider.login(&browser.location, &unverified);
    let session = secret(&house.bring(&browser.secret, &back).send().await);
    let ann = house.server.identity.accounts.find("ann").await.expect("ann");
    let told = house.ask(&session, "GET", USERINFO).send().await.json();
    assert_eq!(told, json!({"sub": ann.id, "preferred_username": "ann", "roles": ["user"]}));
}

#[tokio::test]
async fn an_administrator_is_both() {
    let house = house_at("", EDDSA, "link_verified_email = true\n").await;
    house
        .server
        .user_with("boss", "correct horse", |account| account.role = identity::user::Role::Admin)
        .await;
    let session = house.session("boss").await;
    assert_eq!(house.ask(&session, "GET", USERINFO).send().await.json()["roles"], json!(["admin", "user"]));
}

/// 5.5: what the gateway says to nobody.
#[tokio::test]
async fn clause_5_5_nobody_is_sent_to_the_login() {
    let house = house().await;
    let nobody = house.server.anonymous().get(USERINFO).send().await;
    assert_snapshot!(nobody, @r#"
    401 Unauthorized
    www-authenticate: Cookie realm="BixArena", redirect="/auth/login"
    "#);
    let pending = house.begin().await.secret;
    let answer = house.ask(&pending, "GET", USERINFO).send().await;
    assert_eq!(answer.to_string(), nobody.to_string(), "the login under way is not disturbed");
    // Schemes that are not read.
    for header in ["Token x", "Basic eDp5", "x"] {
        assert_eq!(house.server.bearing(header).get(USERINFO).send().await.to_string(), nobody.to_string());
    }
}

/// A bad token does not make room for a good cookie.
#[tokio::test]
async fn a_bad_token_is_401_whatever_the_cookie_is() {
    let house = house().await;
    let session = house.session("ann").await;
    let token = house.token(&session).await;
    let refused = house.server.bearing("Bearer x.y.z").get(USERINFO).send().await;
    assert_snapshot!(refused, @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="BixArena", error="invalid_token"
    "#);
    for header in ["Bearer", "Bearer x", "Bearer x y", "Bearer \u{fc}", &format!("Bearer {token}x")] {
        let answer = house.ask(&session, "GET", USERINFO).header("authorization", header).send().await;
        assert_eq!(answer.to_string(), refused.to_string(), "{header}");
    }
    let two = house.ask(&session, "GET", USERINFO).header("authorization", format!("Bearer {token}"));
    let two = two.header("authorization", format!("Bearer {token}"));
    assert_eq!(two.send().await.to_string(), refused.to_string());
    let other_scheme = house.ask(&session, "GET", USERINFO).header("authorization", "Token x").send().await;
    assert_eq!(other_scheme.status, 200, "the cookie may speak");
}
