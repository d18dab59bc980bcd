//! contracts 5.1, GET `/auth/oidc/callback`, when a login fails: the reason in `detail`, or as the product tells it.

use std::time::Duration;

use insta::assert_snapshot;
use testkit::Answer;
use testkit::provider::{Endpoint, Lie, Mode, Person};

use super::{CALLBACK, EDDSA, House, house, house_at, house_with, set};

const DEPLOYED: &str = "algorithm = \"EdDSA\"\nwire = \"deployed\"\n";

/// Both wires' answers to one failure.
async fn told(fail: impl AsyncFn(&House) -> Answer) -> (String, String) {
    let mut answers = Vec::new();
    for section in [EDDSA, DEPLOYED] {
        let house = house_with(section).await;
        let answer = fail(&house).await;
        assert_eq!(set(&answer), None, "a login that failed gives no cookie");
        answers.push(answer);
    }
    let (documented, deployed) = (&answers[0], &answers[1]);
    assert_eq!(documented.header("content-type"), Some("application/problem+json"), "{documented}");
    assert_eq!(deployed.header("content-type"), Some("application/json"), "{deployed}");
    assert_eq!(deployed.status, 400, "{deployed}");
    let told = documented.json();
    assert_eq!(told["status"], documented.status.as_u16());
    assert_eq!(told["instance"], CALLBACK);
    let detail = format!("{} {}", documented.status.as_u16(), told["detail"].as_str().expect("a reason"));
    (detail, deployed.json()["status"].as_str().expect("a reason").to_owned())
}

fn reasons(documented: &str, deployed: &str) -> (String, String) {
    (documented.to_owned(), deployed.to_owned())
}

/// The whole answer, both ways.
#[tokio::test]
async fn clause_5_1_a_failure_has_two_shapes() {
    let house = house().await;
    let answer = house.server.anonymous().get(&format!("{CALLBACK}?code=c&state=s")).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/problem+json

    {"type":"about:blank","title":"Bad Request","status":400,"detail":"no-session","instance":"/v1/auth/oidc/callback"}
    "#);
    let house = house_with(DEPLOYED).await;
    let answer = house.server.anonymous().get(&format!("{CALLBACK}?code=c&state=s")).send().await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {"status":"error:no-session"}
    "#);
}

#[tokio::test]
async fn no_session() {
    let without = async |house: &House| {
        let back = house.provider.login(&house.begin().await.location, &Person::new("ann"));
        house.server.anonymous().get(&format!("{CALLBACK}?{}", back.query())).send().await
    };
    assert_eq!(told(without).await, reasons("400 no-session", "error:no-session"));
    let with_two = async |house: &House| {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        house.bring(&browser.secret, &back).header("cookie", "JSESSIONID=planted").send().await
    };
    assert_eq!(told(with_two).await, reasons("400 no-session", "error:no-session"));
}

/// security 1, state-binding.
#[tokio::test]
async fn state_mismatch() {
    let mismatch = reasons("400 state-mismatch", "error:state-mismatch");
    let swapped = async |house: &House| {
        let (mine, theirs) = (house.begin().await, house.begin().await);
        let back = house.provider.login(&mine.location, &Person::new("eve"));
        house.bring(&theirs.secret, &back).send().await
    };
    assert_eq!(told(swapped).await, mismatch);
    let replayed = async |house: &House| {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        assert_eq!(house.bring(&browser.secret, &back).send().await.status, 200);
        house.bring(&browser.secret, &back).send().await
    };
    assert_eq!(told(replayed).await, mismatch);
    let made_up = async |house: &House| {
        let browser = house.begin().await;
        house.ask(&browser.secret, "GET", &format!("{CALLBACK}?code=c&state={}", "0".repeat(64))).send().await
    };
    assert_eq!(told(made_up).await, mismatch);
    let late = async |house: &House| {
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        house.server.advance(Duration::from_mins(10));
        house.bring(&browser.secret, &back).send().await
    };
    assert_eq!(told(late).await, mismatch);
    // security 1, state-binding: here the door is swapped.
    let of_another_door = async |house: &House| {
        let answer = house.server.anonymous().get("/api/v1/oidc/authenticate/").send().await;
        let location = super::location(&answer);
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split([';', '=']).nth(1));
        let back = house.provider.login(&location, &Person::new("ann"));
        house.bring(cookie.expect("a cookie"), &back).send().await
    };
    assert_eq!(told(of_another_door).await, mismatch);
}

/// A session that ended meanwhile finishes no login that it was known by.
#[tokio::test]
async fn a_login_ends_with_the_session_that_it_is_known_by() {
    let house = house().await;
    let session = house.session("ann").await;
    let begun = super::location(&house.ask(&session, "GET", super::START).send().await);
    let back = house.provider.login(&begun, &Person::new("ann"));
    house.ask(&session, "POST", super::LOGOUT).send().await;
    let answer = house.server.anonymous().get(&format!("{CALLBACK}?{}", back.query())).send().await;
    assert_eq!(answer.fault, Some("flow_missing"), "the cookie is gone");
}

#[tokio::test]
async fn what_the_provider_does_wrong() {
    for (lie, documented, deployed) in [
        (Lie::IdTokenMissing, "400 missing-id-token", "error:missing-id-token"),
        (Lie::SubjectMissing, "400 missing-sub", "error:missing-sub"),
        (Lie::NonceWrong, "400 exception", "error:exception"),
        (Lie::NonceMissing, "400 exception", "error:exception"),
        (Lie::AlgorithmNone, "400 exception", "error:exception"),
        (Lie::SignatureByAnother, "400 exception", "error:exception"),
        (Lie::AudienceWrong, "400 exception", "error:exception"),
        (Lie::Expired, "400 exception", "error:exception"),
        (Lie::CallbackIssuerWrong, "400 exception", "error:exception"),
    ] {
        let lied = async |house: &House| {
            house.provider.lie(lie);
            house.come_back(&house.begin().await, "ann").await
        };
        assert_eq!(told(lied).await, reasons(documented, deployed), "{lie:?}");
    }
    let code_of_another = async |house: &House| {
        let browser = house.begin().await;
        let mut back = house.provider.login(&browser.location, &Person::new("ann"));
        back.code = Some("of another login".replace(' ', "-"));
        house.bring(&browser.secret, &back).send().await
    };
    assert_eq!(told(code_of_another).await, reasons("400 token-exchange", "error:token-exchange"));
    let denied = async |house: &House| {
        let browser = house.begin().await;
        house.bring(&browser.secret, &house.provider.deny(&browser.location)).send().await
    };
    assert_eq!(told(denied).await, reasons("400 access-denied", "error:exception"));
}

/// The provider's error takes the `state` as a code does: it is not brought again.
#[tokio::test]
async fn a_denied_login_is_over() {
    let house = house().await;
    let browser = house.begin().await;
    let denied = house.provider.deny(&browser.location);
    house.bring(&browser.secret, &denied).send().await;
    let answer = house.come_back(&browser, "ann").await;
    assert_eq!(answer.fault, Some("flow_invalid"), "{answer}");
}

/// A provider that does not answer may answer later; in the product it is one failure of many.
#[tokio::test]
async fn a_provider_that_is_down() {
    for (section, status) in [(EDDSA, 503), (DEPLOYED, 400)] {
        let house = house_with(section).await;
        let browser = house.begin().await;
        let back = house.provider.login(&browser.location, &Person::new("ann"));
        house.provider.misbehave(Endpoint::Token, Mode::Status(500));
        let answer = house.bring(&browser.secret, &back).send().await;
        assert_eq!((answer.status.as_u16(), answer.fault), (status, Some("provider_unavailable")));
        assert_eq!(answer.header("retry-after"), (status == 503).then_some("5"));
        assert_eq!(answer.body.contains("error:token-exchange"), status == 400);
    }
}

/// security 1, disabled-user; and who is let in by no rule.
#[tokio::test]
async fn who_may_not_sign_in() {
    let suspended = async |house: &House| {
        house.session("ann").await;
        let ann = house.server.identity.accounts.find("ann").await.expect("ann");
        house.server.identity.accounts.suspend(&house.server.operator(), &ann).await.expect("suspended");
        house.come_back(&house.begin().await, "ann").await
    };
    assert_eq!(told(suspended).await, reasons("401 user-inactive", "error:exception"));

    let house = house_at("", EDDSA, "sign_up = false\n").await;
    let answer = house.come_back(&house.begin().await, "ann").await;
    assert_snapshot!(answer, @r#"
    401 Unauthorized
    content-type: application/problem+json

    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"identity-refused","instance":"/v1/auth/oidc/callback"}
    "#);
}

/// 5.1: what is not there is named, in the product's words, whatever `wire` says.
#[tokio::test]
async fn clause_5_1_a_parameter_is_missing() {
    let mut answers = Vec::new();
    for section in [EDDSA, DEPLOYED] {
        let house = house_with(section).await;
        answers.push(house.server.anonymous().get(CALLBACK).send().await.to_string());
        for (query, detail) in [
            ("?state=s", "Required parameter 'code' is not present."),
            ("?code=c", "Required parameter 'state' is not present."),
            ("?error=access_denied", "Required parameter 'state' is not present."),
            ("?code=&state=s", "Parameter 'code' is not valid."),
            ("?code=c&state=", "Parameter 'state' is not valid."),
            ("?code=c&code=d&state=s", "Parameter 'code' is not valid."),
            ("?code=c&state=s&state=s", "Parameter 'state' is not valid."),
            ("?code=c&state=s&iss=a&iss=b", "Parameter 'iss' is not valid."),
            ("?code=a%20b&state=s", "Parameter 'code' is not valid."),
            ("?code=%ff&state=s", "Parameter 'code' is not valid."),
        ] {
            let answer = house.server.anonymous().get(&format!("{CALLBACK}{query}")).send().await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["detail"].as_str()),
                (400, Some(detail)),
                "{query}"
            );
        }
        let at_root = house.server.anonymous().get("/auth/oidc/callback").send().await;
        assert_eq!(at_root.json()["instance"], "/auth/oidc/callback");
    }
    assert_snapshot!(super::one(answers), @r#"
    400 Bad Request
    content-type: application/problem+json

    {"type":"about:blank","title":"Bad Request","status":400,"detail":"Required parameter 'code' is not present.","instance":"/v1/auth/oidc/callback"}
    "#);
}

/// A request that cannot be takes no login with it.
#[tokio::test]
async fn a_missing_parameter_ends_nothing() {
    let house = house().await;
    let browser = house.begin().await;
    let state = super::parameter(&browser.location, "state").expect("a state");
    house.ask(&browser.secret, "GET", &format!("{CALLBACK}?state={state}")).send().await;
    assert_eq!(house.come_back(&browser, "ann").await.status, 200);
}

/// security 1, code-race.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_browsers_with_one_state_one_gets_in() {
    let house = house().await;
    let browser = house.begin().await;
    let back = house.provider.login(&browser.location, &Person::new("ann"));
    let tries = (0..50).map(|_| house.bring(&browser.secret, &back).send());
    let answers = futures_util::future::join_all(tries).await;
    let good: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!((good.len(), house.provider.count(Endpoint::Token)), (1, 1));
    let others = answers.iter().filter(|answer| answer.status != 200);
    for answer in others {
        assert_eq!((answer.fault, set(answer)), (Some("flow_invalid"), None));
    }
    assert_eq!(house.opens(&super::secret(good[0])).await, 200);
}
