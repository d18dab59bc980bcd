//! Arrays of tables: how their entries are read from the file and from variables, and how a complaint names them.

use super::super::{Config, parse, show};
use super::{config, env, faults};

const ENTRY: &str = "[[providers]]\nid = \"acme\"\nissuer = \"https://acme.example\"\nclient_id = \"x\"\n";

fn ids(config: &Config) -> Vec<&str> {
    config.providers.iter().map(|provider| provider.id.as_str()).collect()
}

fn by_variables(text: &str, variables: &[(&str, &str)]) -> Config {
    parse("vestibule.toml", text, env(variables)).unwrap_or_else(|error| panic!("{error}")).config
}

#[test]
fn entries_keep_the_order_in_which_they_stand() {
    let other = ENTRY.replace("acme", "a");
    assert_eq!(ids(&config(&format!("{ENTRY}{other}"))), ["acme", "a"]);
    assert_eq!(ids(&config("")), [""; 0]);
    assert_eq!(ids(&config("providers = []")), [""; 0]);
}

#[test]
fn an_array_of_tables_is_written_in_either_of_tomls_ways() {
    let inline = "providers = [{ id = \"acme\", issuer = \"https://acme.example\", client_id = \"x\" }]";
    assert_eq!(config(inline), config(ENTRY));
    let clients = "[dialects.bixarena]\nservice_clients = [{ id = \"a\", secret_file = \"f\" }]";
    let sections = "[[dialects.bixarena.service_clients]]\nid = \"a\"\nsecret_file = \"f\"";
    assert_eq!(config(clients), config(sections));
}

#[test]
fn what_is_wrong_in_an_entry_is_named_with_its_line() {
    let cases = [
        (
            "clint_id = 1",
            "5: providers.0.clint_id: there is no such key; did you mean providers.0.client_id?",
        ),
        (
            "wire = 1",
            "5: providers.0.wire: there is no such key; did you mean wire in section [dialects.knox]?",
        ),
        ("colour = 1", "5: providers.0.colour: there is no such key"),
        ("sign_up = 1", "5: providers.0.sign_up: true or false is wanted, not a number"),
        ("\"0.id\" = 1", "5: providers.0.0.id: there is no such key: within quotes a dot makes no levels"),
        ("\"*\" = 1", "5: providers.0.*: there is no such key"),
        ("[providers.acme]", "5: providers.0.acme: there is no such section"),
    ];
    for (text, sentence) in cases {
        assert_eq!(faults(&format!("{ENTRY}{text}"), &[]), [format!("vestibule.toml:{sentence}")], "{text}");
    }
    let second = faults(&format!("{ENTRY}\n[[providers]]\nissuer = 1"), &[]);
    let wanted = "an https URL without query and fragment is wanted, not a number";
    assert_eq!(second, [format!("vestibule.toml:7: providers.1.issuer: {wanted}")]);
}

#[test]
fn a_key_that_an_entry_lacks_is_said_of_the_line_where_the_entry_begins() {
    let text = format!("{ENTRY}\n[[providers]]\nid = \"b\"\nclient_id = \"x\"");
    let wanted = "providers.1.issuer: this is no URL: relative URL without a base";
    assert_eq!(faults(&text, &[]), [format!("vestibule.toml:6: {wanted}")]);
}

#[test]
fn an_array_of_tables_that_is_none_is_refused() {
    let wanted = "this is an array of sections: each entry begins with [[providers]]";
    for text in
        ["[providers]\nid = \"x\"", "providers = 1", "[providers.0]\nid = \"x\"", "providers.id = \"x\""]
    {
        assert_eq!(faults(text, &[]), [format!("vestibule.toml:1: providers: {wanted}")], "{text}");
    }
    let mixed = "\nproviders = [\n1]";
    assert_eq!(
        faults(mixed, &[]),
        ["vestibule.toml:3: providers.0: a section is wanted: [[providers]]"],
        "{mixed}"
    );
    let typo = "[[provider]]\nid = 1";
    assert_eq!(
        faults(typo, &[]),
        ["vestibule.toml:1: provider: there is no such section; did you mean [[providers]]?"]
    );
    assert_eq!(
        faults("issuer_id = 1\nissuer = \"x\"", &[])[1],
        "vestibule.toml:2: issuer: there is no such key; did you mean issuer in section [[providers]]?"
    );
}

#[test]
fn a_variable_sets_a_key_of_an_entry_of_the_file() {
    let text = format!("{ENTRY}{}", ENTRY.replace("acme", "b"));
    let config = by_variables(
        &text,
        &[("VESTIBULE_PROVIDERS__1__CLIENT_SECRET", "s"), ("VESTIBULE_PROVIDERS__0__SCOPES", "a, b,")],
    );
    let secrets: Vec<_> = config.providers.iter().map(|provider| provider.client_secret.is_some()).collect();
    assert_eq!(secrets, [false, true]);
    assert_eq!(config.providers[0].scopes, ["openid", "a", "b"]);
}

#[test]
fn an_entry_can_be_made_of_variables_alone() {
    let alone = by_variables(
        "",
        &[
            ("VESTIBULE_PROVIDERS__0__ID", "acme"),
            ("VESTIBULE_PROVIDERS__0__ISSUER", "https://acme.example"),
            ("VESTIBULE_PROVIDERS__0__CLIENT_ID", "x"),
            ("VESTIBULE_DIALECTS__BIXARENA__SERVICE_CLIENTS__0__ID", "a"),
            ("VESTIBULE_DIALECTS__BIXARENA__SERVICE_CLIENTS__0__SECRET_FILE", "f"),
        ],
    );
    let clients = "[[dialects.bixarena.service_clients]]\nid = \"a\"\nsecret_file = \"f\"";
    assert_eq!(alone, config(&format!("{ENTRY}{clients}")));

    // Eleven entries: "10" is behind "9", though it sorts before "2".
    let numbers = 1..=10;
    let names: Vec<[(String, String); 3]> = numbers
        .map(|n| {
            let at = |key| format!("VESTIBULE_PROVIDERS__{n}__{key}");
            [
                (at("ID"), format!("p{n}")),
                (at("ISSUER"), format!("https://p{n}.example")),
                (at("CLIENT_ID"), "x".to_owned()),
            ]
        })
        .collect();
    let pairs: Vec<_> = names.iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let many = by_variables(ENTRY, &pairs);
    assert_eq!(ids(&many), ["acme", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10"]);
}

#[test]
fn a_gap_in_the_numbers_of_entries_is_refused() {
    let gap = |next: usize| {
        format!(
            "there is no entry {next} before it: the entries of [[providers]] are numbered from 0, those of the file \
             first, and no number is left out"
        )
    };
    let (one, three) = ("VESTIBULE_PROVIDERS__1__ID", "VESTIBULE_PROVIDERS__3__ID");
    let huge = "VESTIBULE_PROVIDERS__18446744073709551615__ID";
    assert_eq!(faults("", &[(one, "a")]), [format!("{one}: {}", gap(0))]);
    assert_eq!(faults("", &[(one, "a"), (three, "b")]), [format!("{one}: {}", gap(0))]);
    assert_eq!(faults(ENTRY, &[(one, "a"), (three, "b")]), [format!("{three}: {}", gap(2))]);
    assert_eq!(faults(ENTRY, &[(huge, "a")]), [format!("{huge}: {}", gap(1))]);
}

#[test]
fn what_an_entry_of_variables_lacks_is_said_of_the_variable_that_is_not_set() {
    let lacking = faults("", &[("VESTIBULE_PROVIDERS__0__ID", "acme")]);
    assert_eq!(
        lacking,
        [
            "VESTIBULE_PROVIDERS__0__ISSUER: this is no URL: relative URL without a base",
            "VESTIBULE_PROVIDERS__0__CLIENT_ID: the id is wanted that the provider gave this server when it was registered",
        ]
    );
}

#[test]
fn a_wrong_variable_of_an_entry_is_named_with_the_one_that_was_meant() {
    let single = |name: &str| {
        let faults = faults(ENTRY, &[(name, "hunter2")]);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(!faults[0].contains("hunter2"), "{faults:?}");
        faults[0].clone()
    };
    for (name, sentence) in [
        (
            "VESTIBULE_PROVIDERS__7__CLIENT_SECRT",
            "there is no such setting; did you mean VESTIBULE_PROVIDERS__7__CLIENT_SECRET?",
        ),
        (
            "VESTIBULE_PROVIDERS__CLIENT_SECRET",
            "there is no such setting; did you mean VESTIBULE_PROVIDERS__0__CLIENT_SECRET?",
        ),
        (
            "VESTIBULE_PROVIDERS__00__CLIENT_SECRET",
            "there is no such setting; did you mean VESTIBULE_PROVIDERS__0__CLIENT_SECRET?",
        ),
        ("VESTIBULE_PROVIDERS__*__ID", "there is no such setting"),
        (
            "VESTIBULE_PROVIDERS",
            "the keys of each entry are set one by one, as by VESTIBULE_PROVIDERS__0__ID",
        ),
        (
            "VESTIBULE_DIALECTS__BIXARENA__SERVICE_CLIENTS",
            "the keys of each entry are set one by one, as by VESTIBULE_DIALECTS__BIXARENA__SERVICE_CLIENTS__0__ID",
        ),
        ("VESTIBULE_PROVIDERS__0__SIGN_UP", "true or false is wanted"),
    ] {
        assert_eq!(single(name), format!("{name}: {sentence}"));
    }
    let odd = parse("x", ENTRY, env(&[("VESTIBULE_PROVIDERS_2_CLIENT_ID", "x")])).unwrap().warnings;
    assert!(odd[0].ends_with("; did you mean VESTIBULE_PROVIDERS__2__CLIENT_ID?"), "{odd:?}");
}

#[test]
fn an_array_without_entries_is_shown_as_empty_and_one_with_entries_as_sections() {
    let none = show(&config(""));
    let first_section = none.find("\n[").unwrap();
    assert!(none.find("\nproviders = []\n").unwrap() < first_section, "{none}");
    assert!(none.contains("\nservice_clients = []\n"), "{none}");
    let one = show(&config(ENTRY));
    assert!(one.contains("\n[[providers]]\nid = \"acme\"\n") && !one.contains("providers = []"), "{one}");
}
