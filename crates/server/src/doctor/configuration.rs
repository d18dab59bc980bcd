//! The configuration: every fault and every warning that a start would tell.

use super::finding::{Finding, Rule};
use crate::config::{ConfigError, Loaded};

pub(super) static RULES: &[&Rule] = &[&CONFIGURATION, &CONFIGURATION_ODD];

static CONFIGURATION: Rule = Rule::fault(
    "configuration",
    "",
    "the configuration does not hold, and nothing else can be looked at",
    "Mend the key that is named: docs/configuration.md says what each takes",
);
static CONFIGURATION_ODD: Rule = Rule::warning(
    "configuration_odd",
    "",
    "the configuration holds, and a start would warn",
    "Change the key that is named, or accept it",
);

/// How a warning begins that nobody has said what the public address is: there is none to ask at.
pub(super) const NO_ADDRESS: &str = "public_url is not set";

/// What is said by [`super::site`] more precisely.
const TOLD_ELSEWHERE: &[&str] =
    &["public_url begins with http:// though [tls]", "public_url begins with http://: what [[providers]]"];

pub(super) fn faults(error: &ConfigError) -> Vec<Finding> {
    error.sentences().map(|sentence| CONFIGURATION.met(sentence)).collect()
}

pub(super) fn look(loaded: &Loaded) -> Vec<Finding> {
    let told = |warning: &&String| !TOLD_ELSEWHERE.iter().any(|known| warning.starts_with(known));
    let odd: Vec<Finding> =
        loaded.warnings.iter().filter(told).map(|warning| CONFIGURATION_ODD.met(warning.clone())).collect();
    if !odd.is_empty() {
        return odd;
    }
    let from = loaded.file.as_ref().map_or("no file".to_owned(), |file| file.display().to_string());
    vec![Finding::fine(format!("read from {from} and the environment"))]
}
