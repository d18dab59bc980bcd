//! The closed list of rules that refuse: one name for the log, for `vestibule explain` and for `docs/refusals.md`, with what
//! the operator does about it.
//!
//! Rules of the wire are in it too, because whoever looks one up has one list. What was seen and what was wanted stands
//! where a rule is applied ([`crate::error`]); which value a key has at present is the server's to tell.

mod kinds;
mod table;

pub use table::Rule;

/// Which configuration key decides about a rule, as `vestibule config show` spells its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidingKey {
    /// None: it is so for every installation.
    None,
    /// This one.
    Path(&'static str),
    /// This one in the section of the door that refused; where it has none, or no door did, the other one if any.
    OfDoor(&'static str, Option<&'static str>),
    /// Those that say how long a login by the door lasts.
    LifetimeOfDoor,
}

impl DecidingKey {
    /// The key as it is told of every door.
    #[must_use]
    pub fn told(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Path(path) => path.to_owned(),
            Self::OfDoor(name, None) => format!("dialects.DOOR.{name}"),
            Self::OfDoor(name, Some(else_)) => format!("dialects.DOOR.{name}, else {else_}"),
            Self::LifetimeOfDoor => "the lifetimes in dialects.DOOR".to_owned(),
        }
    }
}

impl Rule {
    /// The rule of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

#[cfg(test)]
mod tests {
    //! What every entry of the list keeps.

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_whole_sentences() {
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert!(rule.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", rule.name());
            assert_eq!(Rule::ALL.iter().position(|other| other.name() == rule.name()), Some(index));
            assert_eq!(Rule::from_name(rule.name()), Some(*rule));
            for sentence in [rule.means(), rule.remedy()] {
                let opens = sentence.starts_with(|c: char| c.is_uppercase() || c == '`');
                assert!(opens && sentence.ends_with('.'), "{}: {sentence}", rule.name());
                assert!(!sentence.contains(['\n', '|']), "{}: {sentence}", rule.name());
            }
        }
    }
}
