//! Every part of the port has a case, and no case holds a part that is gone.

use std::collections::BTreeSet;

const PORTS: &str = concat!(
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../identity/src/ports.rs")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../identity/src/ports/change.rs")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../identity/src/ports/conflict.rs"))
);

/// The lines between `opening` and the brace that closes it at the margin.
fn block(opening: &str) -> impl Iterator<Item = &'static str> {
    let (_, rest) = PORTS.split_once(opening).unwrap_or_else(|| panic!("ports.rs has no `{opening}`"));
    rest.lines().skip(1).take_while(|line| *line != "}")
}

/// The names that an indented line may begin with, each with the documentation above it.
fn items(opening: &str, prefix: &str) -> Vec<(String, String)> {
    let mut docs = String::new();
    let mut items = Vec::new();
    for line in block(opening) {
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with([' ', '}'])) else {
            continue;
        };
        if let Some(text) = line.strip_prefix("///") {
            docs.push_str(text);
        } else if let Some(item) = line.strip_prefix(prefix) {
            let name: String = item.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                items.push((name, std::mem::take(&mut docs)));
            }
        }
    }
    items
}

/// The port's parts: methods, changes, and each change with the conflicts that its documentation names.
fn port() -> BTreeSet<String> {
    let mut parts: BTreeSet<String> =
        items("pub trait Store", "async fn ").into_iter().map(|(name, _)| name).collect();
    for (change, docs) in items("pub enum Change", "") {
        let misses = docs.split("[`Conflict::").skip(1);
        parts.extend(misses.map(|rest| format!("{change}/{}", rest.split('`').next().unwrap_or_default())));
        parts.insert(change);
    }
    parts
}

fn difference(of: &BTreeSet<String>, without: &BTreeSet<String>) -> String {
    of.difference(without).cloned().collect::<Vec<_>>().join(", ")
}

/// Fails for a part of the port that no case declares to hold, and for a declared one that the port does not have.
pub(super) fn compare_with_the_port(declared: &[&str]) {
    let declared: BTreeSet<String> = declared.iter().map(|part| (*part).to_owned()).collect();
    let missing = difference(&port(), &declared);
    assert!(
        missing.is_empty(),
        "the store's contract has no case for {missing}: write one and declare it in tests/it/contract/mod.rs"
    );
    let stale = difference(&declared, &port());
    assert!(stale.is_empty(), "the store's contract declares {stale}, which the port does not have");
}

#[test]
fn every_conflict_is_a_miss_of_some_change() {
    let port = port();
    for (conflict, _) in items("pub enum Conflict", "") {
        let missed = port.iter().any(|part| part.ends_with(&format!("/{conflict}")));
        assert!(missed, "no change is documented to miss with Conflict::{conflict}");
    }
}

/// The parser above against the port's first and last parts, so that it cannot come to read nothing.
#[test]
fn the_ports_parts_are_read_from_its_source() {
    let port = port();
    for part in [
        "user",
        "commit",
        "CreateUser",
        "CreateUser/LoginNameTaken",
        "CreateUser/LoginNameRetired",
        "OpenSession/SessionLimit",
        "TouchSession",
        "RecordMasterKey/MasterKeyRecorded",
    ] {
        assert!(port.contains(part), "{part} was not read from ports.rs");
    }
    assert!(!port.iter().any(|part| part.starts_with("TouchSession/")), "TouchSession never misses");
}
