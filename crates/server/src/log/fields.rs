//! The fields of a line as text, byte for byte as the library's default writes them, but for the plain ones in a fraction of
//! the time: a line is made for each request. What is not plain, and lines for a terminal, is left to the default.

use std::error::Error;
use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};

/// Writes fields.
pub(super) struct Fields;

impl<'a> FormatFields<'a> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'a>, fields: R) -> fmt::Result {
        if writer.has_ansi_escapes() {
            let mut visitor = DefaultVisitor::new(writer, true);
            fields.record(&mut visitor);
            return visitor.finish();
        }
        let mut visitor = Visitor { writer, is_empty: true, result: Ok(()) };
        fields.record(&mut visitor);
        visitor.result
    }
}

struct Visitor<'a> {
    writer: Writer<'a>,
    is_empty: bool,
    result: fmt::Result,
}

impl Visitor<'_> {
    fn default(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) {
        if self.result.is_ok() {
            let mut visitor = DefaultVisitor::new(self.writer.by_ref(), self.is_empty);
            record(&mut visitor);
            self.result = visitor.finish();
            self.is_empty = false;
        }
    }

    /// Writes `name=` and what `value` writes.
    fn plain(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.result.is_ok() {
            let blank = if std::mem::take(&mut self.is_empty) { "" } else { " " };
            let writer = &mut self.writer;
            let name = writer.write_str(blank).and_then(|()| writer.write_str(field.name()));
            self.result = name.and_then(|()| writer.write_char('=')).and_then(|()| value(writer));
        }
    }
}

/// Whether a field is one that the default writes by its name: not the message, no spelling of a keyword, nothing of another
/// kind of log.
fn is_ordinary(field: &Field) -> bool {
    let name = field.name();
    name != "message" && !name.starts_with("r#") && !name.starts_with("log.")
}

/// Whether a text in quotes is written as it is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
}

/// The thousandths that a number not below 0 consists of; `None`: it has a finer part, or is very large.
fn thousandths(number: f64) -> Option<(u64, u64)> {
    let count = (number * 1e3).round();
    // Up to here each count is exact, and so is the shortest text for its thousandth part.
    let is_exact = (0.0..1e12).contains(&count) && number.is_sign_positive() && count / 1e3 == number;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within bounds")]
    let count = is_exact.then_some(count as u64)?;
    Some((count / 1000, count % 1000))
}

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if is_ordinary(field) && is_plain(value) {
            self.plain(field, |writer| {
                writer
                    .write_char('"')
                    .and_then(|()| writer.write_str(value))
                    .and_then(|()| writer.write_char('"'))
            });
        } else {
            self.default(|visitor| visitor.record_str(field, value));
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if is_ordinary(field) {
            self.plain(field, |writer| write!(writer, "{value}"));
        } else {
            self.default(|visitor| visitor.record_u64(field, value));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if is_ordinary(field) {
            self.plain(field, |writer| write!(writer, "{value}"));
        } else {
            self.default(|visitor| visitor.record_i64(field, value));
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match thousandths(value).filter(|_| is_ordinary(field)) {
            Some((whole, 0)) => self.plain(field, |writer| write!(writer, "{whole}.0")),
            Some((whole, part)) if part % 100 == 0 => {
                self.plain(field, |writer| write!(writer, "{whole}.{}", part / 100));
            }
            Some((whole, part)) if part % 10 == 0 => {
                self.plain(field, |writer| write!(writer, "{whole}.{:02}", part / 10));
            }
            Some((whole, part)) => self.plain(field, |writer| write!(writer, "{whole}.{part:03}")),
            None => self.default(|visitor| visitor.record_f64(field, value)),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.default(|visitor| visitor.record_error(field, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.default(|visitor| visitor.record_debug(field, value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::format::DefaultFields;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What these fields make of lines of every kind.
    fn lines<F>(fields: F, ansi: bool) -> String
    where
        F: for<'a> FormatFields<'a> + Send + Sync + 'static,
    {
        let written = Written::default();
        let to = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || to.clone())
            .without_time()
            .with_ansi(ansi)
            .fmt_fields(fields)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            for text in [
                "",
                "GET",
                "two words",
                "\"quoted\"",
                "a\\b",
                "é",
                "\u{1b}[31mred",
                "a\nb",
                "\u{7f}",
                "~",
                "\t",
            ] {
                tracing::info!(text, none = None::<&str>, some = Some(text), "{text}");
                tracing::info!(r#type = text, log.file = text, shown = %text, debugged = ?text, "fixed");
                tracing::info!(text);
                tracing::info!(message = text, text);
            }
            for number in
                [0.0, -0.0, 0.001, 0.012, 0.12, 0.1, 1.0, 1.5, 12.345, 12.05, 999.999, 1e9, 123_456_789.123]
            {
                tracing::info!(number, less = -number, third = number / 3.0, "number");
            }
            for number in [f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE, 1e12, 1e15 + 0.5, 1e16, 1e22]
            {
                tracing::info!(number, "number");
            }
            for thousandths in 0..20_000_u32 {
                tracing::info!(number = f64::from(thousandths) / 1e3, "number");
            }
            tracing::info!(
                most = u64::MAX,
                least = i64::MIN,
                yes = true,
                small = 200_u16,
                user = Some(-7_i64)
            );
            let error: &(dyn Error + 'static) = &std::io::Error::other("within \u{1b} without");
            tracing::warn!(error, "it went wrong");
            let span = tracing::info_span!("within", text = "a b", number = 1.5, other = "\"");
            span.in_scope(|| tracing::error!(text = "c", "in a span"));
        });
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_are_those_of_the_default() {
        for ansi in [false, true] {
            let (ours, theirs) = (lines(Fields, ansi), lines(DefaultFields::new(), ansi));
            for (ours, theirs) in ours.lines().zip(theirs.lines()) {
                assert_eq!(ours, theirs);
            }
            assert_eq!(ours.len(), theirs.len());
        }
    }
}
