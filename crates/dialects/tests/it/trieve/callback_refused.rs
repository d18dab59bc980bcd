//! contracts 4.1, GET `/api/auth/callback`, when a login fails: the document knows a 400, the product says more.

use std::time::Duration;

use insta::assert_snapshot;
use testkit::Answer;
use testkit::provider::{Endpoint, Lie, Mode, Person};

use super::{CALLBACK, DEPLOYED, House, house, house_at, house_with, refused, set};

/// Both wires' answers to one failure.
async fn told(fail: impl AsyncFn(&House) -> Answer) -> [(u16, String); 2] {
    let mut answers = Vec::new();
    for section in ["", DEPLOYED] {
        let house = house_with(section).await;
        let answer = fail(&house).await;
        assert_eq!(set(&answer), None, "a login that failed gives no cookie");
        answers.push(refused(&answer));
    }
    [answers.remove(0), answers.remove(0)]
}

fn both(documented: (u16, &str), deployed: (u16, &str)) -> [(u16, String); 2] {
    [(documented.0, documented.1.to_owned()), (deployed.0, deployed.1.to_owned())]
}

fn alike(status: u16, text: &str) -> [(u16, String); 2] {
    both((status, text), (status, text))
}

/// The provider's answer is good, and brought with another cookie or none.
async fn brought_by(house: &House, secret: Option<&str>) -> Answer {
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let path = format!("{CALLBACK}?{}", back.query());
    match secret {
        Some(secret) => house.ask(secret, "GET", &path).send().await,
        None => house.server.anonymous().get(&path).send().await,
    }
}

/// No `oidc_state` in the session.
#[tokio::test]
async fn clause_4_1_without_a_login_under_way_it_is_401() {
    let house = house().await;
    let answer = brought_by(&house, None).await;
    assert_snapshot!(answer, @r#"
    401 Unauthorized
    content-type: application/json

    {"message":"Unauthorized"}
    "#);
    assert_eq!(told(async |house| brought_by(house, None).await).await, alike(401, "Unauthorized"));
}

/// 8.11: the product never compares the state. security 1, state-binding.
#[tokio::test]
async fn clause_8_11_the_state_is_compared() {
    let other_browser = async |house: &House| {
        let other = house.begin().await;
        brought_by(house, Some(&other.secret)).await
    };
    assert_eq!(told(other_browser).await, alike(401, "Unauthorized"));
    let other_state = async |house: &House| {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        let code = back.code.expect("a code");
        let path = format!("{CALLBACK}?code={code}&state={}", "0".repeat(64));
        house.ask(&browser.secret, "GET", &path).send().await
    };
    assert_eq!(told(other_state).await, alike(401, "Unauthorized"));
    let of_session = async |house: &House| {
        let session = house.session("ann").await;
        brought_by(house, Some(&session)).await
    };
    assert_eq!(
        told(of_session).await,
        alike(401, "Unauthorized"),
        "somebody's live session began no such login"
    );
}

/// A login of another dialect is not finished here, and the other way round.
#[tokio::test]
async fn a_login_of_another_door_is_not_finished_here() {
    let house = house().await;
    let start = house.server.anonymous().get("/v1/auth/oidc/start").send().await;
    let cookie = start.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let value = cookie.strip_prefix("JSESSIONID=").expect("its name");
    let back = house.provider.login(start.header("location").expect("a location"), &Person::new("ann"));
    let answer = house.bring(value, &back).send().await;
    assert_eq!(refused(&answer), (401, "Unauthorized".to_owned()));
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let path = format!("/v1/auth/oidc/callback?{}", back.query());
    let ask = house.server.anonymous().get(&path).header("cookie", format!("JSESSIONID={}", browser.secret));
    assert_eq!(ask.send().await.status, 400);
}

/// security 1, code-race: a callback that is brought again is nothing; ten minutes are the most.
#[tokio::test]
async fn a_callback_is_heard_once_and_in_time() {
    let house = house().await;
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    assert_eq!(house.bring(&browser.secret, &back).send().await.status, 200);
    let again = house.bring(&browser.secret, &back).send().await;
    assert_eq!(refused(&again), (401, "Unauthorized".to_owned()));
    assert_eq!(house.provider.count(Endpoint::Token), 1);

    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    house.server.advance(Duration::from_mins(11));
    assert_eq!(refused(&house.bring(&browser.secret, &back).send().await).0, 401);
}

/// As actix says it. RFC 6749 section 4.1.2.1: a provider that says no sends an error instead of a code.
#[tokio::test]
async fn clause_4_1_state_and_code_are_required() {
    let house = house().await;
    let browser = house.begin().await;
    let ask =
        async |query: &str| house.ask(&browser.secret, "GET", &format!("{CALLBACK}{query}")).send().await;
    assert_snapshot!(ask("").await, @r#"
    400 Bad Request
    content-type: text/plain; charset=utf-8

    Query deserialize error: missing field `state`
    "#);
    for (query, text) in [
        ("?code=c", "missing field `state`"),
        ("?state=s", "missing field `code`"),
        ("?state=s&state=s&code=c", "duplicate field `state`"),
        ("?state=s&code=c&code=d", "duplicate field `code`"),
        ("?state=a%20b&code=c", "invalid value for `state`"),
    ] {
        let answer = ask(query).await;
        assert_eq!((answer.status.as_u16(), answer.body), (400, format!("Query deserialize error: {text}")));
    }
    let denied = async |house: &House| {
        let browser = house.begin().await;
        let back = house.provider.deny(&browser.location);
        house.bring(&browser.secret, &back).send().await
    };
    assert_eq!(told(denied).await, alike(400, "The OIDC provider refused the login"));
}

/// The product's words, with its status or the document's.
#[tokio::test]
async fn clause_4_1_what_the_provider_says_is_checked() {
    let lied = async |lie: Lie| {
        told(async |house| {
            house.provider.lie(lie);
            let browser = house.begin().await;
            house.come_back(&browser, "ann").await
        })
        .await
    };
    let both = |text| both((400, text), (500, text));
    assert_eq!(lied(Lie::IdTokenMissing).await, both("Empty ID Token"));
    for lie in [Lie::NonceWrong, Lie::NonceMissing, Lie::AudienceWrong, Lie::IssuerWrong] {
        assert_eq!(lied(lie).await, both("Claims Verification Error"), "{lie:?}");
    }
    let down = async |house: &House| {
        let browser = house.begin().await;
        house.provider.misbehave(Endpoint::Token, Mode::Status(503));
        house.come_back(&browser, "ann").await
    };
    assert_eq!(told(down).await, both("OAuth error likely with OIDC provider."));
    let refused = async |house: &House| {
        let browser = house.begin().await;
        let says = r#"{"error":"invalid_grant","error_description":"a text of the provider's"}"#;
        house.provider.misbehave(Endpoint::Token, Mode::Says(400, says.to_owned()));
        house.come_back(&browser, "ann").await
    };
    assert_eq!(told(refused).await, both("The authorization code was refused"));
}

/// The document's words for a login that is refused.
#[tokio::test]
async fn clause_4_1_who_may_not_sign_in_is_told_what_the_document_says() {
    let suspended = async |house: &House| {
        let session = house.session("ann").await;
        let id = house.me(&session).await["id"].as_str().expect("an id").to_owned();
        let ann = house.server.identity.accounts.find(&id).await.expect("ann");
        house.server.identity.accounts.suspend(&house.server.operator(), &ann).await.expect("suspended");
        house.come_back(&house.begin().await, "ann").await
    };
    let expected = both((400, "Email or password empty or incorrect"), (401, "Unauthorized"));
    assert_eq!(told(suspended).await, expected);
    let house = house_at("", "", "sign_up = false\n").await;
    let answer = house.come_back(&house.begin().await, "ann").await;
    assert_eq!(refused(&answer), (400, "Email or password empty or incorrect".to_owned()));
    assert_eq!(answer.fault, Some("identity_refused"));
}
