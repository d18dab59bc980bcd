//! contracts 4.5: `/api/invitation` and `/api/invitations`.

use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::Answer;

use super::{APP, House, INVITATION, NOBODYS, house, invite, refused, shown};

async fn sent(house: &House, secret: &str, body: &Value) -> Answer {
    house.ask(secret, "POST", INVITATION).json(body).send().await
}

async fn list(house: &House, secret: &str, organization: &str) -> Answer {
    house.ask(secret, "GET", &format!("{INVITATION}/{organization}")).send().await
}

/// 204, and the code is in the message alone.
#[tokio::test]
async fn clause_4_5_somebody_is_invited_by_mail() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    assert_snapshot!(sent(&house, &session, &invite(&organization, " bob@example.org ", 1)).await, @"204 No Content");
    let mail = house.server.mails().await.pop().expect("a message");
    assert_eq!(mail.to, "bob@example.org");
    let code = mail.token.expect("a code").secret.expose().to_owned();
    assert!(super::uuid(&code), "contracts 4.1: inv_code is a UUID");
    let to = mail.invited_to.expect("an organization");
    let link = to.link.expect("an application");
    assert_eq!(
        (to.id.to_string(), link.app_url, link.redirect_uri),
        (organization.clone(), APP.into(), APP.into())
    );
    let listed = list(&house, &session, &organization).await;
    assert!(!listed.body.contains(&code), "security 1, secret-in-answer");
    assert_snapshot!(shown(&listed), @r#"
    200 OK
    content-type: application/json

    [{"id":"[UUID]","email":"bob@example.org","organization_id":"[UUID]","used":false,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00","role":1,"scopes":null}]
    "#);
}

/// By its older and its newer path, in the header and in the path.
#[tokio::test]
async fn clause_4_5_invitations_are_listed_by_both_paths() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    sent(&house, &session, &invite(&organization, "bob@example.org", 1)).await;
    let older = list(&house, &session, &organization).await;
    let path = format!("/api/invitations/{organization}");
    let newer = house.ask(&session, "GET", &path).header("tr-organization", &organization).send().await;
    assert_eq!(older.to_string(), newer.to_string());
    assert_eq!(older.json().as_array().map(Vec::len), Some(1));
}

/// The organization stands in the body, as in the seed's time, or in the header, as now.
#[tokio::test]
async fn clause_4_5_the_organization_is_named_in_the_body_or_the_header() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    house.member(&bob, &his, "ann", 1).await;
    let mut body = invite(&hers, "carl@example.org", 0);
    let with_header = async |body: &Value, organization: &str| {
        let ask = house.ask(&ann, "POST", INVITATION).header("tr-organization", organization);
        ask.json(body).send().await
    };
    assert_eq!(with_header(&body, &his).await.status, 403, "two that do not agree");
    assert_eq!(with_header(&body, &hers).await.status, 204);
    body["organization_id"] = Value::Null;
    body["email"] = json!("dora@example.org");
    assert_eq!(with_header(&body, &hers).await.status, 204);
    let text = "organization_id or TR-Organization must name the organization";
    assert_eq!(refused(&sent(&house, &ann, &body).await), (400, text.to_owned()));
}

/// The product's words.
#[tokio::test]
async fn clause_4_5_an_invitation_is_refused_in_the_products_words() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let admin = house.member(&ann, &organization, "bob", 1).await;
    let told = async |secret: &str, email: &str, role: i64| {
        refused(&sent(&house, secret, &invite(&organization, email, role)).await)
    };
    let text = |text: &str| (400, text.to_owned());
    for bad in ["", "bob", "bob@", "@example.org", "bob@@example.org", "bob\u{ff20}example.org"] {
        assert_eq!(told(&ann, bad, 0).await, text("Invalid email"), "{bad}");
    }
    for own in ["ann@example.org", "ANN@example.org", " ann@example.org"] {
        assert_eq!(told(&ann, own, 0).await, text("Can not invite yourself"));
    }
    let higher = text("Can not invite user with higher role than yours");
    assert_eq!(told(&admin, "eve@example.org", 2).await, higher, "an admin invites no owner");
    let member = text("User with email bob@example.org is already in the organization");
    assert_eq!(told(&ann, "bob@example.org", 0).await, member);
    sent(&house, &ann, &invite(&organization, "carl@example.org", 0)).await;
    let waits = text("User with email carl@example.org has already been invited");
    assert_eq!(told(&ann, "carl@example.org", 0).await, waits);
    for role in [-1, 3] {
        let roles = text("user_role is 0 (user), 1 (admin) or 2 (owner)");
        assert_eq!(told(&ann, "dora@example.org", role).await, roles);
    }
}

/// A membership has no scopes here: dropped, they would let through what they were to hold back.
#[tokio::test]
async fn clause_4_5_scopes_of_a_membership_are_refused() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    let mut body = invite(&organization, "bob@example.org", 0);
    body["scopes"] = json!(["GET /api/dataset"]);
    let text = "scopes of a membership can not be kept here";
    assert_eq!(refused(&sent(&house, &session, &body).await), (400, text.to_owned()));
    body["scopes"] = json!([]);
    assert_eq!(sent(&house, &session, &body).await.status, 204);
}

/// security 1, redirect-target: the message leads where people may be led, and nothing is sent otherwise.
#[tokio::test]
async fn a_message_leads_only_where_people_may_be_led() {
    let house = house().await;
    let session = house.session("ann").await;
    let organization = house.organization(&session).await;
    for (name, bad) in [
        ("app_url", "https://evil.example"),
        ("app_url", "//app.example"),
        ("app_url", "/"),
        ("app_url", "https://app.example@evil.example"),
        ("app_url", "https://app.example?x=https://evil.example"),
        ("app_url", "https://app.example#x"),
        ("app_url", "javascript:alert(1)"),
        ("redirect_uri", "https://evil.example"),
        ("redirect_uri", "//evil.example"),
        ("redirect_uri", "/\\evil.example"),
        ("redirect_uri", "javascript:alert(1)"),
        ("redirect_uri", ""),
    ] {
        let mut body = invite(&organization, "bob@example.org", 0);
        body[name] = json!(bad);
        let answer = sent(&house, &session, &body).await;
        let text = format!("{name} is not an address that people may be led to here");
        assert_eq!(refused(&answer), (400, text), "{bad}");
        assert_eq!(answer.fault, Some("return_url_refused"));
    }
    assert!(house.server.mails().await.is_empty());
    let mut body = invite(&organization, "bob@example.org", 0);
    body["redirect_uri"] = json!("/welcome");
    assert_eq!(sent(&house, &session, &body).await.status, 204);
}

/// A member without a role, and who is none, learn nothing and change nothing.
#[tokio::test]
async fn clause_4_5_invitations_are_for_who_administers() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let member = house.member(&ann, &organization, "bob", 0).await;
    let stranger = house.session("carl").await;
    house.invited(&ann, &organization, "dora", 0).await;
    let id = list(&house, &ann, &organization).await.json()[1]["id"].as_str().expect("an id").to_owned();
    for somebody in [&member, &stranger] {
        let forbidden = (403, "Forbidden".to_owned());
        assert_eq!(refused(&list(&house, somebody, &organization).await), forbidden);
        let own = invite(&organization, "eve@example.org", 0);
        assert_eq!(refused(&sent(&house, somebody, &own).await), forbidden);
    }
    let withdraw = async |secret: &str, id: &str| {
        house.ask(secret, "DELETE", &format!("{INVITATION}/{id}")).send().await
    };
    assert_eq!(refused(&withdraw(&member, &id).await), (403, "Forbidden".to_owned()));
    for unknown in [id.as_str(), NOBODYS] {
        let answer = withdraw(&stranger, unknown).await;
        let text = "Not Found: Invitation not found".to_owned();
        assert_eq!(refused(&answer), (404, text), "whether it is there is not told");
    }
    assert_eq!(refused(&list(&house, &ann, NOBODYS).await).0, 403);
    for method in ["GET", "DELETE"] {
        let path = format!("{INVITATION}/{organization}");
        assert_eq!(house.server.anonymous().ask(method, &path).send().await.status, 401);
    }
}

/// 204; the code opens nothing any more.
#[tokio::test]
async fn clause_4_5_an_invitation_is_withdrawn() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let code = house.invited(&ann, &organization, "bob", 0).await;
    let id = list(&house, &ann, &organization).await.json()[0]["id"].as_str().expect("an id").to_owned();
    let withdraw = async || house.ask(&ann, "DELETE", &format!("{INVITATION}/{id}")).send().await;
    assert_snapshot!(withdraw().await, @"204 No Content");
    assert_eq!(list(&house, &ann, &organization).await.body, "[]");
    assert_eq!(refused(&withdraw().await), (404, "Not Found: Invitation not found".to_owned()));
    let browser = house.begin_at(&format!("{}?inv_code={code}", super::START)).await;
    let answer = house.come_back(&browser, "bob").await;
    assert_eq!(refused(&answer), (400, "Could not find invitation for user".to_owned()));
}
