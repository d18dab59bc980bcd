//! The question that the doctor asks the server it examines, and the answer: each with a mark that only this
//! installation's master key makes.
//!
//! A question is the time, a nonce and a mark over both; it is good for a minute. An answer's mark is over the nonce and
//! the body, so that nobody answers for us, nor with an answer to another question.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use identity::Timestamp;
use serde::{Deserialize, Serialize};

/// Where it is asked: among Vestibule's own paths, and at no route. To everybody else nothing is there.
pub const PATH: &str = "/id/doctor";
/// The header of both marks.
pub const HEADER: &str = "x-vestibule-doctor";
/// The cookie that an answer sets, as every credential's is set: what becomes of its flags on the way is looked at.
pub const COOKIE: &str = "vestibule-doctor";
/// By how much the clocks of who asks and who answers may differ, and how long a question is good.
const LIFE_MILLIS: i64 = 60_000;

/// HMAC-SHA-256 under the sub-key for this.
pub type Mark<'a> = &'a (dyn Fn(&[u8]) -> [u8; 32] + Sync);

/// What the server saw of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Who connected to the listener, with the port.
    pub peer: String,
    /// Whom it took for the client.
    pub client: String,
    /// Whether the listener itself speaks TLS.
    pub tls: bool,
    /// Each value of `X-Forwarded-For` as it came.
    pub x_forwarded_for: Vec<String>,
    /// The same of `X-Forwarded-Proto`.
    pub x_forwarded_proto: Vec<String>,
    /// The same of `X-Forwarded-Host`.
    pub x_forwarded_host: Vec<String>,
    /// The same of `Forwarded`.
    pub forwarded: Vec<String>,
    /// `Host` as it came, or HTTP/2's authority.
    pub host: String,
    /// How many files the process may have open; none: no limit that is known.
    pub open_files: Option<u64>,
    /// The program's version.
    pub version: String,
    /// A mark over the configuration that it runs on.
    pub configuration: String,
}

/// A question, as the value of [`HEADER`].
#[must_use]
pub fn question(mark: Mark<'_>, now: Timestamp, nonce: &[u8; 16]) -> String {
    let (millis, nonce) = (now.millis(), hex(nonce));
    let told = format!("{millis}.{nonce}");
    format!("{told}.{}", hex(&mark(format!("question {told}").as_bytes())))
}

/// The nonce of a question that this installation asked within the last minute.
#[must_use]
pub fn nonce_of(mark: Mark<'_>, now: Timestamp, header: &str) -> Option<String> {
    let (told, presented) = header.rsplit_once('.')?;
    let expected = hex(&mark(format!("question {told}").as_bytes()));
    verify_slices_are_equal(expected.as_bytes(), presented.as_bytes()).ok()?;
    let (millis, nonce) = told.split_once('.')?;
    let age = now.millis().checked_sub(millis.parse().ok()?)?;
    (-LIFE_MILLIS..=LIFE_MILLIS).contains(&age).then(|| nonce.to_owned())
}

/// The mark over an answer.
#[must_use]
pub fn answer_mark(mark: Mark<'_>, nonce: &str, body: &[u8]) -> String {
    hex(&mark(&[format!("answer {nonce} ").as_bytes(), body].concat()))
}

/// Whether this installation answered this question so.
#[must_use]
pub fn is_ours(mark: Mark<'_>, nonce: &[u8; 16], body: &[u8], presented: &str) -> bool {
    let expected = answer_mark(mark, &hex(nonce), body);
    verify_slices_are_equal(expected.as_bytes(), presented.as_bytes()).is_ok()
}

/// A mark over a configuration as it is shown, without its secrets.
#[must_use]
pub fn configuration_mark(mark: Mark<'_>, shown: &str) -> String {
    hex(&mark(format!("configuration {} {shown}", env!("CARGO_PKG_VERSION")).as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use identity::MasterKey;
    use identity::master_key::Purpose;

    use super::*;

    fn mark(key: u8) -> impl Fn(&[u8]) -> [u8; 32] {
        move |data: &[u8]| MasterKey::new([key; 32]).keyed_digest(Purpose::Doctor, data)
    }

    const NOW: Timestamp = Timestamp::from_millis(1_767_355_200_000);

    #[test]
    fn a_question_is_good_for_a_minute_and_for_its_installation() {
        let asked = question(&mark(1), NOW, &[7; 16]);
        let nonce = nonce_of(&mark(1), NOW, &asked).expect("good");
        assert_eq!(nonce, "07".repeat(16));
        assert!(nonce_of(&mark(1), NOW + Duration::from_secs(60), &asked).is_some());
        assert!(nonce_of(&mark(1), NOW + Duration::from_secs(61), &asked).is_none());
        assert!(nonce_of(&mark(1), NOW - Duration::from_secs(61), &asked).is_none());
        assert!(nonce_of(&mark(2), NOW, &asked).is_none(), "another installation");
    }

    #[test]
    fn no_byte_of_a_question_can_be_changed() {
        let asked = question(&mark(1), NOW, &[7; 16]);
        for index in 0..asked.len() {
            let mut changed = asked.clone().into_bytes();
            changed[index] = if changed[index] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(changed).expect("text");
            assert!(nonce_of(&mark(1), NOW, &changed).is_none(), "{changed}");
        }
        for text in ["", ".", "..", "1.2.3", "x"] {
            assert!(nonce_of(&mark(1), NOW, text).is_none());
        }
    }

    #[test]
    fn an_answer_is_to_one_question_and_is_no_question() {
        let told = answer_mark(&mark(1), &"07".repeat(16), b"{}");
        assert!(is_ours(&mark(1), &[7; 16], b"{}", &told));
        assert!(!is_ours(&mark(1), &[8; 16], b"{}", &told));
        assert!(!is_ours(&mark(1), &[7; 16], b"[]", &told));
        assert!(!is_ours(&mark(2), &[7; 16], b"{}", &told));
        let asked = question(&mark(1), NOW, &[7; 16]);
        assert!(!asked.ends_with(&told));
    }
}
