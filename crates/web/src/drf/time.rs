//! How DRF writes a point in time: Python's `isoformat` in UTC, with `Z` for the offset.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The time at `millis` milliseconds since the epoch: `2026-11-22T23:27:46.123000Z`, without a fraction on the full
/// second. `None` outside of what can be written: the years 1 to 9999, of which the last lacks its last 26 hours.
pub fn rendered(millis: i64) -> Option<String> {
    let at = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::UTC).datetime();
    if at.year() < 1 {
        return None;
    }
    let seconds = at.strftime("%Y-%m-%dT%H:%M:%S");
    let micros = at.subsec_nanosecond() / 1000;
    Some(if micros == 0 { format!("{seconds}Z") } else { format!("{seconds}.{micros:06}Z") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_drf_writes_them() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:00.001000Z"),
            (1000, "1970-01-01T00:00:01Z"),
            (1_795_390_066_000, "2026-11-22T23:27:46Z"),
            (1_795_390_066_120, "2026-11-22T23:27:46.120000Z"),
            (1_795_390_066_123, "2026-11-22T23:27:46.123000Z"),
            (-1, "1969-12-31T23:59:59.999000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (253_402_207_200_000, "9999-12-30T22:00:00Z"),
        ] {
            assert_eq!(rendered(millis).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_time_that_python_cannot_hold_is_not_written() {
        for millis in [-62_135_596_800_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
            assert_eq!(rendered(millis), None);
        }
    }
}
