//! Settings from the environment: `VESTIBULE_` and the key's path in capitals, `__` between its levels, the number of an
//! entry among them.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ffi::OsString;

use toml::Value;

use super::keys::{self, ARRAYS, Array, Key, Kind, VARIABLE_PREFIX};
use super::layers::{Layers, Place, Problem};
use super::suggest;

/// The variable that names the configuration file.
pub const FILE_VARIABLE: &str = "VESTIBULE_CONFIG";

/// The environment of this process: the one place that reads it.
#[expect(clippy::disallowed_methods, reason = "everything else is handed what this returns")]
pub fn process() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os()
}

/// The variables of an environment that may be meant for Vestibule, by name.
pub(super) struct Variables(Vec<(String, OsString)>);

impl Variables {
    pub(super) fn of(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let ours = environment.into_iter().filter_map(|(name, value)| {
            let name = name.to_string_lossy().into_owned();
            name.starts_with(VARIABLE_PREFIX).then_some((name, value))
        });
        let mut ours: Vec<_> = ours.collect();
        ours.sort();
        Self(ours)
    }

    /// The configuration file that the environment names; an empty name is none.
    pub(super) fn file(&self) -> Option<&OsString> {
        let named = self.0.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        named.map(|(_, value)| value)
    }

    /// Lays the settings over what is there. Returns what is wrong, and what is only odd.
    pub(super) fn apply(&self, layers: &mut Layers) -> (Vec<Problem>, Vec<String>) {
        let (mut problems, mut warnings) = (self.enter(layers), Vec::new());
        for (name, value) in self.0.iter().filter(|(name, _)| name != FILE_VARIABLE) {
            let place = Place::Variable(name.clone());
            if let Some(array) = Array::of_variable(name) {
                let example = array.keys().next().map(Key::variable).unwrap_or_default();
                let message = format!("the keys of each entry are set one by one, as by {example}");
                problems.push(Problem { place, path: String::new(), message });
                continue;
            }
            match (Key::of_variable(name), name.contains("__")) {
                (Some((key, path)), _) => match value.to_str().and_then(|text| convert(key.kind, text)) {
                    Some(value) => layers.set(&path, value, place),
                    None => {
                        let message = format!("{} is wanted", wanted(key.kind));
                        problems.push(Problem { place, path, message });
                    }
                },
                (None, true) => {
                    let hint = suggest::variable(name).unwrap_or_default();
                    let message = format!("there is no such setting{hint}");
                    problems.push(Problem { place, path: String::new(), message });
                }
                // Container platforms put such names into the environment of every neighbour of a service
                // called "vestibule": VESTIBULE_PORT, VESTIBULE_SERVICE_HOST.
                (None, false) => {
                    let hint = suggest::variable(name).unwrap_or_default();
                    warnings
                        .push(format!("{name}: there is no such setting, the variable is passed over{hint}"));
                }
            }
        }
        (problems, warnings)
    }

    /// Adds the entries of arrays of tables that the file does not have. Returns the gaps in their numbers.
    fn enter(&self, layers: &mut Layers) -> Vec<Problem> {
        let mut problems = Vec::new();
        for array in ARRAYS {
            let mut named = BTreeMap::new();
            for (name, _) in &self.0 {
                let path = Key::of_variable(name).map(|(_, path)| path);
                if let Some((within, index)) = path.as_deref().and_then(keys::entry)
                    && within.path == array.path
                {
                    named.entry(index).or_insert(name);
                }
            }
            for (index, name) in named {
                let place = Place::Variable(name.clone());
                let next = layers.entries(array);
                match index.cmp(&next) {
                    Ordering::Less => {}
                    Ordering::Equal => layers.enter(array, place),
                    Ordering::Greater => {
                        let message = format!(
                            "there is no entry {next} before it: the entries of [[{}]] are numbered from 0, those of \
                             the file first, and no number is left out",
                            array.path
                        );
                        problems.push(Problem { place, path: String::new(), message });
                        break;
                    }
                }
            }
        }
        problems
    }
}

/// The value, if the text can be one of the key's type.
fn convert(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text(_) | Kind::Choice(_) | Kind::Duration | Kind::OptionalDuration => Some(Value::from(text)),
        Kind::Number => text.trim().parse::<i64>().ok().map(Value::from),
        Kind::Switch => text.trim().parse::<bool>().ok().map(Value::from),
        Kind::List(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::Array(items.map(Value::from).collect()))
        }
    }
}

fn wanted(kind: Kind) -> String {
    let commas = if matches!(kind, Kind::List(_)) { ", separated by commas," } else { "" };
    format!("{}{commas}", kind.wanted())
}
