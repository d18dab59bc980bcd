//! The table of keys against everything that is made from it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::super::{ARRAYS, Array, Key, Preset, document, keys, parse, show, show_json};
use super::{config, env, loaded};

/// The paths of all values in a nested JSON object, as the table of keys writes them.
fn paths(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    let below = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| paths(inner, &below(name), found)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().for_each(|item| paths(item, &below("*"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            found.insert(above.to_owned());
        }
    }
}

/// What a shown configuration holds of a key; within an array of tables in the first entry.
fn shown<'a>(json: &'a Value, key: &Key) -> Option<&'a Value> {
    json.pointer(&format!("/{}", key.path_at(0).replace('.', "/")))
}

/// What excludes another key, and so cannot be changed together with it.
const EXCLUSIVE: [&str; 2] = ["captcha.secret", "providers.*.client_secret"];

/// One entry of each array of tables, with nothing in it that could be left out.
const ONE_EACH: &str = r#"
[[providers]]
id = "first"
issuer = "https://first.example"
client_id = "x"
[[dialects.bixarena.service_clients]]
id = "first"
secret_file = "first"
"#;

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
json_depth = 32
target_bytes = 4096
header_bytes = 16384
header_fields = 48
head_timeout = "20s"
body_timeout = "10s"
request_timeout = "50s"
answer_timeout = "40s"
idle_timeout = "90s"
connections = 5000
network_connections = 500
http2_streams = 32
account_failures_free = 7
address_failures_per_hour = 70
address_mails_per_hour = 6
account_tokens_per_minute = 30
trusted_addresses = ["192.0.2.0/24"]
[tls]
certificate_file = "c.pem"
key_file = "k.pem"
[log]
format = "json"
level = "off"
[audit]
retention = "30d"
[database]
url = "sqlite:/srv/auth.db"
[password]
memory_kib = 65536
iterations = 3
parallelism = 2
argon2_backend = "portable"
hash_threads = 2
hash_queue = 10
min_length = 15
min_strength = 4
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
[pages]
name = "Example Login"
security_contact = ["mailto:security@example.org", "https://example.org/security"]
[[providers]]
id = "acme"
name = "Acme 'SSO' \"1\""
issuer = "http://10.0.0.1:9000/realms/Acme"
client_id = "vestibule"
client_secret_file = "/run/secrets/acme"
scopes = ["openid", "groups"]
allow_private_addresses = true
sign_up = false
link_verified_email = true
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
[dialects.bixarena]
enabled = false
wire = "deployed"
scope = "account"
allowed_origins = ["https://app.example"]
session_idle = "7d"
token_ttl = "5m"
issuer = "urn:bixarena:auth"
audience = "urn:bixarena:api"
subject = "username"
algorithm = "EdDSA"
rsa_bits = 3072
rotate_every = ""
provider = "acme"
ui_url = "https://app.example/arena?from=login#top"
[[dialects.bixarena.service_clients]]
id = "leaderboard"
secret_file = "/run/secrets/leaderboard"
roles = ["service", "reader"]
[dialects.trieve]
enabled = false
wire = "deployed"
scope = "account"
allowed_origins = ["https://app.example"]
session_lifetime = "8h"
provider = "acme"

[dialects.native]
enabled = false
allowed_origins = ["https://app.example"]
session_idle = "1h"
session_lifetime = "12h"
"#;

#[test]
fn the_table_and_the_typed_settings_have_the_same_keys() {
    let mut typed = BTreeSet::new();
    paths(&show_json(&config(ONE_EACH)), "", &mut typed);
    let table: BTreeSet<String> = keys().map(|key| key.path.to_owned()).collect();
    assert_eq!(table.len(), keys().count(), "a key stands twice in the table");
    let missing: Vec<_> = typed.difference(&table).collect();
    assert!(missing.is_empty(), "fields of raw.rs that the table in keys/ lacks: {missing:?}");
    let extra: Vec<_> = table.difference(&typed).collect();
    assert!(extra.is_empty(), "keys of the table in keys/ that are no field of raw.rs: {extra:?}");
}

#[test]
fn every_array_of_tables_has_keys_and_every_entry_an_array() {
    for array in ARRAYS {
        assert!(array.keys().next().is_some(), "{}", array.path);
    }
    for key in keys().filter(|key| key.path.contains('*')) {
        let array = key.array().and_then(Array::find);
        assert!(array.is_some(), "{} stands in no array of ARRAYS in keys.rs", key.path);
        assert_eq!(Key::find(&key.path_at(3)).map(|found| found.path), Some(key.path));
    }
}

#[test]
fn the_example_of_an_array_of_tables_loads() {
    for array in ARRAYS {
        let shown = show_json(&config(array.example));
        let entries = shown.pointer(&format!("/{}", array.path.replace('.', "/"))).unwrap();
        assert_eq!(entries.as_array().map(Vec::len), Some(1), "{}", array.path);
    }
}

#[test]
fn the_keys_of_a_section_stand_together() {
    let mut sections: Vec<_> = keys().map(Key::section).collect();
    sections.dedup();
    let distinct: BTreeSet<_> = sections.iter().collect();
    assert_eq!(distinct.len(), sections.len(), "{sections:?}");
    assert_eq!(sections.first(), Some(&""), "keys without a section must come first in TOML");
}

#[test]
fn every_default_is_what_an_empty_configuration_comes_to() {
    assert_eq!(loaded("").warnings, Vec::<String>::new());
    for key in keys() {
        let Preset::Toml(text) = key.preset else { continue };
        // An entry's keys follow the entry's own, and the last entry can be added to.
        let below = match key.array() {
            None if key.section().is_empty() => String::new(),
            None => format!("[{}]\n", key.section()),
            Some("providers") => ONE_EACH.split("[[dialects").next().unwrap().to_owned(),
            Some(_) => ONE_EACH.to_owned(),
        };
        let without = config(&below);
        assert_eq!(config(&format!("{below}{} = {text}", key.name())), without, "{}", key.path);
    }
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let changed = show_json(&config(ALL_CHANGED));
    let all: Vec<(String, String)> = keys()
        .map(|key| {
            let text = match shown(&changed, key).unwrap() {
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
    let default = show_json(&config(ONE_EACH));
    for key in keys().filter(|key| !EXCLUSIVE.contains(&key.path)) {
        assert_ne!(shown(&changed, key), shown(&default, key), "{} is not changed here", key.path);
    }
}

#[test]
fn what_is_shown_loads_again_to_the_same_configuration() {
    let twice = format!("{ONE_EACH}{}", ONE_EACH.replace("first", "second"));
    for text in ["", ALL_CHANGED, "data_dir = \"/srv/auth\"", ONE_EACH, &twice] {
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
