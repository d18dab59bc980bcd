//! The clock, against every other one that was met.

use identity::Timestamp;
use jiff::fmt::rfc2822;

use super::finding::{Finding, Rule};

pub(super) static RULES: &[&Rule] = &[&UNSET, &DIFFERS];

static UNSET: Rule = Rule::fault(
    "clock_unset",
    "",
    "the machine's clock stands before this program was written",
    "Set the clock, and let the machine keep it (NTP)",
);
static DIFFERS: Rule = Rule::fault(
    "clock_differs",
    "",
    "this machine's clock and another one differ by more than 30 seconds: logins by providers fail at 60",
    "Let both machines keep their clocks (NTP)",
);

/// By how much clocks may differ, in seconds.
const MOST: i64 = 30;
/// 2025-01-01, in milliseconds.
const WRITTEN: i64 = 1_735_689_600_000;

/// Another clock, and ours when it was read.
#[derive(Debug)]
pub(super) struct Sighted {
    whose: String,
    theirs: Timestamp,
    ours: Timestamp,
}

impl Sighted {
    pub(super) fn new(whose: impl Into<String>, theirs: Timestamp, ours: Timestamp) -> Self {
        Self { whose: whose.into(), theirs, ours }
    }

    /// By the `Date` of an answer (RFC 9110 section 5.6.7).
    pub(super) fn by_date(whose: impl Into<String>, date: &str, ours: Timestamp) -> Option<Self> {
        let theirs = rfc2822::parse(date).ok()?.timestamp();
        Some(Self::new(whose, Timestamp::from_millis(theirs.as_millisecond()), ours))
    }

    fn seconds(&self) -> i64 {
        self.theirs.millis().saturating_sub(self.ours.millis()) / 1000
    }
}

pub(super) fn look(now: Timestamp, others: &[Sighted]) -> Vec<Finding> {
    if now.millis() < WRITTEN {
        return vec![UNSET.met(format!("it shows {} seconds since 1970", now.millis() / 1000))];
    }
    let off = others.iter().filter(|clock| clock.seconds().abs() > MOST);
    let findings: Vec<Finding> = off
        .map(|clock| {
            let (seconds, way) =
                (clock.seconds().abs(), if clock.seconds() > 0 { "ahead" } else { "behind" });
            DIFFERS.met(format!("the clock of {} is {seconds} seconds {way}", clock.whose))
        })
        .collect();
    match (findings.is_empty(), others) {
        (false, _) => findings,
        (true, []) => vec![Finding::skipped("there is no other clock to compare with")],
        (true, others) => {
            let whose: Vec<&str> = others.iter().map(|clock| clock.whose.as_str()).collect();
            vec![Finding::fine(format!("as that of {}", whose.join(", ")))]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_355_200_000);

    fn named(clock: Option<Sighted>) -> Option<&'static str> {
        look(NOW, &clock.into_iter().collect::<Vec<_>>()).first().and_then(|it| it.rule).map(|rule| rule.name)
    }

    #[test]
    fn clocks_may_differ_by_half_a_minute() {
        let by = |date| named(Some(Sighted::by_date("x", date, NOW).expect("a date")));
        assert_eq!(by("Fri, 02 Jan 2026 12:00:30 GMT"), None);
        assert_eq!(by("Fri, 02 Jan 2026 12:00:31 GMT"), Some("clock_differs"));
        assert_eq!(by("Fri, 02 Jan 2026 11:59:29 GMT"), Some("clock_differs"));
        assert_eq!(named(None), None);
        assert!(Sighted::by_date("x", "yesterday", NOW).is_none());
    }

    #[test]
    fn a_clock_that_was_never_set_is_named() {
        assert_eq!(look(Timestamp::from_millis(0), &[]).first().and_then(|it| it.rule), Some(&UNSET));
    }
}
