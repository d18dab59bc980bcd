//! Forms and queries, against the reading of the `url` crate: the same pairs, and no text that was mended.

use url::form_urlencoded;
use web::form::{Sent, pairs};

pub(crate) fn run(data: &[u8]) {
    let theirs: Vec<(String, String)> = form_urlencoded::parse(data).into_owned().collect();
    let Ok(ours) = pairs(data) else {
        let mended = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
        assert!(theirs.iter().any(|(name, value)| mended(name) || mended(value)), "refused, and is text");
        return;
    };
    let ours: Vec<(String, String)> =
        ours.into_iter().map(|(name, value)| (name, value.to_string())).collect();
    assert_eq!(ours, theirs);
    let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(&ours).finish();
    let again = pairs(written.as_bytes()).expect("it was text before");
    assert!(
        again
            .iter()
            .map(|(name, value)| (name, value.as_str()))
            .eq(ours.iter().map(|(n, v)| (n, v.as_str())))
    );
    let Ok(query) = std::str::from_utf8(data) else { return };
    for name in ours.iter().map(|(name, _)| name.as_str()).chain(["state"]) {
        let values: Vec<&str> =
            theirs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect();
        match (Sent::of(Some(query), name), values.as_slice()) {
            (Sent::Nothing, []) | (Sent::Unclear, [_, _, ..]) => {}
            (Sent::Value(ours), [theirs]) => assert_eq!(ours.as_str(), *theirs),
            (_, values) => {
                unreachable!("{} values under one name were taken for another number", values.len())
            }
        }
    }
}
