//! Log lines to standard output, written by a thread of their own, so that a slow reader never holds a request up.

mod fields;
mod lines;
mod time;

use std::io::{self, IsTerminal as _};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::fields::Fields;
pub use self::lines::Writing;
use self::time::Now;
use crate::config::{Log, LogFormat, LogLevel};

/// Starts the log. Keep what it returns until the end: dropping it writes what is still waiting.
///
/// # Errors
/// The machine gives no thread.
pub fn start(log: &Log) -> io::Result<Option<Writing>> {
    let level = match log.level {
        LogLevel::Off => return Ok(None),
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let (writer, writing) = lines::start(io::stdout())?;
    // Libraries speak up from warnings on: their debug lines may hold what clients sent.
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(
        ["request", "server", "store", "identity", "web", "dialects", "password"].map(|ours| (ours, level)),
    );
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_timer(Now);
    let lines = match log.format {
        LogFormat::Text => lines.fmt_fields(Fields).with_ansi(io::stdout().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    // Filtered as a whole: a filter of one layer's own costs more, and there is one layer.
    tracing_subscriber::registry().with(targets).with(lines).init();
    Ok(Some(writing))
}
