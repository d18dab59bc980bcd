//! contracts 3.6: API tokens, made, listed, shown, changed and ended.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::{Answer, TestServer};

use super::{API_TOKEN, ask, house, login, opens, sign_in, violations};

async fn make(server: &TestServer, token: &str, body: &Value) -> Answer {
    ask(server, token, "POST", API_TOKEN).json(body).send().await
}

fn token_in(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()["token"].as_str().expect("a token").to_owned()
}

async fn at(server: &TestServer, token: &str, method: &str, path_token: &str) -> Answer {
    ask(server, token, method, &format!("{API_TOKEN}/{path_token}")).send().await
}

/// Defaults: all of the owner's permissions, for ever; no body is needed.
#[tokio::test]
async fn a_token_is_made() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let answer = ask(&server, &jwt, "POST", API_TOKEN).send().await;
    let token = token_in(&answer);
    assert_eq!(token.len(), 64);
    assert_snapshot!(answer.to_string().replace(&token, "[64 of a-z0-9]"), @r#"
    200 OK
    content-type: application/json

    {"created":"2026-01-02T12:00:00Z","expired":false,"expires-at":null,"permissions":{"read:billing":{"name":"read:billing","scopes":[]},"read:invite":{"name":"read:invite","scopes":[]},"read:media":{"name":"read:media","scopes":[]},"read:profile":{"name":"read:profile","scopes":[]},"read:statistics":{"name":"read:statistics","scopes":[]},"read:sub-user":{"name":"read:sub-user","scopes":[]},"write:billing":{"name":"write:billing","scopes":[]},"write:invite":{"name":"write:invite","scopes":[]},"write:media":{"name":"write:media","scopes":[]},"write:sub-user":{"name":"write:sub-user","scopes":[]}},"restrictions":{},"token":"[64 of a-z0-9]","updated":"2026-01-02T12:00:00Z"}
    "#);
    assert_eq!(opens(&server, &token).await, 200);
    let stored = server.stored_bytes();
    assert!(!stored.windows(64).any(|bytes| bytes == token.as_bytes()), "it is stored sealed");
}

/// `permissions` narrows, `restrictions` takes away; neither reaches beyond the owner.
#[tokio::test]
async fn a_token_is_cut_to_what_is_asked() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    for (body, permissions, restrictions) in [
        (json!({"permissions": ["read:profile"]}), vec!["read:profile"], vec![]),
        (json!({"permissions": ["read:profile", "read:admin"]}), vec!["read:profile"], vec![]),
        (json!({"permissions": ["read:admin"]}), vec![], vec![]),
        (
            json!({"permissions": ["read:profile", "read:media"], "restrictions": ["read:media"]}),
            vec!["read:profile"],
            vec!["read:media"],
        ),
    ] {
        let answer = make(&server, &jwt, &body).await.json();
        let names =
            |key: &str| answer[key].as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            (names("permissions"), names("restrictions")),
            (
                permissions.into_iter().map(str::to_owned).collect(),
                restrictions.into_iter().map(str::to_owned).collect()
            )
        );
    }
}

/// `ttl`: seconds, 0 for never; a token that is past its end opens nothing and is listed only when asked for.
#[tokio::test]
async fn a_token_may_have_an_end() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    server.advance(Duration::from_millis(1));
    let forever = make(&server, &jwt, &json!({"ttl": 0})).await;
    server.advance(Duration::from_millis(1));
    assert_eq!(forever.json()["expires-at"], json!(null));
    let answer = make(&server, &jwt, &json!({"ttl": 90})).await;
    assert_eq!(answer.json()["expires-at"], "2026-01-02T12:01:30Z");
    let token = token_in(&answer);
    server.advance(Duration::from_secs(89));
    assert_eq!(opens(&server, &token).await, 200);
    server.advance(Duration::from_secs(1));
    assert_eq!(opens(&server, &token).await, 401);
    let listed = |query: &'static str| {
        let (server, jwt) = (&server, &jwt);
        async move {
            let list = ask(server, jwt, "GET", &format!("{API_TOKEN}{query}")).send().await.json();
            list["api-tokens"].as_array().expect("a list").clone()
        }
    };
    let live = [json!(api_token), forever.json()["token"].clone()];
    let tokens = |list: Vec<Value>| list.into_iter().map(|item| item["token"].clone()).collect::<Vec<_>>();
    assert_eq!(tokens(listed("").await), live, "the account's own is among them");
    assert_eq!(tokens(listed("?include-expired=false").await), live);
    let all = listed("?include-expired=true").await;
    assert_eq!((all.len(), &all[2]["expired"], &all[2]["token"]), (3, &json!(true), &json!(token)));
    assert_eq!(at(&server, &jwt, "GET", &token).await.status, 404);
    let shown = at(&server, &jwt, "GET", &format!("{token}?include-expired=1")).await;
    assert_eq!((shown.status.as_u16(), &shown.json()["expired"]), (200, &json!(true)));
}

/// No token is `null`.
#[tokio::test]
async fn no_token_is_null() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    assert_eq!(at(&server, &jwt, "DELETE", &api_token).await.status, 204);
    assert_eq!(ask(&server, &jwt, "GET", API_TOKEN).send().await.body, "{\"api-tokens\":null}\n");
}

/// PUT: what is not named stays.
#[tokio::test]
async fn a_token_is_changed_as_far_as_is_named() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let body =
        json!({"permissions": ["read:profile", "read:media"], "restrictions": ["read:media"], "ttl": 90});
    let token = token_in(&make(&server, &jwt, &body).await);
    server.advance(Duration::from_secs(10));
    let change = |body: Value| {
        let ask = ask(&server, &jwt, "PUT", &format!("{API_TOKEN}/{token}")).json(&body);
        async move { ask.send().await.json() }
    };
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let same = change(json!({})).await;
    assert_eq!(
        (&same["created"], &same["updated"]),
        (&json!("2026-01-02T12:00:00Z"), &json!("2026-01-02T12:00:10Z"))
    );
    assert_eq!(
        (names(&same["permissions"]), names(&same["restrictions"])),
        (vec!["read:profile".to_owned()], vec!["read:media".to_owned()])
    );
    assert_eq!(same["expires-at"], "2026-01-02T12:01:30Z");
    let longer = change(json!({"ttl": 90})).await;
    assert_eq!(longer["expires-at"], "2026-01-02T12:01:40Z", "from now on");
    assert_eq!(change(json!({"ttl": 0})).await["expires-at"], json!(null));
    let wider = change(json!({"restrictions": []})).await;
    assert_eq!(names(&wider["permissions"]), ["read:media", "read:profile"]);
    let all = change(json!({"reset-permissions": true})).await;
    assert_eq!((names(&all["permissions"]).len(), names(&all["restrictions"]).len()), (10, 0));
    let both = change(json!({"reset-permissions": true, "permissions": ["read:profile"]})).await;
    assert_eq!(names(&both["permissions"]), ["read:profile"]);
    assert_eq!(opens(&server, &token).await, 200);
}

/// DELETE ends it; the account's own is made anew at the next login.
#[tokio::test]
async fn a_token_is_ended() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let token = token_in(&make(&server, &jwt, &json!({})).await);
    for token in [&token, &api_token] {
        assert_eq!(at(&server, &jwt, "DELETE", token).await.status, 204);
        assert_eq!(opens(&server, token).await, 401);
        for method in ["GET", "DELETE"] {
            assert_eq!(at(&server, &jwt, method, token).await.status, 404);
        }
    }
    let new = super::login_in(&sign_in(&server, "ann", super::PASSWORD).await).api_token;
    assert_ne!(new, api_token);
    assert_eq!(opens(&server, &new).await, 200);
    // A token may end itself.
    assert_eq!(at(&server, &new, "DELETE", &new).await.status, 204);
}

/// An account's own token that was given an end is replaced once that has come.
#[tokio::test]
async fn an_account_token_past_its_end_is_replaced() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let path = format!("{API_TOKEN}/{api_token}");
    assert_eq!(ask(&server, &jwt, "PUT", &path).json(&json!({"ttl": 60})).send().await.status, 200);
    assert_eq!(login(&server, "ann").await.api_token, api_token);
    server.advance(Duration::from_secs(60));
    let new = login(&server, "ann").await.api_token;
    assert_eq!((opens(&server, &api_token).await, opens(&server, &new).await), (401, 200));
}

/// What is somebody else's is not there.
#[tokio::test]
async fn others_tokens_are_not_there() {
    let server = house().await;
    server.user("bob", super::PASSWORD).await;
    let (ann, bob) = (login(&server, "ann").await, login(&server, "bob").await);
    let not_found = "{\"status\":\"NOT_FOUND\",\"error\":\"not found: no such api token\"}\n";
    for token in [bob.api_token.as_str(), &"0".repeat(64), "x", "a%20b", &ann.jwt] {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = at(&server, &ann.jwt, method, token).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, not_found), "{method} {token}");
        }
    }
    assert_eq!(opens(&server, &bob.api_token).await, 200);
}

/// 3.6: forms are taken; what is wrong is told.
#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let body = json!({"permissions": ["read:profile", "x", 1], "restrictions": "read:profile", "ttl": -1});
    let told = violations(&make(&server, &jwt, &body).await, "body");
    let told: Vec<_> =
        told.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text")).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("#/permissions/1: value must be one of \"read:admin\", \"read:billing\", "));
    assert_eq!(told[1], "#/permissions/2: expected string, but got number");
    assert_eq!(told[2], "#/restrictions: expected array, but got string");
    assert_eq!(told[3], "#/ttl: must be >= 0 but found -1");
    for (ttl, expected) in [
        (json!(1.5), "#/ttl: expected integer, but got number"),
        (json!("1"), "#/ttl: expected integer, but got string"),
        (json!(null), "#/ttl: expected integer, but got null"),
    ] {
        assert_eq!(violations(&make(&server, &jwt, &json!({"ttl": ttl})).await, "body"), json!([expected]));
    }
    let form = "permissions=read:profile&permissions=read%3Amedia&ttl=90";
    let answer =
        ask(&server, &jwt, "POST", API_TOKEN).body("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(answer.json()["permissions"].as_object().map(serde_json::Map::len), Some(2), "{answer}");
    assert_eq!(answer.json()["expires-at"], "2026-01-02T12:01:30Z");
    let answer = ask(&server, &jwt, "GET", &format!("{API_TOKEN}?include-expired=x")).send().await;
    assert_eq!(violations(&answer, "query"), json!(["#/include-expired: expected boolean, but got string"]));
}

/// A life beyond all measure is one without a visible end, and no fault.
#[tokio::test]
async fn a_token_may_live_beyond_the_calendar() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let answer = make(&server, &jwt, &json!({"ttl": i64::MAX})).await;
    assert_eq!(answer.json()["expires-at"], "9999-12-30T21:59:59Z");
    assert_eq!(opens(&server, &token_in(&answer)).await, 200);
}

/// As many as 100 beside the account's own.
#[tokio::test]
async fn there_are_at_most_so_many() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    for _ in 0..100 {
        assert_eq!(make(&server, &jwt, &json!({})).await.status, 200);
    }
    assert_snapshot!(make(&server, &jwt, &json!({})).await, @r#"
    412 Precondition Failed
    content-type: application/json

    {"status":"FAILED_PRECONDITION","error":"failed precondition: too many api tokens"}
    "#);
}
