//! No secret in any error text, whatever goes wrong; nor in what is printed for debugging.

use identity::federation::upstream::UpstreamFault;

use crate::house::{House, NONCE, STATE, VERIFIER};
use crate::provider::{CLIENT_SECRET, Endpoint, Lie, Mode, Person};

/// The client's secret as it stands, as a form has it, and as the header has it.
const SPELLINGS: &[&str] = &[CLIENT_SECRET, "s%26cret", "cyUyNmNyZXQ", "dmVzdGlidWxl", "c3R1bGU"];

fn assert_silent(text: &str, secrets: &[&str]) {
    for secret in secrets.iter().chain(SPELLINGS) {
        assert!(!text.contains(secret), "{secret:?} in {text:?}");
    }
}

#[tokio::test]
async fn no_error_holds_a_secret_or_a_persons_data() {
    let lies = [
        Lie::CallbackIssuerWrong,
        Lie::IdTokenMissing,
        Lie::TokenTypeWrong,
        Lie::NonceWrong,
        Lie::AudienceWrong,
        Lie::AzpWrong,
        Lie::IssuerWrong,
        Lie::AlgorithmNone,
        Lie::SignatureByAnother,
        Lie::KeyUnknown,
        Lie::Expired,
        Lie::AtHashWrong,
        Lie::SubjectEmpty,
    ];
    let modes = [Mode::Status(400), Mode::Status(500), Mode::Garbage, Mode::Redirect("/secret".to_owned())];
    let ways = lies.into_iter().map(|lie| (Some(lie), None)).chain(modes.map(|mode| (None, Some(mode))));
    for (lie, mode) in ways {
        let house = House::new().await;
        let person = Person::new("ann");
        if let Some(lie) = lie {
            house.provider.lie(lie);
        }
        let back = house.back(&person).await;
        if let Some(mode) = mode.clone() {
            house.provider.misbehave(Endpoint::Token, mode);
        }
        let error = house.redeem(&back).await.unwrap_err();
        let code = back.code.as_deref().unwrap();
        let secrets = [code, VERIFIER, NONCE, STATE, "access-token", "eyJ", "ann", "long story"];
        assert_silent(&format!("{error} {error:?}"), &secrets);
    }
}

#[tokio::test]
async fn of_a_refusal_only_the_words_of_rfc_6749_are_told() {
    for (status, body, expected) in [
        (400, r#"{"error": "invalid_grant"}"#, Ok("status 400, invalid_grant")),
        (403, r#"{"error": "invalid_grant"}"#, Ok("status 403, invalid_grant")),
        (400, r#"{"error": "no ann\nERROR", "error_description": "ann"}"#, Ok("status 400, another error")),
        (400, r#"{"error": 7}"#, Err("status 400 without an error")),
        (400, r#"["invalid_grant"]"#, Err("status 400 without an error")),
        (429, r#"{"error": "invalid_grant"}"#, Err("status 429")),
        (500, r#"{"error": "invalid_grant"}"#, Err("status 500")),
        (200, r#"["mac", "eyJ", "x"]"#, Err("its token endpoint answers with no JSON object of tokens")),
    ] {
        let house = House::new().await;
        let back = house.back(&Person::new("ann")).await;
        house.provider.misbehave(Endpoint::Token, Mode::Says(status, body.to_owned()));
        let error = house.redeem(&back).await.unwrap_err();
        let (fault, end) = match expected {
            Ok(end) => (UpstreamFault::CodeRefused, end),
            Err(end) => (UpstreamFault::Unavailable, end),
        };
        assert_eq!(error.fault, fault, "{body}");
        assert!(error.reason.ends_with(end), "{error}");
    }
}

#[tokio::test]
async fn no_error_about_an_access_token_holds_it() {
    let house = House::new().await;
    let token = house.provider.access_token(&Person::new("ann"));
    house.provider.revoke(&token);
    assert_silent(&format!("{:?}", house.inspect(&token).await.unwrap_err()), &[&token, "ann"]);
    house.provider.down().await;
    assert_silent(&format!("{:?}", house.inspect(&token).await.unwrap_err()), &[&token, "ann"]);
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() {
    let house = House::new().await;
    let claims = house.login(&Person::new("subject-of-ann")).await.unwrap();
    assert_silent(&format!("{:?} {claims:?}", house.relying), &["subject-of-ann", "example.org"]);
    assert!(format!("{:?}", house.relying).contains("acme"));
}
