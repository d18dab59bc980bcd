//! The findings in order, as text and as JSON, and whether all is well.

use serde_json::{Value, json};

use super::finding::{Finding, Level};

/// What came out of an examination.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn add(&mut self, check: &'static str, findings: Vec<Finding>) {
        self.findings.extend(findings.into_iter().map(|finding| Finding { check, ..finding }));
    }

    /// Takes warnings of these names for known: they count as fine. Faults cannot be accepted.
    pub fn accept(&mut self, names: &[String]) {
        for finding in &mut self.findings {
            let named = finding.rule.is_some_and(|rule| names.iter().any(|name| name == rule.name));
            if named && finding.level == Level::Warning {
                finding.level = Level::Fine;
            }
        }
    }

    /// Whether there is neither a fault nor a warning.
    #[must_use]
    pub fn is_well(&self) -> bool {
        !self.findings.iter().any(Finding::is_wrong)
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// For people: a block a finding, and a line that sums up.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(lines).collect();
        lines.push(format!(
            "faults: {}, warnings: {}, fine: {}, skipped: {}",
            self.count(Level::Fault),
            self.count(Level::Warning),
            self.count(Level::Fine),
            self.count(Level::Skipped)
        ));
        lines.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let findings = self.findings.iter().map(|finding| {
            json!({
                "level": finding.level.name(),
                "check": finding.check,
                "finding": finding.rule.map(|rule| rule.name),
                "key": Some(&finding.key).filter(|key| !key.is_empty()),
                "seen": finding.seen,
                "remedy": finding.rule.map(|rule| rule.remedy),
            })
        });
        json!({"ok": self.is_well(), "findings": findings.collect::<Vec<_>>()})
    }
}

fn lines(finding: &Finding) -> String {
    let Finding { level, check, seen, key, rule } = finding;
    let seen = printable(seen);
    match rule {
        None => format!("{level:<8} {check:<14} {seen}"),
        Some(rule) => {
            let key = if key.is_empty() { String::new() } else { format!(" ({key})") };
            format!("{level:<8} {check:<14} {}{key}: {seen}.\n{:24}{}.", rule.name, "", rule.remedy)
        }
    }
}

/// What strangers wrote must not reach a terminal as it is.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Rule;

    static FAULT: Rule = Rule::fault("a_fault", "a.key", "x", "Mend it");
    static WARNING: Rule = Rule::warning("a_warning", "", "x", "Think about it");

    fn report() -> Report {
        let mut report = Report::default();
        report.add("one", vec![FAULT.met("a\u{1b}[31mb"), WARNING.met("c")]);
        report.add("two", vec![Finding::fine("d"), Finding::skipped("e")]);
        report
    }

    #[test]
    fn a_report_names_rule_key_and_remedy_and_no_terminal_is_steered() {
        let told = "fault    one            a_fault (a.key): a\u{FFFD}[31mb.\n                        Mend it.\n\
                    warning  one            a_warning: c.\n                        Think about it.\n\
                    fine     two            d\nskipped  two            e\n\
                    faults: 1, warnings: 1, fine: 1, skipped: 1";
        assert_eq!(report().text(), told);
    }

    #[test]
    fn warnings_are_accepted_by_name_and_faults_are_not() {
        let mut all = report();
        all.accept(&["a_fault".to_owned(), "a_warning".to_owned()]);
        assert_eq!((all.count(Level::Fault), all.count(Level::Warning), all.is_well()), (1, 0, false));
        all.findings.retain(|finding| finding.level != Level::Fault);
        assert!(all.is_well());
    }
}
