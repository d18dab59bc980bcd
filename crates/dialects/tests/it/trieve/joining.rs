//! contracts 4.1, "new account": where somebody belongs after a login.

use std::time::Duration;

use testkit::Answer;
use testkit::provider::Person;

use super::{DEPLOYED, House, NOBODYS, START, house, house_with, refused, set};

/// A login with these parameters by somebody with the address `{name}@example.org`.
async fn login(house: &House, query: &str, name: &str) -> Answer {
    let browser = house.begin_at(&format!("{START}?{query}")).await;
    house.come_back(&browser, name).await
}

/// The roles of whoever signed in, by organization.
fn roles(answer: &Answer) -> Vec<(String, i64)> {
    assert_eq!(answer.status, 200, "{answer}");
    let roles = answer.json()["user_orgs"].as_array().expect("a list").clone();
    roles
        .iter()
        .map(|one| (super::text(&one["organization_id"]), one["role"].as_i64().expect("a role")))
        .collect()
}

/// Without a word: an organization named from the mail's local part, and its owner.
#[tokio::test]
async fn clause_4_1_who_is_new_owns_an_organization() {
    let house = house().await;
    let answer = login(&house, "", "ann").await.json();
    assert_eq!(answer["orgs"][0]["name"], "ann");
    assert_eq!(answer["user_orgs"][0]["role"], 2);
    let again = login(&house, "", "ann").await.json();
    assert_eq!(again, answer, "once");
}

/// With an organization that takes in who names it: role 0. With another one: refused, as one that is not there.
#[tokio::test]
async fn clause_4_1_who_names_an_organization_joins_it_where_it_lets_them() {
    let house = house().await;
    let organizations = &house.server.identity.organizations;
    let open =
        organizations.create_by_operator(&house.server.operator(), "Open", None, true).await.expect("made");
    let closed = organizations
        .create_by_operator(&house.server.operator(), "Closed", None, false)
        .await
        .expect("made");
    let answer = login(&house, &format!("organization_id={}", open.id), "ann").await;
    assert_eq!(roles(&answer), [(open.id.to_string(), 0)]);
    for id in [closed.id.to_string(), NOBODYS.to_owned()] {
        let answer = login(&house, &format!("organization_id={id}"), "bob").await;
        assert_eq!((refused(&answer), set(&answer)), ((403, "Forbidden".to_owned()), None));
    }
}

/// With an invitation: its role, and used.
#[tokio::test]
async fn clause_4_1_who_is_invited_has_the_invitations_role() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    for (name, role, named) in [("bob", 0, true), ("carl", 1, false), ("dora", 2, true)] {
        let code = house.invited(&ann, &organization, name, role).await;
        let named = if named { format!("&organization_id={organization}") } else { String::new() };
        let answer = login(&house, &format!("inv_code={code}{named}"), name).await;
        assert_eq!(roles(&answer), [(organization.clone(), role)]);
        // The link once more: a member is a member.
        assert_eq!(
            roles(&login(&house, &format!("inv_code={code}"), name).await),
            [(organization.clone(), role)]
        );
    }
    let list = house.ask(&ann, "GET", &format!("{}/{organization}", super::INVITATION)).send().await.json();
    assert!(list.as_array().expect("a list").iter().all(|one| one["used"] == true), "{list}");
}

/// Who has an organization already keeps it.
#[tokio::test]
async fn who_was_there_joins_beside_what_they_had() {
    let house = house().await;
    let (ann, bob) = (house.session("ann").await, house.session("bob").await);
    let (hers, his) = (house.organization(&ann).await, house.organization(&bob).await);
    house.server.advance(Duration::from_millis(1));
    let code = house.invited(&ann, &hers, "bob", 1).await;
    assert_eq!(roles(&login(&house, &format!("inv_code={code}"), "bob").await), [(his, 2), (hers, 1)]);
}

/// security 1, invitation: bound to the address, to the organization, single use, in time.
#[tokio::test]
async fn clause_4_1_an_invitation_is_for_whom_it_was_mailed_to() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let code = house.invited(&ann, &organization, "bob", 1).await;
    let told = async |query: String, name: &str| {
        let answer = login(&house, &query, name).await;
        assert_eq!(set(&answer), None);
        refused(&answer)
    };
    let text = |text: &str| (400, text.to_owned());
    let with = |code: &str| format!("inv_code={code}");
    assert_eq!(told(with(&code), "eve").await, text("Email does not match invitation"));
    let unverified = Person { email_verified: false.into(), ..Person::new("bob") };
    let browser = house.begin_at(&format!("{START}?{}", with(&code))).await;
    let answer = house.come_back_as(&browser, &unverified).await;
    assert_eq!(refused(&answer), text("Email does not match invitation"));
    let unknown = text("Could not find invitation for user");
    assert_eq!(told(with(NOBODYS), "eve").await, unknown);
    let another = house.session("carl").await;
    let another = house.organization(&another).await;
    let code = house.invited(&ann, &organization, "dora", 0).await;
    assert_eq!(told(format!("{}&organization_id={another}", with(&code)), "dora").await, unknown);
    house.server.advance(Duration::from_hours(7 * 24));
    assert_eq!(told(with(&code), "dora").await, unknown, "a week is the most");
}

/// The product has a 500 for it.
#[tokio::test]
async fn clause_4_1_an_unknown_invitation_is_500_in_the_product() {
    let house = house_with(DEPLOYED).await;
    let answer = login(&house, &format!("inv_code={NOBODYS}"), "eve").await;
    assert_eq!(refused(&answer), (500, "Could not find invitation for user".to_owned()));
}

/// Once: who followed it and was taken out since does not come back by it. A second tab of the same login finds the member.
#[tokio::test]
async fn clause_4_1_an_invitation_is_followed_once() {
    let house = house().await;
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let code = house.invited(&ann, &organization, "bob", 1).await;
    let path = format!("{START}?inv_code={code}");
    let (one, other) = (house.begin_at(&path).await, house.begin_at(&path).await);
    let joined = house.come_back(&one, "bob").await;
    assert_eq!(roles(&joined).len(), 1);
    assert_eq!(roles(&house.come_back(&other, "bob").await).len(), 1);
    let organizations = &house.server.identity.organizations;
    let acme = organizations.find(&organization).await.expect("hers");
    let bob = super::text(&joined.json()["id"]);
    let bob = house.server.identity.accounts.find(&bob).await.expect("bob");
    let removed = organizations.remove_by_operator(&house.server.operator(), &acme, &bob).await;
    assert!(removed.expect("removed"));
    let answer = login(&house, &format!("inv_code={code}"), "bob").await;
    assert_eq!(refused(&answer), (400, "Invitation has already been used".to_owned()));
    assert_eq!(set(&answer), None);
}
