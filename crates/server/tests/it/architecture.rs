//! The rules of ARCHITECTURE.md, "Who may know whom" and "What every source file keeps", held by reading the
//! manifests and the sources. Each check is a function of what it reads, and is shown to fail on a bad example.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::source::{self, files, folders, root, tokens, told};

/// Each crate of the house and those it may know.
const HOUSE: &[(&str, &[&str])] = &[
    ("argon2id", &[]),
    ("jose", &[]),
    ("password", &["argon2id"]),
    ("identity", &["jose", "password"]),
    ("mapped", &[]),
    ("store", &["identity", "mapped"]),
    ("upstream", &["jose", "identity"]),
    ("web", &["identity"]),
    ("dialects", &["identity", "web"]),
    ("server", &["jose", "password", "identity", "store", "upstream", "web", "dialects"]),
    (
        "testkit",
        &[
            "argon2id", "mapped", "jose", "password", "identity", "store", "upstream", "web", "dialects",
            "server",
        ],
    ),
    (
        "fuzz",
        &[
            "argon2id", "mapped", "jose", "password", "identity", "store", "upstream", "web", "dialects",
            "server", "testkit",
        ],
    ),
    // Measures the finished binary from outside, and the hashing pool as its limit; counts the instructions of readers.
    ("bench", &["identity", "jose", "password", "web"]),
];

/// What any crate's tests may know besides.
const TESTS_MAY_KNOW: &[&str] = &["testkit", "store"];

/// What the core has never heard of, as its code would name it.
const STRANGERS_TO_THE_CORE: &[&str] = &[
    "axum",
    "axum_server",
    "http",
    "http_body_util",
    "hyper",
    "lettre",
    "reqwest",
    "rusqlite",
    "tokio_postgres",
    "deadpool_postgres",
    "tower",
    "tower_http",
];

/// A file that is longer holds two things.
const MOST_LINES: usize = 600;

/// One crate's wish to know another.
struct Arrow {
    from: String,
    to: String,
    in_tests: bool,
}

fn complaint_about(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, in_tests } = arrow;
    let Some((_, known)) = HOUSE.iter().find(|(name, _)| name == from) else {
        return Some(format!(
            "the crate {from} is in no rule: decide what it may know, and write it into the table of architecture.rs \
             and into ARCHITECTURE.md"
        ));
    };
    let allowed = known.contains(&to.as_str()) || *in_tests && TESTS_MAY_KNOW.contains(&to.as_str());
    (!allowed).then(|| {
        let whose = if *in_tests { format!("the tests of {from}") } else { format!("the crate {from}") };
        format!(
            "{whose} may not know {to} (ARCHITECTURE.md, \"Who may know whom\"): move what is shared down, or ask \
             for it through a port of identity"
        )
    })
}

/// The names that code reaches from the root of its crate, or by climbing: `crate::a`, `crate::{a, b::c}`,
/// `super::super::a`.
fn reached<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let behind = tokens.get(index + 1..).unwrap_or_default();
        match (*token, behind) {
            ("crate" | "super", ["::", "{", group @ ..]) => names.extend(heads(group)),
            ("crate" | "super", ["::", name, ..]) => names.push(*name),
            _ => {}
        }
    }
    names
}

/// The first word of each member of a group, up to its closing brace.
fn heads<'a>(group: &[&'a str]) -> Vec<&'a str> {
    let (mut depth, mut at_head, mut names) = (1_usize, true, Vec::new());
    for token in group {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => at_head = true,
            word if at_head => {
                names.push(word);
                at_head = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn sibling_named_in<'a>(code: &str, siblings: &[&'a str]) -> Option<&'a str> {
    let tokens = tokens(code);
    let reached = reached(&tokens);
    siblings.iter().copied().find(|sibling| reached.contains(sibling))
}

fn stranger_in(code: &str) -> Option<&'static str> {
    let tokens = tokens(code);
    STRANGERS_TO_THE_CORE.iter().copied().find(|stranger| tokens.contains(stranger))
}

/// What is wrong with a source file as such.
fn complaint_about_file(path: &Path, text: &str) -> Option<String> {
    let lines = text.lines().count();
    if lines > MOST_LINES {
        return Some(format!("{} has {lines} lines, more than {MOST_LINES}: divide it", told(path)));
    }
    let is_tests = path.file_name().is_some_and(|name| name == "tests.rs");
    let opens_well = text.starts_with("//!") || text.starts_with("#![doc = include_str!(");
    (!opens_well && !is_tests).then(|| {
        format!("{} does not open with `//!`: say what it is for and what it is not for", told(path))
    })
}

fn nothing(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn sources_of(krate: &str) -> Vec<(String, String)> {
    let folder = if krate == "bench" { root().join(krate) } else { root().join("crates").join(krate) };
    let sources = files(&folder.join("src"), "rs");
    assert!(!sources.is_empty(), "{} holds nothing to check", told(&folder));
    sources.iter().map(|path| (told(path), source::text(path))).collect()
}

#[test]
fn no_crate_knows_one_that_it_may_not() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo describes the workspace");
    let members: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    for (name, _) in HOUSE {
        assert!(members.contains(name), "the rule for {name} is for a crate that is gone");
    }
    let mut arrows = Vec::new();
    for package in &metadata.packages {
        assert!(
            HOUSE.iter().any(|(name, _)| *name == package.name.as_str()),
            "{} is in no rule",
            package.name
        );
        for dependency in &package.dependencies {
            if members.contains(&dependency.name.as_str()) {
                arrows.push(Arrow {
                    from: package.name.to_string(),
                    to: dependency.name.clone(),
                    in_tests: dependency.kind == DependencyKind::Development,
                });
            }
        }
    }
    assert!(arrows.len() >= HOUSE.len(), "the manifests were not read");
    nothing(arrows.iter().filter_map(complaint_about));
}

/// The crates with a measured exception, and the file of each that may use the word.
const UNSAFE: &[(&str, &str)] =
    &[("argon2id", "crates/argon2id/src/backend.rs"), ("mapped", "crates/mapped/src/lib.rs")];

/// The tables of lints below `lints`, of a manifest or of the workspace.
fn lints(manifest: &Path, of_workspace: bool) -> toml::Table {
    let mut table: toml::Table = source::text(manifest).parse().expect("a manifest is TOML");
    if of_workspace {
        table = table["workspace"].as_table().expect("the workspace's table").clone();
    }
    table["lints"].as_table().expect("lints").clone()
}

#[test]
fn every_crate_has_the_lints_of_the_workspace_and_two_deny_unsafe_code_where_all_others_forbid_it() {
    let mut house = lints(&root().join("Cargo.toml"), true);
    assert_eq!(house["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let is_exempt = |krate: &str| UNSAFE.iter().any(|(exempt, _)| *exempt == krate);
    for (krate, _) in HOUSE.iter().filter(|(krate, _)| !is_exempt(krate)) {
        let folder = if *krate == "bench" { root().join(krate) } else { root().join("crates").join(krate) };
        let own = lints(&folder.join("Cargo.toml"), false);
        assert_eq!(own["workspace"].as_bool(), Some(true), "{krate} has lints of its own");
    }
    let rust = house["rust"].as_table_mut().expect("lints of rustc");
    rust.insert("unsafe_code".to_owned(), "deny".into());
    rust.insert("unsafe_op_in_unsafe_fn".to_owned(), "deny".into());
    for (krate, _) in UNSAFE {
        assert_eq!(lints(&root().join("crates").join(krate).join("Cargo.toml"), false), house, "{krate}");
    }
}

#[test]
fn unsafe_code_stands_in_one_file_of_each_and_every_block_has_its_proof() {
    for (krate, file) in UNSAFE {
        let sources = files(&root().join("crates").join(krate), "rs");
        assert!(sources.iter().any(|path| told(path) == *file), "the exception is for a file that is gone");
        for path in &sources {
            let (path, text) = (told(path), source::text(path));
            let blocks = tokens(&text).iter().filter(|token| **token == "unsafe").count();
            let proofs = text.matches("// SAFETY: ").count();
            assert_eq!(blocks > 0, path == *file, "{path} has {blocks}");
            assert_eq!(blocks, proofs, "{path}: a block without a proof, or a proof of nothing");
        }
    }
}

#[test]
fn no_dialect_names_a_sibling() {
    let folders = folders(&root().join("crates/dialects/src"));
    let names: Vec<&str> =
        folders.iter().filter_map(|folder| folder.file_name().and_then(|name| name.to_str())).collect();
    assert!(names.contains(&"knox"), "the dialects were not found");
    for (folder, name) in folders.iter().zip(&names) {
        let siblings: Vec<&str> = names.iter().copied().filter(|other| other != name).collect();
        nothing(files(folder, "rs").iter().filter_map(|path| {
            let sibling = sibling_named_in(&source::text(path), &siblings)?;
            Some(format!(
                "{} names the dialect {sibling}: what two share moves to web if it is mechanism, to identity if it \
                 is a decision",
                told(path)
            ))
        }));
    }
}

#[test]
fn the_core_knows_no_http_and_no_sql() {
    nothing(sources_of("identity").iter().filter_map(|(path, text)| {
        let stranger = stranger_in(text)?;
        Some(format!("{path} names {stranger}: the core knows no HTTP and no SQL"))
    }));
}

#[test]
fn every_source_file_says_what_it_is_for_and_is_short() {
    nothing(
        HOUSE
            .iter()
            .flat_map(|(krate, _)| sources_of(krate))
            .filter_map(|(path, text)| complaint_about_file(Path::new(&path), &text)),
    );
}

#[test]
fn an_arrow_against_the_rule_is_complained_about() {
    let complaint = |from: &str, to: &str, in_tests| {
        complaint_about(&Arrow { from: from.to_owned(), to: to.to_owned(), in_tests })
    };
    for (from, to, in_tests) in [
        ("identity", "store", false),
        ("web", "store", false),
        ("store", "web", false),
        ("dialects", "store", false),
        ("dialects", "password", false),
        ("dialects", "upstream", false),
        ("upstream", "web", false),
        ("password", "identity", false),
        ("server", "argon2id", false),
        ("argon2id", "password", false),
        ("server", "testkit", false),
        ("bench", "server", false),
        ("identity", "web", true),
        ("newcomer", "identity", false),
    ] {
        assert!(complaint(from, to, in_tests).is_some(), "{from} -> {to}");
    }
    for (from, to, in_tests) in
        [("server", "store", false), ("dialects", "testkit", true), ("web", "store", true)]
    {
        assert_eq!(complaint(from, to, in_tests), None, "{from} -> {to}");
    }
}

#[test]
fn a_sibling_is_found_however_it_is_reached() {
    for code in [
        "use crate::probe;",
        "use crate::{knox, probe::wire};",
        "use crate::{\n    knox::{self, error},\n    probe,\n};",
        "fn f() -> crate::probe::Answer {}",
        "use super::super::probe::wire;",
        "use super::{super::probe, caller};",
    ] {
        assert_eq!(sibling_named_in(code, &["probe"]), Some("probe"), "{code}");
    }
    for code in [
        "use crate::knox::{error, probe};",
        "use crate::{knox::{probe}, other};",
        "// crate::probe\nuse crate::knox;",
        "let text = \"crate::probe\";",
        "use probed::probe;",
    ] {
        assert_eq!(sibling_named_in(code, &["probe"]), None, "{code}");
    }
}

#[test]
fn a_stranger_to_the_core_is_found() {
    assert_eq!(stranger_in("use axum::http::StatusCode;"), Some("axum"));
    assert_eq!(stranger_in("fn f(e: rusqlite::Error) {}"), Some("rusqlite"));
    assert_eq!(stranger_in("//! knows no http\nlet https = \"http\";"), None);
}

#[test]
fn a_file_that_is_long_or_says_nothing_is_complained_about() {
    let complaint = |name: &str, text: &str| complaint_about_file(Path::new(name), text);
    assert!(complaint("a.rs", "use std::fmt;\n").is_some_and(|it| it.contains("does not open")));
    assert!(
        complaint("a.rs", &format!("//! x\n{}", "\n".repeat(600))).is_some_and(|it| it.contains("601 lines"))
    );
    assert!(complaint("tests.rs", &"x\n".repeat(601)).is_some());
    assert_eq!(complaint("a.rs", &format!("//! x\n{}", "\n".repeat(599))), None);
    assert_eq!(complaint("a.rs", "#![doc = include_str!(\"README.md\")]\n"), None);
    assert_eq!(complaint("tests.rs", "use super::*;\n"), None);
}
