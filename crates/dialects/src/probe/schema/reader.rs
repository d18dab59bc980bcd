//! Reads values as their declarations say, and collects what is wrong.
//!
//! A text that may be a secret is never repeated in what is said about it; others are, cut.

use super::fields::{Fields, Found};
use super::format;
use super::value::Value;

/// How much of a value is repeated, in characters.
const SHOWN: usize = 64;

/// A text's declaration.
pub(in crate::probe) struct Text {
    path: &'static str,
    is_required: bool,
    is_nullable: bool,
    length: (usize, usize),
    is_email: bool,
}

impl Text {
    pub(in crate::probe) const fn optional(path: &'static str) -> Self {
        Self { path, is_required: false, is_nullable: false, length: (0, usize::MAX), is_email: false }
    }

    pub(in crate::probe) const fn required(path: &'static str) -> Self {
        Self { is_required: true, ..Self::optional(path) }
    }

    /// `null` is as good as nothing; so is an empty text in a form or a query, which have no `null`.
    pub(in crate::probe) const fn nullable(self) -> Self {
        Self { is_nullable: true, ..self }
    }

    /// In characters, both ends included.
    pub(in crate::probe) const fn length(self, min: usize, max: usize) -> Self {
        Self { length: (min, max), ..self }
    }

    pub(in crate::probe) const fn email(self) -> Self {
        Self { is_email: true, ..self }
    }
}

/// A whole number's declaration.
pub(in crate::probe) struct Integer {
    pub(in crate::probe) path: &'static str,
    pub(in crate::probe) min: u64,
    pub(in crate::probe) max: u64,
}

/// The values of one part of a request, and what is wrong with them so far.
pub(in crate::probe) struct Reader<'a> {
    fields: &'a Fields,
    violations: Vec<String>,
    return_url: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(fields: &'a Fields) -> Self {
        Self { fields, violations: Vec::new(), return_url: None }
    }

    pub(super) fn into_violations(self) -> (Vec<String>, Option<String>) {
        (self.violations, self.return_url)
    }

    fn at(&mut self, path: &str, text: &str) {
        self.violations.push(format!("#/{path}: {text}"));
    }

    fn wrong_type(&mut self, path: &str, wanted: &str, found: &str) {
        self.at(path, &format!("expected {wanted}, but got {found}"));
    }

    /// A text. `None`: there is none, or it is wrong, which was noted.
    pub(in crate::probe) fn text(&mut self, text: &Text) -> Option<&'a str> {
        let wanted = if text.is_nullable { "null or string" } else { "string" };
        let value = match self.fields.find(text.path) {
            None => {
                if text.is_required {
                    self.missing(text.path);
                }
                return None;
            }
            Some(Found::Typed("")) if text.is_nullable => return None,
            Some(Found::Json(Value::Null)) if text.is_nullable => return None,
            Some(Found::Typed(value)) => value,
            Some(Found::Json(Value::Text(value))) => value.as_str(),
            Some(Found::Json(other)) => {
                self.wrong_type(text.path, wanted, other.type_name());
                return None;
            }
        };
        let (length, (min, max)) = (value.chars().count(), text.length);
        if length < min {
            self.at(text.path, &format!("length must be >= {min}, but got {length}"));
        } else if length > max {
            self.at(text.path, &format!("length must be <= {max}, but got {length}"));
        }
        if text.is_email && !format::is_email(value) {
            self.at(text.path, &format!("{} is not valid \"email\"", shown(value)));
        }
        Some(value)
    }

    fn missing(&mut self, path: &str) {
        let (outer, name) = path
            .rsplit_once('/')
            .map_or(("#".to_owned(), path), |(outer, name)| (format!("#/{outer}"), name));
        self.violations.push(format!("{outer}: missing properties: \"{name}\""));
    }

    /// `true` or `false`, in a form or a query also `1` or `0`. Nothing is the default.
    pub(in crate::probe) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        match self.fields.find(name) {
            None => default,
            Some(Found::Json(Value::Bool(value))) => *value,
            Some(Found::Typed("true" | "1")) => true,
            Some(Found::Typed("false" | "0")) => false,
            Some(Found::Typed(_)) => {
                self.wrong_type(name, "boolean", "string");
                default
            }
            Some(Found::Json(other)) => {
                self.wrong_type(name, "boolean", other.type_name());
                default
            }
        }
    }

    /// A whole number. `None`: there is none, or it is wrong, which was noted.
    pub(in crate::probe) fn integer(&mut self, integer: &Integer) -> Option<u64> {
        let Integer { path, min, max } = *integer;
        let digits = match self.fields.find(path)? {
            Found::Typed(text) => text.to_owned(),
            Found::Json(Value::Number(number)) => number.to_string(),
            Found::Json(other) => {
                self.wrong_type(path, "integer", other.type_name());
                return None;
            }
        };
        let Some(number) = whole(&digits) else {
            let is_number = serde_json::from_str::<serde_json::Number>(&digits).is_ok();
            let found = if is_number { "number" } else { "string" };
            self.wrong_type(path, "integer", found);
            return None;
        };
        if number < i128::from(min) {
            self.at(path, &format!("must be >= {min} but found {}", cut(&digits)));
        } else if number > i128::from(max) {
            self.at(path, &format!("must be <= {max} but found {}", cut(&digits)));
        }
        u64::try_from(number).ok()
    }

    /// One of a few words. `None`: there is none, or it is wrong, which was noted.
    pub(in crate::probe) fn word<T: Copy>(
        &mut self,
        path: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let found = self.fields.find(path)?;
        self.one_of(path, found, words)
    }

    /// A list of a few words. `None`: there is none.
    pub(in crate::probe) fn words<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<Vec<T>> {
        let values = match self.fields.list(name)? {
            Ok(values) => values,
            Err(found) => {
                self.wrong_type(name, "array", found);
                return None;
            }
        };
        let each = values.into_iter().enumerate();
        Some(
            each.filter_map(|(index, value)| self.one_of(&format!("{name}/{index}"), value, words)).collect(),
        )
    }

    fn one_of<T: Copy>(&mut self, path: &str, found: Found<'_>, words: &[(&'static str, T)]) -> Option<T> {
        let text = match found {
            Found::Typed(text) => text,
            Found::Json(Value::Text(text)) => text.as_str(),
            Found::Json(other) => {
                self.wrong_type(path, "string", other.type_name());
                return None;
            }
        };
        let known = words.iter().find(|(word, _)| *word == text);
        if known.is_none() {
            let all: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.at(path, &format!("value must be one of {}", all.join(", ")));
        }
        known.map(|(_, value)| *value)
    }

    /// An object of anything. `None`: there is none, or it is wrong, which was noted.
    pub(in crate::probe) fn object(
        &mut self,
        name: &'static str,
    ) -> Option<serde_json::Map<String, serde_json::Value>> {
        match self.fields.object(name)? {
            Ok(members) => Some(members),
            Err(found) => {
                self.wrong_type(name, "object", found);
                None
            }
        }
    }

    /// Whether there is an object of this name; that it is something else was noted.
    pub(in crate::probe) fn has_object(&mut self, name: &'static str) -> bool {
        match self.fields.has_object(name) {
            Ok(has) => has,
            Err(found) => {
                self.wrong_type(name, "object", found);
                false
            }
        }
    }

    /// Notes an address that nobody is led to.
    pub(in crate::probe) fn refuse_url(&mut self, name: &'static str, url: &str) {
        self.return_url = Some(url.to_owned());
        self.refuse(name, url, "is not an allowed return url");
    }

    /// Notes what only the dialect can see.
    pub(in crate::probe) fn refuse(&mut self, name: &'static str, value: &str, what: &str) {
        self.at(name, &format!("{} {what}", shown(value)));
    }
}

/// A whole number, as JSON Schema sees one: `1` and `1.0` are the same. Beyond what any of our limits tells apart,
/// numbers are one.
fn whole(digits: &str) -> Option<i128> {
    let (sign, rest) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let (units, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let plain = !units.is_empty() && units.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || fraction.bytes().any(|byte| byte != b'0') {
        return None;
    }
    Some(sign * units.parse::<i128>().unwrap_or(i128::from(u64::MAX) + 1))
}

/// A value as an answer repeats it: cut, and as JSON writes it.
fn shown(value: &str) -> String {
    serde_json::Value::from(cut(value)).to_string()
}

fn cut(value: &str) -> String {
    if value.chars().nth(SHOWN).is_none() {
        return value.to_owned();
    }
    value.chars().take(SHOWN).chain(['\u{2026}']).collect()
}
