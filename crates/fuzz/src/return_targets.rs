//! Where people may be led back to: whatever is accepted leads, by two other readings, to a place that is allowed.

use axum::http::HeaderValue;
use url::Url;
use web::{ReturnUrl, ReturnUrls};

const OWN: &str = "https://login.example:8443";
/// A whole origin, and one with a path.
const WHOLE: &str = "https://app.example";
const PART: &str = "https://portal.example";
const PATH: &str = "/welcome";

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let entries = [WHOLE.to_owned(), format!("{PART}{PATH}")];
    let entries = entries.map(|entry| ReturnUrl::parse(&entry).expect("an address"));
    let urls = ReturnUrls::new(OWN, entries.to_vec());
    if let Some(place) = urls.place(text) {
        leads_home(&place);
        let base = Url::parse(OWN).expect("a URL");
        let browser = base.join(text).expect("what is accepted is a URL");
        assert_eq!(browser.as_str(), Url::parse(&place).expect("a URL").as_str(), "a browser goes elsewhere");
        assert!(HeaderValue::from_str(&place).is_ok(), "it would break the header");
        assert_eq!(urls.place(&place).as_deref(), Some(place.as_str()), "accepted, and then not");
    }
    if urls.allows(text) {
        leads_home(text);
    }
    // An entry of the configuration.
    if let Ok(entry) = ReturnUrl::parse(text) {
        let written = entry.to_string();
        assert_eq!(ReturnUrl::parse(&written).as_ref(), Ok(&entry));
        let only = ReturnUrls::new(OWN, vec![entry]);
        assert!(only.allows(&written), "an entry that does not allow itself: {written}");
    }
}

fn leads_home(place: &str) {
    let parsed = Url::parse(place).expect("what is accepted is a URL");
    let origin = parsed.origin().ascii_serialization();
    assert!([OWN, WHOLE, PART].contains(&origin.as_str()), "{origin}");
    // As somebody reads it who knows no URLs: up to the first slash behind the two.
    let (scheme, rest) = place.split_once("://").expect("absolute");
    let authority = rest.split(['/', '?', '#', '\\', '@', ';', ',']).next().expect("a part");
    assert_eq!(format!("{scheme}://{authority}"), origin, "read plainly it is another place");
    if origin == PART {
        let path = rest.split_at(authority.len()).1.split(['?', '#']).next().expect("a part");
        let path = as_the_worst_reads_it(path);
        assert!(path == PATH || path.starts_with(&format!("{PATH}/")), "{path}");
    }
}

/// A path decoded as often as it changes, with backslashes for slashes and parameters cut off, and then climbed.
fn as_the_worst_reads_it(path: &str) -> String {
    let mut text = path.to_owned();
    for _ in 0..4 {
        text = decoded(&text);
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split(['/', '\\']).skip(1) {
        match segment.split(';').next().expect("a part") {
            "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    format!("/{}", segments.join("/"))
}

fn decoded(text: &str) -> String {
    // A form's reader decodes as a path's does, but for the sign of a blank.
    let pair = format!("={}", text.replace('&', "%26").replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
