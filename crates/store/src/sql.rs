//! A statement, its values and its rows, in the terms both engines share.
//!
//! Statements are written once, with `$1` placeholders. SQLite would read those as names and number them in order
//! of appearance, so the seam turns them into `?1`.

use std::sync::OnceLock;

use identity::ports::{Conflict, StoreError, StoreResult};

/// One SQL text, for every engine.
pub(crate) struct Sql {
    text: &'static str,
    numbered: OnceLock<String>,
}

impl Sql {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, numbered: OnceLock::new() }
    }

    /// The text as written, which is how PostgreSQL reads it.
    pub(crate) fn for_postgres(&self) -> &'static str {
        self.text
    }

    /// The text with SQLite's numbered placeholders.
    pub(crate) fn for_sqlite(&self) -> &str {
        // No text or literal of ours holds a dollar sign; `statements_hold_no_other_dollar_sign` sees to it.
        self.numbered.get_or_init(|| self.text.replace('$', "?"))
    }
}

/// A value on its way into a statement or out of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

/// PostgreSQL keeps no null character in a text, so it is replaced on every engine.
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.replace('\0', "\u{FFFD}"))
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One statement of a commit, with its guard.
pub(crate) struct Step {
    pub(crate) sql: &'static Sql,
    pub(crate) values: Vec<Value>,
    pub(crate) guard: Guard,
    /// Whether what it replaces must be gone from the files too, an engine's log among them.
    pub(crate) wipes: bool,
    /// Whether it says nothing until another commit settles it. A commit of nothing else need not be flushed by itself,
    /// and may be tried again where nobody knows whether it was kept: its guard refuses it the second time.
    pub(crate) provisional: bool,
}

/// How many rows a step must hit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guard {
    /// Exactly one, else the commit fails with this conflict.
    One(Conflict),
    /// Any number.
    Any,
}

impl Step {
    /// A step that must hit one row.
    pub(crate) fn one(sql: &'static Sql, values: Vec<Value>, conflict: Conflict) -> Self {
        Self { sql, values, guard: Guard::One(conflict), wipes: false, provisional: false }
    }

    /// A step that may hit any number of rows.
    pub(crate) fn any(sql: &'static Sql, values: Vec<Value>) -> Self {
        Self { sql, values, guard: Guard::Any, wipes: false, provisional: false }
    }

    /// The same step, with what it replaces gone from the files too.
    pub(crate) fn wiping(self) -> Self {
        Self { wipes: true, ..self }
    }

    /// The same step, to be settled by another commit.
    pub(crate) fn provisional(self) -> Self {
        Self { provisional: true, ..self }
    }
}

/// One row, read column by column from the left, each once.
pub(crate) struct Row {
    columns: Columns,
    /// The next one to be read.
    next: usize,
}

/// A row as its engine hands it over.
enum Columns {
    Values(Vec<Value>),
    /// As it came from the server: a column is decoded when it is read.
    Server(tokio_postgres::Row),
}

impl From<Vec<Value>> for Row {
    fn from(values: Vec<Value>) -> Self {
        Self { columns: Columns::Values(values), next: 0 }
    }
}

impl From<tokio_postgres::Row> for Row {
    fn from(row: tokio_postgres::Row) -> Self {
        Self { columns: Columns::Server(row), next: 0 }
    }
}

impl Row {
    fn next(&mut self, column: &'static str) -> StoreResult<Value> {
        let found = match &mut self.columns {
            Columns::Values(values) => {
                values.get_mut(self.next).map(|value| std::mem::replace(value, Value::Null))
            }
            Columns::Server(row) => row.try_get(self.next).ok(),
        };
        self.next += 1;
        found.ok_or(StoreError::Corrupt(column))
    }

    /// Leaves out so many columns.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    pub(crate) fn int(&mut self, column: &'static str) -> StoreResult<i64> {
        self.opt_int(column)?.ok_or(StoreError::Corrupt(column))
    }

    pub(crate) fn opt_int(&mut self, column: &'static str) -> StoreResult<Option<i64>> {
        match self.next(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            Value::Text(_) | Value::Blob(_) => Err(StoreError::Corrupt(column)),
        }
    }

    pub(crate) fn bool(&mut self, column: &'static str) -> StoreResult<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&mut self, column: &'static str) -> StoreResult<String> {
        self.opt_text(column)?.ok_or(StoreError::Corrupt(column))
    }

    pub(crate) fn opt_text(&mut self, column: &'static str) -> StoreResult<Option<String>> {
        match self.next(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            Value::Int(_) | Value::Blob(_) => Err(StoreError::Corrupt(column)),
        }
    }

    pub(crate) fn blob(&mut self, column: &'static str) -> StoreResult<Vec<u8>> {
        self.opt_blob(column)?.ok_or(StoreError::Corrupt(column))
    }

    pub(crate) fn opt_blob(&mut self, column: &'static str) -> StoreResult<Option<Vec<u8>>> {
        match self.next(column)? {
            Value::Null => Ok(None),
            Value::Blob(value) => Ok(Some(value)),
            Value::Int(_) | Value::Text(_) => Err(StoreError::Corrupt(column)),
        }
    }

    pub(crate) fn uuid(&mut self, column: &'static str) -> StoreResult<uuid::Uuid> {
        uuid::Uuid::from_slice(&self.blob(column)?).map_err(|_| StoreError::Corrupt(column))
    }

    pub(crate) fn opt_uuid(&mut self, column: &'static str) -> StoreResult<Option<uuid::Uuid>> {
        self.opt_blob(column)?
            .map(|bytes| uuid::Uuid::from_slice(&bytes).map_err(|_| StoreError::Corrupt(column)))
            .transpose()
    }
}

#[cfg(test)]
pub(crate) mod tests;
