//! The time before a line, as the library's default writes it: in UTC, to the microsecond. All but the last digits are worked out
//! once a second and thread.

use std::cell::RefCell;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Writes the time.
pub(super) struct Now;

thread_local! {
    /// The last second that was written, in seconds since the epoch, up to its decimal point.
    static SECOND: RefCell<(u64, String)> = RefCell::default();
}

impl FormatTime for Now {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        #[expect(clippy::disallowed_methods, reason = "a line bears the time at which it was written")]
        let now = SystemTime::now();
        write(now.duration_since(UNIX_EPOCH).unwrap_or_default(), writer)
    }
}

fn write(since_epoch: Duration, writer: &mut Writer<'_>) -> fmt::Result {
    let seconds = since_epoch.as_secs();
    SECOND.with_borrow_mut(|(last, text)| {
        if text.is_empty() || *last != seconds {
            let time =
                i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            *text = time.ok_or(fmt::Error)?.strftime("%Y-%m-%dT%H:%M:%S.").to_string();
            *last = seconds;
        }
        write!(writer, "{text}{:06}Z", since_epoch.subsec_micros())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_microsecond_whatever_was_written_before() {
        for (since_epoch, expected) in [
            (Duration::ZERO, "1970-01-01T00:00:00.000000Z"),
            (Duration::from_nanos(1_999), "1970-01-01T00:00:00.000001Z"),
            (Duration::from_micros(1_792_777_263_000_042), "2026-10-23T17:41:03.000042Z"),
            (Duration::from_micros(1_792_777_263_999_999), "2026-10-23T17:41:03.999999Z"),
            (Duration::from_micros(1_792_777_264_000_000), "2026-10-23T17:41:04.000000Z"),
        ] {
            let mut text = String::new();
            write(since_epoch, &mut Writer::new(&mut text)).unwrap();
            assert_eq!(text, expected);
        }
    }
}
