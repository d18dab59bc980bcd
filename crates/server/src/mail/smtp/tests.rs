//! A mail server that refuses, hangs, dies or lies, step by step of the dialogue.

use std::path::Path;

use identity::mail::MailKind;

use super::super::fixtures::{config, id, mail};
use super::scripted::{Act, Close, Encrypt, Hang, Hear, HearMessage, Say, Scripted};
use super::*;

/// A mailer for this server: `smtp://` and `{user}localhost:PORT?{options}`.
fn mailer(scheme: &str, user: &str, server: &Scripted, options: &str) -> Smtp {
    let url = format!("{scheme}://{user}localhost:{}?{options}", server.port);
    let config = config(Path::new("unused"), &format!("smtp_url = {url:?}"));
    let composer = Composer::new(&config).expect("built-in templates");
    Smtp::new(config.mail.smtp.as_ref().expect("a server"), &config, composer).expect("a mailer")
}

/// The outcome of one message to a server in the open, and what that heard.
async fn sent(script: Vec<Act>, mail: &Mail) -> (Result<(), MailError>, Vec<String>) {
    let server = Scripted::start(vec![script]).await;
    let outcome = mailer("smtp", "", &server, "").send(id(), mail).await;
    (outcome, server.heard())
}

fn begin() -> Vec<Act> {
    vec![Say("220 mail.example\n"), Hear("EHLO login.example"), Say("250-mail.example\n250 8BITMIME\n")]
}

/// What follows a beginning, each act a line heard and what is said to it.
fn after(beginning: Vec<Act>, exchanges: &[(&'static str, &'static str)]) -> Vec<Act> {
    let acts = exchanges
        .iter()
        .flat_map(|(heard, said)| [if *heard == "." { HearMessage } else { Hear(heard) }, Say(said)]);
    beginning.into_iter().chain(acts).collect()
}

const TO_ANN: [(&str, &str); 4] = [
    ("MAIL FROM:<no-reply@login.example>", "250 2.1.0 ok\n"),
    ("RCPT TO:<ann@example.org>", "250 2.1.5 ok\n"),
    ("DATA", "354 go on\n"),
    (".", "250 2.0.0 taken\n"),
];

fn message() -> Mail {
    mail(MailKind::VerifyEmail)
}

fn later(outcome: Result<(), MailError>, why: &str) {
    match outcome.expect_err("refused") {
        MailError::Later(text) => assert!(text.contains(why), "{text}"),
        MailError::Never(text) => panic!("given up: {text}"),
    }
}

fn never(outcome: Result<(), MailError>, why: &str) {
    match outcome.expect_err("refused") {
        MailError::Never(text) => assert_eq!(text, why),
        MailError::Later(text) => panic!("to be tried again: {text}"),
    }
}

#[tokio::test]
async fn a_message_is_handed_over_as_it_was_composed() {
    let (outcome, heard) = sent(after(begin(), &TO_ANN), &message()).await;
    assert_eq!(outcome, Ok(()));
    let composed = super::super::fixtures::composer().compose(id(), &message());
    let composed = composed.map_err(|error| error.to_string()).unwrap().bytes;
    let lines: Vec<String> =
        String::from_utf8(composed).unwrap().lines().map(|line| line.trim_end().to_owned()).collect();
    assert_eq!(heard[..4], ["EHLO login.example", TO_ANN[0].0, TO_ANN[1].0, "DATA"]);
    let body: Vec<&str> = heard[4..].iter().map(String::as_str).filter(|line| *line != ".").collect();
    assert_eq!(body.join("\n").trim_end(), lines.join("\n").trim_end());
}

#[tokio::test]
async fn a_server_that_is_away_is_a_matter_of_later() {
    let mut server = Scripted::start(vec![]).await;
    // It closes what it has no script for.
    later(mailer("smtp", "", &server, "").send(id(), &message()).await, "hung up");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server.port = listener.local_addr().unwrap().port();
    drop(listener);
    let mailer = mailer("smtp", "", &server, "");
    later(mailer.send(id(), &message()).await, "cannot be reached: ");
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for() {
    let cut = |count: usize| {
        let mut script = after(begin(), &TO_ANN);
        script.truncate(count);
        script.push(Hang);
        script
    };
    for count in [0, 2, 4, 6, 8, 10] {
        let server = Scripted::start(vec![cut(count)]).await;
        let mailer = mailer("smtp", "", &server, "");
        let sending = tokio::spawn(async move { mailer.send(id(), &message()).await });
        // Until the server has come to where it hangs; from there on only time-outs can end it.
        let hears = after(begin(), &TO_ANN).into_iter().take(count);
        let lines = hears.filter(|act| matches!(act, Hear(_))).count();
        while server.heard().len() < lines {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        later(sending.await.unwrap(), "did not finish within 30s");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_server_that_dies_in_the_middle_is_a_matter_of_later() {
    for count in 0..11 {
        let mut script = after(begin(), &TO_ANN);
        script.truncate(count);
        script.push(Close);
        let (outcome, _) = sent(script, &message()).await;
        later(outcome, "the mail server did not finish: ");
    }
}

#[tokio::test]
async fn what_a_server_refuses_for_now_is_a_matter_of_later() {
    for (step, said, why) in [
        (0, "421 4.3.2 down\n", "does not accept the sender, mail.from: 421 4.3.2"),
        (1, "450 4.2.1 busy <ann@example.org>\n", "does not accept the recipient: 450 4.2.1"),
        (1, "452 full\n", "does not accept the recipient: 452"),
        (2, "451 4.3.0 no\n", "does not accept the message: 451 4.3.0"),
        (3, "451 4.7.1 greylisted\n", "does not accept the message: 451 4.7.1"),
    ] {
        let mut exchanges = TO_ANN[..=step].to_vec();
        exchanges[step].1 = said;
        let (outcome, _) = sent(after(begin(), &exchanges), &message()).await;
        later(outcome, why);
    }
}

#[tokio::test]
async fn only_a_verdict_on_the_recipient_or_the_message_is_final() {
    for (step, said, why) in [
        (
            1,
            "550 5.1.1 <ann@example.org> unknown\n",
            "the mail server refuses the recipient for good: 550 5.1.1",
        ),
        (1, "553 no\n", "the mail server refuses the recipient for good: 553"),
        (2, "554 5.5.1 no\n", "the mail server refuses the message for good: 554 5.5.1"),
        (
            3,
            "554-5.7.1 spam\n554 5.7.1 tok-en.1\n",
            "the mail server refuses the message for good: 554 5.7.1",
        ),
    ] {
        let mut exchanges = TO_ANN[..=step].to_vec();
        exchanges[step].1 = said;
        let (outcome, _) = sent(after(begin(), &exchanges), &message()).await;
        never(outcome, why);
    }
    for (step, said, why) in [
        (0, "550 5.7.1 no\n", "does not accept the sender, mail.from: 550 5.7.1"),
        (0, "530 5.7.0 log in\n", "does not accept the user and password of mail.smtp_url: 530 5.7.0"),
        (1, "530 5.7.0 log in\n", "does not accept the user and password of mail.smtp_url: 530 5.7.0"),
    ] {
        let mut exchanges = TO_ANN[..=step].to_vec();
        exchanges[step].1 = said;
        let (outcome, _) = sent(after(begin(), &exchanges), &message()).await;
        later(outcome, why);
    }
    for greeting in ["554 5.7.1 your address is listed\n", "421 too many\n"] {
        let (outcome, heard) = sent(vec![Say(greeting)], &message()).await;
        later(outcome, "does not accept us: ");
        assert_eq!(heard, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_not_smtp_is_a_matter_of_later() {
    for said in ["HTTP/1.1 400 Bad Request\n\n", "\n", "999 what\n", "22"] {
        let (outcome, _) = sent(vec![Say(said), Close], &message()).await;
        later(outcome, "the mail server did not finish: ");
    }
    // A server that takes a message before it was sent did not take it.
    let mut exchanges = TO_ANN;
    exchanges[2].1 = "250 taken\n";
    later(sent(after(begin(), &exchanges[..3]), &message()).await.0, "something else than 354");
}

#[tokio::test]
async fn a_server_that_talks_without_end_is_cut_off() {
    let endless = "x".repeat(300 * 1024).leak();
    later(sent(vec![Say(endless)], &message()).await.0, "it talks without end");
    let server = Scripted::start(vec![vec![Say(endless)]]).await;
    let outcome = mailer("smtp", "", &server, "tls=required").send(id(), &message()).await;
    later(outcome, "its answer has no end");
}

#[tokio::test]
async fn an_address_outside_ascii_goes_to_servers_that_take_it() {
    let zoe = Mail { to: "zo\u{eb}@example.org".to_owned(), ..message() };
    let (outcome, heard) = sent(begin(), &zoe).await;
    never(
        outcome,
        "the address is not in ASCII, and the mail server does not take such addresses (SMTPUTF8)",
    );
    assert!(!heard.iter().any(|line| line.starts_with("MAIL")), "{heard:?}");
    let mut script = begin();
    script[2] = Say("250-mail.example\n250-SMTPUTF8\n250 8BITMIME\n");
    let mut exchanges = TO_ANN;
    exchanges[0].0 = "MAIL FROM:<no-reply@login.example> SMTPUTF8 BODY=8BITMIME";
    exchanges[1].0 = "RCPT TO:<zo\u{eb}@example.org>";
    let (outcome, heard) = sent(after(script, &exchanges), &zoe).await;
    assert_eq!(outcome, Ok(()), "{heard:?}");
}

const OFFER: &str = "250-mail.example\n250-AUTH PLAIN LOGIN\n250 STARTTLS\n";
const INSIDE: &str = "250-mail.example\n250 AUTH PLAIN LOGIN\n";

fn encrypted() -> Vec<Act> {
    vec![
        Say("220 mail.example\n"),
        Hear("EHLO"),
        Say(OFFER),
        Hear("STARTTLS"),
        Say("220 go on\n"),
        Encrypt,
        Hear("EHLO"),
        Say(INSIDE),
    ]
}

#[tokio::test]
async fn a_login_travels_encrypted() {
    // "\0me\0pw" in base64.
    let exchanges = [("AUTH PLAIN AG1lAHB3", "235 2.7.0 welcome\n")].into_iter().chain(TO_ANN);
    let exchanges: Vec<_> = exchanges.collect();
    let implicit = vec![Encrypt, Say("220 mail.example\n"), Hear("EHLO"), Say(INSIDE)];
    for (scheme, beginning) in [("smtp", encrypted()), ("smtps", implicit)] {
        let server = Scripted::start(vec![after(beginning, &exchanges)]).await;
        let options = format!("tls=required&roots={}", server.roots());
        let outcome = mailer(scheme, "me:pw@", &server, &options).send(id(), &message()).await;
        assert_eq!(outcome, Ok(()), "{:?}", server.heard());
    }
}

#[tokio::test]
async fn a_login_that_is_refused_keeps_the_message() {
    for (said, why) in [
        ("535 5.7.8 bad\n", "does not accept the user and password of mail.smtp_url: 535 5.7.8"),
        ("454 4.7.0 busy\n", "does not accept the user and password of mail.smtp_url: 454 4.7.0"),
        ("250 ok\n", "answered AUTH with something else than 235"),
    ] {
        let server = Scripted::start(vec![after(encrypted(), &[("AUTH PLAIN", said)])]).await;
        let options = format!("tls=required&roots={}", server.roots());
        later(mailer("smtp", "me:pw@", &server, &options).send(id(), &message()).await, why);
    }
    let mut none = encrypted();
    none[7] = Say("250-mail.example\n250 AUTH XOAUTH2\n");
    let server = Scripted::start(vec![none]).await;
    let options = format!("tls=required&roots={}", server.roots());
    later(
        mailer("smtp", "me:pw@", &server, &options).send(id(), &message()).await,
        "offers no login by PLAIN",
    );
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_sent_nothing() {
    let greeting = || vec![Say("220 mail.example\n"), Hear("EHLO")];
    let with = |acts: &[Act]| greeting().into_iter().chain(acts.iter().cloned()).collect::<Vec<_>>();
    let begins = "does not begin to encrypt: ";
    for (script, why) in [
        (with(&[Say("250-mail.example\n250 AUTH PLAIN LOGIN\n")]), "offers no STARTTLS"),
        (with(&[Say("250 XSTARTTLS\n")]), "offers no STARTTLS"),
        (with(&[Say("502 no\n")]), begins),
        (with(&[Say(OFFER), Hear("STARTTLS"), Say("454 4.7.0 not now\n")]), begins),
        (with(&[Say(OFFER), Hear("STARTTLS"), Say("554 never\n")]), begins),
        (with(&[Say(OFFER), Hear("STARTTLS"), Say("250 ok\n")]), begins),
        (with(&[Say(OFFER), Hear("STARTTLS"), Say("220 go on\nplain\n")]), "cannot be encrypted: "),
    ] {
        let server = Scripted::start(vec![script]).await;
        let options = format!("tls=required&roots={}", server.roots());
        later(mailer("smtp", "me:pw@", &server, &options).send(id(), &message()).await, why);
        let spoken = |line: &String| line.starts_with("MAIL") || line.starts_with("AUTH");
        assert!(!server.heard().iter().any(spoken), "{:?}", server.heard());
    }
}

/// The weakness of CVE-2011-0411 and its kin, seen from the client.
#[tokio::test]
async fn what_was_said_in_the_open_is_not_taken_for_what_is_said_encrypted() {
    let mut script = encrypted();
    script[4] = Say(
        "220 go on\n250-mail.example\n250 AUTH PLAIN\n235 welcome\n250 ok\n250 ok\n354 go on\n250 taken\n",
    );
    let server = Scripted::start(vec![script]).await;
    let options = format!("tls=required&roots={}", server.roots());
    let outcome = mailer("smtp", "me:pw@", &server, &options).send(id(), &message()).await;
    later(outcome, "the way to the mail server cannot be encrypted: ");
    while server.heard().last().map(String::as_str) != Some("NO HANDSHAKE") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_stops_the_message() {
    let start = || async { Scripted::start(vec![encrypted()]).await };
    // Not signed by a public authority.
    let server = start().await;
    let unknown = mailer("smtp", "me:pw@", &server, "tls=required").send(id(), &message()).await;
    later(unknown, "UnknownIssuer");
    // Signed by somebody else than whom the operator trusts.
    let (server, other) = (start().await, start().await);
    let options = format!("tls=required&roots={}", other.roots());
    later(mailer("smtp", "me:pw@", &server, &options).send(id(), &message()).await, "cannot be encrypted: ");
    // For another name.
    let server = start().await;
    let url = format!("smtp://me:pw@127.0.0.1:{}?tls=required&roots={}", server.port, server.roots());
    let config = config(Path::new("unused"), &format!("smtp_url = {url:?}"));
    let composer = Composer::new(&config).unwrap();
    let mailer = Smtp::new(config.mail.smtp.as_ref().unwrap(), &config, composer).unwrap();
    later(mailer.send(id(), &message()).await, "not valid for name");
}

#[tokio::test]
async fn a_connection_serves_the_next_message_and_is_made_anew_when_it_is_gone() {
    let mut first = after(begin(), &TO_ANN);
    first.extend(after(vec![Hear("NOOP"), Say("250 ok\n")], &TO_ANN));
    first.extend([Hear("NOOP"), Say("421 good-bye\n")]);
    let server = Scripted::start(vec![first, after(begin(), &TO_ANN)]).await;
    let mailer = mailer("smtp", "", &server, "");
    for _ in 0..3 {
        assert_eq!(mailer.send(id(), &message()).await, Ok(()), "{:?}", server.heard());
    }
    let greetings = server.heard().iter().filter(|line| line.starts_with("EHLO")).count();
    assert_eq!(greetings, 2);
}

#[tokio::test]
async fn a_connection_that_nobody_needs_is_ended() {
    let server = Scripted::start(vec![after(begin(), &TO_ANN)]).await;
    let mailer = mailer("smtp", "", &server, "");
    assert_eq!(mailer.send(id(), &message()).await, Ok(()));
    assert!(mailer.idle.lock().unwrap().connection.is_some());
    tokio::time::pause();
    tokio::time::sleep(IDLE * 2).await;
    assert!(mailer.idle.lock().unwrap().connection.is_none());
    tokio::time::resume();
    while server.heard().last().map(String::as_str) != Some("QUIT") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_error_names_the_recipient_or_the_token() {
    let mut exchanges = TO_ANN;
    for (step, said) in [(1, "550 <ann@example.org>: tok-en.1\n"), (3, "451 ann@example.org tok-en.1\n")] {
        exchanges[step].1 = said;
        let (outcome, _) = sent(after(begin(), &exchanges[..=step]), &message()).await;
        exchanges = TO_ANN;
        let text = outcome.unwrap_err().to_string();
        assert!(!text.contains("ann@") && !text.contains("tok-en"), "{text}");
    }
}

#[test]
fn a_status_code_is_told_from_words() {
    for (words, code) in [
        ("5.1.1 unknown", Some("5.1.1")),
        ("5.7.509", Some("5.7.509")),
        ("ann@example.org", None),
        ("1.2.3.4 is listed", None),
        ("5.1.x", None),
        ("5..1", None),
        ("", None),
    ] {
        assert_eq!(enhanced(words), code, "{words}");
    }
}
