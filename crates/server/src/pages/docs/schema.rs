//! A JSON Schema as rows of a table: one a property, in the order of the document, children below their parents.
//!
//! What a keyword says is left in JSON Schema's own words, which those who read such a page know in every language.

use serde_json::Value;

use super::super::markdown::to_html;
use super::document::{Document, text};

/// Below this depth nothing is unfolded: a schema may contain itself.
const DEPTH: usize = 7;

/// Keywords that narrow a value, as they are listed.
const NARROWING: [&str; 15] = [
    "const",
    "enum",
    "default",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "contentEncoding",
];

/// One row.
pub(super) struct Row {
    /// How deep it stands, from 0.
    pub(super) depth: usize,
    /// The property's name; of an alternative its number; empty for the whole.
    pub(super) name: String,
    /// `string`, `array of object`, `string (date-time) | null`, `oneOf`
    pub(super) kind: String,
    pub(super) is_required: bool,
    /// Keywords with their values, as JSON.
    pub(super) notes: Vec<(&'static str, String)>,
    /// HTML.
    pub(super) description: String,
}

/// The rows of a schema. The whole has one only if it is no plain object.
pub(super) fn rows(document: &Document, schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    let whole = document.resolved(schema);
    if whole.get("properties").is_some() || whole.get("allOf").is_some() {
        below(document, whole, 0, &mut rows);
    } else {
        push(document, whole, "", false, 0, &mut rows);
    }
    rows
}

fn push(
    document: &Document,
    schema: &Value,
    name: &str,
    is_required: bool,
    depth: usize,
    rows: &mut Vec<Row>,
) {
    let schema = document.resolved(schema);
    rows.push(Row {
        depth,
        name: name.to_owned(),
        kind: kind(document, schema),
        is_required,
        notes: notes(schema),
        description: to_html(text(schema, "description")),
    });
    if depth < DEPTH {
        below(document, schema, depth + 1, rows);
    }
}

/// What stands within a schema.
fn below(document: &Document, schema: &Value, depth: usize, rows: &mut Vec<Row>) {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    for part in parts {
        below(document, document.resolved(part), depth, rows);
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, property) in properties {
        push(document, property, name, required.contains(&name.as_str()), depth, rows);
    }
    if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
        push(document, others, "*", false, depth, rows);
    }
    if let Some(items) = schema.get("items") {
        below(document, document.resolved(items), depth, rows);
    }
    for keyword in ["oneOf", "anyOf"] {
        let ways = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
        for (index, way) in ways.enumerate() {
            push(document, way, &format!("{keyword} {}", index + 1), false, depth, rows);
        }
    }
}

fn kind(document: &Document, schema: &Value) -> String {
    let plain = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => ["oneOf", "anyOf", "properties", "const", "enum"]
            .into_iter()
            .find(|keyword| schema.get(keyword).is_some())
            .map_or("any", |keyword| if keyword == "properties" { "object" } else { keyword })
            .to_owned(),
    };
    let format = text(schema, "format");
    let plain = if format.is_empty() { plain } else { format!("{plain} ({format})") };
    match schema.get("items") {
        Some(items) => format!("{plain} of {}", kind(document, document.resolved(items))),
        None => plain,
    }
}

fn notes(schema: &Value) -> Vec<(&'static str, String)> {
    NARROWING.into_iter().filter_map(|keyword| Some((keyword, schema.get(keyword)?.to_string()))).collect()
}
