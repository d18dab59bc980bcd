//! `Authorization`: one header is one credential at most, and what is read stands in it.

use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use web::authorization::{basic, bearer};
use web::drf::token_header::TokenHeader;

use crate::headers;

pub(crate) fn run(data: &[u8]) {
    let sent = headers::of_lines(&AUTHORIZATION, data);
    let texts = headers::latin1(&sent);
    let bytes = || sent.values().map(|value| value.as_bytes());
    let holds = |part: &str| bytes().any(|value| value.windows(part.len()).any(|at| at == part.as_bytes()));
    let by_bearer = bearer(&sent).flatten();
    if let Some(word) = by_bearer {
        assert!(holds(word) && !word.is_empty() && !word.contains(|c: char| c.is_ascii_whitespace()));
        assert_eq!(with_scheme(&texts, "bearer"), 1, "which of several is meant cannot be told");
    }
    let by_basic = basic(&sent);
    if let Some(pair) = &by_basic {
        assert_eq!(texts.len(), 1, "which of several is meant cannot be told");
        let (name, password) = (pair.name.as_str(), pair.password.as_str());
        assert!(!name.contains(':') && !name.chars().chain(password.chars()).any(char::is_control));
        let word = STANDARD.encode(format!("{name}:{password}"));
        assert!(holds(&word), "base64 in another spelling");
        let again = basic(&headers::one(&AUTHORIZATION, &format!("Basic {word}"))).expect("read before");
        assert_eq!((again.name.as_str(), again.password.as_str()), (name, password));
    }
    let by_token = match TokenHeader::read(bytes()) {
        TokenHeader::Token(token) => Some(token),
        TokenHeader::Absent | TokenHeader::Empty | TokenHeader::Spaces | TokenHeader::NotText => None,
    };
    if let Some(token) = by_token {
        assert!(holds(token) && token.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(texts.len(), 1, "which of several is meant cannot be told");
        let again = format!("Token {token}");
        assert!(TokenHeader::read([again.as_bytes()]) == TokenHeader::Token(token));
    }
    if texts.len() == 1 {
        let read = [by_bearer.is_some(), by_basic.is_some(), by_token.is_some()];
        assert!(read.into_iter().filter(|read| *read).count() <= 1, "one header, and two credentials");
    }
}

fn with_scheme(texts: &[String], scheme: &str) -> usize {
    let first = |text: &String| text.split_ascii_whitespace().next().map(str::to_ascii_lowercase);
    texts.iter().filter(|text| first(text).as_deref() == Some(scheme)).count()
}
