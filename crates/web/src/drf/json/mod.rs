//! JSON as Python's `json` module reads it under DRF's `JSONParser`: the same documents accepted, the same message
//! for each one refused.
//!
//! It is not a general JSON library: it keeps what a field validator must tell apart and `serde_json` does not - an
//! integer's own digits, a float's overflow to infinity, a lone surrogate - and refuses what DRF refuses.
//!
//! A body may hold a password in any place, so every text and every integer literal is wiped when dropped.

mod error;
mod parser;
#[cfg(test)]
mod tests;

use std::fmt;

use zeroize::Zeroizing;

pub use error::{Error, Position};
pub use parser::{MAX_DEPTH, MAX_INTEGER_DIGITS, parse};

use super::python;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number without fraction and exponent, as the digits that stood in the document; `-0` is `0`.
    Int(Text),
    /// Any other number. Too large for a float is infinity, as in Python.
    Float(f64),
    /// A string.
    String(Text),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// The name of the Python type that DRF would hold, which its error texts show.
    pub fn python_type(&self) -> &'static str {
        match self {
            Self::Null => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::String(_) => "str",
            Self::List(_) => "list",
            Self::Object(_) => "dict",
        }
    }
}

/// The members of one JSON object, in the order of the document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Vec<(Text, Value)>);

impl Object {
    /// The member of that name; the last one where a name stands twice.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
    }
}

/// A text out of a document. It may be a password: it is wiped when dropped and never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text {
    content: Zeroizing<String>,
    lone_surrogate: Option<u16>,
}

impl Text {
    /// The text. Each lone surrogate is U+FFFD here, so that the count of code points is Python's.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// The first UTF-16 surrogate that had no partner, which no text of Unicode can hold.
    pub fn lone_surrogate(&self) -> Option<u16> {
        self.lone_surrogate
    }

    /// A copy without Python's white space at both ends.
    #[must_use]
    pub fn stripped(&self) -> Self {
        let content = Zeroizing::new(python::strip(&self.content).to_owned());
        Self { content, lone_surrogate: self.lone_surrogate }
    }
}

impl From<String> for Text {
    fn from(content: String) -> Self {
        Self { content: Zeroizing::new(content), lone_surrogate: None }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text")
    }
}
