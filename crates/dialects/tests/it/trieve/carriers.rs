//! contracts 4.4: the cookie, then `Authorization`, then `x-api-key`; what opens nothing is no error.

use serde_json::json;

use super::{ME, USER_KEYS, house, is_known, key_body, refused};

/// `tr-` and 32 letters and digits.
#[tokio::test]
async fn clause_4_4_a_key_has_its_form() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let rest = key.strip_prefix("tr-").expect("its beginning");
    assert!(rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
}

/// Both headers, bare and behind `Bearer`.
#[tokio::test]
async fn clause_4_4_a_key_is_taken_in_every_spelling() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    for header in ["authorization", "x-api-key"] {
        for value in [key.clone(), format!("Bearer {key}")] {
            let ask = house.server.anonymous().get(ME).header(header, value);
            assert_eq!(ask.send().await.status, 200, "{header}");
        }
    }
}

/// The first that opens something decides.
#[tokio::test]
async fn clause_4_4_the_cookie_goes_first() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let key = house.key(&bob, key_body(1)).await;
    let who = async |cookie: &str, authorization: &str| {
        let ask = house.server.anonymous().get(ME).header("cookie", format!("vault={cookie}"));
        ask.header("authorization", authorization).send().await.json()["email"].clone()
    };
    assert_eq!(who(&ann, &key).await, "ann@example.org");
    assert_eq!(who(&"a".repeat(64), &key).await, "bob@example.org", "a stale cookie is none");
    assert_eq!(
        who(&format!("{ann}; vault=x"), &key).await,
        "bob@example.org",
        "which is meant cannot be told"
    );
}

/// A bad key is not an error: the request goes on as nobody's, and is told what nobody is told.
#[tokio::test]
async fn clause_4_4_a_bad_key_is_nobody() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let twice = house.server.bearing(&key).get(ME).header("authorization", &key);
    assert!(!is_known(&twice.send().await), "a header with two values");
    for bad in [
        format!("{key}x"),
        key.to_uppercase(),
        key.trim_start_matches("tr-").to_owned(),
        format!("Token {key}"),
        format!("Bearer {key} {key}"),
        "tr-".to_owned(),
        "x".repeat(5000),
        session.clone(),
        format!("tr-{}", "0".repeat(32)),
    ] {
        assert!(!house.bears(&bad).await, "{bad}");
        let answer = house.server.bearing(&bad).get(USER_KEYS).send().await;
        assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()));
        let login = house.server.bearing(&bad).get(super::START).send().await;
        assert_eq!(login.status, 303, "who asks for a login is asked for nothing");
    }
    assert!(!house.opens(&key).await, "a key is no cookie's value");
}

/// 8.11: an empty `Authorization` matches nothing, in no spelling and with no tenant.
#[tokio::test]
async fn clause_8_11_an_empty_header_is_nobody() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    for value in ["", " ", "Bearer", "Bearer "] {
        for header in ["authorization", "x-api-key"] {
            let ask = house.server.anonymous().get(ME).header(header, value);
            let answer = ask.header("tr-organization", &organization).send().await;
            assert!(!is_known(&answer), "{header}: {value:?}");
        }
        let ask = house.server.anonymous().get(USER_KEYS).header("authorization", value);
        assert_eq!(ask.header("tr-organization", &organization).send().await.status, 401);
    }
}

/// contracts 0.3: what other doors give out opens nothing here, in no carrier.
#[tokio::test]
async fn clause_0_3_credentials_of_other_doors_are_none() {
    let house = house().await;
    house.server.user("john", "correct horse").await;
    let anonymous = house.server.anonymous();
    let knox = json!({"username": "john", "password": "correct horse"});
    let knox = anonymous.post("/auth/login/").json(&knox).send().await.json()["token"].clone();
    let form = json!({"email": "john@example.org", "password": "correct horse"});
    let syntho = anonymous.post("/api/v1/auth/").json(&form).send().await;
    let syntho =
        syntho.header("set-cookie").and_then(|cookie| cookie.split([';', '=']).nth(1)).expect("a cookie");
    let probe = anonymous.post("/frontend/api/v1/auth/sign-in").json(&form).send().await.json();
    let secrets = [
        super::text(&knox),
        syntho.to_owned(),
        super::text(&probe["jwt-token"]["token"]),
        super::text(&probe["api-token"]),
    ];
    for secret in &secrets {
        assert!(!house.opens(secret).await && !house.bears(secret).await);
        for scheme in ["Bearer", "Token"] {
            assert!(!house.bears(&format!("{scheme} {secret}")).await);
        }
        let ask = anonymous
            .get(ME)
            .header("cookie", format!("sessionid={secret}; JSESSIONID={secret}; jwt={secret}"));
        assert!(!is_known(&ask.send().await));
    }
}
