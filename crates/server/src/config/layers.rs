//! The layers of a configuration - defaults, file, environment - laid over each other, with the place that
//! each value came from, so that a complaint can name it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use toml::{Table, Value};

use super::keys::{KEYS, Key, Preset};
use super::raw::Raw;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A line of the file, counted from 1.
    Line { file: String, line: usize },
    /// An environment variable.
    Variable(String),
    /// Nowhere: the default holds.
    Preset,
}

/// What is wrong with one value, key or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) place: Place,
    /// The key's path as typed; empty when the place says enough.
    pub(super) path: String,
    /// A sentence; it never repeats a value that may be a secret.
    pub(super) message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Line { file, line } => write!(f, "{file}:{line}: ")?,
            Place::Variable(name) => return write!(f, "{name}: {}", self.message),
            Place::Preset => {}
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// The values set so far; a later layer replaces an earlier one's.
#[derive(Default)]
pub(super) struct Layers {
    values: BTreeMap<&'static str, (Value, Place)>,
}

impl Layers {
    pub(super) fn set(&mut self, key: &'static Key, value: Value, place: Place) {
        self.values.insert(key.path, (value, place));
    }

    /// Whether anyone has set this key.
    pub(super) fn is_set(&self, path: &str) -> bool {
        self.values.contains_key(path)
    }

    /// Where the value of this key comes from.
    pub(super) fn place(&self, path: &str) -> Place {
        self.values.get(path).map_or(Place::Preset, |(_, place)| place.clone())
    }

    /// All values, the defaults below them.
    ///
    /// # Errors
    ///
    /// Only when `KEYS` and [`Raw`] disagree, which a test excludes.
    pub(super) fn raw(&self) -> Result<Raw, toml::de::Error> {
        let mut top = Table::new();
        for key in KEYS {
            let value = match (self.values.get(key.path), key.preset) {
                (Some((value, _)), _) => value.clone(),
                (None, Preset::Toml(text)) => Value::deserialize(toml::de::ValueDeserializer::parse(text)?)?,
                (None, Preset::Follows(_)) => continue,
            };
            insert(&mut top, key.path, value);
        }
        Raw::deserialize(top)
    }
}

/// Puts a value under a dotted path, making the tables on the way.
pub(super) fn insert(table: &mut Table, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return;
    };
    let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        insert(inner, rest, value);
    }
}
