//! `/account/email`: another e-mail address, which both sides agree to by a message each. Who has the address already is
//! not told here. And the message once more that verifies the one there is.

use axum::http::StatusCode;
use axum::response::Response;
use identity::ErrorKind;
use web::Fault;

use super::{Done, overview};
use crate::pages::ask::Ask;
use crate::pages::form;
use crate::pages::parts::{Button, ButtonStyle, Field, FieldKind, Form};
use crate::pages::person::Person;
use crate::pages::said::{later, said};

/// Where it stands.
pub(super) const PATH: &str = "/account/email";

/// Where the form goes that asks for the message once more.
pub(super) const VERIFY: &str = "/account/verify-email";

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
    person.answer(status, &Ask::new(shell, text, form))
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

/// The form that asks for the message once more; none where there is nothing to verify.
pub(super) fn verify_form(person: &Person) -> Option<Form> {
    let user = &person.caller.user;
    let label = person.visitor.t.say("email-verify");
    let button = Button { style: ButtonStyle::Secondary, ..Button::primary(label) };
    (user.email.is_some() && !user.email_verified).then(|| person.visitor.form(VERIFY).button(button))
}

pub(super) async fn verify(person: Person, form::Signed(_): form::Signed) -> Response {
    match person.identity().accounts.send_verification(&person.op(), &person.caller).await {
        Ok(()) => person.to(&Done::VerificationSent.path()),
        Err(error) => overview::refused(&person, &error).await,
    }
}
