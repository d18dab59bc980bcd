//! contracts 4.1, GET `/api/auth/me`, and 4.2: who somebody is.

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::provider::Person;

use super::{DEPLOYED, ME, START, house, house_with, key_body, refused, shown};

/// Everything that some version of the clients wants.
#[tokio::test]
async fn clause_4_2_a_user_has_every_key() {
    let house = house().await;
    let session = house.session("ann").await;
    assert_snapshot!(shown(&house.ask(&session, "GET", ME).send().await), @r#"
    200 OK
    content-type: application/json

    {"id":"[UUID]","name":"Ann Lee","email":"ann@example.org","created_at":"2026-01-02T12:00:00","user_orgs":[{"id":"[UUID]","user_id":"[UUID]","organization_id":"[UUID]","role":2,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00","scopes":null}],"orgs":[{"id":"[UUID]","name":"ann","created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00","registerable":false,"deleted":0,"partner_configuration":{}}]}
    "#);
}

/// contracts 0.6: 400 in the document, 401 in the product.
#[tokio::test]
async fn clause_0_6_nobody_is_refused_as_wire_says() {
    let house = house().await;
    let answer = house.server.anonymous().get(ME).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {"message":"Unauthorized"}
    "#);
    assert_eq!(answer.fault, Some("credential_missing"));
    let house = house_with(DEPLOYED).await;
    assert_snapshot!(house.server.anonymous().get(ME).send().await, @r#"
    401 Unauthorized
    content-type: application/json

    {"message":"Unauthorized"}
    "#);
}

/// A key opens it as the session does.
#[tokio::test]
async fn clause_4_1_a_key_opens_it() {
    let house = house().await;
    let session = house.session("ann").await;
    let key = house.key(&session, key_body(1)).await;
    let by_key = house.server.bearing(&key).get(ME).send().await;
    assert_eq!(by_key.json(), house.me(&session).await);
}

/// contracts 4.1: a key of an organization's has no user.
#[tokio::test]
async fn clause_4_1_an_organizations_key_is_nobody() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let key = house.organization_key(&session, &organization, key_body(2)).await;
    let answer = house.server.bearing(&key).get(ME).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {"message":"Error loading user by itself for get_user_by_id_query"}
    "#);
}

/// contracts 4.2: what is not known is null, and what must be there is.
#[tokio::test]
async fn clause_4_2_somebody_without_a_name_has_null() {
    let house = house().await;
    let browser = house.begin_at(START).await;
    let answer = house.come_back_as(&browser, &Person::bare("x")).await.json();
    assert_eq!((&answer["name"], &answer["email"]), (&Value::Null, &json!("")));
    assert_eq!(answer["orgs"].as_array().map(Vec::len), Some(1));
}

/// What the operator changed holds at the next request: nothing is kept beside the database.
#[tokio::test]
async fn roles_are_those_of_now() {
    let house = house().await;
    let session = house.session("ann").await;
    let before = house.me(&session).await;
    assert_eq!(before["user_orgs"][0]["role"], 2);
    let accounts = &house.server.identity.accounts;
    let ann = accounts.find(before["id"].as_str().expect("an id")).await.expect("ann");
    let organizations = &house.server.identity.organizations;
    let organization =
        organizations.find(before["orgs"][0]["id"].as_str().expect("an id")).await.expect("hers");
    let role = identity::organization::OrganizationRole::User;
    organizations
        .set_role_by_operator(&house.server.operator(), &organization, &ann, role)
        .await
        .expect("set");
    assert_eq!(house.me(&session).await["user_orgs"][0]["role"], 0);
}

/// `HEAD` is not `GET` here (contracts 6), and `Accept` is not looked at.
#[tokio::test]
async fn accept_is_not_looked_at() {
    let house = house().await;
    let answer = house.server.anonymous().get(ME).header("accept", "text/html").send().await;
    assert_eq!(refused(&answer), (400, "Unauthorized".to_owned()));
}
