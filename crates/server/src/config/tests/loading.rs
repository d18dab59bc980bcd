//! Where settings come from, and how a complaint names the place.

use std::path::{Path, PathBuf};

use super::super::load::load_from;
use super::super::{LogLevel, Wire, parse};
use super::{config, env, faults};

/// A folder with two files that can be told apart by their log level.
fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first.toml"), dir.path().join("second.toml"));
    std::fs::write(&first, "log.level = \"warn\"").unwrap();
    std::fs::write(&second, "log.level = \"error\"").unwrap();
    (dir, first, second)
}

#[test]
fn the_file_of_the_command_line_wins_over_the_variable_and_that_over_the_default_file() {
    let (dir, first, second) = folder();
    let absent = dir.path().join("absent.toml");
    let variable = env(&[("VESTIBULE_CONFIG", second.to_str().unwrap())]);

    let named = load_from(Some(&first), variable.clone(), &absent).unwrap();
    assert_eq!((named.config.log.level, named.file), (LogLevel::Warn, Some(first.clone())));
    let by_variable = load_from(None, variable, &first).unwrap();
    assert_eq!((by_variable.config.log.level, by_variable.file), (LogLevel::Error, Some(second)));
    let by_default = load_from(None, [], &first).unwrap();
    assert_eq!((by_default.config.log.level, by_default.file), (LogLevel::Warn, Some(first.clone())));
    let none = load_from(None, [], &absent).unwrap();
    assert_eq!((none.config, none.file, none.warnings), (config(""), None, vec![]));
    let empty = load_from(None, env(&[("VESTIBULE_CONFIG", "")]), &first).unwrap();
    assert_eq!(empty.file, Some(first));
}

#[test]
fn a_named_file_that_is_missing_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let (absent, other) = (dir.path().join("absent.toml"), dir.path().join("other.toml"));
    let name = absent.to_str().unwrap();
    let named = load_from(Some(&absent), [], &other).unwrap_err().to_string();
    assert!(named.starts_with(&format!("{name}: the file named by --config cannot be read: ")), "{named}");
    let by_variable = load_from(None, env(&[("VESTIBULE_CONFIG", name)]), &other).unwrap_err().to_string();
    assert!(
        by_variable.starts_with(&format!("{name}: the file named by VESTIBULE_CONFIG cannot")),
        "{by_variable}"
    );
}

#[test]
fn a_default_file_that_exists_but_cannot_be_read_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let error = load_from(None, [], dir.path()).unwrap_err().to_string();
    assert!(error.contains("the file cannot be read: "), "{error}");
}

#[test]
fn a_variable_wins_over_the_file_and_lists_are_separated_by_commas() {
    let variables = [
        ("VESTIBULE_LISTEN", "0.0.0.0:0"),
        ("VESTIBULE_TRUSTED_PROXIES", "10.0.0.0/8, ::1/128,"),
        ("VESTIBULE_DIALECTS__KNOX__WIRE", "deployed"),
        ("VESTIBULE_DIALECTS__KNOX__TOKEN_TTL", ""),
        ("VESTIBULE_DIALECTS__KNOX__ENABLED", "false"),
        ("VESTIBULE_LIMITS__BODY_BYTES", "2048"),
        ("HOME", "/nowhere"),
    ];
    let text = "listen = \"127.0.0.1:1\"\n[dialects.knox]\ntoken_ttl = \"1h\"\ntoken_length = 40";
    let config = parse("vestibule.toml", text, env(&variables)).unwrap().config;
    assert_eq!(config.listen.to_string(), "0.0.0.0:0");
    assert_eq!(
        config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["10.0.0.0/8", "::1/128"]
    );
    assert_eq!((config.dialects.knox.wire, config.dialects.knox.token_ttl), (Wire::Deployed, None));
    assert!(!config.dialects.knox.enabled);
    assert_eq!((config.limits.body_bytes, config.dialects.knox.token_length), (2048, 40));
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_key_that_was_meant() {
    let cases = [
        ("\n\nlissten = 1", "3: lissten: there is no such key; did you mean listen?"),
        ("level = \"off\"", "1: level: there is no such key; did you mean level in section [log]?"),
        (
            "[tls]\nlisten = 1",
            "2: tls.listen: there is no such key; did you mean listen, above the first section?",
        ),
        (
            "[dialects.knox]\nwier = 1",
            "2: dialects.knox.wier: there is no such key; did you mean dialects.knox.wire?",
        ),
        ("[knox]\nwire = 1", "1: knox: there is no such section; did you mean dialects.knox?"),
        ("[dialect.knox]", "1: dialect: there is no such section; did you mean dialects?"),
        ("[dialects.nox]", "1: dialects.nox: there is no such section; did you mean dialects.knox?"),
        ("colour = 1", "1: colour: there is no such key"),
        ("[[colours]]", "1: colours: there is no such section"),
        (
            "\"log.level\" = \"off\"",
            "1: log.level: there is no such key: within quotes a dot makes no levels",
        ),
        ("\ntls = true", "2: tls: this is a section: its keys stand below [tls]"),
    ];
    for (text, sentence) in cases {
        assert_eq!(faults(text, &[]), [format!("vestibule.toml:{sentence}")], "{text}");
    }
}

#[test]
fn a_wrong_type_is_named_with_its_line_and_the_type_that_is_wanted() {
    let cases = [
        ("listen = 8080", "1: listen: an IP address with a port is wanted, not a number"),
        (
            "[log]\n\nlevel = true",
            "3: log.level: one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \"trace\" is wanted, not a truth value",
        ),
        ("limits.body_bytes = \"1k\"", "1: limits.body_bytes: a whole number is wanted, not a string"),
        ("limits.body_bytes = 1.5", "1: limits.body_bytes: a whole number is wanted, not a number"),
        (
            "limits.body_bytes = 9223372036854775808",
            "1: limits.body_bytes: a whole number is wanted, not one so large",
        ),
        ("password.sign_in = \"yes\"", "1: password.sign_in: true or false is wanted, not a string"),
        (
            "trusted_proxies = \"::1\"",
            "1: trusted_proxies: a list of networks in CIDR notation is wanted, not a string",
        ),
        (
            "trusted_proxies = [1]",
            "1: trusted_proxies: a list of networks in CIDR notation is wanted, not one of anything but strings",
        ),
        (
            "shutdown_timeout = 10",
            "1: shutdown_timeout: a duration such as \"90s\", \"30m\", \"24h\" or \"14d\" is wanted, not a number",
        ),
        ("[public_url]", "1: public_url: an http or https URL without a path is wanted, not a section"),
        ("listen = 2026-01-01", "1: listen: an IP address with a port is wanted, not a date"),
    ];
    for (text, sentence) in cases {
        assert_eq!(faults(text, &[]), [format!("vestibule.toml:{sentence}")], "{text}");
    }
}

#[test]
fn numbers_may_be_grouped_and_hexadecimal_as_in_toml() {
    assert_eq!(config("limits.body_bytes = 1_048_576").limits.body_bytes, 1_048_576);
    assert_eq!(config("limits.body_bytes = 0x800").limits.body_bytes, 2048);
}

#[test]
fn a_fault_of_syntax_is_named_with_its_line_and_without_its_text() {
    for text in ["\nlisten = \"hunter2\nlog.level = \"off\"", "listen = 1\nlisten = 2", "\nhunter2 hunter2"] {
        let faults = faults(text, &[]);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("vestibule.toml:2: this is not TOML: "), "{faults:?}");
        assert!(!faults[0].contains("hunter2"), "{faults:?}");
    }
}

#[test]
fn a_wrong_variable_is_named() {
    let cases = [
        (("VESTIBULE_LIMITS__BODY_BYTES", "1k"), "a whole number is wanted"),
        (("VESTIBULE_LIMITS__BODY_BYTES", ""), "a whole number is wanted"),
        (("VESTIBULE_LIMITS__BODY_BYTES", "1"), "a number from 1024 to 16777216 is wanted, not 1"),
        (("VESTIBULE_PASSWORD__SIGN_IN", "yes"), "true or false is wanted"),
        (("VESTIBULE_LOG__FORMAT", "xml"), "one of \"text\", \"json\" is wanted"),
        (("VESTIBULE_LOG__LEVLE", "off"), "there is no such setting; did you mean VESTIBULE_LOG__LEVEL?"),
        (("VESTIBULE_KNOX__COLOUR", "red"), "there is no such setting"),
        (("VESTIBULE_log__level", "off"), "there is no such setting; did you mean VESTIBULE_LOG__LEVEL?"),
    ];
    for ((name, value), sentence) in cases {
        assert_eq!(faults("", &[(name, value)]), [format!("{name}: {sentence}")]);
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused_and_a_foreign_one_is_not_looked_at() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = || std::ffi::OsString::from_vec(vec![0xff]);
    assert!(parse("x", "", [("FOREIGN".into(), bytes()), (bytes(), bytes())]).is_ok());
    let error = parse("x", "", [("VESTIBULE_DATA_DIR".into(), bytes())]).unwrap_err();
    assert_eq!(error.to_string(), "VESTIBULE_DATA_DIR: a path is wanted");
}

#[test]
fn an_unknown_variable_of_one_level_is_only_warned_about() {
    let variables = env(&[("VESTIBULE_PORT", "tcp://10.0.0.1:8080"), ("VESTIBULE_DATABASE_URL", "x")]);
    let warnings = parse("vestibule.toml", "", variables).unwrap().warnings;
    let expected = [
        "VESTIBULE_DATABASE_URL: there is no such setting, the variable is passed over; did you mean VESTIBULE_DATABASE__URL?",
        "VESTIBULE_PORT: there is no such setting, the variable is passed over",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn all_faults_are_shown_at_once() {
    let wrong = faults("colour = 1\n[log]\nlevel = 1\n", &[("VESTIBULE_A__B", "1")]);
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    let bad = faults("listen = \"x\"\nshutdown_timeout = \"0s\"\n[log]\nlevel = \"loud\"", &[]);
    assert_eq!(bad.len(), 3, "{bad:?}");
}

#[test]
fn the_default_file_is_in_the_working_directory() {
    assert_eq!(Path::new(super::super::DEFAULT_FILE), Path::new("vestibule.toml"));
}
