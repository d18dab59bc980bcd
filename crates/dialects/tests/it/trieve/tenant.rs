//! contracts 4.4: `TR-Organization` and `TR-Dataset`, and what a key is good for.

use insta::assert_snapshot;
use serde_json::json;
use testkit::Answer;

use super::{House, ME, NOBODYS, ORGANIZATION_KEYS, USER_KEYS, house, key_body, refused};

const DATASET: &str = "01890000-0000-7000-8000-0000000000d5";

async fn by_key(house: &House, key: &str, headers: &[(&str, &str)]) -> Answer {
    let mut ask = house.server.bearing(key).get(ME);
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    ask.send().await
}

/// What is no UUID is refused, whoever asks.
#[tokio::test]
async fn clause_4_4_a_tenant_is_a_uuid() {
    let house = house().await;
    let session = house.session("ann").await;
    for (header, what) in [
        ("tr-organization", "Organization"),
        ("x-organization", "Organization"),
        ("tr-dataset", "Dataset"),
        ("x-dataset", "Dataset"),
    ] {
        for bad in ["", "acme", "01890000"] {
            let expected = (400, format!("Could not convert {what} to UUID"));
            for ask in [house.ask(&session, "GET", ME), house.server.anonymous().get(ME)] {
                assert_eq!(refused(&ask.header(header, bad).send().await), expected);
            }
        }
        let twice = house.ask(&session, "GET", ME).header(header, NOBODYS).header(header, NOBODYS);
        assert_eq!(twice.send().await.status, 400);
    }
    assert_snapshot!(house.ask(&session, "GET", ME).header("tr-organization", "acme").send().await, @r#"
    400 Bad Request
    content-type: application/json

    {"message":"Could not convert Organization to UUID"}
    "#);
}

/// Who is no member is refused, and whether the organization is there is not told.
#[tokio::test]
async fn clause_4_4_a_tenant_is_for_its_members() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    let key = house.key(&ann, key_body(1)).await;
    for header in ["tr-organization", "x-organization"] {
        assert_eq!(house.ask(&ann, "GET", ME).header(header, &hers).send().await.status, 200);
        assert_eq!(by_key(&house, &key, &[(header, &hers)]).await.status, 200);
        for foreign in [his.as_str(), NOBODYS] {
            let answer = house.ask(&ann, "GET", ME).header(header, foreign).send().await;
            assert_eq!(refused(&answer), (403, "Forbidden".to_owned()));
            assert_eq!(by_key(&house, &key, &[(header, foreign)]).await.status, 403);
        }
    }
    // Nobody is told to be nobody, not to be no member.
    let nobody = house.server.anonymous().get(USER_KEYS).header("tr-organization", &hers).send().await;
    assert_eq!(nobody.status, 401);
}

/// A key for some organizations.
#[tokio::test]
async fn clause_4_4_a_key_for_other_organizations_is_401() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    let ann = {
        house.member(&bob, &his, "ann", 0).await;
        ann
    };
    let body = json!({"name": "k", "role": 1, "organization_ids": [hers]});
    let key = house.key(&ann, body).await;
    assert_eq!(by_key(&house, &key, &[("tr-organization", &hers)]).await.status, 200);
    for other in [his.as_str(), NOBODYS] {
        let answer = by_key(&house, &key, &[("tr-organization", other)]).await;
        assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()));
    }
    // Without a tenant it tells of what it is good for, and of nothing else.
    let seen = by_key(&house, &key, &[]).await.json();
    assert_eq!(seen["orgs"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["user_orgs"][0]["organization_id"], hers);
    assert_eq!(house.me(&ann).await["orgs"].as_array().map(Vec::len), Some(2));
}

/// A key for some datasets.
#[tokio::test]
async fn clause_4_4_a_key_for_other_datasets_is_401() {
    let house = house().await;
    let ann = house.session("ann").await;
    let key = house.key(&ann, json!({"name": "k", "role": 1, "dataset_ids": [DATASET]})).await;
    for header in ["tr-dataset", "x-dataset"] {
        assert_eq!(by_key(&house, &key, &[(header, DATASET)]).await.status, 200);
        assert_eq!(by_key(&house, &key, &[(header, &DATASET.to_uppercase())]).await.status, 200);
        let answer = by_key(&house, &key, &[(header, NOBODYS)]).await;
        assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()));
    }
    assert_eq!(by_key(&house, &key, &[]).await.status, 200);
}

/// A key for some routes.
#[tokio::test]
async fn clause_4_4_a_key_for_other_routes_is_401() {
    let house = house().await;
    let ann = house.session("ann").await;
    let scoped = async |scopes: &[&str]| {
        let key = house.key(&ann, json!({"name": "k", "role": 1, "scopes": scopes})).await;
        by_key(&house, &key, &[]).await.status.as_u16()
    };
    assert_eq!(scoped(&["GET /api/auth/me"]).await, 200);
    assert_eq!(scoped(&["POST /api/chunk", "GET /api/auth/{which}"]).await, 200);
    assert_eq!(scoped(&["POST /api/auth/me", "GET /api/auth"]).await, 401);
    assert_eq!(scoped(&[]).await, 200, "contracts 4.5: none is all");
}

/// An organization's key is good there only, for its datasets and routes, and for nothing that a person does.
#[tokio::test]
async fn clause_4_4_an_organizations_key_is_bound_to_it() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    let body = json!({"name": "k", "role": 2, "dataset_ids": [DATASET], "scopes": ["GET /api/auth/me"]});
    let key = house.organization_key(&ann, &hers, body).await;
    let nobody_behind_it = async |headers: &[(&str, &str)]| refused(&by_key(&house, &key, headers).await).0;
    assert_eq!(nobody_behind_it(&[("tr-organization", &hers), ("tr-dataset", DATASET)]).await, 400);
    assert_eq!(nobody_behind_it(&[("tr-organization", &his)]).await, 401);
    assert_eq!(nobody_behind_it(&[("tr-dataset", NOBODYS)]).await, 401);
    let key = house.organization_key(&ann, &hers, key_body(2)).await;
    for path in [USER_KEYS, ORGANIZATION_KEYS] {
        for method in ["GET", "POST"] {
            let ask = house.server.bearing(&key).ask(method, path).header("tr-organization", &hers);
            assert_eq!(refused(&ask.json(&key_body(0)).send().await), (403, "Forbidden".to_owned()));
        }
    }
    let invitation = super::invite(&hers, "eve@example.org", 2);
    assert_eq!(house.server.bearing(&key).post(super::INVITATION).json(&invitation).send().await.status, 403);
}
