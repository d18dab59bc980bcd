//! The layers of a configuration - defaults, file, environment - laid over each other, with the place that
//! each value came from, so that a complaint can name it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use toml::{Table, Value};

use super::keys::{self, ARRAYS, Array, Key, Preset};
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
    /// The key's concrete path as typed; empty when the place says enough.
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
    /// By concrete path.
    values: BTreeMap<String, (Value, Place)>,
    /// Where each entry of an array of tables begins, by the array's path.
    entries: BTreeMap<&'static str, Vec<Place>>,
}

impl Layers {
    /// Sets the key with this concrete path.
    pub(super) fn set(&mut self, path: &str, value: Value, place: Place) {
        self.values.insert(path.to_owned(), (value, place));
    }

    /// Adds an entry to an array of tables.
    pub(super) fn enter(&mut self, array: &Array, place: Place) {
        self.entries.entry(array.path).or_default().push(place);
    }

    /// How many entries an array of tables has.
    pub(super) fn entries(&self, array: &Array) -> usize {
        self.entries.get(array.path).map_or(0, Vec::len)
    }

    /// Whether anyone has set the key with this concrete path.
    pub(super) fn is_set(&self, path: &str) -> bool {
        self.values.contains_key(path)
    }

    /// Where the value of this concrete path comes from, or, where an entry lacks it, should have come from: the line
    /// where the entry begins, or the variable that was not set.
    pub(super) fn place(&self, path: &str) -> Place {
        if let Some((_, place)) = self.values.get(path) {
            return place.clone();
        }
        let entry = keys::entry(path).and_then(|(array, index)| self.entries.get(array.path)?.get(index));
        match entry {
            Some(Place::Variable(_)) => Place::Variable(keys::variable(path)),
            Some(place @ (Place::Line { .. } | Place::Preset)) => place.clone(),
            None => Place::Preset,
        }
    }

    /// All values, the defaults below them.
    ///
    /// # Errors
    ///
    /// Only when the table of keys and [`Raw`] disagree, which a test excludes.
    pub(super) fn raw(&self) -> Result<Raw, toml::de::Error> {
        let mut top = Table::new();
        for key in keys::keys().filter(|key| key.array().is_none()) {
            if let Some(value) = self.value(key, key.path)? {
                insert(&mut top, key.path, value);
            }
        }
        for array in ARRAYS {
            let entries = (0..self.entries(array)).map(|index| self.entry(array, index).map(Value::Table));
            insert(&mut top, array.path, Value::Array(entries.collect::<Result<_, _>>()?));
        }
        Raw::deserialize(top)
    }

    fn entry(&self, array: &Array, index: usize) -> Result<Table, toml::de::Error> {
        let mut entry = Table::new();
        for key in array.keys() {
            if let Some(value) = self.value(key, &key.path_at(index))? {
                entry.insert(key.name().to_owned(), value);
            }
        }
        Ok(entry)
    }

    /// The key's value at this concrete path, or its default.
    fn value(&self, key: &Key, path: &str) -> Result<Option<Value>, toml::de::Error> {
        Ok(match (self.values.get(path), key.preset) {
            (Some((value, _)), _) => Some(value.clone()),
            (None, Preset::Toml(text)) => {
                Some(Value::deserialize(toml::de::ValueDeserializer::parse(text)?)?)
            }
            (None, Preset::Follows(_)) => None,
            (None, Preset::Required) => Some(Value::from("")),
        })
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
