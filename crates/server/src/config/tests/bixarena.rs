//! What `[dialects.bixarena]` means, and what of it is refused.

use std::path::Path;
use std::time::Duration;

use super::super::{BixArena, Subject, TokenAlgorithm};
use super::{config, faults};

fn bixarena(lines: &str) -> BixArena {
    config(&format!("[dialects.bixarena]\n{lines}")).dialects.bixarena
}

/// Each of these lines must be refused with exactly this one sentence, said of the last of them.
fn refused(cases: &[(&str, &str)]) {
    for (lines, sentence) in cases {
        let text = format!("[dialects.bixarena]\n{lines}");
        let line = text.lines().count();
        let wanted = format!("vestibule.toml:{line}: dialects.bixarena.{sentence}");
        assert_eq!(faults(&text, &[]), [wanted], "{lines}");
    }
}

#[test]
fn the_product_is_served_as_it_is_unless_told_otherwise() {
    let plain = config("public_url = \"https://Login.Example/\"").dialects.bixarena;
    assert!(plain.enabled);
    assert_eq!((plain.session_idle, plain.token_ttl), (Duration::from_mins(30), Duration::from_mins(10)));
    assert_eq!((plain.issuer.as_str(), plain.audience.as_str()), ("https://login.example", "vestibule"));
    assert_eq!(
        (plain.subject, plain.algorithm, plain.rsa_bits),
        (Subject::Uuid, TokenAlgorithm::Rs256, 2048)
    );
    assert_eq!(plain.rotate_every, Some(Duration::from_hours(90 * 24)));
    assert_eq!((plain.provider, plain.ui_url.as_str()), (None, "https://login.example/"));
    assert_eq!(plain.service_clients, []);
}

#[test]
fn an_internal_token_lives_for_a_day_at_most() {
    for (text, seconds) in [("1s", 1), ("24h", 86_400)] {
        assert_eq!(bixarena(&format!("token_ttl = {text:?}")).token_ttl.as_secs(), seconds);
    }
    let most =
        "token_ttl: at most 1d is wanted: who verifies a token by itself hears of no logout before its end";
    refused(&[
        ("token_ttl = \"86401s\"", most),
        ("token_ttl = \"0s\"", "token_ttl: a duration longer than zero is wanted"),
        ("session_idle = \"0s\"", "session_idle: a duration longer than zero is wanted"),
    ]);
}

#[test]
fn issuer_and_audience_can_stand_in_any_token() {
    let longest = "x".repeat(255);
    for text in ["urn:bixarena:auth", "http://bixarena-api:8112", &longest] {
        let section = bixarena(&format!("issuer = {text:?}\naudience = {text:?}"));
        assert_eq!((section.issuer.as_str(), section.audience.as_str()), (text, text));
    }
    let long = "x".repeat(256);
    for text in ["a b", "\u{e4}", "a\\n", &long] {
        for key in ["issuer", "audience"] {
            let sentence =
                format!("{key}: 1 to 255 characters of visible ASCII without white space are wanted");
            refused(&[(&format!("{key} = \"{text}\""), &sentence)]);
        }
    }
    refused(&[(
        "audience = \"\"",
        "audience: 1 to 255 characters of visible ASCII without white space are wanted",
    )]);
}

#[test]
fn keys_are_of_a_few_kinds() {
    for (name, algorithm) in
        [("RS256", TokenAlgorithm::Rs256), ("ES256", TokenAlgorithm::Es256), ("EdDSA", TokenAlgorithm::EdDsa)]
    {
        assert_eq!(bixarena(&format!("algorithm = {name:?}")).algorithm, algorithm);
    }
    assert_eq!(bixarena("rsa_bits = 3072").rsa_bits, 3072);
    assert_eq!(bixarena("subject = \"username\"").subject, Subject::Username);
    refused(&[
        ("algorithm = \"HS256\"", "algorithm: one of \"RS256\", \"ES256\", \"EdDSA\" is wanted"),
        ("algorithm = \"none\"", "algorithm: one of \"RS256\", \"ES256\", \"EdDSA\" is wanted"),
        ("subject = \"email\"", "subject: one of \"uuid\", \"username\" is wanted"),
        ("rsa_bits = 1024", "rsa_bits: 2048 or 3072 is wanted, not 1024"),
        ("rsa_bits = 4096", "rsa_bits: 2048 or 3072 is wanted, not 4096"),
    ]);
}

#[test]
fn keys_change_by_themselves_not_more_often_than_every_hour() {
    assert_eq!(bixarena("rotate_every = \"\"").rotate_every, None);
    assert_eq!(bixarena("rotate_every = \"1h\"").rotate_every, Some(Duration::from_hours(1)));
    refused(&[
        ("rotate_every = \"59m\"", "rotate_every: at least 1h is wanted, or \"\""),
        ("rotate_every = \"0s\"", "rotate_every: a duration longer than zero is wanted"),
    ]);
}

#[test]
fn the_provider_is_one_of_those_that_are_configured() {
    let providers = "[[providers]]\nid = \"acme\"\nissuer = \"https://acme.example\"\nclient_id = \"x\"";
    let named = |id: &str| format!("dialects.bixarena.provider = {id:?}\n{providers}");
    let provider = config(&named("acme")).dialects.bixarena.provider;
    assert_eq!(provider.as_ref().map(|id| id.as_str()), Some("acme"));
    let wanted = "dialects.bixarena.provider: the id of one of [[providers]] is wanted";
    for id in ["acne", "ACME"] {
        assert_eq!(faults(&named(id), &[]), [format!("vestibule.toml:1: {wanted}")]);
    }
    refused(&[("provider = \"acme\"", "provider: the id of one of [[providers]] is wanted")]);
}

#[test]
fn a_browser_is_sent_to_a_web_page() {
    for url in ["https://arena.example/", "http://localhost:8100/app?x=y#top"] {
        assert_eq!(bixarena(&format!("ui_url = {url:?}")).ui_url.as_str(), url);
    }
    refused(&[
        ("ui_url = \"arena.example\"", "ui_url: this is no URL: relative URL without a base"),
        ("ui_url = \"javascript:alert(1)\"", "ui_url: the URL begins with neither http:// nor https://"),
        (
            "ui_url = \"https://me:hunter2@arena.example\"",
            "ui_url: the URL holds a user name or password, and must not",
        ),
    ]);
}

#[test]
fn a_service_client_has_a_name_that_fits_http_basic() {
    let client = |lines: &str| format!("[[service_clients]]\n{lines}").replace("[[", "[[dialects.bixarena.");
    let section = config(&client("id = \"Board_1/x\"\nsecret_file = \"f\"")).dialects.bixarena;
    let one = &section.service_clients[0];
    assert_eq!((one.id.as_str(), one.secret_file.as_path()), ("Board_1/x", Path::new("f")));
    assert_eq!(one.roles, ["service"]);
    let none = config(&client("id = \"a\"\nsecret_file = \"f\"\nroles = []")).dialects.bixarena;
    assert_eq!(none.service_clients[0].roles, [""; 0]);

    let refused = |text: &str, line: usize, sentence: &str| {
        let wanted = format!("vestibule.toml:{line}: dialects.bixarena.service_clients.{sentence}");
        assert_eq!(faults(text, &[]), [wanted], "{text}");
    };
    let name = "0.id: a name of visible ASCII without white space and without a colon is wanted";
    for id in ["", "a:b", "a b", "\u{e4}"] {
        refused(&client(&format!("secret_file = \"f\"\nid = {id:?}")), 3, name);
    }
    refused(&client("secret_file = \"f\""), 1, name);
    refused(&client("id = \"a\""), 1, "0.secret_file: a path is wanted");
    let roles = "0.roles: names of visible ASCII without white space are wanted";
    refused(&client("id = \"a\"\nsecret_file = \"f\"\nroles = [\"a b\"]"), 4, roles);
    let one = client("id = \"a\"\nsecret_file = \"f\"\n");
    let same = "1.id: dialects.bixarena.service_clients.0.id is the same: no two entries may have one id";
    refused(&format!("{one}{one}"), 5, same);
}
