//! Durations as people write them: a whole number and one unit, `90s`, `30m`, `24h`, `14d`.

use std::time::Duration;

/// A hundred years: added to any time of ours it still fits every representation of time in use.
const LONGEST_SECONDS: u64 = 36_500 * DAY;
const DAY: u64 = 86_400;
/// From the largest unit to the smallest.
const UNITS: [(char, u64); 4] = [('d', DAY), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a duration of at most 36500 days.
///
/// # Errors
///
/// A sentence that says what is wanted.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wanted =
        || "a duration is wanted: a whole number and s, m, h or d, such as \"90s\" or \"14d\"".to_owned();
    let unit = text.chars().last().ok_or_else(wanted)?;
    let &(_, seconds) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wanted)?;
    let digits = text.strip_suffix(unit).unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wanted());
    }
    digits
        .parse::<u64>()
        .ok()
        .and_then(|count| count.checked_mul(seconds))
        .filter(|total| *total <= LONGEST_SECONDS)
        .map(Duration::from_secs)
        .ok_or_else(|| "a duration of at most 36500d is wanted".to_owned())
}

/// Writes whole seconds in the largest unit that divides them: [`parse`] reads it back.
#[must_use]
pub fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let largest = UNITS.iter().find(|(_, size)| seconds > 0 && seconds.is_multiple_of(*size));
    let (unit, size) = largest.copied().unwrap_or(('s', 1));
    format!("{}{unit}", seconds / size)
}
