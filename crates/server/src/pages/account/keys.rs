//! API keys by every door: seen, made, ended. The secret of a new one is on the page that answers its form, and nowhere
//! after that.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use dialects::native::{LONGEST_NAME, NewKeyFault};
use identity::api_key::keys::ShownKey;
use identity::api_key::{ApiKey, ApiKeyId};
use identity::{Error, ErrorKind};
use web::Fault;

use super::overview::{self, Part, Window};
use super::{Done, ID, id, when};
use crate::pages::ask::Ask;
use crate::pages::form;
use crate::pages::parts::list::{Badge, Fact, Facts, Listing, Row};
use crate::pages::parts::{Button, Field, FieldKind, Notice, SecretOnce, Tone};
use crate::pages::person::Person;
use crate::pages::refusal::Told;
use crate::pages::said::{later, said};
use crate::pages::shell::Shell;

/// Where one is made.
pub(super) const PATH: &str = "/account/keys";
/// Where a form goes that ends one.
pub(super) const END: &str = "/account/keys/end";

/// How many days a key may live, as the form offers them.
const DAYS: [u32; 4] = [7, 30, 90, 365];
/// What is chosen unless another is.
const USUAL_DAYS: &str = "90";
/// The value for a key that never ends by itself.
const NEVER: &str = "never";

/// A new key, with its secret.
#[derive(Template)]
#[template(path = "account/secret.html")]
struct SecretPage {
    shell: Shell,
    secret: SecretOnce,
    facts: Facts,
}

/// The list.
pub(super) async fn part(person: &Person, window: Window) -> identity::Result<Part> {
    let t = person.visitor.t;
    let keys = person.identity().api_keys.list_own(&person.op(), &person.caller).await?;
    let (rows, more) = window.of(t, &keys, |key| row(person, key));
    let form = Some(person.visitor.form(END));
    Ok(Part { listing: Listing { rows, empty: t.say("keys-none"), form }, more, forms: Vec::new() })
}

fn row(person: &Person, key: &ApiKey) -> Row {
    let t = person.visitor.t;
    let title = match key.name.as_str() {
        "" if key.standing => t.say("key-standing"),
        "" => t.say("key-nameless"),
        name => name.to_owned(),
    };
    let used = match key.last_used {
        Some(at) => when::fact(t, t.say("key-used"), at),
        None => Fact { name: t.say("key-used"), value: t.say("never"), ..Fact::default() },
    };
    let facts = facts(person, key)
        .and_fact(when::fact(t, t.say("key-made"), key.created))
        .and_fact(used)
        .and_fact(ending(person, key));
    let expired = key.is_expired(person.visitor.context.now);
    let badge = expired.then(|| Badge { text: t.say("key-expired"), stands_out: false });
    let made = when::told(t, key.created);
    let button = Button {
        in_full: Some(t.with_all("key-end-full", [("name", &title), ("made", &made)])),
        value: Some((ID, key.id.to_string())),
        ..Button::danger(t.say("key-end"))
    };
    Row { title, badges: badge.into_iter().collect(), facts, button: Some(button) }
}

fn facts(person: &Person, key: &ApiKey) -> Facts {
    let door = person.native.product(key.door.as_str());
    Facts::default().and(person.visitor.t.say("key-accepted"), door)
}

fn ending(person: &Person, key: &ApiKey) -> Fact {
    let t = person.visitor.t;
    match key.expires {
        Some(at) => when::fact(t, t.say("key-ends"), at),
        None => Fact { name: t.say("key-ends"), value: t.say("never"), ..Fact::default() },
    }
}

/// What was typed.
struct Typed {
    name: String,
    door: String,
    days: String,
}

pub(super) async fn ask(person: Person) -> Response {
    if !person.caller.is_fresh(&person.op()) {
        return person.to_confirm(PATH);
    }
    let door = person.native.surface().door.as_str().to_owned();
    let typed = Typed { name: String::new(), door, days: USUAL_DAYS.to_owned() };
    asked(&person, StatusCode::OK, None, &typed, None)
}

fn asked(
    person: &Person,
    status: StatusCode,
    notice: Option<Notice>,
    typed: &Typed,
    fault: Option<NewKeyFault>,
) -> Response {
    let t = person.visitor.t;
    let wrong = |of: NewKeyFault, text: &dyn Fn() -> String| (fault == Some(of)).then(text);
    let doors =
        person.native.doors_with_keys().map(|(door, _)| (door.name.to_owned(), door.product.to_owned()));
    let lives = DAYS.iter().map(|days| {
        let count = usize::try_from(*days).unwrap_or_default();
        (days.to_string(), t.with("key-days", "days", count))
    });
    let form = person
        .visitor
        .form(PATH)
        .complaint(t.say("form-complaint"))
        .field(Field {
            name: "name",
            label: t.say("key-name"),
            value: typed.name.clone(),
            autocomplete: "off",
            hint: Some(t.say("key-name-hint")),
            error: wrong(NewKeyFault::Name, &|| t.with("key-name-wrong", "most", LONGEST_NAME)),
            most: Some(LONGEST_NAME),
            ..Field::default()
        })
        .field(Field {
            name: "door",
            label: t.say("key-door"),
            kind: FieldKind::Select,
            value: typed.door.clone(),
            error: wrong(NewKeyFault::Door, &|| t.say("choose-one")),
            options: doors.collect(),
            ..Field::default()
        })
        .field(Field {
            name: "days",
            label: t.say("key-life"),
            kind: FieldKind::Select,
            value: typed.days.clone(),
            hint: Some(t.say("key-life-hint")),
            error: wrong(NewKeyFault::Life, &|| t.say("choose-one")),
            options: lives.chain([(NEVER.to_owned(), t.say("key-never-ends"))]).collect(),
            ..Field::default()
        })
        .button(Button::primary(t.say("key-make")));
    let shell = person.shell(t.say("key-title"));
    person.answer(status, &Ask::new(shell, t.say("key-text"), form).noting(notice))
}

pub(super) async fn create(person: Person, form::Signed(sent): form::Signed) -> Response {
    let field = |name| sent.field(name).map(|value| value.to_string()).unwrap_or_default();
    let typed = Typed { name: field("name"), door: field("door"), days: field("days") };
    // What is no number lives for no day, which the rule refuses.
    let days = (typed.days != NEVER).then(|| typed.days.parse().unwrap_or_default());
    let (surface, make) = match person.native.new_key(&typed.name, Some(&typed.door), days) {
        Ok(wanted) => wanted,
        Err(fault) => return asked(&person, StatusCode::BAD_REQUEST, None, &typed, Some(fault)),
    };
    match person.identity().api_keys.create_own(&person.op(), surface, &person.caller, make).await {
        Ok(made) => shown(&person, &made),
        Err(error) => refused(&person, &typed, &error),
    }
}

fn refused(person: &Person, typed: &Typed, error: &Error) -> Response {
    let kind = error.kind();
    if kind == ErrorKind::FreshLoginRequired {
        return Fault::from(error).on(person.to_confirm(PATH));
    }
    let (status, text) = said(person.visitor.t, kind);
    let notice = Notice { tone: Tone::Error, text };
    Fault::from(error).on(later(kind, asked(person, status, Some(notice), typed, None)))
}

/// Its secret, this once.
fn shown(person: &Person, made: &ShownKey) -> Response {
    let t = person.visitor.t;
    let Some(secret) = &made.secret else { return Told::Broken.to(&person.visitor) };
    let secret = SecretOnce {
        label: t.with("secret-label", "name", made.key.name.as_str()),
        value: secret.expose().to_owned().into(),
        warning: t.say("secret-warning"),
    };
    let facts = facts(person, &made.key).and_fact(ending(person, &made.key));
    let shell = person.shell(t.say("secret-title")).only_here();
    person.answer(StatusCode::OK, &SecretPage { shell, secret, facts })
}

pub(super) async fn end(person: Person, form::Signed(sent): form::Signed) -> Response {
    let id = ApiKeyId(id(&sent));
    match person.identity().api_keys.end_own(&person.op(), &person.caller, id).await {
        Ok(()) => person.to(&Done::KeyEnded.path()),
        Err(error) => overview::refused(&person, &error).await,
    }
}
