//! Doors through which nobody can come.

use super::finding::{Finding, Rule};
use crate::config::Config;
use crate::mount::DIALECTS;

pub(super) static RULES: &[&Rule] = &[&NO_DOOR, &NO_WAY_IN, &CLOSED];

static NO_DOOR: Rule = Rule::fault(
    "no_dialect",
    "dialects.*.enabled",
    "no dialect is served",
    "Enable the dialect that your clients speak",
);
static NO_WAY_IN: Rule = Rule::fault(
    "no_way_in",
    "password.sign_in",
    "passwords are not taken and there is no provider: nobody can sign in",
    "Set password.sign_in = true, or name a provider",
);
static CLOSED: Rule = Rule::warning(
    "door_closed",
    "dialects.*.enabled",
    "a dialect is served through which nobody can sign in",
    "Give it the way in that is named, or switch the dialect off",
);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let enabled =
        |name: &str| DIALECTS.iter().any(|entry| entry.dialect.name == name && (entry.is_enabled)(config));
    if !DIALECTS.iter().any(|entry| (entry.is_enabled)(config)) {
        return vec![NO_DOOR.met("all are switched off")];
    }
    let (passwords, providers) = (config.password.sign_in, config.providers.len());
    if !passwords && providers == 0 {
        return vec![NO_WAY_IN.met("password.sign_in is false, and there is no [[providers]]")];
    }
    let closed = |name: &str, wants: &str| {
        CLOSED.met_at(format!("dialects.{name}.enabled"), format!("{name} has no way in: {wants}"))
    };
    let mut findings = Vec::new();
    if enabled("knox") && !passwords {
        findings.push(closed("knox", "it takes passwords only, and password.sign_in is false"));
    }
    // Our own page takes a provider's place where none is, or several are and none is named.
    let chosen = [
        ("bixarena", config.dialects.bixarena.provider.is_some()),
        ("trieve", config.dialects.trieve.provider.is_some()),
    ];
    for (name, is_named) in chosen {
        let has_provider = is_named || providers == 1;
        if enabled(name) && !has_provider && !enabled("native") {
            findings.push(closed(
                name,
                "name its provider, or enable dialects.native, whose page takes its place",
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::fine("every dialect that is served has a way in"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = "[[providers]]\nid = \"acme\"\nissuer = \"https://acme.example\"\nclient_id = \"x\"\n";

    fn named(settings: &str) -> Vec<(String, &'static str)> {
        let config = crate::config::parse("x", settings, []).unwrap().config;
        look(&config).iter().filter_map(|it| Some((it.key.clone(), it.rule?.name))).collect()
    }

    #[test]
    fn a_house_without_a_way_in_is_named_once() {
        assert_eq!(named("password.sign_in = false"), [("password.sign_in".to_owned(), "no_way_in")]);
        let off = ["knox", "syntho", "probe", "bixarena", "trieve", "native"]
            .map(|name| format!("dialects.{name}.enabled = false\n"))
            .concat();
        assert_eq!(named(&off), [("dialects.*.enabled".to_owned(), "no_dialect")]);
    }

    #[test]
    fn a_door_that_nobody_can_use_is_named() {
        let closed = |name: &str| (format!("dialects.{name}.enabled"), "door_closed");
        assert_eq!(named(&format!("password.sign_in = false\n{ACME}")), [closed("knox")]);
        assert_eq!(named("dialects.native.enabled = false"), [closed("bixarena"), closed("trieve")]);
        assert_eq!(named(&format!("dialects.native.enabled = false\n{ACME}")), []);
        assert_eq!(named(""), []);
    }
}
