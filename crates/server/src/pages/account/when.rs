//! Points in time as people read them: the day and the minute, in UTC and said so, because a page without scripts does not
//! know where its reader is.

use identity::Timestamp;
use web::time::rfc3339;

use crate::pages::parts::list::Fact;
use crate::pages::texts::Texts;

/// `2 January 2026, 12:00 UTC`, in the page's language.
pub(super) fn told(t: Texts, at: Timestamp) -> String {
    let seconds = at.millis().div_euclid(1000);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    let month = usize::try_from(time.month()).unwrap_or_default();
    let (day, year) = (time.strftime("%-d").to_string(), time.strftime("%Y").to_string());
    let minute = time.strftime("%H:%M").to_string();
    let text = t.with_all("moment", [("day", &day), ("month", &month), ("year", &year), ("minute", &minute)]);
    // Digits are written from left to right everywhere.
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// The same under a name, with the time for programs.
pub(super) fn fact(t: Texts, name: String, at: Timestamp) -> Fact {
    Fact { name, value: told(t, at), datetime: Some(rfc3339(at)), ..Fact::default() }
}

#[cfg(test)]
mod tests {
    //! One moment in each language.

    use super::*;
    use crate::pages::language::Language;

    #[test]
    fn a_moment_is_written_in_the_pages_language() {
        let at = Timestamp::from_millis(1_772_611_500_999);
        for (language, expected) in
            [(Language::English, "4 March 2026, 08:05 UTC"), (Language::German, "4. März 2026, 08:05 UTC")]
        {
            assert_eq!(told(Texts { language }, at), expected);
        }
        let fact = fact(Texts { language: Language::English }, "Seen".to_owned(), at);
        assert_eq!(fact.datetime.as_deref(), Some("2026-03-04T08:05:00Z"));
    }
}
