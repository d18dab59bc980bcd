//! The table of keys against everything that is made from it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::super::{KEYS, Key, Preset, document, parse, show, show_json};
use super::{config, env, loaded};

/// The dotted paths of everything that is no object, in a nested JSON object.
fn paths(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    let Value::Object(fields) = value else {
        found.insert(above.to_owned());
        return;
    };
    for (name, inner) in fields {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        paths(inner, &path, found);
    }
}

/// What excludes another key, and so cannot be changed together with it.
const EXCLUSIVE: &str = "captcha.secret";

/// A configuration in which every other key differs from its default.
const ALL_CHANGED: &str = r#"
listen = "[::1]:9000"
public_url = "https://Login.Example/"
data_dir = "data \"quoted\" \\ \u0007"
master_key_file = "/run/secrets/key"
trusted_proxies = ["10.0.0.0/8", "fd00::/8"]
return_urls = ["https://app.example", "http://localhost:5173/welcome"]
shutdown_timeout = "90s"
[limits]
body_bytes = 131072
account_failures_free = 7
[tls]
certificate_file = "c.pem"
key_file = "k.pem"
[log]
format = "json"
level = "off"
[database]
url = "sqlite:/srv/auth.db"
[password]
memory_kib = 65536
iterations = 3
parallelism = 2
hash_threads = 2
hash_queue = 10
min_length = 15
must_change_blocks = true
sign_in = false
[mail]
smtp_url = "smtp://mailer%40example.org@mail.example:2525?roots=ca.pem"
smtp_password_file = "/run/secrets/smtp"
from = "Login <login@example.org>"
templates = "/etc/vestibule/mail"
[captcha]
verify_url = "https://captcha.example/siteverify"
secret_file = "/run/secrets/captcha"
[dialects.knox]
enabled = false
wire = "deployed"
scope = "account"
allowed_origins = ["https://app.example", "http://localhost:5173"]
token_length = 40
token_prefix = "vst'\"_"
token_ttl = "10h"
token_limit_per_user = 3
auto_refresh = true
auto_refresh_max_ttl = "14d"
min_refresh_interval = "30m"
[dialects.syntho]
enabled = false
wire = "deployed"
scope = "account"
allowed_origins = ["https://app.example"]
session_lifetime = "24h"
[dialects.probe]
enabled = false
wire = "deployed"
scope = "account"
allowed_origins = ["https://app.example"]
long_term = "30d"
short_term = "1h"
sign_up = true
"#;

#[test]
fn the_table_and_the_typed_settings_have_the_same_keys() {
    let mut typed = BTreeSet::new();
    paths(&show_json(&config("")), "", &mut typed);
    let table: BTreeSet<String> = KEYS.iter().map(|key| key.path.to_owned()).collect();
    assert_eq!(table.len(), KEYS.len(), "a key stands twice in KEYS");
    let missing: Vec<_> = typed.difference(&table).collect();
    assert!(missing.is_empty(), "fields of raw.rs that KEYS in keys.rs lacks: {missing:?}");
    let extra: Vec<_> = table.difference(&typed).collect();
    assert!(extra.is_empty(), "keys of keys.rs that are no field of raw.rs: {extra:?}");
}

#[test]
fn the_keys_of_a_section_stand_together() {
    let mut sections: Vec<_> = KEYS.iter().map(Key::section).collect();
    sections.dedup();
    let distinct: BTreeSet<_> = sections.iter().collect();
    assert_eq!(distinct.len(), sections.len(), "{sections:?}");
    assert_eq!(sections.first(), Some(&""), "keys without a section must come first in TOML");
}

#[test]
fn every_default_is_what_an_empty_configuration_comes_to() {
    let defaults = loaded("");
    assert_eq!(defaults.warnings, Vec::<String>::new());
    for key in KEYS {
        if let Preset::Toml(text) = key.preset {
            let section =
                if key.section().is_empty() { String::new() } else { format!("[{}]\n", key.section()) };
            assert_eq!(config(&format!("{section}{} = {text}", key.name())), defaults.config, "{}", key.path);
        }
    }
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let changed = show_json(&config(ALL_CHANGED));
    let all: Vec<(String, String)> = KEYS
        .iter()
        .map(|key| {
            let text = match changed.pointer(&format!("/{}", key.path.replace('.', "/"))).unwrap() {
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join(",")
                }
                other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                    other.to_string()
                }
            };
            (key.variable(), text)
        })
        .collect();
    let pairs: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let loaded = parse("vestibule.toml", "", env(&pairs)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.config, config(ALL_CHANGED));
    let default = show_json(&config(""));
    for key in KEYS.iter().filter(|key| key.path != EXCLUSIVE) {
        let pointer = format!("/{}", key.path.replace('.', "/"));
        assert_ne!(changed.pointer(&pointer), default.pointer(&pointer), "{} is not changed here", key.path);
    }
}

#[test]
fn what_is_shown_loads_again_to_the_same_configuration() {
    for text in ["", ALL_CHANGED, "data_dir = \"/srv/auth\""] {
        let config = config(text);
        let shown = show(&config);
        assert_eq!(
            parse("shown", &shown, []).unwrap_or_else(|error| panic!("{shown}\n{error}")).config,
            config
        );
        let as_toml: toml::Table = shown.parse().unwrap();
        assert_eq!(serde_json::to_value(as_toml).unwrap(), show_json(&config));
    }
}

#[test]
fn a_folder_whose_database_could_not_be_shown_is_refused() {
    for dir in ["//srv", ":memory:", "file:x"] {
        let error = parse("x", &format!("data_dir = {dir:?}"), []).unwrap_err().to_string();
        assert!(error.starts_with("x:1: data_dir: "), "{error}");
        assert!(parse("x", &format!("data_dir = {dir:?}\ndatabase.url = \"sqlite:x.db\""), []).is_ok());
    }
}

#[test]
fn the_documentation_of_the_configuration_is_made_from_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = document::page();
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, no setting")]
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/configuration.md is not what the table of keys says: run UPDATE_DOCS=1 cargo test -p server documentation"
    );
}
