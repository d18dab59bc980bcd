//! `/setup`: makes the first administrator, while there never was a user.
//!
//! The log of a start on an empty database shows a link to this page with a ticket behind the `#`, which browsers send
//! nowhere. So the form has a field for it; a script fills that in, or the person does.

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use identity::user::PersonName;
use identity::user::set_up::FirstAdministrator;
use identity::{Actor, Error, ErrorKind, Rule};
use web::Fault;

use super::ask::Ask;
use super::parts::{Button, Field, FieldKind, Form};
use super::refusal::{Message, Mood};
use super::said::{later, of_new_password, said};
use super::ticket::DOOR;
use super::{Pages, Visitor, assets, dress, form};

/// Where it stands.
pub(crate) const PATH: &str = "/setup";

/// What was typed, but for the password, which is never sent back.
#[derive(Default)]
struct Typed {
    code: String,
    username: String,
    email: String,
    name: String,
}

impl Typed {
    fn of(sent: &form::Sent) -> Self {
        let field = |name| sent.field(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let code = field("code");
        // Somebody who pastes the whole link means what stands behind it.
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        Self { code, username: field("username"), email: field("email"), name: field("name") }
    }
}

/// The name of a field, and what is wrong with it.
type Complaint = (&'static str, String);

pub(super) async fn ask(State(pages): State<Pages>, visitor: Visitor) -> Response {
    match pages.identity().accounts.awaits_set_up().await {
        Ok(true) => asked(&visitor, StatusCode::OK, Typed::default(), None),
        Ok(false) => done(&visitor),
        Err(error) => refused(&visitor, &error),
    }
}

pub(super) async fn set_up(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Signed(sent): form::Signed,
) -> Response {
    let (t, accounts) = (visitor.t, &pages.identity().accounts);
    let typed = Typed::of(&sent);
    let administrator = FirstAdministrator {
        username: typed.username.clone(),
        email: Some(typed.email.clone()).filter(|email| !email.is_empty()),
        name: PersonName::whole(typed.name.clone()),
        password: sent.field("password").cloned().unwrap_or_default(),
    };
    let op = visitor.context.op(&DOOR, Actor::Anonymous);
    let Err(error) = accounts.set_up(&op, &typed.code, administrator).await else {
        return made(&visitor, &typed.username);
    };
    let kind = error.kind();
    if kind == ErrorKind::TicketInvalid && matches!(accounts.awaits_set_up().await, Ok(false)) {
        return Fault::from(&error).on(done(&visitor));
    }
    let field = if kind == ErrorKind::TicketInvalid {
        ("code", t.say("setup-code-invalid"))
    } else if kind == ErrorKind::UsernameInvalid {
        ("username", t.say("setup-username-invalid"))
    } else if matches!(kind, ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired) {
        ("username", said(t, kind).1)
    } else if kind == ErrorKind::EmailInvalid {
        ("email", said(t, kind).1)
    } else if let Some(complaint) = of_new_password(t, kind) {
        ("password", complaint)
    } else {
        return refused(&visitor, &error);
    };
    Fault::from(&error).on(asked(&visitor, StatusCode::BAD_REQUEST, typed, Some(&field)))
}

fn asked(visitor: &Visitor, status: StatusCode, typed: Typed, complaint: Option<&Complaint>) -> Response {
    let t = visitor.t;
    // Another language would be another page, without what was filled in.
    let shell = visitor.shell(t.say("setup-title")).only_here().scripted(&assets::SET_UP);
    let page = Ask::new(shell, t.say("setup-text"), form(visitor, typed, complaint));
    let mut response = visitor.answer(status, &page);
    let policy = HeaderValue::from_static(dress::POLICY_OF_SET_UP);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn form(visitor: &Visitor, typed: Typed, complaint: Option<&Complaint>) -> Form {
    let t = visitor.t;
    let least = visitor.pages.identity().accounts.shortest_password();
    let error = |name| complaint.filter(|(of, _)| *of == name).map(|(_, text)| text.clone());
    visitor
        .form(PATH)
        .complaint(t.say("form-complaint"))
        .field(Field {
            name: "code",
            label: t.say("setup-code"),
            value: typed.code,
            autocomplete: "off",
            hint: Some(t.say("setup-code-hint")),
            error: error("code"),
            ..Field::default()
        })
        .field(Field {
            name: "username",
            label: t.say("setup-username"),
            value: typed.username,
            autocomplete: "username",
            error: error("username"),
            ..Field::default()
        })
        .field(Field {
            name: "email",
            label: t.say("setup-email"),
            kind: FieldKind::Email,
            value: typed.email,
            autocomplete: "email",
            hint: Some(t.say("setup-email-hint")),
            error: error("email"),
            is_optional: true,
            ..Field::default()
        })
        .field(Field {
            name: "name",
            label: t.say("setup-name"),
            value: typed.name,
            autocomplete: "name",
            is_optional: true,
            ..Field::default()
        })
        .field(Field {
            name: "password",
            label: t.say("setup-password"),
            kind: FieldKind::Password,
            autocomplete: "new-password",
            hint: Some(t.with("password-hint", "least", least)),
            error: error("password"),
            least: Some(least),
            ..Field::default()
        })
        .button(Button::primary(t.say("setup-button")))
}

fn made(visitor: &Visitor, username: &str) -> Response {
    let t = visitor.t;
    let shell = visitor.shell(t.say("setup-made-title")).only_here();
    let way_on = match shell.sign_in() {
        Some(path) => (t.say("nav-sign-in"), path.to_owned()),
        None => (t.say("to-the-start"), "/".to_owned()),
    };
    let text = t.with("setup-made-text", "name", username);
    visitor.answer(StatusCode::OK, &Message { shell, mood: Mood::Good, text, way_on: Some(way_on) })
}

/// Gone for good: no start of this server brings it back.
fn done(visitor: &Visitor) -> Response {
    let t = visitor.t;
    let shell = visitor.shell(t.say("setup-done-title")).only_here();
    let way_on = Some((t.say("to-the-start"), "/".to_owned()));
    let text = t.say("setup-done-text");
    let gone = visitor.answer(StatusCode::GONE, &Message { shell, mood: Mood::Bad, text, way_on });
    let (seen, wanted) = ("an installation that has had users", "one that has had none");
    Fault::from(&Error::new(ErrorKind::TicketInvalid).because(Rule::SetUpTicket, seen, wanted)).on(gone)
}

fn refused(visitor: &Visitor, error: &Error) -> Response {
    let (status, text) = said(visitor.t, error.kind());
    let shell = visitor.shell(visitor.t.say("setup-title")).only_here();
    let page = visitor.answer(status, &Message { shell, mood: Mood::Bad, text, way_on: None });
    Fault::from(error).on(later(error.kind(), page))
}
