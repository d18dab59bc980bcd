//! contracts 3.4, POST `/auth/oauth-sign-in`: a provider's access token for a login.

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::provider::{Endpoint, Mode, Person, TestProvider};
use testkit::{Answer, TestServer};
use web::Clock as _;

use super::{CURRENT, OAUTH_SIGN_IN, house, violations};

const BEGIN: &str = "/api/v1/oidc/authenticate/";

/// A server at which Ann has signed in by the provider before, as number 1.
async fn known_to_the_provider() -> (TestProvider, TestServer) {
    let provider = TestProvider::start().await;
    let server = TestServer::with(&provider.settings("acme"));
    let clock = server.clock.clone();
    provider.follow(move || clock.now());
    let begun = server.anonymous().get(BEGIN).send().await;
    let cookie = begun.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let back = provider.login(begun.header("location").expect("a location"), &Person::new("ann"));
    let path = format!("/api/v1/oidc/callback/?{}", back.query());
    assert_eq!(server.anonymous().get(&path).header("cookie", cookie).send().await.status, 302);
    (provider, server)
}

fn form(token: &str) -> Value {
    json!({"oauth-provider-token": {"provider": "acme", "token": token}})
}

async fn send(server: &TestServer, body: &Value) -> Answer {
    server.anonymous().post(OAUTH_SIGN_IN).json(body).send().await
}

#[tokio::test]
async fn a_providers_token_signs_in_whom_the_provider_knows() {
    let (provider, server) = known_to_the_provider().await;
    let token = provider.access_token(&Person::new("ann"));
    let answer = send(&server, &form(&token)).await;
    assert_eq!(answer.status, 200, "{answer}");
    let body = answer.json();
    assert_eq!(body["check-auth-result"], json!({"message": "ok", "ok": true}));
    assert_eq!(body["oauth-provider-tokens"], json!([{"provider": "acme", "token": token}]));
    assert_eq!((&body["user-id"], &body["email"]), (&json!(1), &json!("ann@example.org")));
    let jwt = body["jwt-token"]["token"].as_str().expect("a JWT");
    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with(&format!("jwt={jwt};"))));
    let current = server.bearing(format!("Bearer {jwt}")).get(CURRENT).send().await;
    assert_eq!(current.json()["id"], 1);
    let key = body["api-token"].as_str().expect("the account's token");
    assert_eq!(server.bearing(format!("Bearer {key}")).get(CURRENT).send().await.json()["id"], 1);
}

/// 3.4: the cookies that the product reads.
#[tokio::test]
async fn without_a_token_in_the_body_the_cookies_count() {
    let (provider, server) = known_to_the_provider().await;
    let token = provider.access_token(&Person::new("ann"));
    let cookies =
        format!("oauth-provider-name=acme; oauth-email=eve@example.org; oauth-provider-token={token}");
    let answer = server.anonymous().post(OAUTH_SIGN_IN).header("cookie", cookies).send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["user-id"]),
        (200, &json!(1)),
        "whatever the address says"
    );
    let none = server.anonymous().post(OAUTH_SIGN_IN).send().await;
    assert_eq!((none.status.as_u16(), none.fault), (401, Some("credential_missing")));
}

/// 3.4: `check-auth` looks and opens nothing.
#[tokio::test]
async fn a_token_can_only_be_looked_at() {
    let (provider, server) = known_to_the_provider().await;
    let looking = |token: &str| {
        let mut body = form(token);
        body["check-auth"] = json!(true);
        body
    };
    let ann = provider.access_token(&Person::new("ann"));
    let answer = send(&server, &looking(&ann)).await;
    assert_snapshot!(answer.to_string().replace(&ann, "[token]"), @r#"
    200 OK
    content-type: application/json

    {"check-auth-result":{"message":"ok","ok":true},"current-user":null,"email":"ann@example.org","oauth-provider-tokens":[{"provider":"acme","token":"[token]"}],"ret-url":null,"status":"active","user-id":1}
    "#);
    let eve = provider.access_token(&Person::new("eve"));
    assert_snapshot!(send(&server, &looking(&eve)).await, @r#"
    200 OK
    content-type: application/json

    {"check-auth-result":{"message":"no user is linked to this identity","ok":false},"current-user":null,"oauth-provider-tokens":[],"ret-url":null,"status":"anonymous","user-id":0}
    "#);
    assert_snapshot!(send(&server, &looking("nonsense")).await.json()["check-auth-result"], @r#"{"message":"invalid or expired provider token","ok":false}"#);
    let op = server.operator();
    let sessions = server.identity.sessions.list(&op, identity::user::UserNumber(1), true);
    assert_eq!(sessions.await.expect("sessions").len(), 1, "the one from before");
    provider.misbehave(Endpoint::Userinfo, Mode::Status(500));
    let fresh = provider.access_token(&Person::new("ann"));
    assert_eq!(send(&server, &looking(&fresh)).await.status, 503, "that was not judged");
}

#[tokio::test]
async fn a_token_that_is_worth_nothing_lets_nobody_in() {
    let (provider, server) = known_to_the_provider().await;
    let ann = provider.access_token(&Person::new("ann"));
    assert_snapshot!(send(&server, &form("nonsense")).await, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer

    {"status":"UNAUTHENTICATED","error":"unauthenticated: invalid or expired token"}
    "#);
    let eve = provider.access_token(&Person::new("eve"));
    assert_snapshot!(send(&server, &form(&eve)).await, @r#"
    401 Unauthorized
    content-type: application/json
    www-authenticate: Bearer

    {"status":"UNAUTHENTICATED","error":"unauthenticated: no user is linked to this identity"}
    "#);
    let users = server.identity.accounts.list().await.expect("users");
    assert_eq!(users.len(), 1, "an access token makes nobody");
    let user = users.first().expect("ann");
    server.identity.accounts.suspend(&server.operator(), user).await.expect("suspended");
    let answer = send(&server, &form(&ann)).await;
    assert_eq!((answer.status.as_u16(), answer.fault), (401, Some("user_inactive")));
}

#[tokio::test]
async fn a_provider_that_is_not_configured_is_412() {
    let server = house().await;
    let body = json!({
        "check-auth": false, "current-user": null, "email": "ann@example.org", "logout-other": false,
        "long-term-token": true, "oauth-provider-token": {"provider": "google", "token": "x"}, "ret-url": null
    });
    assert_snapshot!(send(&server, &body).await, @r#"
    412 Precondition Failed
    content-type: application/json

    {"status":"FAILED_PRECONDITION","error":"failed precondition: unknown provider"}
    "#);
}

/// 3.4: what is sent is looked at all the same.
#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = house().await;
    let body =
        json!({"check-auth": 1, "email": "x", "oauth-provider-token": {"provider": "google"}, "ret-url": 1});
    let answer = server.anonymous().post(OAUTH_SIGN_IN).json(&body).send().await;
    assert_eq!(
        violations(&answer, "body"),
        json!([
            "#/check-auth: expected boolean, but got number",
            "#/email: length must be >= 5, but got 1",
            "#/email: \"x\" is not valid \"email\"",
            "#/ret-url: expected null or string, but got number",
            "#/oauth-provider-token: missing properties: \"token\""
        ])
    );
    let answer =
        server.anonymous().post(OAUTH_SIGN_IN).json(&json!({"oauth-provider-token": "x"})).send().await;
    assert_eq!(
        violations(&answer, "body"),
        json!(["#/oauth-provider-token: expected object, but got string"])
    );
}

/// 3.4, 8.10: a form calls the token `oauth-token`, spelled in either way.
#[tokio::test]
async fn a_forms_token_has_another_name() {
    let server = house().await;
    let send = |body: &'static str| {
        server.anonymous().post(OAUTH_SIGN_IN).body("application/x-www-form-urlencoded", body).send()
    };
    for good in
        ["oauth-token[provider]=google&oauth-token[token]=x", "oauth-token.provider=g&oauth-token.token=x"]
    {
        assert_eq!(send(good).await.status, 412, "{good}");
    }
    for half in ["oauth-token[provider]=google", "oauth-token%5Bprovider%5D=google"] {
        let answer = send(half).await;
        assert_eq!(violations(&answer, "formData"), json!(["#/oauth-token: missing properties: \"token\""]));
    }
}
