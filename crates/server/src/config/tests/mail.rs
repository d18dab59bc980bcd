//! What `[mail]`, `[captcha]`, `return_urls` and `[dialects.probe]` and `[dialects.native]` mean, and what of them is refused.

use std::path::Path;
use std::time::Duration;

use super::super::{SecretSource, SmtpSecurity, SmtpUrl, parse, show, show_json};
use super::values::refused;
use super::{config, env, loaded};

const SHAPE: &str = "smtp://user:password@host:587 or smtps://user:password@host:465 is wanted, with what is not a letter \
    or a digit in user and password written as in any URL, such as %40 for @";

#[test]
fn a_mail_server_across_a_network_is_spoken_to_by_tls_only() {
    use SmtpSecurity::{Implicit, Plain, StartTls};
    for (text, security, port) in [
        ("smtp://mail.example", StartTls, 587),
        ("smtp://me:pw@mail.example:25", StartTls, 25),
        ("smtp://mail.example/?tls=required", StartTls, 587),
        ("smtp://mail.example?tls=none", Plain, 587),
        ("smtp://10.0.0.1", StartTls, 587),
        ("smtp://localhost.example", StartTls, 587),
        ("smtps://mail.example", Implicit, 465),
        ("smtps://localhost:2465", Implicit, 2465),
        ("smtp://localhost", Plain, 587),
        ("smtp://me:pw@LOCALHOST:25", Plain, 25),
        ("smtp://127.0.0.9:25", Plain, 25),
        ("smtp://[::1]:25", Plain, 25),
        ("smtp://localhost?tls=required", StartTls, 587),
    ] {
        let url = SmtpUrl::parse(text).expect(text);
        assert_eq!((url.security, url.port), (security, port), "{text}");
    }
}

#[test]
fn a_mail_servers_user_and_password_are_written_as_in_any_url() {
    let url =
        SmtpUrl::parse("smtps://ann%40example.org:p%3Aw%40%2F@b\u{fc}cher.example?roots=%2Fetc%2Fca.pem")
            .unwrap();
    let login = url.login.as_ref().unwrap();
    assert_eq!(login.user, "ann@example.org");
    assert_eq!(login.password.as_ref().unwrap().expose(), "p:w@/");
    assert_eq!(url.host.to_string(), "xn--bcher-kva.example");
    assert_eq!(url.roots.as_deref(), Some(Path::new("/etc/ca.pem")));
}

#[test]
fn a_mail_server_that_makes_no_sense_is_refused() {
    let wrong = |url: &str, why: &str| {
        refused(&[(&format!("mail.smtp_url = {url:?}"), &format!("mail.smtp_url: {why}"))]);
    };
    for url in [
        "mail.example",
        "mail.example:587",
        "http://mail.example",
        "smtp:mail.example",
        "smtp://",
        "smtp://:pw@mail.example",
        "smtp://mail.example/path",
        "smtp://mail.example#x",
        "smtp://ma il.example",
        "smtp://me:%ff@mail.example",
        "smtp://mail.example:99999",
    ] {
        wrong(url, SHAPE);
    }
    let options = "behind the question mark tls and roots are known: tls=required or tls=none, roots=FILE";
    for query in ["tls=maybe", "tls", "roots=", "verify=no", "tls=required&x=y"] {
        wrong(&format!("smtp://mail.example?{query}"), options);
    }
    wrong("smtps://mail.example?tls=none", "smtps:// and tls=none exclude each other: write smtp://");
    wrong("smtp://localhost?roots=x", "roots is of no use without TLS: write tls=required beside it");
    let unprotected = "tls=none and a user exclude each other: a password is not sent unprotected";
    wrong("smtp://me:pw@mail.example?tls=none", unprotected);
    wrong(
        "smtp://me@mail.example",
        "a password is wanted behind the user's name, or mail.smtp_password_file",
    );
    wrong(
        "smtp://me:***@mail.example",
        "*** is what `config show` prints in the password's place: the password is wanted",
    );
    refused(&[
        (
            "mail.smtp_url = \"smtp://me:pw@mail.example\"\nmail.smtp_password_file = \"f\"",
            "mail.smtp_password_file: a password stands in mail.smtp_url too: one of the two is wanted",
        ),
        (
            "mail.smtp_url = \"smtp://mail.example\"\nmail.smtp_password_file = \"f\"",
            "mail.smtp_password_file: a user in mail.smtp_url is wanted beside it",
        ),
        (
            "mail.smtp_password_file = \"f\"",
            "mail.smtp_password_file: a user in mail.smtp_url is wanted beside it",
        ),
    ]);
}

#[test]
fn a_secret_of_the_configuration_is_shown_nowhere() {
    let text = "mail.smtp_url = \"smtp://me:hunter2@mail.example?tls=required\"\n\
                captcha.verify_url = \"https://captcha.example/\"\ncaptcha.secret = \"hunter2\"";
    let config = config(text);
    let json = show_json(&config);
    assert_eq!(json["mail"]["smtp_url"], "smtp://me:***@mail.example?tls=required");
    assert_eq!(json["captcha"]["secret"], "***");
    for text in [show(&config), json.to_string(), format!("{config:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    for name in ["VESTIBULE_MAIL__SMTP_URL", "VESTIBULE_MAIL__FROM", "VESTIBULE_CAPTCHA__VERIFY_URL"] {
        let error = parse("x", "", env(&[(name, "smtp://me:hunter2@/:x")])).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn messages_are_from_the_public_urls_host_unless_told_otherwise() {
    for (public_url, from) in [
        ("https://login.example", "Vestibule <no-reply@login.example>"),
        ("https://b\u{fc}cher.example:8443", "Vestibule <no-reply@xn--bcher-kva.example>"),
        ("http://127.0.0.1:8080", "Vestibule <no-reply@localhost>"),
        ("http://[::1]:8080", "Vestibule <no-reply@localhost>"),
    ] {
        assert_eq!(config(&format!("public_url = {public_url:?}")).mail.from.to_string(), from);
    }
    let own = config("mail.from = \"\\\"Login, Inc.\\\" <login@example.org>\"").mail.from;
    assert_eq!(own.mailbox().name.as_deref(), Some("Login, Inc."));
    assert_eq!(config("mail.from = \"a@example.org\"").mail.from.to_string(), "a@example.org");
    let wanted =
        "mail.from: a sender is wanted, such as \"Example <no-reply@example.org>\", with an address in ASCII";
    for text in ["", "Vestibule", "a@", "b\u{fc}ro@example.org", "A <a@example.org>, B <b@example.org>"] {
        refused(&[(&format!("mail.from = {text:?}"), wanted)]);
    }
    for text in ["A\\r\\nBcc: x@evil.example <a@example.org>", "a@example.org\\r\\nBcc: x@evil.example"] {
        refused(&[(&format!("mail.from = \"{text}\""), wanted)]);
    }
}

#[test]
fn a_captcha_service_has_an_address_and_a_secret() {
    assert_eq!(config("").captcha, None);
    let given =
        config("captcha.verify_url = \"https://captcha.example/v\"\ncaptcha.secret = \"s\"").captcha.unwrap();
    assert_eq!(given.verify_url.as_str(), "https://captcha.example/v");
    assert!(matches!(&given.secret, SecretSource::Given(secret) if secret.expose() == "s"));
    let file = config("captcha.verify_url = \"https://captcha.example/v\"\ncaptcha.secret_file = \"f\"")
        .captcha
        .unwrap();
    assert_eq!(file.secret, SecretSource::File("f".into()));
    let at = "captcha.verify_url = \"https://captcha.example/v\"\n";
    refused(&[
        (
            "captcha.verify_url = \"https://captcha.example/v\"",
            "captcha.verify_url: captcha.secret or captcha.secret_file is wanted beside it",
        ),
        ("captcha.secret = \"s\"", "captcha.secret: captcha.verify_url is wanted beside it"),
        ("captcha.secret_file = \"f\"", "captcha.secret_file: captcha.verify_url is wanted beside it"),
        (
            &format!("{at}captcha.secret = \"s\"\ncaptcha.secret_file = \"f\""),
            "captcha.secret_file: captcha.secret is set too: one of the two is wanted",
        ),
        (
            &format!("{at}captcha.secret = \"***\""),
            "captcha.secret: this is what `config show` prints in the secret's place: the secret itself is wanted",
        ),
        (
            "captcha.secret = \"s\"\ncaptcha.verify_url = \"ftp://captcha.example\"",
            "captcha.verify_url: the URL begins with neither http:// nor https://",
        ),
        (
            "captcha.secret = \"s\"\ncaptcha.verify_url = \"https://a:b@captcha.example\"",
            "captcha.verify_url: the URL holds a user name, password or fragment, and must not",
        ),
    ]);
}

#[test]
fn a_captcha_secret_that_travels_unprotected_is_warned_about() {
    let warnings =
        |url: &str| loaded(&format!("captcha.verify_url = {url:?}\ncaptcha.secret = \"s\"")).warnings;
    assert_eq!(warnings("https://captcha.example/"), Vec::<String>::new());
    assert_eq!(warnings("http://127.0.0.1:9000/"), Vec::<String>::new());
    assert!(warnings("http://captcha.example/")[0].starts_with("captcha.verify_url begins with http://"));
}

#[test]
fn return_urls_are_read_at_the_start() {
    let urls =
        config("return_urls = [\"https://App.Example/\", \"https://app.example/welcome\"]").return_urls;
    assert_eq!(
        urls.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["https://app.example", "https://app.example/welcome"]
    );
    refused(&[(
        "return_urls = [\"https://app.example\", \"https://me:hunter2@app.example\"]",
        "return_urls: the URL holds a user name or password, and must not",
    )]);
}

#[test]
fn probes_short_term_is_not_longer_than_its_long_term() {
    let probe = config("").dialects.probe;
    assert_eq!((probe.long_term, probe.short_term), (Duration::from_hours(14 * 24), Duration::from_hours(3)));
    config("[dialects.probe]\nlong_term = \"3h\"");
    refused(&[
        (
            "[dialects.probe]\nshort_term = \"15d\"",
            "dialects.probe.short_term: at most long_term, 14d, is wanted: it is the shorter one",
        ),
        (
            "[dialects.probe]\nlong_term = \"0s\"",
            "dialects.probe.long_term: a duration longer than zero is wanted",
        ),
    ]);
}

#[test]
fn a_native_session_rests_no_longer_than_it_lives() {
    let native = config("").dialects.native;
    let day = Duration::from_hours(24);
    assert_eq!((native.session_idle, native.session_lifetime), (7 * day, 30 * day));
    config("[dialects.native]\nsession_lifetime = \"7d\"");
    refused(&[
        (
            "[dialects.native]\nsession_lifetime = \"6d\"\nsession_idle = \"7d\"",
            "dialects.native.session_idle: at most session_lifetime, 6d, is wanted: no session rests longer than it lives",
        ),
        (
            "[dialects.native]\nsession_idle = \"0s\"",
            "dialects.native.session_idle: a duration longer than zero is wanted",
        ),
    ]);
}
