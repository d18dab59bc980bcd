//! The pages that links in mail lead to: confirm an address, agree to another one, choose a new password.
//!
//! Opening one changes nothing, because programs open links too: the button does. The ticket stands in the link's query,
//! as the dialects' clients and mails have it, and is good once. It is led nowhere else: no `Referer`, no log, no link to
//! another language, and the button's answer needs it no more.

use axum::extract::{RawQuery, State};
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use identity::user::address_change::AddressChanged;
use identity::user::restore::RestoreStep;
use identity::{Actor, Door, Error, ErrorKind};
use web::{Fault, Web};
use zeroize::Zeroizing;

use super::ask::Ask;
use super::parts::{Button, Form};
use super::refusal::{Message, Mood, not_now};
use super::said::of_new_password;
use super::{Pages, Visitor, form};

/// What the audit trail calls these pages.
pub(super) const DOOR: Door = Door::new("page");

/// What a link bears and its form sends back.
#[derive(Default)]
struct Bearing {
    token: Zeroizing<String>,
    /// Where the person came from, if the configuration allows that.
    return_to: Option<String>,
}

impl Bearing {
    fn of_query(web: &Web, query: Option<String>) -> Self {
        let pairs = web::form::pairs(query.unwrap_or_default().as_bytes()).unwrap_or_default();
        let value =
            |name: &str| pairs.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.clone());
        Self::of(web, value("token"), value("return_to"))
    }

    fn of_form(web: &Web, sent: &form::Sent) -> Self {
        Self::of(web, sent.field("token").cloned(), sent.field("return_to").cloned())
    }

    fn of(web: &Web, token: Option<Zeroizing<String>>, return_to: Option<Zeroizing<String>>) -> Self {
        let return_to = return_to.map(|url| url.to_string()).filter(|url| web.return_urls.allows(url));
        Self { token: token.unwrap_or_default(), return_to }
    }

    fn form(&self) -> Form {
        let form = Form::default().hidden("token", self.token.to_string());
        match &self.return_to {
            Some(url) => form.hidden("return_to", url.clone()),
            None => form,
        }
    }
}

pub(super) async fn ask_to_verify(
    State(pages): State<Pages>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let t = visitor.t;
    let form = Bearing::of_query(pages.web(), query).form().button(Button::primary(t.say("verify-button")));
    let shell = visitor.shell(t.say("verify-title")).only_here();
    quiet(visitor.answer(StatusCode::OK, &Ask::new(shell, t.say("verify-text"), form)))
}

pub(super) async fn verify(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Ticket(sent): form::Ticket,
) -> Response {
    let (web, t) = (pages.web(), visitor.t);
    let bearing = Bearing::of_form(web, &sent);
    let op = visitor.context.op(&DOOR, Actor::Anonymous);
    quiet(match web.identity.accounts.verify_email(&op, &bearing.token, None).await {
        Ok(_) => done(&visitor, t.say("verified-title"), t.say("verified-text"), bearing),
        Err(error) => refused(&visitor, &error),
    })
}

pub(super) async fn ask_to_agree(
    State(pages): State<Pages>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let t = visitor.t;
    let form = Bearing::of_query(pages.web(), query).form().button(Button::primary(t.say("agree-button")));
    let shell = visitor.shell(t.say("agree-title")).only_here();
    quiet(visitor.answer(StatusCode::OK, &Ask::new(shell, t.say("agree-text"), form)))
}

pub(super) async fn agree(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Ticket(sent): form::Ticket,
) -> Response {
    let (web, t) = (pages.web(), visitor.t);
    let bearing = Bearing::of_form(web, &sent);
    let op = visitor.context.op(&DOOR, Actor::Anonymous);
    quiet(match web.identity.accounts.agree_to_address(&op, &bearing.token).await {
        Ok(AddressChanged::Done) => {
            done(&visitor, t.say("address-changed-title"), t.say("address-changed-text"), bearing)
        }
        Ok(AddressChanged::NotYet) => done(&visitor, t.say("agreed-title"), t.say("agreed-text"), bearing),
        Err(error) => refused(&visitor, &error),
    })
}

pub(super) async fn ask_for_password(
    State(pages): State<Pages>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let bearing = Bearing::of_query(pages.web(), query);
    quiet(password_page(&visitor, StatusCode::OK, &bearing, None))
}

pub(super) async fn restore(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Ticket(sent): form::Ticket,
) -> Response {
    let (web, t) = (pages.web(), visitor.t);
    let bearing = Bearing::of_form(web, &sent);
    let password = sent.field("password").cloned().unwrap_or_default();
    let op = visitor.context.op(&DOOR, Actor::Anonymous);
    let restored =
        web.identity.accounts.restore_password(&op, RestoreStep::Mailed, &bearing.token, password).await;
    quiet(match restored {
        Ok(_) => done(&visitor, t.say("restored-title"), t.say("restored-text"), bearing),
        Err(error) => match of_new_password(t, error.kind()) {
            Some(complaint) => {
                let page = password_page(&visitor, StatusCode::BAD_REQUEST, &bearing, Some(complaint));
                Fault::from(&error).on(page)
            }
            None => refused(&visitor, &error),
        },
    })
}

fn password_page(
    visitor: &Visitor,
    status: StatusCode,
    bearing: &Bearing,
    error: Option<String>,
) -> Response {
    let t = visitor.t;
    let field = visitor.new_password("password", error);
    let form = bearing
        .form()
        .field(field)
        .complaint(t.say("form-complaint"))
        .button(Button::primary(t.say("restore-button")));
    let shell = visitor.shell(t.say("restore-title")).only_here();
    visitor.answer(status, &Ask::new(shell, t.say("restore-text"), form))
}

fn done(visitor: &Visitor, title: String, text: String, bearing: Bearing) -> Response {
    let shell = visitor.shell(title).only_here();
    let way_on = bearing.return_to.map(|url| (visitor.t.say("continue"), url));
    visitor.answer(StatusCode::OK, &Message { shell, mood: Mood::Good, text, way_on })
}

/// Says why not.
fn refused(visitor: &Visitor, error: &Error) -> Response {
    let t = visitor.t;
    let told = |status, title, text| {
        let shell = visitor.shell(title).only_here();
        visitor.answer(status, &Message { shell, mood: Mood::Bad, text, way_on: None })
    };
    let kind = error.kind();
    Fault::from(error).on(if kind == ErrorKind::TicketInvalid {
        told(StatusCode::BAD_REQUEST, t.say("ticket-invalid-title"), t.say("ticket-invalid-text"))
    } else if matches!(kind, ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired) {
        told(StatusCode::CONFLICT, t.say("address-gone-title"), t.say("address-gone-text"))
    } else if kind == ErrorKind::PasswordSignInDisabled {
        told(StatusCode::FORBIDDEN, t.say("no-passwords-title"), t.say("no-passwords-text"))
    } else {
        not_now(visitor, kind)
    })
}

/// The address of these pages holds a ticket: it is told to nobody, not even to ourselves.
pub(super) fn quiet(mut response: Response) -> Response {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
