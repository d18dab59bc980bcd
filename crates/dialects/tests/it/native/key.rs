//! API keys of every door, from one place.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    CHANGE, CONFIRM, END_OTHERS, KEYS, ME, PASSWORD, SESSIONS, ask, house, house_with, problem, send,
    session, shown,
};

async fn make(server: &testkit::TestServer, session: &str, body: Value) -> (String, String) {
    let answer = send(server, session, KEYS, body).await;
    assert_eq!(answer.status, 201, "{answer}");
    let text = |name: &str| answer.json()[name].as_str().expect("a text").to_owned();
    (text("id"), text("secret"))
}

#[tokio::test]
async fn a_key_is_made_shown_once_and_ended() {
    let server = house().await;
    let here = session(&server, "john").await;
    let answer = send(&server, &here, KEYS, json!({"name": " laptop ", "expires_in_days": 90})).await;
    let secret = answer.json()["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.len() == 68 && secret.starts_with("vst_"), "{secret}");
    insta::assert_snapshot!(shown(&answer).replace(&secret, "vst_[64 HEX]"), @r#"
    201 Created
    content-type: application/json

    {"id":"[UUID]","door":"native","door_title":"Vestibule's own API, version 1","name":"laptop","created":"2026-01-02T12:00:00Z","last_used":null,"expires":"2026-04-02T12:00:00Z","expired":false,"secret":"vst_[64 HEX]"}
    "#);
    let listed = ask(&server, &here, "GET", KEYS).send().await;
    assert!(!listed.body.contains(&secret));
    insta::assert_snapshot!(shown(&listed), @r#"
    200 OK
    content-type: application/json

    {"keys":[{"id":"[UUID]","door":"native","door_title":"Vestibule's own API, version 1","name":"laptop","created":"2026-01-02T12:00:00Z","last_used":null,"expires":"2026-04-02T12:00:00Z","expired":false}],"doors":[{"door":"probe","door_title":"Auth and User of Probe.dev's front-end API, version 1"},{"door":"trieve","door_title":"Trieve's auth API: sessions by OpenID Connect, organizations, invitations and API keys"},{"door":"native","door_title":"Vestibule's own API, version 1"}]}
    "#);

    let by_key = || server.bearing(format!("Bearer {secret}")).get(ME).send();
    let me = by_key().await;
    assert_eq!((me.status.as_u16(), &me.json()["session"]), (200, &Value::Null));
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    let end = || ask(&server, &here, "DELETE", &format!("{KEYS}/{id}")).send();
    assert_eq!(end().await.status, 204);
    assert_eq!(problem(&end().await), (404, "api_key_not_found".to_owned()));
    assert_eq!(problem(&by_key().await), (401, "credential_invalid".to_owned()));
}

/// A key tells who its owner is, and does nothing else: it could make itself another one.
#[tokio::test]
async fn a_key_is_good_for_me_and_nothing_else() {
    let server = house().await;
    let here = session(&server, "john").await;
    let (id, secret) = make(&server, &here, json!({"name": "x"})).await;
    let (session_path, key_path) = (format!("{SESSIONS}/{id}"), format!("{KEYS}/{id}"));
    for (method, path) in [
        ("GET", SESSIONS),
        ("DELETE", session_path.as_str()),
        ("POST", END_OTHERS),
        ("POST", CONFIRM),
        ("POST", CHANGE),
        ("GET", KEYS),
        ("POST", KEYS),
        ("DELETE", key_path.as_str()),
    ] {
        let answer = server.bearing(format!("Bearer {secret}")).ask(method, path).send().await;
        assert_eq!(problem(&answer), (403, "forbidden".to_owned()), "{method} {path}");
    }
    // A bad key does not make room for the cookie.
    let both = server.bearing("Bearer vst_wrong").get(ME).header("cookie", format!("vestibule={here}"));
    assert_eq!(problem(&both.send().await), (401, "credential_invalid".to_owned()));
    let by_cookie = ask(&server, &secret, "GET", ME).send().await;
    assert_eq!(problem(&by_cookie), (401, "credential_invalid".to_owned()), "a key is no session");
    let session_as_key = server.bearing(format!("Bearer {here}")).get(ME).send().await;
    assert_eq!(problem(&session_as_key), (401, "credential_invalid".to_owned()), "a session is no key");
}

#[tokio::test]
async fn keys_of_other_doors_are_made_seen_and_ended_from_here() {
    let server = house().await;
    let here = session(&server, "john").await;
    let (id, secret) = make(&server, &here, json!({"name": "crawler", "door": "probe"})).await;
    let probe = || server.bearing(format!("Bearer {secret}")).get("/frontend/api/v1/user/current").send();
    assert_eq!(probe().await.status, 200);
    assert_eq!(server.bearing(format!("Bearer {secret}")).get(ME).send().await.status, 401);
    assert_eq!(ask(&server, &here, "DELETE", &format!("{KEYS}/{id}")).send().await.status, 204);
    assert_eq!(probe().await.status, 401);

    server.user("ann", PASSWORD).await;
    let anns = session(&server, "ann").await;
    let (id, _) = make(&server, &anns, json!({"name": "x"})).await;
    let foreign = ask(&server, &here, "DELETE", &format!("{KEYS}/{id}")).send().await;
    assert_eq!(problem(&foreign), (404, "api_key_not_found".to_owned()));
}

#[tokio::test]
async fn what_is_no_key_is_refused_by_its_field() {
    let server = house_with("[dialects.probe]\nenabled = false\n").await;
    let here = session(&server, "john").await;
    for (body, told) in [
        (json!({"name": "  "}), "name: 1 to 100 characters in one line are wanted."),
        (json!({"name": "a\nb"}), "name: 1 to 100 characters in one line are wanted."),
        (json!({"name": "x".repeat(101)}), "name: 1 to 100 characters in one line are wanted."),
        (json!({"name": "x", "expires_in_days": 0}), "expires_in_days: 1 to 3650 days are wanted."),
        (json!({"name": "x", "expires_in_days": 3651}), "expires_in_days: 1 to 3650 days are wanted."),
        (json!({"name": "x", "door": "knox"}), "door: there are no keys by this door."),
        (json!({"name": "x", "door": "probe"}), "door: there are no keys by this door."),
    ] {
        let answer = send(&server, &here, KEYS, body).await;
        assert_eq!(problem(&answer), (400, "request_malformed".to_owned()));
        assert_eq!(answer.json()["detail"], told);
    }
    let (_, secret) = make(&server, &here, json!({"name": "x".repeat(100), "expires_in_days": 1})).await;
    server.advance(Duration::from_hours(24));
    assert_eq!(server.bearing(format!("Bearer {secret}")).get(ME).send().await.status, 401);
    let listed = ask(&server, &here, "GET", KEYS).send().await.json();
    assert_eq!(listed["keys"][0]["expired"], json!(true), "it is told until it is ended");
}
