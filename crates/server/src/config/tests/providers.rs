//! What `[[providers]]` means, and what of it is refused.

use super::super::{Provider, SecretSource, parse, show, show_json};
use super::{config, env, faults, loaded};

/// An entry in which these lines stand too.
fn entry(lines: &str) -> String {
    let given = |key: &str| lines.lines().any(|line| line.split(" = ").next() == Some(key));
    let presets = [("id", "acme"), ("issuer", "https://acme.example"), ("client_id", "x")];
    let others = presets.iter().filter(|(key, _)| !given(key));
    let others: String = others.map(|(key, value)| format!("{key} = {value:?}\n")).collect();
    format!("[[providers]]\n{others}{lines}\n")
}

fn provider(lines: &str) -> Provider {
    config(&entry(lines)).providers.remove(0)
}

/// Each of these lines must be refused with exactly this one sentence, said of the last of them.
fn refused(cases: &[(&str, &str)]) {
    for (lines, sentence) in cases {
        let text = entry(lines);
        let line = text.lines().count();
        assert_eq!(faults(&text, &[]), [format!("vestibule.toml:{line}: providers.0.{sentence}")], "{lines}");
    }
}

#[test]
fn a_provider_needs_an_id_an_issuer_and_a_client_id() {
    let plain = provider("");
    assert_eq!((plain.id.as_str(), plain.name.as_str()), ("acme", "acme"));
    assert_eq!((plain.issuer.as_str(), plain.client_id.as_str()), ("https://acme.example", "x"));
    assert_eq!(
        (plain.client_secret, plain.scopes),
        (None, ["openid", "profile", "email"].map(str::to_owned).into())
    );
    assert!(plain.sign_up && !plain.link_verified_email && !plain.allow_private_addresses);
    assert_eq!(provider("name = \"Acme SSO\"").name, "Acme SSO");
    assert_eq!(
        faults("[[providers]]", &[]),
        [
            "vestibule.toml:1: providers.0.id: a name of 1 to 64 lowercase letters a to z, digits, \"-\", \"_\" and \".\" is wanted",
            "vestibule.toml:1: providers.0.issuer: this is no URL: relative URL without a base",
            "vestibule.toml:1: providers.0.client_id: the id is wanted that the provider gave this server when it was registered",
        ]
    );
}

#[test]
fn a_providers_id_needs_no_escape_anywhere() {
    let longest = "x".repeat(64);
    for id in ["0", "acme-sso.v2_x", &longest] {
        assert_eq!(provider(&format!("id = {id:?}")).id.as_str(), id);
    }
    let sentence = "id: a name of 1 to 64 lowercase letters a to z, digits, \"-\", \"_\" and \".\" is wanted";
    let long = "x".repeat(65);
    for id in ["", "Acme", "a b", "a/b", "\u{e4}", &long] {
        refused(&[(&format!("id = {id:?}"), sentence)]);
    }
    refused(&[("id = \"vestibule\"", "id: this name is our own sign-in page's: another one is wanted")]);
}

#[test]
fn no_two_providers_have_one_id_or_one_issuer() {
    let first = entry("");
    let second = |lines: &str| faults(&format!("{first}{}", entry(lines)), &[]);
    let line = |line: usize, key: &str| {
        format!(
            "vestibule.toml:{line}: providers.1.{key}: providers.0.{key} is the same: no two entries may have one {key}"
        )
    };
    assert_eq!(second("issuer = \"https://b.example\""), [line(7, "id")]);
    assert_eq!(second("id = \"b\""), [line(7, "issuer")]);
    // Compared as they stand, like the providers' own answers.
    let slash = entry("id = \"b\"\nissuer = \"https://acme.example/\"");
    assert_eq!(config(&format!("{first}{slash}")).providers.len(), 2);
}

#[test]
fn an_issuer_is_an_https_url_and_kept_exactly_as_typed() {
    for issuer in [
        "https://login.example",
        "https://login.example/",
        "https://Login.Example:443/Realms/a%20b/",
        "https://b\u{fc}cher.example/@tenant",
        "https://192.0.2.1:8443",
    ] {
        assert_eq!(provider(&format!("issuer = {issuer:?}")).issuer, issuer);
    }
    for (issuer, sentence) in [
        ("", "this is no URL: relative URL without a base"),
        ("login.example", "this is no URL: relative URL without a base"),
        ("ftp://login.example", "the URL must begin with https://"),
        (
            "http://login.example",
            "the URL must begin with https://; with allow_private_addresses = true it may begin with http:// too",
        ),
        ("https://me:hunter2@login.example", "the URL holds a user name or password, and must not"),
        ("https://login.example?tenant=1", "the URL must have neither query nor fragment"),
        ("https://login.example/#", "the URL must have neither query nor fragment"),
        ("https:login.example", "the URL must have the form https://host or https://host/path"),
        (" https://login.example", "the URL must have the form https://host or https://host/path"),
        ("https://login.example/a b", "the URL must have the form https://host or https://host/path"),
        ("https://", "this is no URL: empty host"),
    ] {
        refused(&[(&format!("issuer = {issuer:?}"), &format!("issuer: {sentence}"))]);
    }
}

#[test]
fn an_issuer_may_be_plain_http_where_private_addresses_are_allowed() {
    let at = |issuer: &str| loaded(&entry(&format!("allow_private_addresses = true\nissuer = {issuer:?}")));
    for issuer in ["http://127.0.0.1:9000", "http://localhost/realm", "http://[::1]:9000", "https://10.0.0.1"]
    {
        let loaded = at(issuer);
        assert_eq!((loaded.config.providers[0].issuer.as_str(), loaded.warnings), (issuer, vec![]));
    }
    assert_eq!(
        at("http://10.0.0.1").warnings,
        ["providers.0.issuer begins with http://: secrets and tokens travel where others may read them"]
    );
    refused(&[(
        "allow_private_addresses = true\nissuer = \"ftp://10.0.0.1\"",
        "issuer: the URL must begin with https://",
    )]);
}

#[test]
fn a_client_secret_stands_in_one_place_or_in_none() {
    let given = provider("client_secret = \"s\"").client_secret;
    assert!(matches!(given, Some(SecretSource::Given(secret)) if secret.expose() == "s"));
    assert_eq!(provider("client_secret_file = \"f\"").client_secret, Some(SecretSource::File("f".into())));
    assert_eq!(provider("client_secret = \"\"\nclient_secret_file = \"\"").client_secret, None);
    refused(&[
        (
            "client_secret = \"s\"\nclient_secret_file = \"f\"",
            "client_secret_file: providers.0.client_secret is set too: one of the two is wanted",
        ),
        (
            "client_secret = \"***\"",
            "client_secret: this is what `config show` prints in the secret's place: the secret itself is wanted",
        ),
        (
            "client_id = \"\"",
            "client_id: the id is wanted that the provider gave this server when it was registered",
        ),
    ]);
}

#[test]
fn openid_is_among_the_scopes() {
    let scopes = |typed: &str| provider(&format!("scopes = {typed}")).scopes;
    assert_eq!(scopes("[]"), ["openid"]);
    assert_eq!(scopes("[\"email\"]"), ["openid", "email"]);
    assert_eq!(scopes("[\"email\", \"openid\"]"), ["email", "openid"]);
    let sentence = "scopes: names without blanks are wanted, such as [\"openid\", \"profile\", \"email\"], of visible \
                    ASCII without quotes and backslashes";
    for typed in ["[\"openid email\"]", "[\"\"]", "['a\"']", "['a\\b']", "[\"\u{e4}\"]"] {
        refused(&[(&format!("scopes = {typed}"), sentence)]);
    }
}

#[test]
fn a_providers_secret_is_shown_nowhere() {
    let config = config(&entry("client_secret = \"hunter2\""));
    let json = show_json(&config);
    assert_eq!(json["providers"][0]["client_secret"], "***");
    for text in [show(&config), json.to_string(), format!("{config:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let by_variable = parse("x", &entry(""), env(&[("VESTIBULE_PROVIDERS__0__CLIENT_SECRET", "hunter2")]));
    assert!(!format!("{by_variable:?}").contains("hunter2"));
}

#[test]
fn a_public_url_that_others_can_read_along_is_warned_about_beside_a_provider() {
    let warnings = |public_url: &str, providers: &str| {
        loaded(&format!("public_url = {public_url:?}\n{providers}")).warnings
    };
    let provider = entry("");
    for public_url in ["https://login.example", "http://127.0.0.1:8080", "http://localhost", "http://[::1]"] {
        assert_eq!(warnings(public_url, &provider), Vec::<String>::new(), "{public_url}");
    }
    assert_eq!(warnings("http://login.example", ""), Vec::<String>::new());
    assert_eq!(
        warnings("http://login.example", &provider),
        [
            "public_url begins with http://: what [[providers]] send people back with travels where others may read it, \
             and many providers refuse to"
        ]
    );
}
