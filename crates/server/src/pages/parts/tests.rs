//! What came from outside is text, wherever it stands; and what a part promises to those who do not see it.

use super::list::{Badge, Fact, Facts, Listing, Row};
use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script>'&";

fn hostile() -> String {
    HOSTILE.to_owned()
}

fn field() -> Field {
    Field {
        name: "name",
        label: hostile(),
        value: hostile(),
        autocomplete: "username",
        hint: Some(hostile()),
        error: Some(hostile()),
        ..Field::default()
    }
}

fn button(style: ButtonStyle) -> Button {
    Button { label: hostile(), in_full: Some(hostile()), style, value: Some(("way", hostile())) }
}

fn form() -> Form {
    Form::to("/path")
        .hidden("token", hostile())
        .field(field())
        .field(Field { name: "code", kind: FieldKind::Code, is_optional: true, ..field() })
        .field(Field { name: "address", kind: FieldKind::Email, ..field() })
        .field(Field {
            name: "one",
            kind: FieldKind::Select,
            options: vec![(hostile(), hostile())],
            ..field()
        })
        .complaint(hostile())
        .button(button(ButtonStyle::Primary))
        .button(button(ButtonStyle::Secondary))
        .button(button(ButtonStyle::Danger))
        .button(button(ButtonStyle::Provider))
}

#[test]
fn a_part_shows_what_came_from_outside_as_text() {
    let badge = Some(Badge { text: hostile(), stands_out: false });
    let (name, value, datetime) = (hostile(), hostile(), Some(hostile()));
    let fact = Fact { name, value, datetime, badge };
    let rows = vec![Row {
        title: hostile(),
        badges: vec![Badge { text: hostile(), stands_out: true }],
        facts: Facts::default().and(hostile(), hostile()).and_fact(fact),
        button: Some(button(ButtonStyle::Danger)),
    }];
    let around = || Some(Form::to("/path").hidden("token", hostile()));
    let secret = SecretOnce { label: hostile(), value: hostile().into(), warning: hostile() };
    for (html, times) in [
        (form().render(), 35),
        (Listing { rows, empty: String::new(), form: around() }.render(), 12),
        (Listing { rows: Vec::new(), empty: hostile(), form: around() }.render(), 1),
        (secret.render(), 4),
        (Notice { tone: Tone::Error, text: hostile() }.render(), 1),
        (Notice { tone: Tone::Info, text: hostile() }.render(), 1),
        (Notice { tone: Tone::Success, text: hostile() }.render(), 1),
    ] {
        let html = html.expect("HTML");
        assert!(!html.contains("<script"), "{html}");
        let escaped = "&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#39;&#38;";
        assert_eq!(html.matches(escaped).count(), times, "{html}");
    }
}

#[test]
fn errors_are_announced_and_lead_to_their_fields() {
    let error = Some("Too short.".to_owned());
    let password = Field {
        name: "password",
        kind: FieldKind::Password,
        label: "Password".to_owned(),
        autocomplete: "new-password",
        hint: Some("At least 8.".to_owned()),
        error,
        least: Some(8),
        ..Field::default()
    };
    let form = Form::default().field(password).complaint("Look:".to_owned());
    let html = form.button(Button::primary("Go".to_owned())).render().expect("HTML");
    assert!(
        html.contains("role=\"alert\"") && html.contains("<a href=\"#password\">Too short.</a>"),
        "{html}"
    );
    assert!(
        html.contains(
            "<input id=\"password\" type=\"password\" name=\"password\" autocomplete=\"new-password\" required \
             minlength=\"8\" aria-describedby=\"password-error password-hint\" aria-invalid=\"true\">"
        ),
        "{html}"
    );
    assert!(html.contains("<label for=\"password\">Password</label>"), "{html}");
}

#[test]
fn one_of_several_is_chosen_already() {
    let options = ["a", "b"].map(|value| (value.to_owned(), value.to_uppercase()));
    let kind = FieldKind::Select;
    let field =
        Field { name: "one", kind, value: "b".to_owned(), options: options.into(), ..Field::default() };
    let html = Form::default().field(field).render().expect("HTML");
    assert!(
        html.contains("<label for=\"one\">") && html.contains("<select id=\"one\" name=\"one\">"),
        "{html}"
    );
    assert!(html.contains("<option value=\"a\">A</option>"), "{html}");
    assert!(html.contains("<option value=\"b\" selected>B</option>"), "{html}");
}
