//! DRF's `CharField`, `EmailField` and `BooleanField`, and the error object that a serializer collects.
//!
//! Checks what a field's declaration says. What a text means - whether a name signs in, whether a password is good
//! enough - is not asked here.

use serde::{Serialize, Serializer};

use super::email::is_email;
use super::json::{Object, Text, Value};
use super::python;

const REQUIRED: &str = "This field is required.";
const NULL: &str = "This field may not be null.";
const BLANK: &str = "This field may not be blank.";
const NOT_A_STRING: &str = "Not a valid string.";
const NOT_AN_EMAIL: &str = "Enter a valid email address.";
const NOT_A_BOOLEAN: &str = "Must be a valid boolean.";
const NULL_CHARACTER: &str = "Null characters are not allowed.";

/// The body as the mapping that a serializer wants.
///
/// # Errors
/// The text for `non_field_errors` when it is anything else; a body of `null` has a text of its own.
pub fn mapping(body: &Value) -> Result<&Object, String> {
    match body {
        Value::Object(object) => Ok(object),
        Value::Null => Err("No data provided".to_owned()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::List(_) => {
            Err(format!("Invalid data. Expected a dictionary, but got {}.", body.python_type()))
        }
    }
}

/// Why a body is not what a serializer wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is no object; the text says what it is.
    NoObject(String),
    /// Some of its fields are wrong.
    Fields(FieldErrors),
}

/// Reads fields out of a body: `read` is given the object and where to put what is wrong, and its outcome counts only
/// when nothing is.
///
/// # Errors
/// [`Malformed`].
pub fn fields<T>(
    body: &Value,
    read: impl FnOnce(&Object, &mut FieldErrors) -> Option<T>,
) -> Result<T, Malformed> {
    let object = mapping(body).map_err(Malformed::NoObject)?;
    let mut errors = FieldErrors::default();
    match read(object, &mut errors) {
        Some(outcome) if errors.is_empty() => Ok(outcome),
        _ => Err(Malformed::Fields(errors)),
    }
}

/// A boolean field that may be left out (DRF's `BooleanField(required=False)`).
#[derive(Debug, Clone, Copy)]
pub struct BooleanField(&'static str);

impl BooleanField {
    /// The field with this name.
    pub const fn optional(name: &'static str) -> Self {
        Self(name)
    }

    /// The field's value, false where it is left out; or `None` and the reason in `errors`.
    pub fn read(&self, body: &Object, errors: &mut FieldErrors) -> Option<bool> {
        let problem = match body.member(self.0) {
            None => return Some(false),
            Some(Value::Null) => NULL,
            Some(Value::Bool(value)) => return Some(*value),
            Some(Value::Float(number)) if *number == 1.0 => return Some(true),
            Some(Value::Float(number)) if *number == 0.0 => return Some(false),
            Some(Value::Int(text) | Value::String(text)) => match text.as_str() {
                "t" | "T" | "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On"
                | "ON" | "1" => return Some(true),
                "f" | "F" | "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off"
                | "OFF" | "0" => return Some(false),
                _ => NOT_A_BOOLEAN,
            },
            Some(Value::Float(_) | Value::List(_) | Value::Object(_)) => NOT_A_BOOLEAN,
        };
        errors.push(self.0, problem);
        None
    }
}

/// A text field. Lengths are in code points, after trimming.
#[derive(Debug, Clone, Copy)]
pub struct CharField {
    name: &'static str,
    trim: bool,
    min: Option<usize>,
    max: Option<usize>,
    email: bool,
    optional: bool,
}

impl CharField {
    /// A required field of any length that is trimmed: DRF's defaults.
    pub const fn new(name: &'static str) -> Self {
        Self { name, trim: true, min: None, max: None, email: false, optional: false }
    }

    /// A field that holds an e-mail address (DRF's `EmailField`).
    pub const fn email(name: &'static str) -> Self {
        Self { email: true, ..Self::new(name) }
    }

    /// A field that may be left out or blank, which is the same (`required=False, allow_blank=True`).
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// Whether white space at both ends is dropped before anything is judged.
    #[must_use]
    pub const fn trim(self, trim: bool) -> Self {
        Self { trim, ..self }
    }

    /// The fewest code points.
    #[must_use]
    pub const fn min(self, length: usize) -> Self {
        Self { min: Some(length), ..self }
    }

    /// The most code points.
    #[must_use]
    pub const fn max(self, length: usize) -> Self {
        Self { max: Some(length), ..self }
    }

    /// The field's text out of a body, or `None` and the reasons in `errors`. Call it for each field in the order
    /// of the declaration: that is the order of the answer.
    pub fn read(&self, body: &Object, errors: &mut FieldErrors) -> Option<Text> {
        let problems = match self.text(body.member(self.name)) {
            Ok(text) => {
                let problems = self.violations(&text);
                if problems.is_empty() {
                    return Some(text);
                }
                problems
            }
            Err(problem) => vec![problem.to_owned()],
        };
        errors.extend(self.name, problems);
        None
    }

    /// Numbers are taken as Python writes them; a boolean is an integer in Python but not here.
    fn text(&self, value: Option<&Value>) -> Result<Text, &'static str> {
        let text = match value {
            None if self.optional => return Ok(Text::default()),
            None => return Err(REQUIRED),
            Some(Value::Null) => return Err(NULL),
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => {
                return Err(if self.email { NOT_AN_EMAIL } else { NOT_A_STRING });
            }
            Some(Value::Float(number)) => Text::from(python::float_text(*number)),
            Some(Value::Int(text) | Value::String(text)) => text.clone(),
        };
        let text = if self.trim { text.stripped() } else { text };
        if text.as_str().is_empty() && !self.optional { Err(BLANK) } else { Ok(text) }
    }

    /// Every rule that the text breaks, in the order in which DRF's validators run.
    fn violations(&self, text: &Text) -> Vec<String> {
        let content = text.as_str();
        let length = content.chars().count();
        let too_long = self.max.filter(|max| length > *max);
        let too_short = self.min.filter(|min| length < *min);
        [
            too_long.map(|max| format!("Ensure this field has no more than {max} characters.")),
            too_short.map(|min| format!("Ensure this field has at least {min} characters.")),
            content.contains('\0').then(|| NULL_CHARACTER.to_owned()),
            text.lone_surrogate().map(|unit| format!("Surrogate characters are not allowed: U+{unit:X}.")),
            (self.email && !is_email(content)).then(|| NOT_AN_EMAIL.to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What is wrong with which field, in the order of the answer. Serializes as `{"field":["text", ..], ..}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, Vec<String>)>);

impl FieldErrors {
    /// Whether every field was good.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a text to a field; a field that is not there yet comes last.
    pub fn push(&mut self, field: &'static str, text: impl Into<String>) {
        self.extend(field, vec![text.into()]);
    }

    fn extend(&mut self, field: &'static str, texts: Vec<String>) {
        match self.0.iter_mut().find(|(name, _)| *name == field) {
            Some((_, known)) => known.extend(texts),
            None => self.0.push((field, texts)),
        }
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, texts)| (field, texts)))
    }
}

#[cfg(test)]
mod tests;
