//! The values of a request, and what is wrong with them: the words of the Go library that the product uses for it
//! (contracts 3.7, inferred), the same for JSON, for forms and for queries.
//!
//! It reads what a schema says: types, lengths, formats. It decides nothing about what was read.

mod fields;
mod format;
mod reader;
#[cfg(test)]
mod tests;
mod value;

pub(super) use fields::{Fields, Place, Unreadable, Violations};
pub(super) use reader::{Integer, Reader, Text};
