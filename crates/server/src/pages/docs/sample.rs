//! Values that fit a schema, where the document has no example of its own.

use serde_json::{Map, Value, json};

use super::document::{Document, text};

/// Below this depth nothing is unfolded: a schema may contain itself.
const DEPTH: usize = 6;

/// What a media type or a parameter shows as its examples: a name, which may be empty, and the value.
pub(super) fn examples(document: &Document, holder: &Value) -> Vec<(String, Value)> {
    if let Some(example) = holder.get("example") {
        return vec![(String::new(), example.clone())];
    }
    let named = holder.get("examples").and_then(Value::as_object).into_iter().flatten();
    let named: Vec<(String, Value)> = named
        .filter_map(|(name, example)| {
            let example = document.resolved(example);
            let summary = text(example, "summary");
            let title = if summary.is_empty() { name } else { summary };
            Some((title.to_owned(), example.get("value")?.clone()))
        })
        .collect();
    match holder.get("schema") {
        Some(schema) if named.is_empty() => vec![(String::new(), sample(document, schema, 0))],
        _ => named,
    }
}

/// A value of this schema.
fn sample(document: &Document, schema: &Value, depth: usize) -> Value {
    let schema = document.resolved(schema);
    let given = schema
        .get("example")
        .or_else(|| schema.pointer("/examples/0"))
        .or_else(|| schema.get("const"))
        .or_else(|| schema.get("default"))
        .or_else(|| schema.pointer("/enum/0"));
    if let Some(given) = given {
        return given.clone();
    }
    if depth > DEPTH {
        return Value::Null;
    }
    let first = ["oneOf", "anyOf"].into_iter().find_map(|keyword| schema.get(keyword)?.get(0));
    if let Some(first) = first {
        return sample(document, first, depth + 1);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        _ => text(schema, "type"),
    };
    match kind {
        "string" => Value::from(string(text(schema, "format"))),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => Value::Bool(true),
        "array" => match schema.get("items") {
            Some(items) => Value::Array(vec![sample(document, items, depth + 1)]),
            None => json!([]),
        },
        _ => Value::Object(object(document, schema, depth)),
    }
}

fn object(document: &Document, schema: &Value, depth: usize) -> Map<String, Value> {
    let mut object = Map::new();
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        object.extend(self::object(document, document.resolved(part), depth));
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    object.extend(properties.map(|(name, property)| (name.clone(), sample(document, property, depth + 1))));
    object
}

fn string(format: &str) -> &'static str {
    match format {
        "uuid" => "019b7e94-3200-7df2-9c03-41a4dfca3200",
        "email" => "ann@example.org",
        "date-time" => "2026-11-22T14:21:00Z",
        "date" => "2026-11-22",
        "uri" | "uri-reference" | "url" => "https://app.example/",
        "password" => "correct horse battery",
        _ => "string",
    }
}
