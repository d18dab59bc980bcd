//! Numbers from numbers: medians over rounds, percentiles over requests. No unit and no wording.

use std::fmt;
use std::time::Duration;

/// What several rounds gave: the middle one, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rounds {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Rounds {
    /// Of no round there is nothing to tell: NaN.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        let median = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        Self { median, least: at(0), most: at(last) }
    }
}

impl fmt::Display for Rounds {
    /// `median (least-most)`, with as many digits as asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, least, most } = self;
        let digits = f.precision().unwrap_or(2);
        write!(f, "{median:.digits$} ({least:.digits$}-{most:.digits$})")
    }
}

/// The value that so many of a hundred do not exceed (nearest rank). Sorted values only.
pub(crate) fn percentile(sorted: &[Duration], hundredths: usize) -> Duration {
    let rank = (sorted.len() * hundredths).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// In millions of bytes, the unit of every table.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_round_or_between_the_two() {
        assert_eq!(Rounds::of([3.0, 1.0, 2.0]), Rounds { median: 2.0, least: 1.0, most: 3.0 });
        assert_eq!(Rounds::of([4.0, 1.0, 2.0, 9.0]).median, 3.0);
        assert_eq!(Rounds::of([7.0]).median, 7.0);
        assert!(Rounds::of([]).median.is_nan());
        assert_eq!(format!("{:.1}", Rounds::of([3.0, 1.0, 2.0])), "2.0 (1.0-3.0)");
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let values: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&values, 50), Duration::from_millis(100));
        assert_eq!(percentile(&values, 99), Duration::from_millis(198));
        assert_eq!(percentile(&values[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
