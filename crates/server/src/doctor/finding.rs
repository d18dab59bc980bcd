//! What an examination comes to: findings, each of a rule or of a check that found nothing wrong.

use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something does not work, or is open to others.
    Fault,
    /// It works, and not as well as it should.
    Warning,
    /// As it should be.
    Fine,
    /// Not looked at, for the reason told.
    Skipped,
}

impl Level {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Warning => "warning",
            Self::Fine => "fine",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What can be wrong, and what to do about it. `docs/operations.md` has a row for each.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which stays.
    pub name: &'static str,
    /// [`Level::Fault`] or [`Level::Warning`].
    pub level: Level,
    /// The key of the configuration that decides, or what else does; a star stands for an entry's number.
    pub key: &'static str,
    /// What it means, as a clause.
    pub means: &'static str,
    /// What to do, as a sentence without its full stop.
    pub remedy: &'static str,
}

impl Rule {
    /// A fault.
    #[must_use]
    pub const fn fault(
        name: &'static str,
        key: &'static str,
        means: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { name, level: Level::Fault, key, means, remedy }
    }

    /// A warning.
    #[must_use]
    pub const fn warning(
        name: &'static str,
        key: &'static str,
        means: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { name, level: Level::Warning, key, means, remedy }
    }

    /// The rule was met; `seen` is a clause that holds no secret.
    pub fn met(&'static self, seen: impl Into<String>) -> Finding {
        Finding {
            check: "",
            level: self.level,
            rule: Some(self),
            key: self.key.to_owned(),
            seen: seen.into(),
        }
    }

    /// As [`Rule::met`], with the very key.
    pub fn met_at(&'static self, key: impl Into<String>, seen: impl Into<String>) -> Finding {
        Finding { key: key.into(), ..self.met(seen) }
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The rule that was met; none where nothing is wrong.
    pub rule: Option<&'static Rule>,
    /// The key of the configuration that decides; empty where none does.
    pub key: String,
    /// What was seen, as a clause.
    pub seen: String,
}

impl Finding {
    /// All is well.
    pub fn fine(seen: impl Into<String>) -> Self {
        Self { check: "", level: Level::Fine, rule: None, key: String::new(), seen: seen.into() }
    }

    /// Nobody looked.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self { level: Level::Skipped, ..Self::fine(why) }
    }

    /// Whether something is to be done about it.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        matches!(self.level, Level::Fault | Level::Warning)
    }
}
