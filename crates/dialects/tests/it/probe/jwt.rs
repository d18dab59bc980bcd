//! contracts 3.6, POST `/auth/jwt`: another JWT, a session of its own.

use std::time::Duration;

use serde_json::json;

use super::{JWT, SESSION, ask, claims, house, login, opens, session_id, violations};

/// Defaults: two weeks, all that the caller may, no claims; no body is needed.
#[tokio::test]
async fn a_jwt_is_made() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    for token in [&jwt, &api_token] {
        let answer = ask(&server, token, "POST", JWT).send().await;
        let made = answer.json()["token"].as_str().expect("a token").to_owned();
        let body = answer.body.replace(&made, "[JWT]");
        assert_eq!(body, "{\"expire\":\"2026-01-16T12:00:00Z\",\"token\":\"[JWT]\"}\n");
        assert_eq!(opens(&server, &made).await, 200);
    }
}

/// A session of its own: listed, and ended like any.
#[tokio::test]
async fn it_is_a_session_of_its_own() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    server.advance(Duration::from_millis(1));
    let made = ask(&server, &jwt, "POST", JWT).json(&json!({"long-term-token": false})).send().await.json();
    let made = made["token"].as_str().expect("a token");
    let sessions = ask(&server, &jwt, "GET", SESSION).send().await.json()["sessions"].clone();
    assert_eq!(
        (&sessions[1]["id"], &sessions[1]["expire"]),
        (&json!(session_id(made)), &json!("2026-01-02T15:00:00Z"))
    );
    ask(&server, &jwt, "DELETE", super::SIGN_OUT).send().await;
    assert_eq!(
        (opens(&server, &jwt).await, opens(&server, made).await),
        (401, 200),
        "it outlives the one that asked"
    );
    server.advance(Duration::from_hours(3));
    assert_eq!(opens(&server, made).await, 401);
}

/// `claims` and `permissions` are in the token, and the permissions hold.
#[tokio::test]
async fn claims_and_permissions_are_in_it() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let wish = json!({"claims": {"tier": "gold", "n": [1, null, {"a": 1.5}]}, "permissions": ["read:profile", "read:admin"]});
    let made = ask(&server, &jwt, "POST", JWT).json(&wish).send().await.json();
    let made = made["token"].as_str().expect("a token");
    let claims = claims(made);
    assert_eq!((&claims["tier"], &claims["n"]), (&wish["claims"]["tier"], &wish["claims"]["n"]));
    assert_eq!(claims["permissions"], json!(["read:profile"]), "no more than the caller may");
    let user = ask(&server, made, "GET", super::CURRENT).send().await.json();
    assert_eq!(user["permissions"], json!({"read:profile": {"name": "read:profile", "scopes": []}}));
    let form = "claims[tier]=gold&claims.level=1&permissions=read:profile&long-term-token=0";
    let made =
        ask(&server, &jwt, "POST", JWT).body("application/x-www-form-urlencoded", form).send().await.json();
    assert_eq!(made["expire"], "2026-01-02T15:00:00Z");
    let claims = super::claims(made["token"].as_str().expect("a token"));
    assert_eq!((&claims["tier"], &claims["level"]), (&json!("gold"), &json!("1")));
}

/// What the server writes, nobody else does; a token has to fit into a header.
#[tokio::test]
async fn no_claim_takes_the_place_of_the_servers() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let expected = json!(["#/claims: must be at most 2048 bytes, and none that the server writes"]);
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "nbf", "permissions"] {
        let answer = ask(&server, &jwt, "POST", JWT).json(&json!({"claims": {name: 1}})).send().await;
        assert_eq!(violations(&answer, "body"), expected, "{name}");
    }
    let answer =
        ask(&server, &jwt, "POST", JWT).json(&json!({"claims": {"a": "x".repeat(2048)}})).send().await;
    assert_eq!(violations(&answer, "body"), expected);
    let answer =
        ask(&server, &jwt, "POST", JWT).json(&json!({"claims": {"a": "x".repeat(2000)}})).send().await;
    let made = answer.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(opens(&server, &made).await, 200);
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let wish = json!({"claims": [], "long-term-token": "yes", "permissions": {}});
    let answer = ask(&server, &jwt, "POST", JWT).json(&wish).send().await;
    assert_eq!(
        violations(&answer, "body"),
        json!([
            "#/claims: expected object, but got array",
            "#/long-term-token: expected boolean, but got string",
            "#/permissions: expected array, but got object"
        ])
    );
}
