//! `Cookie`: no value is read that the header does not hold, none is missed that the check of origins would have to see.

use axum::http::Method;
use axum::http::header::{COOKIE, ORIGIN};
use web::cookie::{Carried, carried};
use web::{CredentialCookie, Origins, Site};

use crate::headers;

const NAMES: [&str; 3] = ["sessionid", "vault", "__Host-vestibule"];

pub(crate) fn run(data: &[u8]) {
    let sent = headers::of_lines(&COOKIE, data);
    let site = Site { origin: "https://login.example".to_owned(), secure: true };
    for name in NAMES {
        let held = held(&headers::latin1(&sent), name);
        let found = carried(&sent, name);
        match found {
            Carried::Nothing => assert!(held.is_empty(), "{name} is there and was not read"),
            Carried::Value(value) => {
                assert!(held.iter().all(|held| held == value), "{name}: another value is there");
                assert!(!held.is_empty(), "{name}: the value is nowhere in the header");
                let again = headers::one(&COOKIE, &format!("{name}={value}"));
                assert_eq!(carried(&again, name), Carried::Value(value));
            }
            Carried::Unclear => assert!(!held.is_empty(), "{name} is not there"),
        }
        for each in CredentialCookie::new(name, &site).each(&sent) {
            assert!(held.iter().any(|held| held == each), "{name}: a value that is not there");
        }
        if found != Carried::Nothing {
            let mut foreign = sent.clone();
            foreign.insert(ORIGIN, "https://evil.example".parse().expect("a header"));
            let origins = Origins::new(&site, Vec::new());
            assert!(
                !origins.permits(&Method::POST, &foreign, &[name]),
                "{name}: read, and not seen by the check"
            );
        }
    }
}

/// What stands under a name, read in the plainest way; empty values left out.
fn held(values: &[String], name: &str) -> Vec<String> {
    let blank = [' ', '\t'];
    let pairs = values.iter().flat_map(|value| value.split(';'));
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let ours = pairs.filter(|(theirs, _)| theirs.trim_matches(blank) == name);
    let bare = ours.map(|(_, value)| {
        let value = value.trim_matches(blank);
        let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inner.unwrap_or(value).to_owned()
    });
    bare.filter(|value| !value.is_empty()).collect()
}
