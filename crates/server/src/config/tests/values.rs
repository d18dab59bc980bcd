//! What settings mean, and which are refused.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use password::Cost;

use super::super::{DatabaseUrl, Key, PublicUrl, WebOrigin, duration};
use super::{config, faults, loaded};

/// Each text must be refused with exactly this one sentence, said of its last line.
pub(super) fn refused(cases: &[(&str, &str)]) {
    for (text, sentence) in cases {
        let faults = faults(text, &[]);
        let line = text.lines().count();
        assert_eq!(faults, [format!("vestibule.toml:{line}: {sentence}")], "{text}");
    }
}

#[test]
fn a_duration_is_a_number_and_a_unit() {
    for (text, seconds) in [("90s", 90), ("30m", 1_800), ("24h", 86_400), ("14d", 1_209_600), ("0s", 0)] {
        assert_eq!(duration::parse(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "s", "90", "1.5h", "-1s", "+1s", " 1s", "1 s", "1w", "1S", "1h30m", "\u{661}s"] {
        assert!(duration::parse(text).unwrap_err().starts_with("a duration is wanted"), "{text}");
    }
    assert!(duration::parse("36500d").is_ok());
    for text in ["36501d", "18446744073709551615d", "99999999999999999999s"] {
        assert_eq!(duration::parse(text), Err("a duration of at most 36500d is wanted".to_owned()), "{text}");
    }
}

#[test]
fn a_duration_is_written_in_its_largest_whole_unit() {
    for text in ["0s", "59s", "1m", "61s", "90m", "24h", "1d", "25h", "14d"] {
        let parsed = duration::parse(text).unwrap();
        assert_eq!(duration::parse(&duration::format(parsed)), Ok(parsed));
    }
    assert_eq!(duration::format(Duration::from_secs(86_400)), "1d");
    assert_eq!(duration::format(Duration::from_secs(5_400)), "90m");
    assert_eq!(duration::format(Duration::ZERO), "0s");
}

#[test]
fn the_public_url_is_an_origin_in_its_normal_form() {
    let cases = [
        ("https://Login.Example/", "https://login.example", "login.example", 443),
        ("https://login.example:443", "https://login.example", "login.example", 443),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("http://[::1]:80/", "http://[::1]", "[::1]", 80),
        ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", 443),
    ];
    for (text, origin, host, port) in cases {
        let url = PublicUrl::parse(text).unwrap();
        assert_eq!((url.origin().as_str(), url.host(), url.port()), (origin, host, port), "{text}");
        assert_eq!(url.to_string(), origin);
        assert_eq!(url.is_https(), origin.starts_with("https:"));
        assert_eq!(url.scheme(), origin.split(':').next().unwrap());
    }
}

#[test]
fn a_public_url_that_is_more_or_less_than_an_address_is_refused() {
    let cases = [
        ("login.example", "this is no URL: relative URL without a base"),
        ("ftp://login.example", "the URL begins with neither http:// nor https://"),
        ("localhost:8080", "the URL begins with neither http:// nor https://"),
        ("https://me:hunter2@login.example", "the URL holds a user name or password, and must not"),
        ("https://@login.example", "the URL holds a user name or password, and must not"),
        (
            "https://login.example/auth",
            "the URL goes on behind host and port: path, query and fragment must be absent",
        ),
        (
            "https://login.example?",
            "the URL goes on behind host and port: path, query and fragment must be absent",
        ),
        (
            "https://login.example/#",
            "the URL goes on behind host and port: path, query and fragment must be absent",
        ),
        ("https:login.example", "the URL must have the form scheme://host or scheme://host:port"),
        (r"https:\\login.example", "the URL must have the form scheme://host or scheme://host:port"),
        (" https://login.example", "the URL must have the form scheme://host or scheme://host:port"),
        ("https://login.\nexample", "the URL must have the form scheme://host or scheme://host:port"),
        ("https://", "this is no URL: empty host"),
    ];
    for (text, sentence) in cases {
        assert_eq!(PublicUrl::parse(text), Err(sentence.to_owned()), "{text}");
    }
    refused(&[("public_url = \"x\"", "public_url: this is no URL: relative URL without a base")]);
}

#[test]
fn an_allowed_origin_is_exact() {
    assert_eq!(WebOrigin::parse("https://App.Example:443").unwrap().as_str(), "https://app.example");
    assert_eq!(WebOrigin::parse("http://localhost:5173").unwrap().port(), 5173);
    for text in [
        "*",
        "null",
        "https://app.example/",
        "https://app.example/x",
        "https://*.app.example/",
        "app.example",
    ] {
        assert!(WebOrigin::parse(text).is_err(), "{text}");
    }
    let knox = config("[dialects.knox]\nallowed_origins = [\"https://a.example\", \"http://b.example:80\"]")
        .dialects
        .knox;
    assert_eq!(
        knox.allowed_origins.iter().map(WebOrigin::as_str).collect::<Vec<_>>(),
        ["https://a.example", "http://b.example"]
    );
    refused(&[(
        "[dialects.knox]\nallowed_origins = [\"https://a.example\", \"https://b.example/\"]",
        "dialects.knox.allowed_origins: an origin ends after host and port, without \"/\"",
    )]);
}

#[test]
fn the_database_and_the_master_key_follow_the_data_folder() {
    let followed = config("data_dir = \"/srv/auth\"");
    assert_eq!(followed.database, DatabaseUrl::Sqlite("/srv/auth/vestibule.db".into()));
    assert_eq!(followed.master_key_file, Path::new("/srv/auth/master.key"));
    let own = config("data_dir = \"/srv/auth\"\nmaster_key_file = \"k\"\ndatabase.url = \"sqlite:x.db\"");
    assert_eq!(own.database, DatabaseUrl::Sqlite("x.db".into()));
    assert_eq!(own.master_key_file, Path::new("k"));
    refused(&[("data_dir = \"\"", "data_dir: a path is wanted")]);
}

#[test]
fn a_database_is_a_file_of_sqlite_or_on_a_server_of_postgresql() {
    let shape = "database.url: sqlite: and the path of a file is wanted, such as \"sqlite:vestibule.db\", or \
                 postgres://user@host/database";
    let memory = "database.url: a plain file is wanted behind sqlite:, no database in memory";
    let server = "database.url: postgres://user:password@host:5432/database is wanted, with what is not a letter or a \
                  digit in the password written as in any URL, such as %40 for @";
    refused(&[
        ("database.url = \"mysql://host/db\"", shape),
        ("database.url = \"\"", shape),
        ("database.url = \"sqlite:\"", shape),
        ("database.url = \"vestibule.db\"", shape),
        ("database.url = \"sqlite::memory:\"", memory),
        ("database.url = \"sqlite:file:x?mode=memory\"", memory),
        (
            "database.url = \"sqlite:///srv/x.db\"",
            "database.url: the path follows sqlite: directly, such as \"sqlite:/var/lib/vestibule.db\"",
        ),
        ("database.url = \"postgres:vestibule\"", server),
        ("database.url = \"postgres://me:hunter2@/db\"", server),
    ]);
    for text in ["postgres://me@host/db", "postgresql://me@host:5433/db?sslmode=require"] {
        let database = config(&format!("database.url = {text:?}")).database;
        assert!(matches!(database, DatabaseUrl::Postgres(_)) && database.to_string() == text, "{database:?}");
    }
}

#[test]
fn a_password_in_the_databases_address_is_shown_nowhere() {
    let config = config("database.url = \"postgres://me:hunter2@host/db?sslmode=disable\"");
    let json = crate::config::show_json(&config);
    assert_eq!(json["database"]["url"], "postgres://me:***@host/db?sslmode=disable");
    for text in [crate::config::show(&config), json.to_string(), format!("{config:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn numbers_stay_within_their_bounds() {
    let bounds = [
        ("limits.body_bytes", 1024, 16_777_216),
        ("limits.json_depth", 8, 64),
        ("limits.target_bytes", 1024, 32_768),
        ("limits.header_bytes", 4096, 262_144),
        ("limits.header_fields", 16, 1000),
        ("limits.connections", 1, 1_000_000),
        ("limits.network_connections", 0, 1_000_000),
        ("limits.http2_streams", 1, 1000),
        ("limits.account_failures_free", 1, 100),
        ("limits.address_failures_per_hour", 1, 1_000_000),
        ("limits.address_mails_per_hour", 1, 1_000_000),
        ("limits.account_tokens_per_minute", 1, 1_000_000),
        ("password.hash_threads", 0, 1024),
        ("password.hash_queue", 1, 65_536),
        ("password.min_length", 1, 256),
        ("password.min_strength", 0, 4),
        ("dialects.knox.token_limit_per_user", 0, 4_294_967_295),
    ];
    for (key, least, most) in bounds {
        for number in [least, most] {
            loaded(&format!("{key} = {number}"));
        }
        for number in [least - 1, most + 1, i64::MIN, i64::MAX] {
            let sentence = format!("{key}: a number from {least} to {most} is wanted, not {number}");
            refused(&[(&format!("{key} = {number}"), &sentence)]);
        }
    }
}

#[test]
fn a_token_limit_of_zero_is_none() {
    let limit = |number| {
        config(&format!("dialects.knox.token_limit_per_user = {number}")).dialects.knox.token_limit_per_user
    };
    assert_eq!(limit(0), None);
    assert_eq!(limit(4), NonZeroU32::new(4));
}

#[test]
fn tls_needs_both_files_or_neither() {
    let tls = config("[tls]\ncertificate_file = \"c.pem\"\nkey_file = \"k.pem\"").tls.unwrap();
    assert_eq!(
        (tls.certificate_file.as_path(), tls.key_file.as_path()),
        (Path::new("c.pem"), Path::new("k.pem"))
    );
    assert_eq!(config("[tls]\ncertificate_file = \"\"").tls, None);
    refused(&[
        (
            "[tls]\ncertificate_file = \"c.pem\"",
            "tls.certificate_file: tls.key_file is wanted beside it: TLS needs both files, plain HTTP neither",
        ),
        (
            "[tls]\nkey_file = \"k.pem\"",
            "tls.key_file: tls.certificate_file is wanted beside it: TLS needs both files, plain HTTP neither",
        ),
    ]);
}

#[test]
fn other_texts_are_judged() {
    refused(&[
        (
            "listen = \"localhost:80\"",
            "listen: an IP address with a port is wanted, such as \"0.0.0.0:8080\" or \"[::]:8080\"",
        ),
        (
            "limits.trusted_addresses = [\"10.0.0.1\"]",
            "limits.trusted_addresses: \"10.0.0.1\" is no network: CIDR notation is wanted, such as \"10.0.0.0/8\"",
        ),
        (
            "trusted_proxies = [\"10.0.0.0/8\", \"10.0.0.1\"]",
            "trusted_proxies: \"10.0.0.1\" is no network: CIDR notation is wanted, such as \"10.0.0.0/8\"",
        ),
        ("shutdown_timeout = \"0s\"", "shutdown_timeout: a duration longer than zero is wanted"),
        (
            "dialects.knox.wire = \"Deployed\"",
            "dialects.knox.wire: one of \"documented\", \"deployed\" is wanted",
        ),
        ("dialects.knox.scope = \"all\"", "dialects.knox.scope: one of \"dialect\", \"account\" is wanted"),
    ]);
}

#[test]
fn an_argon2_cost_outside_its_bounds_is_said_of_the_key_at_fault() {
    for (text, key) in [
        ("password.memory_kib = 7", "password.memory_kib"),
        ("password.parallelism = 4\npassword.memory_kib = 31", "password.memory_kib"),
        ("password.iterations = 0", "password.iterations"),
        ("password.iterations = 1000", "password.iterations"),
        ("password.parallelism = 0", "password.parallelism"),
        ("password.parallelism = 1000", "password.parallelism"),
        ("password.memory_kib = 4294967295", "password.memory_kib"),
        ("password.memory_kib = 4294967296", "password.memory_kib"),
    ] {
        let faults = faults(text, &[]);
        assert_eq!(faults.len(), 1, "{faults:?}");
        let line = text.lines().count();
        assert!(faults[0].starts_with(&format!("vestibule.toml:{line}: {key}: ")), "{faults:?}");
    }
}

#[test]
fn the_documented_bounds_of_the_cost_are_those_that_hold() {
    for (key, most) in [
        ("password.memory_kib", Cost::MAX_MEMORY_KIB),
        ("password.iterations", Cost::MAX_ITERATIONS),
        ("password.parallelism", Cost::MAX_PARALLELISM),
    ] {
        let doc = Key::find(key).unwrap().doc;
        assert!(doc.ends_with(&format!(" {most}.")), "{doc}");
    }
}

/// security 2, no. 7.
#[test]
fn a_cost_below_owasps_weakest_advice_is_warned_about_and_accepted() {
    for (memory, passes) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5), (65_536, 3)] {
        let text = format!("password.memory_kib = {memory}\npassword.iterations = {passes}");
        assert_eq!(loaded(&text).warnings, Vec::<String>::new(), "{text}");
    }
    for (memory, passes) in [(47_103, 1), (19_455, 2), (12_287, 3), (9_215, 4), (7_167, 5), (8, 1)] {
        let loaded = loaded(&format!("password.memory_kib = {memory}\npassword.iterations = {passes}"));
        assert_eq!(loaded.warnings.len(), 1, "{memory} {passes}");
        assert!(loaded.warnings[0].contains("OWASP"), "{:?}", loaded.warnings);
        assert_eq!(loaded.config.password.cost.memory_kib, memory);
    }
}

#[test]
fn a_knox_token_has_at_least_128_random_bits() {
    for length in [32, 40, 64, 128] {
        assert_eq!(
            config(&format!("dialects.knox.token_length = {length}")).dialects.knox.token_length,
            length
        );
    }
    for length in [0, 30, 31, 33, 127, 129, 130, -64] {
        let sentence = format!(
            "dialects.knox.token_length: an even number from 32 to 128 is wanted, not {length}: two characters are \
             one random byte, and a token needs at least 128 random bits"
        );
        refused(&[(&format!("dialects.knox.token_length = {length}"), &sentence)]);
    }
}

#[test]
fn a_knox_token_prefix_is_short_and_can_stand_in_a_header() {
    for prefix in ["", "a", "vst_012345"] {
        assert_eq!(
            config(&format!("dialects.knox.token_prefix = {prefix:?}")).dialects.knox.token_prefix,
            prefix
        );
    }
    for prefix in ["vst_0123456", "a b", "a\\t", "a\\u007f", "\u{e4}"] {
        let sentence = "dialects.knox.token_prefix: at most 10 characters of visible ASCII without white space are wanted";
        refused(&[(&format!("dialects.knox.token_prefix = \"{prefix}\""), sentence)]);
    }
}

#[test]
fn refreshing_needs_an_end_that_can_be_moved() {
    let at = "[dialects.knox]\n";
    let fine = format!("{at}auto_refresh = true\ntoken_ttl = \"10h\"\nauto_refresh_max_ttl = \"10h\"");
    let knox = loaded(&fine);
    assert_eq!(knox.warnings, Vec::<String>::new());
    assert_eq!(knox.config.dialects.knox.auto_refresh_max_ttl, Some(Duration::from_secs(36_000)));
    let seldom = loaded(&format!("{at}auto_refresh = true\ntoken_ttl = \"60s\""));
    assert_eq!(
        seldom.warnings,
        ["dialects.knox.min_refresh_interval is not shorter than token_ttl: no token is ever refreshed"]
    );
    refused(&[
        (
            &format!("{at}auto_refresh = true"),
            "dialects.knox.auto_refresh: token_ttl is wanted beside it: a token that never ends has no end to move",
        ),
        (
            &format!("{at}token_ttl = \"10h\"\nauto_refresh_max_ttl = \"9h\""),
            "dialects.knox.auto_refresh_max_ttl: at least token_ttl, 10h, is wanted: no token may outlive it",
        ),
        (
            &format!("{at}token_ttl = \"0s\""),
            "dialects.knox.token_ttl: a duration longer than zero is wanted",
        ),
        (
            &format!("{at}min_refresh_interval = \"\""),
            "dialects.knox.min_refresh_interval: a duration is wanted: a whole number and s, m, h or d, such as \"90s\" or \"14d\"",
        ),
    ]);
}

#[test]
fn a_public_url_that_was_forgotten_is_warned_about() {
    let tls = "[tls]\ncertificate_file = \"c\"\nkey_file = \"k\"";
    let listen = "listen = \"0.0.0.0:80\"\n";
    let cases = [
        (String::new(), 0),
        (listen.to_owned(), 1),
        (format!("{listen}public_url = \"http://a.example\""), 0),
        (tls.to_owned(), 1),
        (format!("public_url = \"http://a.example\"\n{tls}"), 1),
        (format!("public_url = \"https://a.example\"\n{tls}"), 0),
    ];
    for (text, warnings) in cases {
        let found = loaded(&text).warnings;
        assert_eq!(found.len(), warnings, "{text}: {found:?}");
        assert!(found.iter().all(|warning| warning.starts_with("public_url ")), "{found:?}");
    }
}
