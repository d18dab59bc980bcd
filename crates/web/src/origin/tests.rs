//! Who may change something with a cookie, and which pages may read an answer.

use super::*;

fn origins(allowed: &[&str]) -> Origins {
    let site = Site { origin: "https://login.example".to_owned(), secure: true };
    Origins::new(&site, allowed.iter().map(|origin| (*origin).to_owned()).collect())
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
        .collect()
}

fn permits(origins: &Origins, method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
    origins.permits(method, &headers(pairs), &["toy"])
}

const COOKIE: (&str, &str) = ("cookie", "other=1; toy=secret");

#[test]
fn a_foreign_page_changes_nothing_with_a_cookie() {
    let own = origins(&[]);
    for foreign in
        ["https://evil.example", "null", "https://login.example.evil.example", "http://login.example"]
    {
        assert!(!permits(&own, &Method::POST, &[COOKIE, ("origin", foreign)]), "{foreign}");
    }
    for site in ["cross-site", "same-site", "nonsense"] {
        assert!(!permits(&own, &Method::DELETE, &[COOKIE, ("sec-fetch-site", site)]), "{site}");
    }
    // A same-origin claim does not outweigh a foreign origin.
    let mixed = [COOKIE, ("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")];
    assert!(!permits(&own, &Method::POST, &mixed));
}

#[test]
fn own_pages_allowed_pages_and_other_programs_pass() {
    let list = origins(&["https://app.example"]);
    assert!(permits(&list, &Method::POST, &[COOKIE, ("origin", "https://login.example")]));
    assert!(permits(&list, &Method::POST, &[COOKIE, ("origin", "https://app.example")]));
    assert!(permits(&list, &Method::POST, &[COOKIE, ("sec-fetch-site", "same-origin")]));
    assert!(permits(&list, &Method::POST, &[COOKIE, ("sec-fetch-site", "none")]));
    assert!(permits(&list, &Method::POST, &[COOKIE]));
}

#[test]
fn only_state_changes_with_one_of_the_cookies_are_checked() {
    let own = origins(&[]);
    let evil = ("origin", "https://evil.example");
    assert!(permits(&own, &Method::GET, &[COOKIE, evil]));
    assert!(permits(&own, &Method::POST, &[evil]));
    assert!(permits(&own, &Method::POST, &[("cookie", "nottoy=1; other=toy"), evil]));
    assert!(!permits(&own, &Method::POST, &[("cookie", "toy"), evil]));
}

/// security 2, no. 33.
#[test]
fn cors_answers_allowed_origins_only() {
    let list = origins(&["https://app.example"]);
    let ask = |origin| {
        let asked = headers(&[("origin", origin), ("access-control-request-method", "POST")]);
        list.preflight(&Method::OPTIONS, &asked, "POST, OPTIONS").expect("a preflight")
    };
    let allowed = ask("https://app.example");
    assert_eq!(allowed.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example");
    assert_eq!(allowed.headers()[VARY], "Origin");
    let refused = ask("https://evil.example");
    assert!(!refused.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    assert!(list.preflight(&Method::OPTIONS, &HeaderMap::new(), "POST").is_none());
}
