//! `/account/password`: another password, by the old one or by a fresh login; where those are led as well who must choose
//! one before anything else.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use identity::{ChangePassword, ErrorKind};
use web::Fault;

use super::account::Done;
use super::ask::Ask;
use super::form;
use super::onward::{Onward, lead};
use super::parts::{Button, Field, FieldKind};
use super::person::{self, Person};
use super::said::{later, of_new_password, said};
use super::visitor::Query;

/// Where it stands.
pub(super) const PATH: &str = "/account/password";

/// What is wrong with which of the two.
#[derive(Default)]
struct Errors {
    old: Option<String>,
    new: Option<String>,
}

pub(super) async fn ask(person: Person, RawQuery(query): RawQuery) -> Response {
    if !wants_old(&person) && !person.caller.is_fresh(&person.op()) {
        return person.to_confirm(PATH);
    }
    match Onward::of_query(&person.visitor, &Query::of(query)).await {
        Ok(onward) => asked(&person, StatusCode::OK, &onward, Errors::default()),
        Err(error) => person::said(&person.visitor, &error),
    }
}

/// Whether the old password is asked for: of everybody who has one, but for those who showed it a moment ago in order to
/// come here.
fn wants_old(person: &Person) -> bool {
    person.caller.user.has_password && !person.caller.user.must_change_password
}

fn asked(person: &Person, status: StatusCode, onward: &Onward, errors: Errors) -> Response {
    let (visitor, t) = (&person.visitor, person.visitor.t);
    let must = person.caller.user.must_change_password;
    let mut form = onward.within(visitor.form(PATH)).complaint(t.say("form-complaint"));
    if wants_old(person) {
        form = form.field(Field {
            name: "old_password",
            label: t.say("password-old"),
            kind: FieldKind::Password,
            autocomplete: "current-password",
            error: errors.old,
            ..Field::default()
        });
    }
    let form = form
        .field(visitor.new_password("new_password", errors.new))
        .field(Field {
            name: "end_others",
            label: t.say("password-end-others"),
            kind: FieldKind::Choice { is_on: true },
            ..Field::default()
        })
        .button(Button::primary(t.say("restore-button")));
    let text = if must { t.say("password-must-text") } else { t.say("password-change-text") };
    let shell = person.shell(t.say("password-change-title")).only_here();
    person.answer(status, &Ask::new(shell, text, form))
}

pub(super) async fn change(person: Person, form::Signed(sent): form::Signed) -> Response {
    let onward = match Onward::of_form(&person.visitor, &sent).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&person.visitor, &error),
    };
    let field = |name| sent.field(name).cloned().unwrap_or_default();
    let (new, end_others) = (field("new_password"), sent.field("end_others").is_some());
    let (op, accounts) = (person.op(), &person.identity().accounts);
    let changed = if wants_old(&person) {
        let change = ChangePassword { old: field("old_password"), new, end_others };
        accounts.change_password(&op, &person.caller, change).await
    } else {
        accounts.choose_password(&op, &person.caller, new, end_others).await
    };
    let Err(error) = changed else {
        return match onward {
            Onward::Home => person.to(&Done::PasswordChanged.path()),
            Onward::Place(_) | Onward::Door { .. } | Onward::Over => {
                person.concerning(lead(&person.visitor, &onward.address(&person.visitor.pages)))
            }
        };
    };
    let kind = error.kind();
    if kind == ErrorKind::FreshLoginRequired {
        return Fault::from(&error).on(person.to_confirm(PATH));
    }
    let (status, text) = said(person.visitor.t, kind);
    let errors = if of_new_password(person.visitor.t, kind).is_some() || !wants_old(&person) {
        Errors { new: Some(text), ..Errors::default() }
    } else {
        Errors { old: Some(text), ..Errors::default() }
    };
    Fault::from(&error).on(later(kind, asked(&person, status, &onward, errors)))
}
