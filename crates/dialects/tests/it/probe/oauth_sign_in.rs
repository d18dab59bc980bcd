//! contracts 3.4, POST `/auth/oauth-sign-in`: there is no provider yet.

use insta::assert_snapshot;
use serde_json::json;

use super::{OAUTH_SIGN_IN, house, violations};

#[tokio::test]
async fn without_a_provider_it_is_412() {
    let server = house().await;
    let body = json!({
        "check-auth": true, "current-user": null, "email": "ann@example.org", "logout-other": false,
        "long-term-token": true, "oauth-provider-token": {"provider": "google", "token": "x"}, "ret-url": null
    });
    assert_snapshot!(server.anonymous().post(OAUTH_SIGN_IN).json(&body).send().await, @r#"
    412 Precondition Failed
    content-type: application/json

    {"status":"FAILED_PRECONDITION","error":"failed precondition: no identity provider is configured"}
    "#);
    // Nothing is required; the cookies that the product reads are texts of any kind.
    let cookies = "oauth-provider-name=google; oauth-email=x; oauth-provider-token=y";
    let answer = server.anonymous().post(OAUTH_SIGN_IN).header("cookie", cookies).send().await;
    assert_eq!(answer.status, 412);
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
