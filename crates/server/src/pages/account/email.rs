//! `/account/email`: another e-mail address, which both sides agree to by a message each. Who has the address already is
//! not told here.

use axum::http::StatusCode;
use axum::response::Response;
use identity::ErrorKind;
use web::Fault;

use super::{Done, FormPage};
use crate::pages::form;
use crate::pages::parts::{Button, Field, FieldKind};
use crate::pages::person::Person;
use crate::pages::said::{later, said};

/// Where it stands.
pub(super) const PATH: &str = "/account/email";

pub(super) async fn ask(person: Person) -> Response {
    if !person.caller.is_fresh(&person.op()) {
        return person.to_confirm(PATH);
    }
    asked(&person, StatusCode::OK, "", None)
}

fn asked(person: &Person, status: StatusCode, typed: &str, error: Option<String>) -> Response {
    let (t, user) = (person.visitor.t, &person.caller.user);
    let form = person.visitor.form(PATH).complaint(t.say("form-complaint")).field(Field {
        name: "email",
        label: t.say("email-new"),
        kind: FieldKind::Email,
        value: typed.to_owned(),
        autocomplete: "email",
        error,
        ..Field::default()
    });
    let text = match &user.email {
        Some(email) if user.email_verified => t.with("email-text-both", "email", email.as_str()),
        Some(email) => t.with("email-text-new", "email", email.as_str()),
        None => t.say("email-text-first"),
    };
    let form = form.button(Button::primary(t.say("email-button")));
    let shell = person.shell(t.say("email-title"));
    person.answer(status, &FormPage { shell, text, notice: None, form })
}

pub(super) async fn change(person: Person, form::Signed(sent): form::Signed) -> Response {
    let typed = sent.field("email").map(|email| email.trim().to_owned()).unwrap_or_default();
    let accounts = &person.identity().accounts;
    let Err(error) = accounts.ask_for_address(&person.op(), &person.caller, &typed).await else {
        return person.to(&Done::AddressAsked.path());
    };
    let kind = error.kind();
    if kind == ErrorKind::FreshLoginRequired {
        return Fault::from(&error).on(person.to_confirm(PATH));
    }
    let (status, text) = said(person.visitor.t, kind);
    Fault::from(&error).on(later(kind, asked(&person, status, &typed, Some(text))))
}
