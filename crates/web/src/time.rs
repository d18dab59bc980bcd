//! A point in time as RFC 3339 writes it.

use identity::Timestamp;

/// In UTC, cut to the whole second: `2024-11-01T16:39:02Z`. What lies beyond the year 9999 is written as its end.
pub fn rfc3339(at: Timestamp) -> String {
    let seconds = at.millis().div_euclid(1000);
    let end = if seconds < 0 { jiff::Timestamp::UNIX_EPOCH } else { LAST };
    jiff::Timestamp::from_second(seconds).unwrap_or(end).to_string()
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
}
