//! contracts 3.3, POST `/auth/sign-in` that goes well.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use testkit::TestServer;

use super::{PASSWORD, SIGN_IN, ask, base64url, claims, house, house_with, login, login_in, opens, sign_in};

/// 3.3: the seed's example, key by key, and the cookie.
#[tokio::test]
async fn a_login_gives_a_jwt_and_the_api_token() {
    let server = house().await;
    let body = json!({
        "current-user": null, "email": "ann@example.org", "logout-other": false, "long-term-token": true,
        "password": PASSWORD, "ret-url": null
    });
    let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
    let super::Login { jwt, api_token } = login_in(&answer);
    assert_snapshot!(answer.to_string().replace(&jwt, "[JWT]").replace(&api_token, "[64 of a-z0-9]"), @r#"
    200 OK
    content-type: application/json
    set-cookie: jwt=[JWT]; expires=Fri, 16 Jan 2026 12:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax

    {"api-token":"[64 of a-z0-9]","current-user":null,"email":"ann@example.org","jwt-token":{"expire":"2026-01-16T12:00:00Z","token":"[JWT]"},"oauth-provider-tokens":[],"ret-url":null,"status":"active","user-id":1}
    "#);
    assert_eq!(api_token.len(), 64);
    assert!(api_token.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{api_token}");
    assert_eq!((opens(&server, &jwt).await, opens(&server, &api_token).await), (200, 200));
}

/// 3.3: the JWT's parts have the seed's form, it is HS256, and it names its session.
#[tokio::test]
async fn the_jwt_is_hs256_and_names_its_session() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    let parts: Vec<&str> = jwt.split('.').collect();
    assert_eq!((parts.len(), parts[0].len(), parts[2].len()), (3, 36, 43));
    assert_eq!(base64url(parts[0]), br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = claims(&jwt);
    let mut names: Vec<_> = claims.as_object().expect("an object").keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("http://127.0.0.1:8080"), &json!("probe")));
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 1_209_600);
}

/// 3.3: two weeks if `long-term-token` is true, which it is by default, three hours if not; the answer, the cookie, the
/// token and the session end together, to the second.
#[tokio::test]
async fn a_jwt_lives_as_long_as_was_asked() {
    for (asked, seconds, expire, date) in [
        (None, 1_209_600, "2026-01-16T12:00:00Z", "Fri, 16 Jan 2026 12:00:00 GMT"),
        (Some(true), 1_209_600, "2026-01-16T12:00:00Z", "Fri, 16 Jan 2026 12:00:00 GMT"),
        (Some(false), 10_800, "2026-01-02T15:00:00Z", "Fri, 02 Jan 2026 15:00:00 GMT"),
    ] {
        let server = house().await;
        let mut body = super::form("ann", PASSWORD);
        if let Some(long) = asked {
            body["long-term-token"] = json!(long);
        }
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
        assert_eq!(answer.json()["jwt-token"]["expire"], expire);
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.contains(&format!("; expires={date}; HttpOnly; Max-Age={seconds};")), "{cookie}");
        let jwt = login_in(&answer).jwt;
        server.advance(Duration::from_secs(seconds - 1));
        assert_eq!(opens(&server, &jwt).await, 200);
        server.advance(Duration::from_secs(1));
        assert_eq!(opens(&server, &jwt).await, 401, "{asked:?}");
    }
}

/// `[dialects.probe] long_term` and `short_term`.
#[tokio::test]
async fn the_two_lives_are_settings() {
    let server = house_with("[dialects.probe]\nlong_term = \"90m\"\nshort_term = \"5m\"\n").await;
    for (long, expire) in [(true, "2026-01-02T13:30:00Z"), (false, "2026-01-02T12:05:00Z")] {
        let mut body = super::form("ann", PASSWORD);
        body["long-term-token"] = json!(long);
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
        assert_eq!(answer.json()["jwt-token"]["expire"], expire);
    }
}

/// 3.3: use does not prolong it.
#[tokio::test]
async fn use_does_not_prolong_a_jwt() {
    let server = house().await;
    let jwt = login(&server, "ann").await.jwt;
    for _ in 0..13 {
        server.advance(Duration::from_hours(24));
        assert_eq!(opens(&server, &jwt).await, 200);
    }
    server.advance(Duration::from_hours(24));
    assert_eq!(opens(&server, &jwt).await, 401);
}

/// 3.3: the API token identifies the account: the same at each login, each of which has a JWT of its own.
#[tokio::test]
async fn the_api_token_stays_the_same() {
    let server = house().await;
    server.user("bob", PASSWORD).await;
    let (first, second) = (login(&server, "ann").await, login(&server, "ann").await);
    assert_eq!(first.api_token, second.api_token);
    assert_ne!(first.jwt, second.jwt);
    assert_ne!(login(&server, "bob").await.api_token, first.api_token);
    server.advance(Duration::from_hours(24 * 365));
    assert_eq!(opens(&server, &first.api_token).await, 200, "it never expires");
}

/// design, "At rest": the JWT as a digest of its `jti`, the API token sealed beside its digest.
#[tokio::test]
async fn neither_secret_is_stored_as_it_is() {
    let server = house().await;
    let super::Login { jwt, api_token } = login(&server, "ann").await;
    let jti = claims(&jwt)["jti"].as_str().expect("a jti").to_owned();
    let stored = server.stored_bytes();
    for secret in [&api_token, &jti, &jwt] {
        assert!(!stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
}

/// 3.3: `logout-other` ends the other sessions, as far as `scope` reaches; by default none.
#[tokio::test]
async fn a_login_ends_the_others_when_asked() {
    let server = house().await;
    let old = login(&server, "ann").await;
    let kept = login(&server, "ann").await;
    assert_eq!((opens(&server, &old.jwt).await, opens(&server, &kept.jwt).await), (200, 200));
    let mut body = super::form("ann", PASSWORD);
    body["logout-other"] = json!(true);
    let new = login_in(&server.anonymous().post(SIGN_IN).json(&body).send().await);
    assert_eq!((opens(&server, &old.jwt).await, opens(&server, &kept.jwt).await), (401, 401));
    assert_eq!(opens(&server, &new.jwt).await, 200);
    assert_eq!((&new.api_token, opens(&server, &old.api_token).await), (&old.api_token, 200), "no session");
}

/// The very first login may end the others, too, as far as it goes.
#[tokio::test]
async fn the_first_login_may_end_others() {
    let server = house_with("[dialects.probe]\nscope = \"account\"\n").await;
    let mut body = super::form("ann", PASSWORD);
    body["logout-other"] = json!(true);
    login_in(&server.anonymous().post(SIGN_IN).json(&body).send().await);
}

/// 3.3: `current-user` is repeated and means nothing; `ret-url` is repeated where pages may lead to it.
#[tokio::test]
async fn what_the_client_says_of_itself_is_repeated() {
    let server = house_with("return_urls = [\"https://app.example\"]\n").await;
    for (sent, repeated) in [
        ("https://app.example/welcome?a=1", json!("https://app.example/welcome?a=1")),
        ("http://127.0.0.1:8080/", json!("http://127.0.0.1:8080/")),
        ("https://evil.example/", json!(null)),
        ("//evil.example", json!(null)),
        ("javascript:alert(1)", json!(null)),
        ("no url", json!(null)),
    ] {
        let mut body = super::form("ann", PASSWORD);
        body["ret-url"] = json!(sent);
        body["current-user"] = json!("bob@example.org");
        let answer = server.anonymous().post(SIGN_IN).json(&body).send().await.json();
        assert_eq!(
            (&answer["ret-url"], &answer["current-user"]),
            (&repeated, &json!("bob@example.org")),
            "{sent}"
        );
        assert_eq!((&answer["email"], &answer["user-id"]), (&json!("ann@example.org"), &json!(1)));
    }
}

/// 3.3: `Secure` where the server is reached by https.
#[tokio::test]
async fn the_cookie_is_secure_where_the_site_is() {
    let server = house_with("public_url = \"https://login.example.org\"\n").await;
    let answer = sign_in(&server, "ann", PASSWORD).await;
    assert!(answer.header("set-cookie").expect("a cookie").ends_with("; SameSite=Lax; Secure"));
}

/// 3.2, no. 1: no credential is looked at: neither a good nor a bad one changes anything.
#[tokio::test]
async fn a_credential_that_comes_along_is_not_looked_at() {
    let server = house().await;
    let first = login(&server, "ann").await;
    for (name, value) in [
        ("authorization", "Bearer nonsense".to_owned()),
        ("cookie", "jwt=a.b.c".to_owned()),
        ("cookie", format!("jwt={}", first.jwt)),
    ] {
        let answer =
            server.anonymous().post(SIGN_IN).header(name, &value).json(&super::form("ann", PASSWORD));
        login_in(&answer.send().await);
    }
    assert_eq!(opens(&server, &first.jwt).await, 200);
}

/// 3.3: the title says user name, the schema an address: a username that looks like one signs in.
#[tokio::test]
async fn a_username_in_the_form_of_an_address_signs_in() {
    let server = TestServer::start();
    server
        .user_with("x", PASSWORD, |account| {
            account.username = Some("ann@corp.example".to_owned());
            account.email = None;
        })
        .await;
    let body = json!({"email": "ANN@corp.example", "password": PASSWORD});
    let answer = server.anonymous().post(SIGN_IN).json(&body).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.json().get("email")),
        (200, None),
        "who has no address has none"
    );
}

/// security 1, no-store: what carries a secret is not kept by anybody on the way.
#[tokio::test]
async fn an_answer_with_secrets_is_stored_by_nobody() {
    let server = house().await;
    let answer = sign_in(&server, "ann", PASSWORD).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let jwt = login_in(&answer).jwt;
    assert_eq!(
        ask(&server, &jwt, "GET", super::CURRENT).send().await.header("cache-control"),
        Some("no-store")
    );
}
