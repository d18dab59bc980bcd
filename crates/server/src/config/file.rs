//! Reads the text of a configuration file into the layers: syntax, unknown keys and wrong types, each with its
//! line. What a value means is not looked at here.

use toml::Value;
use toml::de::{DeArray, DeTable, DeValue};

use super::keys::{Array, Key, Kind, sections};
use super::layers::{Layers, Place, Problem};
use super::suggest;

/// Lays the file's values over what is there and returns what is wrong with it.
pub(super) fn apply(layers: &mut Layers, file: &str, text: &str) -> Vec<Problem> {
    let mut reader = Reader { layers, file, text, problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    match errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start)) {
        None => reader.table("", table.get_ref()),
        // The first fault only, since others may follow from it. The parser's own display would repeat the line,
        // and a line may hold a secret.
        Some(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let message = error.message().replace('\n', ", ");
            reader.problem(start, "", format!("this is not TOML: {message}"));
        }
    }
    reader.problems.sort_by_key(|(at, _)| *at);
    reader.problems.into_iter().map(|(_, problem)| problem).collect()
}

struct Reader<'a> {
    layers: &'a mut Layers,
    file: &'a str,
    text: &'a str,
    /// With the byte at which each stands.
    problems: Vec<(usize, Problem)>,
}

impl Reader<'_> {
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let (name, at) = (name.get_ref(), name.span().start);
            let path = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
            if let (Some(array), false) = (Array::find(&path), name.contains('.')) {
                self.entries(array, value.get_ref(), at);
                continue;
            }
            match (Key::find(&path), value.get_ref()) {
                // It would look like a path of several levels, and is one name.
                _ if name.contains('.') => {
                    self.problem(
                        at,
                        &path,
                        "there is no such key: within quotes a dot makes no levels".to_owned(),
                    );
                }
                (Some(key), found) => self.value(key, &path, found, value.span().start),
                (None, DeValue::Table(inner)) if is_section(&path) => self.table(&path, inner),
                (None, _) if is_section(&path) => {
                    self.problem(at, &path, format!("this is a section: its keys stand below [{path}]"));
                }
                (None, found) => {
                    let (what, hint) = if is_written_as_section(found) {
                        ("section", suggest::section(&path))
                    } else {
                        ("key", suggest::key(&path))
                    };
                    let hint = hint.unwrap_or_default();
                    self.problem(at, &path, format!("there is no such {what}{hint}"));
                }
            }
        }
    }

    /// An array of tables, in whichever of TOML's two ways it is written.
    fn entries(&mut self, array: &'static Array, value: &DeValue<'_>, at: usize) {
        let Some(entries) = value.as_array() else {
            let message = format!("this is an array of sections: each entry begins with [[{}]]", array.path);
            return self.problem(at, array.path, message);
        };
        for (index, entry) in entries.iter().enumerate() {
            let (path, at) = (format!("{}.{index}", array.path), entry.span().start);
            let place = self.place(at);
            self.layers.enter(array, place);
            match entry.get_ref().as_table() {
                Some(table) => self.table(&path, table),
                None => self.problem(at, &path, format!("a section is wanted: [[{}]]", array.path)),
            }
        }
    }

    fn value(&mut self, key: &Key, path: &str, value: &DeValue<'_>, at: usize) {
        match convert(key.kind, value) {
            Some(value) => {
                let place = self.place(at);
                self.layers.set(path, value, place);
            }
            None => {
                let message = format!("{} is wanted, not {}", key.kind.wanted(), describe(key.kind, value));
                self.problem(at, path, message);
            }
        }
    }

    fn problem(&mut self, at: usize, path: &str, message: String) {
        let place = self.place(at);
        self.problems.push((at, Problem { place, path: path.to_owned(), message }));
    }

    fn place(&self, at: usize) -> Place {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        Place::Line { file: self.file.to_owned(), line }
    }
}

fn is_section(path: &str) -> bool {
    sections().any(|section| section == path)
}

fn is_written_as_section(value: &DeValue<'_>) -> bool {
    let is_array_of_tables =
        |items: &DeArray<'_>| !items.is_empty() && items.iter().all(|item| item.get_ref().is_table());
    value.is_table() || value.as_array().is_some_and(is_array_of_tables)
}

/// The value, if it is of the key's type.
fn convert(kind: Kind, value: &DeValue<'_>) -> Option<Value> {
    match kind {
        Kind::Text(_) | Kind::Choice(_) | Kind::Duration | Kind::OptionalDuration => {
            value.as_str().map(Value::from)
        }
        Kind::Number => {
            let number = value.as_integer()?;
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::from)
        }
        Kind::Switch => value.as_bool().map(Value::from),
        Kind::List(_) => {
            let texts = value.as_array()?.iter().map(|item| item.get_ref().as_str().map(Value::from));
            texts.collect::<Option<Vec<_>>>().map(Value::Array)
        }
    }
}

/// What a value of the wrong type is, in words, without the value.
fn describe(wanted: Kind, value: &DeValue<'_>) -> &'static str {
    match (value, wanted) {
        (DeValue::Integer(_), Kind::Number) => "one so large",
        (DeValue::Array(_), Kind::List(_)) => "one of anything but strings",
        (DeValue::String(_), _) => "a string",
        (DeValue::Integer(_) | DeValue::Float(_), _) => "a number",
        (DeValue::Boolean(_), _) => "a truth value",
        (DeValue::Datetime(_), _) => "a date",
        (DeValue::Array(_), _) => "a list",
        (DeValue::Table(_), _) => "a section",
    }
}
