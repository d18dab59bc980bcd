//! A point in time as RFC 3339 writes it, and as chrono's date and time without a zone.

use identity::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;

/// In UTC, cut to the whole second: `2024-11-01T16:39:02Z`. What lies beyond the year 9999 is written as its end.
pub fn rfc3339(at: Timestamp) -> String {
    let seconds = at.millis().div_euclid(1000);
    let end = if seconds < 0 { jiff::Timestamp::UNIX_EPOCH } else { LAST };
    jiff::Timestamp::from_second(seconds).unwrap_or(end).to_string()
}

/// In UTC without saying so, with six digits behind a second that is not whole: `2021-01-01T00:00:00.123000`. What lies
/// beyond the year 9999 is written as its end.
pub fn naive(at: Timestamp) -> String {
    let end = if at.millis() < 0 { jiff::Timestamp::UNIX_EPOCH } else { LAST };
    let time = TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(end));
    let digits = if time.subsec_nanosecond() == 0 { 0 } else { 6 };
    DateTimePrinter::new().precision(Some(digits)).datetime_to_string(&time)
}

/// A point in time with its zone, or without one, which is UTC then: `2021-01-01T00:00:00Z`, `2021-01-01 00:00:00`.
/// `None`: it is none.
pub fn parsed(text: &str) -> Option<Timestamp> {
    let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let naive = text.strip_suffix(" UTC").unwrap_or(text).parse::<jiff::civil::DateTime>().ok()?;
        naive.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

/// The last second that every reader of RFC 3339 can put into any zone.
const LAST: jiff::Timestamp = jiff::Timestamp::constant(253_402_207_199, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_the_second() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (999, "1970-01-01T00:00:00Z"),
            (1_730_479_142_500, "2024-11-01T16:39:02Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (i64::MAX, "9999-12-30T21:59:59Z"),
            (i64::MIN, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(Timestamp::from_millis(millis)), text);
        }
    }

    #[test]
    fn times_without_a_zone_have_six_digits_or_none() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00"),
            (1_730_479_142_500, "2024-11-01T16:39:02.500000"),
            (1_730_479_142_000, "2024-11-01T16:39:02"),
            (i64::MAX, "9999-12-30T21:59:59"),
            (i64::MIN, "1970-01-01T00:00:00"),
        ] {
            assert_eq!(naive(Timestamp::from_millis(millis)), text);
        }
    }

    #[test]
    fn times_are_read_with_a_zone_and_without() {
        for text in [
            "2024-11-01T16:39:02.5Z",
            "2024-11-01T17:39:02.5+01:00",
            "2024-11-01T16:39:02.500000",
            "2024-11-01 16:39:02.5",
            "2024-11-01 16:39:02.5 UTC",
        ] {
            assert_eq!(parsed(text), Some(Timestamp::from_millis(1_730_479_142_500)), "{text}");
        }
        for text in ["", "tomorrow", "2024-13-01T00:00:00Z", "2024-11-01T16:39:02 CET", "1730479142"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
