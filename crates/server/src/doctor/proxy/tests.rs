//! What is told of each kind of proxy.

use axum::http::{HeaderMap, HeaderValue};

use super::*;

fn config(settings: &str) -> Config {
    crate::config::parse("x", settings, []).unwrap().config
}

const PROXY: &str = "192.0.2.7";
const OURSELVES: &str = "203.0.113.5";

/// What is named when a proxy at [`PROXY`] sends these values and that client was taken.
fn named(trusted: &str, forwarded: &[&str], client: &str) -> Option<&'static str> {
    let config = config(&format!("public_url = \"https://a.example\"\ntrusted_proxies = [{trusted}]"));
    let seen = Seen {
        peer: format!("{PROXY}:4711"),
        client: client.to_owned(),
        x_forwarded_for: forwarded.iter().map(|&value| value.to_owned()).collect(),
        ..Seen::default()
    };
    let findings = judge(&config, "", &seen, Some("203.0.113.5:4711".parse().unwrap()));
    assert!(findings.len() < 2, "{findings:?}");
    findings.first().and_then(|finding| finding.rule).map(|rule| rule.name)
}

#[test]
fn a_proxy_that_appends_and_is_trusted_is_good() {
    let trusted = "\"192.0.2.7/32\"";
    let appended = format!("{FORGED}, {OURSELVES}");
    assert_eq!(named(trusted, &[&appended], OURSELVES), None);
    assert_eq!(named(trusted, &[FORGED, OURSELVES], OURSELVES), None, "as a header of its own");
    assert_eq!(named(trusted, &[OURSELVES], OURSELVES), None, "one that writes the header anew");
    // The doctor's own machine is a trusted proxy: the walk goes on past it, which no stranger can have.
    assert_eq!(named("\"192.0.2.7/32\", \"203.0.113.5/32\"", &[&appended], FORGED), None);
}

#[test]
fn a_proxy_that_nobody_trusts_is_named() {
    let appended = format!("{FORGED}, {OURSELVES}");
    assert_eq!(named("", &[&appended], PROXY), Some("proxy_untrusted"));
    let two = format!("{FORGED}, {OURSELVES}, 192.0.2.8");
    assert_eq!(named("\"192.0.2.7/32\"", &[&two], "192.0.2.8"), Some("proxy_untrusted"), "the outer one");
    assert_eq!(named("\"192.0.2.0/24\"", &[&two], OURSELVES), None);
}

#[test]
fn a_proxy_that_tells_nothing_or_only_what_the_client_wrote_is_named() {
    for trusted in ["", "\"192.0.2.7/32\""] {
        assert_eq!(named(trusted, &[], PROXY), Some("forwarded_for_absent"));
        assert_eq!(named(trusted, &[FORGED], FORGED), Some("forwarded_for_passed_on"));
    }
}

#[test]
fn who_comes_straight_or_trusts_everybody_is_told_nothing_of_proxies() {
    assert_eq!(named("\"0.0.0.0/0\"", &[], PROXY), None);
    let config = config("public_url = \"https://a.example\"");
    let seen = Seen { peer: "203.0.113.5:4711".to_owned(), ..Seen::default() };
    assert_eq!(judge(&config, "", &seen, Some("203.0.113.5:4711".parse().unwrap())), []);
    let told = judge(&config, "another", &seen, None);
    assert_eq!(told.first().and_then(|it| it.rule).map(|rule| rule.name), Some("server_outdated"));
}

fn reply(status: u16, headers: &[(&'static str, &'static str)]) -> Reply {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    Reply { status, headers, body: Vec::new(), local: None, sighting: None }
}

#[test]
fn another_server_a_gateway_and_a_redirect_are_told_apart() {
    let config = config("public_url = \"http://127.0.0.1:8080\"");
    let told = |reply: &Reply| {
        let finding = judge_stranger(&config, reply);
        (finding.rule.unwrap().name, finding.seen)
    };
    assert_eq!(told(&reply(404, &[])).0, "public_url_other_server");
    assert_eq!(told(&reply(200, &[])).0, "public_url_other_server");
    assert_eq!(told(&reply(502, &[])).0, "public_url_gateway");
    let (name, seen) = told(&reply(301, &[("location", "https://a.example/id/doctor")]));
    assert_eq!((name, &*seen), ("public_url_redirects", "http://127.0.0.1:8080 leads to https://a.example"));
}

#[test]
fn a_cookie_arrives_with_its_flags_or_is_named() {
    let plain = config("public_url = \"http://127.0.0.1:8080\"");
    let https = config("public_url = \"https://a.example\"");
    let wrong =
        |config: &Config, cookie| judge_cookie(config, &reply(200, &[("set-cookie", cookie)])).is_some();
    let good = "vestibule-doctor=seen; HttpOnly; Path=/; SameSite=Lax";
    let secure = "vestibule-doctor=seen; HttpOnly; Path=/; SameSite=Lax; Secure";
    assert!(!wrong(&plain, good) && !wrong(&https, secure));
    assert!(wrong(&plain, secure) && wrong(&https, good));
    assert!(wrong(&https, "vestibule-doctor=seen; HttpOnly; Path=/auth; SameSite=Lax; Secure"));
    assert!(wrong(&https, "vestibule-doctor=seen; Path=/; SameSite=Lax; Secure"));
    assert!(wrong(&https, "vestibule-doctor=seen; HttpOnly; Path=/; SameSite=None; Secure"));
    assert!(wrong(&https, "vestibule-doctor=seen; HttpOnly; Path=/; SameSite=Lax; Secure; Domain=a.example"));
    assert!(judge_cookie(&https, &reply(200, &[])).is_some());
}
