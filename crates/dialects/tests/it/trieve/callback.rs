//! contracts 4.1, GET `/api/auth/callback`, when all is well; and who somebody is then.

use insta::assert_snapshot;
use testkit::provider::Person;

use super::{CALLBACK, DEPLOYED, START, house, house_at, house_with, location, one, secret, shown};

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// contracts 0.6: 200 with the user for clients, whatever `wire` says.
#[tokio::test]
async fn clause_4_1_a_client_is_told() {
    let mut answers = Vec::new();
    for section in ["", DEPLOYED] {
        for accept in [None, Some("*/*"), Some("application/json")] {
            let house = house_with(section).await;
            let browser = house.begin().await;
            let back = house.provider.login(&browser.location, &Person::new("ann"));
            let mut ask = house.bring(&browser.secret, &back);
            if let Some(accept) = accept {
                ask = ask.header("accept", accept);
            }
            let answer = ask.send().await;
            answers.push(shown(&answer));
            assert_ne!(secret(&answer), browser.secret, "security 1, session-fixation");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(house.me(&secret(&answer)).await, answer.json());
        }
    }
    assert_snapshot!(one(answers), @r#"
    200 OK
    content-type: application/json
    set-cookie: vault=[64 OF 0-9a-z]; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400

    {"id":"[UUID]","name":"Ann Lee","email":"ann@example.org","created_at":"2026-01-02T12:00:00","user_orgs":[{"id":"[UUID]","user_id":"[UUID]","organization_id":"[UUID]","role":2,"created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00","scopes":null}],"orgs":[{"id":"[UUID]","name":"ann","created_at":"2026-01-02T12:00:00","updated_at":"2026-01-02T12:00:00","registerable":false,"deleted":0,"partner_configuration":{}}]}
    "#);
}

/// 303 for browsers to where they came from, with a cookie; who is new is told so.
#[tokio::test]
async fn clause_4_1_a_browser_is_led_on() {
    let house = house().await;
    let come = async |path: &str, referer: Option<&str>| {
        let mut ask = house.server.anonymous().get(path);
        if let Some(referer) = referer {
            ask = ask.header("referer", referer);
        }
        let begun = ask.send().await;
        let back = house.provider.login(&location(&begun), &Person::new("ann"));
        let answer = house.bring(&secret(&begun), &back).header("accept", HTML).send().await;
        assert_eq!(answer.body, "");
        assert!(house.opens(&secret(&answer)).await);
        location(&answer)
    };
    assert_eq!(come(START, None).await, "/?new_user=true");
    assert_eq!(come(START, None).await, "/", "a second login is nobody new's");
    assert_eq!(come(START, Some("https://app.example/page?a=b")).await, "https://app.example/page?a=b");
    assert_eq!(come(START, Some("https://evil.example/")).await, "/");
    let named = format!("{START}?redirect_uri=https%3A%2F%2Fapp.example%2Fx%3Fa%3Db%23c");
    assert_eq!(come(&named, Some("https://app.example/page")).await, "https://app.example/x?a=b#c");
    assert_eq!(come(&format!("{START}?redirect_uri=/x"), None).await, "/x");
}

/// `?` or `&`, and only for a new account with an organization of its own.
#[tokio::test]
async fn clause_4_1_a_new_user_is_told_in_the_query() {
    let house = house().await;
    let come = async |path: &str, subject: &str| {
        let browser = house.begin_at(path).await;
        let back = house.provider.login(&browser.location, &Person::new(subject));
        location(&house.bring(&browser.secret, &back).header("accept", HTML).send().await)
    };
    let path = format!("{START}?redirect_uri=https%3A%2F%2Fapp.example%2Fx%3Fa%3Db");
    assert_eq!(come(&path, "ann").await, "https://app.example/x?a=b&new_user=true");
    assert_eq!(come(&path, "ann").await, "https://app.example/x?a=b");
    let ann = house.session("ann").await;
    let organization = house.organization(&ann).await;
    let code = house.invited(&ann, &organization, "bob", 0).await;
    assert_eq!(come(&format!("{path}&inv_code={code}"), "bob").await, "https://app.example/x?a=b");
}

/// `session_state` is Keycloak's: accepted and not looked at; its absence, too.
#[tokio::test]
async fn clause_4_1_session_state_is_not_looked_at() {
    let house = house().await;
    for extra in ["", "&session_state=5e1f", "&session_state=", "&session_state=a&session_state=b"] {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        let path = format!("{CALLBACK}?{}{extra}", back.query());
        assert_eq!(house.ask(&browser.secret, "GET", &path).send().await.status, 200, "{extra}");
    }
}

/// 8.2: the same subject is the same user, whatever else the provider says; a name or an address joins nobody.
#[tokio::test]
async fn somebody_is_known_by_issuer_and_subject() {
    let house = house().await;
    let john = house.server.user("john", "correct horse").await;
    let who = async |person: Person| {
        let browser = house.begin().await;
        house.come_back_as(&browser, &person).await.json()
    };
    let ann = who(Person::new("ann")).await;
    let renamed = Person { preferred_username: Some("queen".into()), email: None, ..Person::new("ann") };
    assert_eq!(who(renamed).await, ann);
    let namesake = Person { preferred_username: Some("john".into()), ..Person::new("other") };
    let other = who(namesake).await;
    assert_ne!(other["id"], john.id.to_string());
    assert_ne!(other["id"], ann["id"]);
}

/// Where the operator wants it, both sides having verified the address: then it is the user who was there, who has no
/// organization yet and is nobody new.
#[tokio::test]
async fn a_verified_address_joins_who_was_there() {
    let house = house_at("", "", "link_verified_email = true\n").await;
    let john = house.server.user("john", "correct horse").await;
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("john"));
    let answer = house.bring(&browser.secret, &back).header("accept", HTML).send().await;
    assert_eq!(location(&answer), "/");
    let me = house.me(&secret(&answer)).await;
    assert_eq!((&me["id"], &me["orgs"][0]["name"]), (&john.id.to_string().into(), &"john".into()));
}
