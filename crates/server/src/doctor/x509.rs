//! From when until when a certificate holds (RFC 5280 section 4.1.2.5): the one thing that is read of it here, so no more of
//! its form is understood than the way there.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0] EXPLICIT`: the version, which the oldest lack.
const VERSION: u8 = 0xa0;

/// The first and the last second at which a certificate in DER holds.
pub(super) fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (whole, _) = element(certificate, SEQUENCE)?;
    let (signed, _) = element(whole, SEQUENCE)?;
    let rest = element(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_, rest) = element(rest, INTEGER)?;
    // The algorithm, then who issued it.
    let (_, rest) = element(rest, SEQUENCE)?;
    let (_, rest) = element(rest, SEQUENCE)?;
    let (times, _) = element(rest, SEQUENCE)?;
    let (begin, rest) = time(times)?;
    let (end, _) = time(rest)?;
    Some((begin, end))
}

/// The content of the element that a text begins with, if it has this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0_usize, |high, digit| high << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

fn time(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (text, rest, format) = if let Some((text, rest)) = element(der, UTC_TIME) {
        let text = std::str::from_utf8(text).ok()?;
        // Two digits: from 1950 to 2049.
        let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
        (format!("{century}{text}"), rest, "%Y%m%d%H%M%SZ")
    } else {
        let (text, rest) = element(der, GENERALIZED_TIME)?;
        (std::str::from_utf8(text).ok()?.to_owned(), rest, "%Y%m%d%H%M%SZ")
    };
    let at = DateTime::strptime(format, text).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some((at.timestamp(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_5280_4_1_2_5_both_forms_of_time_are_read() {
        for (year, begin) in [(2026, "2026-03-01T00:00:00Z"), (2061, "2061-03-01T00:00:00Z")] {
            let mut wanted = rcgen::CertificateParams::new(vec!["login.example".to_owned()]).unwrap();
            wanted.not_before = rcgen::date_time_ymd(year, 3, 1);
            wanted.not_after = rcgen::date_time_ymd(year, 9, 30);
            let made = wanted.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            let (from, until) = validity(made.der()).expect("read");
            assert_eq!(from, begin.parse().unwrap());
            assert_eq!(until, format!("{year}-09-30T00:00:00Z").parse().unwrap());
            for cut in 0..40 {
                assert!(validity(&made.der()[..cut]).is_none());
            }
        }
    }
}
