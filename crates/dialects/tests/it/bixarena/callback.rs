//! contracts 5.1, GET `/auth/oidc/callback`, when all is well; and who somebody is then.

use insta::assert_snapshot;
use serde_json::json;
use testkit::provider::Person;

use super::{CALLBACK, EDDSA, USERINFO, house, house_at, house_with, location, one, secret, shown};

/// 200 for clients, with a new cookie.
#[tokio::test]
async fn clause_5_1_a_client_is_told() {
    let house = house().await;
    let mut answers = Vec::new();
    for accept in [None, Some("*/*"), Some("application/json"), Some("application/problem+json")] {
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
    }
    assert_snapshot!(one(answers), @r#"
    200 OK
    content-type: application/json
    set-cookie: JSESSIONID=[32 OF 0-9A-F]; Path=/; HttpOnly; SameSite=Lax

    {"status":"ok"}
    "#);
}

/// 302 for browsers, with a new cookie.
#[tokio::test]
async fn clause_5_1_a_browser_is_led_on() {
    for (section, place) in [
        ("", "http://127.0.0.1:8080/"),
        ("ui_url = \"https://ui.example/arena\"", "https://ui.example/arena"),
    ] {
        let house = house_with(&format!("{EDDSA}{section}")).await;
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        let ask =
            house.bring(&browser.secret, &back).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let answer = ask.send().await;
        assert_eq!((location(&answer).as_str(), answer.body.as_str()), (place, ""));
        assert_eq!(house.opens(&secret(&answer)).await, 200);
    }
}

/// 5, 5.5: under `/v1`, at the root, and by its newer name; what is registered stays the same.
#[tokio::test]
async fn every_name_of_the_callback_finishes_a_login() {
    let house = house().await;
    for path in [CALLBACK, "/auth/oidc/callback", "/auth/callback", "/v1/auth/callback"] {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        let answer = house.ask(&browser.secret, "GET", &format!("{path}?{}", back.query())).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, r#"{"status":"ok"}"#), "{path}");
    }
}

/// contracts 6: `HEAD` is as `GET`.
#[tokio::test]
async fn head_is_as_get() {
    let house = house().await;
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let ask = house.ask(&browser.secret, "HEAD", &format!("{CALLBACK}?{}", back.query()));
    assert_eq!(house.opens(&secret(&ask.send().await)).await, 200);
}

/// 8.2: the same subject is the same user, whatever else the provider says; another one with the same name is not.
#[tokio::test]
async fn somebody_is_known_by_issuer_and_subject() {
    let house = house().await;
    let who = async |person: Person| {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &person);
        let answer = house.bring(&browser.secret, &back).send().await;
        house.ask(&secret(&answer), "GET", USERINFO).send().await.json()
    };
    let ann = who(Person::new("ann")).await;
    let renamed = Person { preferred_username: Some("queen".into()), email: None, ..Person::new("ann") };
    assert_eq!(who(renamed).await, ann);
    let namesake = Person { preferred_username: Some("ann".into()), ..Person::new("other") };
    let other = who(namesake).await;
    assert_ne!(other["sub"], ann["sub"]);
    assert_eq!((&ann["preferred_username"], other.get("preferred_username")), (&json!("ann"), None));
    assert_eq!(other["email"], "other@example.org");
}

/// 8.2, security 1, foreign-identity: an address or a name alone joins nobody.
#[tokio::test]
async fn nobody_is_joined_by_a_name() {
    let house = house().await;
    let local = house.server.user("john", "correct horse").await;
    let namesake = Person { preferred_username: Some("john".into()), ..Person::new("j") };
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &namesake);
    let answer = house.bring(&browser.secret, &back).send().await;
    let made = house.ask(&secret(&answer), "GET", USERINFO).send().await.json();
    assert_ne!(made["sub"], local.id.to_string());
    assert_eq!(made.get("preferred_username"), None);

    let house = house_at("", EDDSA, "link_verified_email = true\n").await;
    let local = house.server.user("john", "correct horse").await;
    let session = house.session("john").await;
    let joined = house.ask(&session, "GET", USERINFO).send().await.json();
    assert_eq!(joined["sub"], local.id.to_string(), "both sides have verified the address");
}
