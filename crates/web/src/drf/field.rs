//! DRF's `CharField` and `EmailField`, and the error object that a serializer collects.
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

/// A required text field. Lengths are in code points, after trimming.
#[derive(Debug, Clone, Copy)]
pub struct CharField {
    name: &'static str,
    trim: bool,
    min: Option<usize>,
    max: Option<usize>,
    email: bool,
}

impl CharField {
    /// A field of any length that is trimmed: DRF's defaults.
    pub const fn new(name: &'static str) -> Self {
        Self { name, trim: true, min: None, max: None, email: false }
    }

    /// A field that holds an e-mail address (DRF's `EmailField`).
    pub const fn email(name: &'static str) -> Self {
        Self { email: true, ..Self::new(name) }
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
            None => return Err(REQUIRED),
            Some(Value::Null) => return Err(NULL),
            Some(Value::Bool(_) | Value::List(_) | Value::Object(_)) => {
                return Err(if self.email { NOT_AN_EMAIL } else { NOT_A_STRING });
            }
            Some(Value::Float(number)) => Text::from(python::float_text(*number)),
            Some(Value::Int(text) | Value::String(text)) => text.clone(),
        };
        let text = if self.trim { text.stripped() } else { text };
        if text.as_str().is_empty() { Err(BLANK) } else { Ok(text) }
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
