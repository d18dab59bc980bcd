//! contracts 4.5: `/api/user/api_key`.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{House, NOBODYS, USER_KEYS, house, key_body, refused, shown};

async fn made(house: &House, secret: &str, body: &Value) -> super::Answer {
    house.ask(secret, "POST", USER_KEYS).json(body).send().await
}

async fn listed(house: &House, secret: &str) -> Vec<Value> {
    let answer = house.ask(secret, "GET", USER_KEYS).send().await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json().as_array().expect("a list").clone()
}

/// 200 with the key, this once.
#[tokio::test]
async fn clause_4_5_a_key_is_shown_once() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer =
        made(&house, &session, &json!({"name": "first", "role": 1, "more": "is not looked at"})).await;
    let key = answer.json()["api_key"].as_str().expect("a key").to_owned();
    assert_snapshot!(answer.to_string().replace(&key, "[KEY]"), @r#"
    200 OK
    content-type: application/json

    {"api_key":"[KEY]"}
    "#);
    let list = house.ask(&session, "GET", USER_KEYS).send().await;
    assert!(!list.body.contains(&key));
    assert_snapshot!(shown(&list), @r#"
    200 OK
    content-type: application/json

    [{"id":"[UUID]","user_id":"[UUID]","name":"first","role":1,"dataset_ids":null,"organization_ids":null,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00"}]
    "#);
}

/// What it is bound to is listed; an empty list binds nothing.
#[tokio::test]
async fn clause_4_5_a_key_is_listed_with_its_bounds() {
    let house = house().await;
    let session = house.session("ann").await;
    let bounds = json!({"name": "b", "role": 0, "dataset_ids": [NOBODYS], "organization_ids": [NOBODYS],
                        "scopes": ["GET /api/auth/me"]});
    let free = json!({"name": "f", "role": 1, "dataset_ids": [], "organization_ids": [], "scopes": []});
    for body in [&bounds, &free] {
        assert_eq!(made(&house, &session, body).await.status, 200);
        house.server.advance(Duration::from_millis(1));
    }
    let list = listed(&house, &session).await;
    for (key, body) in list.iter().zip([&bounds, &free]) {
        for name in ["name", "role", "dataset_ids", "organization_ids"] {
            let expected = if body[name] == json!([]) { &Value::Null } else { &body[name] };
            assert_eq!(&key[name], expected, "{name}");
        }
    }
}

/// 204, and the key is over at once.
#[tokio::test]
async fn clause_4_5_a_key_is_ended() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    house.server.advance(Duration::from_millis(1));
    let other = house.key(&session, key_body(1)).await;
    let id = listed(&house, &session).await[0]["id"].as_str().expect("an id").to_owned();
    let end = async || house.ask(&session, "DELETE", &format!("{USER_KEYS}/{id}")).send().await;
    assert_snapshot!(end().await, @"204 No Content");
    assert!(!house.bears(&key).await && house.bears(&other).await);
    assert_eq!(refused(&end().await), (404, "Not Found: API key not found".to_owned()));
    assert_eq!(listed(&house, &session).await.len(), 1);
}

/// A key of somebody else's is not there; neither is one of an organization's.
#[tokio::test]
async fn nobody_ends_a_key_of_somebody_elses() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let key = house.key(&ann, key_body(1)).await;
    let organization = house.organization(&bob).await;
    house.organization_key(&bob, &organization, key_body(0)).await;
    let of_organization =
        house.ask(&bob, "GET", super::ORGANIZATION_KEYS).header("tr-organization", &organization);
    let of_organization = super::text(&of_organization.send().await.json()[0]["id"]);
    let hers = listed(&house, &ann).await[0]["id"].as_str().expect("an id").to_owned();
    for id in [hers.as_str(), &of_organization, NOBODYS] {
        let answer = house.ask(&bob, "DELETE", &format!("{USER_KEYS}/{id}")).send().await;
        assert_eq!(refused(&answer), (404, "Not Found: API key not found".to_owned()));
    }
    assert!(house.bears(&key).await);
    assert!(listed(&house, &bob).await.is_empty());
}

/// What stands in the path and is no UUID: as actix says it.
#[tokio::test]
async fn an_id_that_is_none_is_not_found() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer = house.ask(&session, "DELETE", &format!("{USER_KEYS}/x")).send().await;
    assert_snapshot!(answer, @r#"
    404 Not Found
    content-type: text/plain; charset=utf-8

    Path deserialize error: UUID parsing failed: invalid character: found `x` at 0
    "#);
}

/// contracts 4.2: whatever is wrong with a body is a 400 that says so.
#[tokio::test]
async fn clause_4_2_a_body_that_cannot_be_read_is_told() {
    let house = house().await;
    let session = house.session("ann").await;
    let answer = house.ask(&session, "POST", USER_KEYS).json_text("{\"name\": ").send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {"message":"Json Deserialization Error: *Type* : Unexpected end of JSON input | *Message* : Json deserialize error: EOF while parsing a value at line 1 column 9 | Send the whole JSON."}
    "#);
    for (text, part) in [
        ("", "*Type* : Unexpected end of JSON input | *Message* : Json deserialize error: EOF"),
        ("{]", "*Type* : Syntax error in JSON | *Message* : Json deserialize error: key must be a string"),
        (
            r#"{"role": 1}"#,
            "*Type* : Data error in JSON | *Message* : Json deserialize error: missing field `name`",
        ),
        (r#"{"name": 1, "role": 1}"#, "Json deserialize error: invalid type: integer `1`, expected a string"),
        (r#"{"name": "k", "role": "1"}"#, "Json deserialize error: invalid type: string"),
        (r#"{"name": "k", "name": "k", "role": 1}"#, "Json deserialize error: duplicate field `name`"),
        (r#"{"name": "k", "role": 1, "dataset_ids": ["x"]}"#, "Json deserialize error: UUID parsing failed"),
        ("[]", "Json deserialize error: "),
    ] {
        let answer = house.ask(&session, "POST", USER_KEYS).json_text(text).send().await;
        let (status, message) = refused(&answer);
        assert!(status == 400 && message.starts_with("Json Deserialization Error: *Type* : "), "{message}");
        assert!(message.contains(part), "{text}: {message}");
    }
    let depth = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(house.ask(&session, "POST", USER_KEYS).json_text(depth).send().await.status, 400);
    let long = house.ask(&session, "POST", USER_KEYS).json_text("x".repeat(70_000)).send().await;
    assert_eq!(refused(&long), (413, "The body has more than 65536 bytes".to_owned()));
}

/// contracts 6: a missing type is read as JSON, another one is a 400.
#[tokio::test]
async fn clause_6_another_content_type_is_400() {
    let house = house().await;
    let session = house.session("ann").await;
    let body = key_body(1).to_string();
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("", 200),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("multipart/form-data", 400),
    ] {
        let answer = house.ask(&session, "POST", USER_KEYS).body(content_type, body.clone()).send().await;
        assert_eq!(answer.status, status, "{content_type}");
    }
    let answer = house.ask(&session, "POST", USER_KEYS).body("text/plain", body).send().await;
    assert!(refused(&answer).1.contains("Content type header error"), "{answer}");
}

/// contracts 4.5: 0 or 1.
#[tokio::test]
async fn clause_4_5_a_role_is_0_or_1() {
    let house = house().await;
    let session = house.session("ann").await;
    for role in [-1, 2, 3] {
        let answer = made(&house, &session, &key_body(role)).await;
        assert_eq!(refused(&answer), (400, "role is 0 (read) or 1 (read and write)".to_owned()));
    }
}

/// A key that reads is a member's without a role, and elevates itself in no way.
#[tokio::test]
async fn clause_4_5_a_key_that_reads_does_not_elevate_itself() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let key = house.key(&session, key_body(0)).await;
    let me = house.server.bearing(&key).get(super::ME).send().await.json();
    assert_eq!(me["user_orgs"][0]["role"], 0, "as the product shows it");
    let asks = [
        ("POST", USER_KEYS.to_owned(), key_body(1)),
        ("GET", USER_KEYS.to_owned(), Value::Null),
        ("POST", super::ORGANIZATION_KEYS.to_owned(), key_body(2)),
        ("GET", super::ORGANIZATION_KEYS.to_owned(), Value::Null),
        ("POST", super::INVITATION.to_owned(), super::invite(&organization, "eve@example.org", 0)),
        ("GET", format!("{}/{organization}", super::INVITATION), Value::Null),
    ];
    for (method, path, body) in asks {
        let ask = house.server.bearing(&key).ask(method, &path).header("tr-organization", &organization);
        assert_eq!(refused(&ask.json(&body).send().await), (403, "Forbidden".to_owned()), "{method} {path}");
    }
    let id = listed(&house, &session).await[0]["id"].as_str().expect("an id").to_owned();
    let end = house.server.bearing(&key).ask("DELETE", &format!("{USER_KEYS}/{id}")).send().await;
    assert_eq!(end.status, 403);
}

/// A key that reads and writes is its owner's equal: it makes and ends others.
#[tokio::test]
async fn clause_4_5_a_key_that_writes_is_its_owners_equal() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let key = house.key(&session, key_body(1)).await;
    let by_key = house.server.bearing(&key);
    assert_eq!(by_key.post(USER_KEYS).json(&key_body(1)).send().await.status, 200);
    assert_eq!(by_key.get(USER_KEYS).send().await.json().as_array().map(Vec::len), Some(2));
    let invitation = super::invite(&organization, "bob@example.org", 2);
    assert_eq!(by_key.post(super::INVITATION).json(&invitation).send().await.status, 204);
}

/// A hundred are the most, and the one that other doors keep for themselves.
#[tokio::test]
async fn there_are_only_so_many_keys() {
    let house = house().await;
    let session = house.session("ann").await;
    for _ in 0..=identity::api_key::keys::LIMIT {
        house.key(&session, key_body(1)).await;
    }
    let answer = made(&house, &session, &key_body(1)).await;
    let text = "Failed to set new API key for user: there are as many as there may be";
    assert_eq!(refused(&answer), (400, text.to_owned()));
}
