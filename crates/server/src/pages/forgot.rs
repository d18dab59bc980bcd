//! `/forgot-password`: a message with a link to choose another password, for whoever reads mail at the address.
//!
//! The answer is the same whoever has the address, and however often it was asked for. Where a captcha is configured the
//! page is not offered: it has none to show, and must not be the way around it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::user::restore::ForgottenPassword;
use identity::{Actor, Error, ErrorKind};
use web::Fault;

use super::ask::Ask;
use super::onward::Onward;
use super::parts::{Button, Field, FieldKind, Notice, Tone};
use super::refusal::{Message, Mood};
use super::ticket::DOOR;
use super::visitor::Query;
use super::{Pages, Visitor, form, login, person};

/// Where it stands.
pub(super) const PATH: &str = "/forgot-password";

pub(super) async fn ask(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    if let Some(closed) = closed(&visitor) {
        return closed;
    }
    let onward = match Onward::of_query(&visitor, &Query::of(query)).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    let t = visitor.t;
    let field = Field {
        name: "email",
        label: t.say("forgot-email"),
        kind: FieldKind::Email,
        autocomplete: "username",
        ..Field::default()
    };
    let form = onward.within(visitor.form(PATH)).field(field).button(Button::primary(t.say("forgot-button")));
    let text = t.say("forgot-text");
    let shell = visitor.shell(t.say("forgot-title")).only_here();
    visitor.answer(StatusCode::OK, &Ask::new(shell, text, form).noting(without_mail(&visitor)))
}

/// The message does not leave by itself where there is no mail server.
fn without_mail(visitor: &Visitor) -> Option<Notice> {
    (!visitor.pages.has_mail_server())
        .then(|| Notice { tone: Tone::Info, text: visitor.t.say("forgot-no-mail") })
}

/// What is said where the page is of no use.
fn closed(visitor: &Visitor) -> Option<Response> {
    let t = visitor.t;
    let told = |title, text| {
        let shell = visitor.shell(title).only_here();
        visitor.answer(StatusCode::FORBIDDEN, &Message { shell, mood: Mood::Bad, text, way_on: None })
    };
    if !visitor.pages.identity().sign_in.takes_passwords() {
        let refused = told(t.say("no-passwords-title"), t.say("no-passwords-text"));
        return Some(Fault::from(&Error::from(ErrorKind::PasswordSignInDisabled)).on(refused));
    }
    let refused = || told(t.say("forgot-elsewhere-title"), t.say("forgot-elsewhere-text"));
    let fault = || Fault::from(&Error::from(ErrorKind::CaptchaRefused));
    visitor.pages.has_captcha().then(|| fault().on(refused()))
}

pub(super) async fn send(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Signed(sent): form::Signed,
) -> Response {
    if let Some(closed) = closed(&visitor) {
        return closed;
    }
    let onward = match Onward::of_form(&visitor, &sent).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    let forgotten = ForgottenPassword {
        email: sent.field("email").map(|email| email.trim().to_owned()).unwrap_or_default(),
        captcha: String::new(),
        return_to: back(&pages, &onward),
    };
    let op = visitor.context.op(&DOOR, Actor::Anonymous);
    match pages.identity().accounts.forgot_password(&op, forgotten).await {
        Ok(()) => {
            let t = visitor.t;
            let text =
                if pages.has_mail_server() { t.say("forgotten-text") } else { t.say("forgotten-no-mail") };
            let shell = visitor.shell(t.say("forgotten-title")).only_here();
            visitor.answer(StatusCode::OK, &Message { shell, mood: Mood::Good, text, way_on: None })
        }
        Err(error) => person::said(&visitor, &error),
    }
}

/// Where the message leads on to: to the sign-in page, and from there to the place that was asked for. A door that waits is
/// not told of: what waits there is somebody's who need not be the reader.
fn back(pages: &Pages, onward: &Onward) -> Option<String> {
    pages.native()?;
    let path = match onward {
        Onward::Place(_) => onward.by_way_of(login::PATH),
        Onward::Home | Onward::Door { .. } | Onward::Over => login::PATH.to_owned(),
    };
    Some(format!("{}{path}", pages.web().site.origin))
}
