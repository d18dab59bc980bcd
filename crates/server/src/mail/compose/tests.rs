//! A message as it leaves: headers, parts, and what somebody typed that must not become either.

use identity::mail::MailKind;

use super::super::fixtures::{composer, id, mail};
use super::*;

fn text_of(mail: &Mail) -> String {
    let composed = composer().compose(id(), mail).map_err(|error| error.to_string()).unwrap();
    String::from_utf8(composed.bytes).unwrap()
}

/// The header lines, each unfolded.
fn headers(message: &str) -> Vec<String> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n").map(str::to_owned).collect()
}

#[test]
fn a_message_has_the_headers_of_rfc_5322_and_nothing_of_the_moment() {
    let message = text_of(&mail(MailKind::VerifyEmail));
    let mut headers = headers(&message);
    headers.sort();
    assert_eq!(
        headers,
        [
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative; boundary=\"=_01990000000070008000000000000001\"",
            "Date: Sun, 22 Nov 2026 14:21:11 +0000",
            "From: Example <no-reply@login.example>",
            "MIME-Version: 1.0",
            "Message-ID: <01990000-0000-7000-8000-000000000001@login.example>",
            "Subject: Confirm your address for Example",
            "To: ann@example.org",
        ]
    );
    assert_eq!(message, text_of(&mail(MailKind::VerifyEmail)));
    assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "a bare line break");
}

#[test]
fn a_message_has_its_words_in_text_and_in_html() {
    let message = text_of(&mail(MailKind::VerifyEmail));
    let parts: Vec<&str> = message.split("--=_01990000000070008000000000000001").collect();
    assert_eq!(parts.len(), 4, "{message}");
    assert!(parts[1].contains("Content-Type: text/plain; charset=utf-8\r\n"), "{}", parts[1]);
    assert!(parts[1].contains("\r\ntok-en.1\r\n"), "{}", parts[1]);
    assert!(parts[2].contains("Content-Type: text/html; charset=utf-8\r\n"), "{}", parts[2]);
}

#[test]
fn a_name_writes_no_header_and_ends_no_part() {
    for name in [
        "Ann\r\nBcc: victim@evil.example",
        "Ann\nBcc: x",
        "Ann\r\n\r\n--=_01990000000070008000000000000001--",
        "Ann\u{0}\r",
        "=?utf-8?q?=0d=0aBcc:x?=",
    ] {
        let message = text_of(&Mail { name: name.to_owned(), ..mail(MailKind::VerifyEmail) });
        assert_eq!(headers(&message).len(), 8, "{message}");
        assert!(!message.contains("\r\nBcc"), "{message}");
        assert_eq!(message.matches("\r\n--=_01990000000070008000000000000001").count(), 3, "{message}");
    }
}

#[test]
fn an_address_writes_no_header_and_no_second_recipient() {
    for to in [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@example.org\r\nBcc: victim@evil.example",
        "ann@example.org\nRCPT TO:<victim@evil.example>",
        "\"a\r\nb\"@example.org",
        "ann@example.org>\r\nDATA",
        "ann@example.org,victim@evil.example",
        "ann@example.org victim@evil.example",
        "Ann <ann@example.org>",
        "<ann@example.org>",
        "ann@example.org> NOTIFY=SUCCESS",
        "a\u{0}nn@example.org",
        "ann@exa\u{2028}mple.org",
        "ann@[192.0.2.1]",
        "ann@192.0.2.1",
        "ann@evil%2eexample",
        "\"ann smith\"@example.org",
        "group:ann@example.org;",
    ] {
        let composed = composer().compose(id(), &Mail { to: to.to_owned(), ..mail(MailKind::VerifyEmail) });
        let error = composed.err().unwrap_or_else(|| panic!("{to:?} was taken"));
        assert_eq!(error, MailError::Never("the address is not one that mail can be sent to".to_owned()));
    }
}

#[test]
fn a_domain_outside_ascii_is_written_in_ascii() {
    let to = "ann@B\u{fc}cher.example".to_owned();
    let composed = composer().compose(id(), &Mail { to, ..mail(MailKind::PasswordChanged) });
    let composed = composed.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(AsRef::<str>::as_ref(&composed.to), "ann@xn--bcher-kva.example");
    assert!(composed.bytes.is_ascii());
}

#[test]
fn a_name_outside_ascii_is_carried_by_seven_bits() {
    let name = "Zo\u{eb} \u{674e}".to_owned();
    let composed = composer().compose(id(), &Mail { name, ..mail(MailKind::PasswordChanged) });
    assert!(composed.unwrap_or_else(|error| panic!("{error}")).bytes.is_ascii());
}

#[test]
fn a_message_without_its_token_never_leaves() {
    let composed = composer().compose(id(), &Mail { token: None, ..mail(MailKind::RestorePassword) });
    assert!(matches!(composed.err(), Some(MailError::Never(_))));
}
