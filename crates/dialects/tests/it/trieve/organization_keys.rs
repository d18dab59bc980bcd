//! contracts 4.5: `/api/organization/api_key`.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::Answer;

use super::{DEPLOYED, House, NOBODYS, ORGANIZATION_KEYS, house, house_with, key_body, refused, shown};

async fn made(house: &House, secret: &str, organization: &str, body: &Value) -> Answer {
    let ask = house.ask(secret, "POST", ORGANIZATION_KEYS).header("tr-organization", organization);
    ask.json(body).send().await
}

async fn list(house: &House, secret: &str, organization: &str) -> Answer {
    house.ask(secret, "GET", ORGANIZATION_KEYS).header("tr-organization", organization).send().await
}

async fn ended(house: &House, secret: &str, organization: &str, id: &str) -> Answer {
    let path = format!("{ORGANIZATION_KEYS}/{id}");
    house.ask(secret, "DELETE", &path).header("tr-organization", organization).send().await
}

/// Whether an organization's key is one: then `me` says that there is no user behind it.
async fn is_live(house: &House, key: &str) -> bool {
    let answer = house.server.bearing(key).get(super::ME).send().await;
    refused(&answer).1.starts_with("Error loading user")
}

/// The document's list, and the product's page.
#[tokio::test]
async fn clause_4_5_keys_are_made_listed_and_ended() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let body = json!({"name": "ci", "role": 2, "dataset_ids": [NOBODYS], "scopes": ["GET /api/auth/me"],
                      "default_params": null});
    let answer = made(&house, &session, &organization, &body).await;
    let key = answer.json()["api_key"].as_str().expect("a key").to_owned();
    assert!(key.starts_with("tr-") && is_live(&house, &key).await);
    let listed = list(&house, &session, &organization).await;
    assert_snapshot!(shown(&listed), @r#"
    200 OK
    content-type: application/json

    [{"id":"[UUID]","organization_id":"[UUID]","name":"ci","role":2,"dataset_ids":["[UUID]"],"organization_ids":null,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00"}]
    "#);
    let id = super::text(&listed.json()[0]["id"]);
    assert_eq!(ended(&house, &session, &organization, &id).await.status, 204);
    assert!(!is_live(&house, &key).await);
    let again = ended(&house, &session, &organization, &id).await;
    assert_eq!(refused(&again), (404, "Not Found: API key not found".to_owned()));

    let house = house_with(DEPLOYED).await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    assert_eq!(list(&house, &session, &organization).await.body, r#"{"api_keys":[],"cursor":null}"#);
    house.organization_key(&session, &organization, key_body(0)).await;
    assert_snapshot!(shown(&list(&house, &session, &organization).await), @r#"
    200 OK
    content-type: application/json

    {"api_keys":[{"id":"[UUID]","organization_id":"[UUID]","name":"a key","role":0,"dataset_ids":null,"organization_ids":null,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00"}],"cursor":"[UUID]"}
    "#);
}

/// `expires_at`: a text in UTC. The product forgets one that it cannot read, and the key lives for ever.
#[tokio::test]
async fn clause_4_5_a_key_ends_when_it_says() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let with = |text: &str| json!({"name": "k", "role": 0, "expires_at": text});
    let key = house.organization_key(&session, &organization, with("2026-01-02T13:00:00Z")).await;
    house.server.advance(Duration::from_mins(59));
    assert!(is_live(&house, &key).await);
    house.server.advance(Duration::from_mins(1));
    assert!(!is_live(&house, &key).await);
    for text in ["tomorrow", "", "2026-01-02T13:00:00Z", "2020-01-01 00:00:00"] {
        let answer = made(&house, &session, &organization, &with(text)).await;
        assert_eq!(refused(&answer), (400, "expires_at is no time to come".to_owned()), "{text}");
    }
}

/// What cannot be kept is refused: dropped, it would let through what it was to hold back.
#[tokio::test]
async fn clause_4_5_default_params_are_refused() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let with = |params: Value| json!({"name": "k", "role": 0, "default_params": params});
    let answer = made(&house, &session, &organization, &with(json!({"filters": {"must": []}}))).await;
    assert_eq!(refused(&answer), (400, "default_params can not be kept here".to_owned()));
    assert_eq!(made(&house, &session, &organization, &with(json!({}))).await.status, 200);
}

/// Who administers it sees to its keys, and gives no role above the own one; whether it is there is told to nobody else.
#[tokio::test]
async fn clause_4_5_keys_are_for_who_administers() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let admin = house.member(&ann, &organization, "bob", 1).await;
    let member = house.member(&ann, &organization, "carl", 0).await;
    let stranger = house.session("dora").await;
    house.organization_key(&ann, &organization, key_body(2)).await;
    let id = super::text(&list(&house, &ann, &organization).await.json()[0]["id"]);
    for somebody in [&member, &stranger] {
        for answer in [
            made(&house, somebody, &organization, &key_body(0)).await,
            list(&house, somebody, &organization).await,
            ended(&house, somebody, &organization, &id).await,
        ] {
            assert_eq!(refused(&answer), (403, "Forbidden".to_owned()));
        }
    }
    let high = made(&house, &admin, &organization, &key_body(2)).await;
    let text = "Failed to set new API key for organization: its role is higher than yours";
    assert_eq!(refused(&high), (400, text.to_owned()));
    assert_eq!(made(&house, &admin, &organization, &key_body(1)).await.status, 200);
    for role in [-1, 3] {
        let answer = made(&house, &ann, &organization, &key_body(role)).await;
        assert_eq!(refused(&answer), (400, "role is 0 (user), 1 (admin) or 2 (owner)".to_owned()));
    }
    let nobody = house.server.anonymous().get(ORGANIZATION_KEYS).header("tr-organization", &organization);
    assert_eq!(nobody.send().await.status, 401);
}

/// A key of another organization's, or of a user's, is not there.
#[tokio::test]
async fn a_key_of_another_organization_is_not_there() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    let key = house.organization_key(&ann, &hers, key_body(0)).await;
    let id = super::text(&list(&house, &ann, &hers).await.json()[0]["id"]);
    house.key(&bob, key_body(1)).await;
    let of_user = house.ask(&bob, "GET", super::USER_KEYS).send().await.json()[0]["id"].clone();
    for id in [id.as_str(), of_user.as_str().expect("an id"), NOBODYS] {
        let answer = ended(&house, &bob, &his, id).await;
        assert_eq!(refused(&answer), (404, "Not Found: API key not found".to_owned()));
    }
    assert!(is_live(&house, &key).await);
}

/// The organization is named by the header.
#[tokio::test]
async fn the_organization_must_be_named() {
    let house = house().await;
    let session = house.session("ann").await;
    for method in ["GET", "POST"] {
        let answer = house.ask(&session, method, ORGANIZATION_KEYS).json(&key_body(0)).send().await;
        assert_eq!(refused(&answer), (400, "TR-Organization must name the organization".to_owned()));
    }
}
