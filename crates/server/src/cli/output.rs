//! What a command prints: text for people, JSON for programs, one line on standard error when it fails.

use std::io::{self, Write as _};

use serde_json::Value;

use super::args::OutputFormat;
use super::failure::Failure;

/// Whether the reader could be told.
pub(super) type Told = Result<(), Failure>;

/// One outcome: a sentence, or an object.
pub(super) fn tell(format: OutputFormat, sentence: &str, object: &Value) -> Told {
    match format {
        OutputFormat::Text => print(sentence),
        OutputFormat::Json => print(&pretty(object)),
    }
}

/// Several rows: a table with these columns, or a list of whole objects.
pub(super) fn list(format: OutputFormat, columns: &[&str], rows: Vec<Value>) -> Told {
    match format {
        OutputFormat::Text => print(&table(columns, &rows)),
        OutputFormat::Json => print(&pretty(&Value::Array(rows))),
    }
}

/// One object: a line a key, or the object.
pub(super) fn object(format: OutputFormat, object: &Value) -> Told {
    match format {
        OutputFormat::Text => {
            let lines: Vec<String> = object
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| format!("{key:<22}{}", cell(value)))
                .collect();
            print(&lines.join("\n"))
        }
        OutputFormat::Json => print(&pretty(object)),
    }
}

/// One line on standard error. A reader that has gone away cannot be told so.
pub(super) fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "vestibule: {sentence}");
}

/// What was done may be known to nobody else: a generated password that was not printed is lost.
fn print(text: &str) -> Told {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| {
        Failure::Refused(anyhow::anyhow!("it is done, but standard output cannot be written ({error})"))
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

fn table(columns: &[&str], rows: &[Value]) -> String {
    let head = columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>();
    let body = rows.iter().map(|row| columns.iter().map(|column| cell(&row[*column])).collect::<Vec<_>>());
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|index| {
            lines
                .iter()
                .filter_map(|line| line.get(index))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Control characters in names and user agents must not reach a terminal.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}
