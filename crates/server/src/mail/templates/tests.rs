//! The words: every kind has some, an operator's replace ours, and a broken template is told with its line.

use super::super::fixtures::{mail, site};
use super::*;

fn built_in() -> Templates {
    Templates::open(None, &site()).unwrap()
}

fn words_of(templates: &Templates, mail: &Mail) -> Words {
    templates.render(mail.kind, &variables(&site(), mail).unwrap()).unwrap()
}

/// The templates with these files in the operator's folder.
fn with(files: &[(&str, &str)]) -> anyhow::Result<Templates> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let opened = Templates::open(Some(folder.path()), &site());
    opened.map_err(|error| {
        anyhow::Error::msg(format!("{error:#}").replace(&folder.path().display().to_string(), "FOLDER"))
    })
}

#[test]
fn every_kind_of_message_has_its_templates() {
    let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), 2 + 3 * MailKind::ALL.len());
    for kind in MailKind::ALL {
        for part in ["subject.txt", "txt", "html"] {
            assert!(names.contains(&format!("{}.{part}", kind.as_str()).as_str()), "{kind:?} {part}");
        }
    }
}

/// What a start does with an operator's templates is done here with ours.
#[test]
fn the_built_in_templates_stand_the_trial() {
    built_in().try_all(&site(), |error| anyhow::anyhow!("{error:#}")).unwrap();
}

#[test]
fn a_message_says_what_it_is_about_in_text_and_in_html() {
    let templates = built_in();
    for kind in MailKind::ALL {
        let words = words_of(&templates, &mail(kind));
        assert!(words.subject.contains("Example"), "{words:?}");
        for text in [&words.text, &words.html] {
            assert!(text.contains("Hello Ann,") && text.contains("If it was not you, "), "{text}");
            assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
        }
        let unnamed = words_of(&templates, &Mail { name: String::new(), ..mail(kind) });
        assert!(unnamed.text.starts_with("Hello,\n\n") && unnamed.html.contains("<p>Hello,</p>"));
    }
    let words = words_of(&templates, &mail(MailKind::VerifyEmail));
    assert_eq!(words.subject, "Confirm your address for Example");
    assert!(
        words.text.contains(
            "
24 hours, until 23 November 2026, 14:21 UTC:
"
        ),
        "{}",
        words.text
    );
}

#[test]
fn the_token_and_the_link_stand_on_lines_of_their_own() {
    for kind in
        [MailKind::VerifyEmail, MailKind::RestorePassword, MailKind::ConfirmAddress, MailKind::ApproveAddress]
    {
        let words = words_of(&built_in(), &mail(kind));
        assert!(words.text.lines().any(|line| line == "tok-en.1"), "{}", words.text);
        let link =
            |line: &str| line.starts_with("https://login.example/") && line.ends_with("?token=tok-en.1");
        assert!(words.text.lines().any(link), "{}", words.text);
    }
}

/// Somebody else chose the organization's name, and the message must not lead where that wants.
#[test]
fn an_invitation_names_the_organization_where_that_leads_nowhere() {
    let named = |name: &str| {
        let mut mail = mail(MailKind::Invitation);
        if let Some(to) = &mut mail.invited_to {
            name.clone_into(&mut to.name);
        }
        words_of(&built_in(), &mail)
    };
    let words = named("Acme & Sons");
    assert_eq!(words.subject, "You are invited to Acme & Sons at Example");
    assert!(words.text.contains("the organization Acme & Sons at"), "{}", words.text);
    assert!(words.html.contains("the organization Acme &amp; Sons at"), "{}", words.html);
    let line = |line: &str| line.starts_with("https://app.example/auth?inv_code=tok-en.1&organization_id=");
    assert!(words.text.lines().any(line), "{}", words.text);
    for name in ["Pay at evil.example", "http://evil", "<a href=//evil>"] {
        let words = named(name);
        assert_eq!(words.subject, "You are invited to an organization at Example");
        assert!(!words.text.contains("evil") && !words.html.contains("evil"), "{}", words.text);
    }
}

#[test]
fn a_name_is_no_template_and_no_markup() {
    for name in ["{{ 7*7 }}", "{% include 'layout' %}", "<script>alert(1)", "\"><img src=x onerror=alert(1)>"]
    {
        let words = words_of(&built_in(), &Mail { name: name.to_owned(), ..mail(MailKind::VerifyEmail) });
        assert!(words.text.contains(&format!("Hello {name},")), "{}", words.text);
        assert!(!words.html.contains("<script") && !words.html.contains("<img"), "{}", words.html);
        let escaped =
            name.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#x27;");
        assert!(words.html.contains(&format!("Hello {escaped},")), "{}", words.html);
    }
}

#[test]
fn what_is_in_a_link_stays_in_its_attribute() {
    let return_to = Some("https://app.example/\"onclick=\"x&y=<b>".to_owned());
    let words = words_of(&built_in(), &Mail { return_to, ..mail(MailKind::VerifyEmail) });
    let href = words.html.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(href.ends_with("%22onclick%3D%22x%26y%3D%3Cb%3E"), "{href}");
    assert!(href.contains("?token=tok-en.1&amp;return_to="), "{href}");
}

#[test]
fn a_file_of_the_operator_replaces_the_template_of_its_name() {
    let templates = with(&[
        ("verify_email.subject.txt", "  Willkommen\r\nbei {{ service }}\n"),
        ("layout.txt", "Guten Tag {{ name }}\n{% block body %}{% endblock %}"),
        ("notes.md", "{{ broken"),
    ])
    .unwrap();
    let words = words_of(&templates, &mail(MailKind::VerifyEmail));
    assert_eq!(words.subject, "Willkommen bei Example");
    assert!(words.text.starts_with("Guten Tag Ann\nSomebody, we hope you,"), "{}", words.text);
    assert!(words.html.contains("Hello Ann,"));
    let other = words_of(&templates, &mail(MailKind::PasswordChanged));
    assert_eq!(other.subject, "Your password for Example was changed");
}

#[test]
fn every_variable_can_be_used_in_every_template() {
    let all: String = super::super::variables::NAMES.iter().map(|name| format!("{{{{ {name} }}}}")).collect();
    let names = BUILT_IN.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("layout"));
    let files: Vec<(&str, &str)> = names.map(|name| (name, all.as_str())).collect();
    with(&files).unwrap();
}

#[test]
fn a_broken_template_is_told_with_its_file_and_line() {
    let told = |name: &str, text: &str| with(&[(name, text)]).unwrap_err().to_string();
    let cases = [
        ("verify_email.txt", "a\n\n{{ nmae }}", "FOLDER/verify_email.txt:3: undefined value"),
        ("verify_email.html", "a\n{% if name %}", "FOLDER/verify_email.html:2: syntax error"),
        ("layout.html", "\n{{ titel }}", "FOLDER/layout.html:2: undefined value"),
        ("address_taken.txt", "{{ name|nosuch }}", "FOLDER/address_taken.txt:1: unknown filter"),
        ("password_changed.txt", "{% extends \"base.txt\" %}", "FOLDER/password_changed.txt:1: "),
        // Only where there is no name: both cases are tried.
        ("address_changed.txt", "{% if not name %}\n{{ x }}{% endif %}", "FOLDER/address_changed.txt:2: "),
    ];
    for (name, text, wanted) in cases {
        let told = told(name, text);
        assert!(told.starts_with(wanted), "{told}");
    }
    assert_eq!(
        told("verify_email.subject.txt", " \n"),
        "the template verify_email.subject.txt is empty: a subject is wanted"
    );
}

#[test]
fn a_file_that_no_message_uses_is_told() {
    let told = with(&[("verify-email.txt", "x")]).unwrap_err().to_string();
    assert!(told.starts_with("FOLDER/verify-email.txt: no message uses a template of this name"), "{told}");
    assert!(told.contains("verify_email.txt"), "{told}");
    let told = Templates::open(Some(Path::new("/nowhere/at/all")), &site()).unwrap_err().to_string();
    assert!(told.starts_with("the folder /nowhere/at/all cannot be read"), "{told}");
}
