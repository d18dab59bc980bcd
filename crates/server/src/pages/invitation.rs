//! `/invitation`: what the operator's invitations lead to, and those of members that lead to no application. Opening it
//! changes nothing; its buttons do.
//!
//! The code stands in the link's query and goes back in the form: who has it reads mail at the address, and a form of
//! another site would have to know it. While somebody signs in, or out, to follow it, a cookie of an hour holds it
//! ([`kept`]): so it is in no address but that of the message.

mod kept;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::organization::OrganizationRole;
use identity::organization::admission::Opened;
use identity::user::invited::NewMember;
use identity::user::{LoginKey, PersonName};
use identity::{Actor, Error, ErrorKind, Op};
use web::Fault;

use self::kept::Kept;
use super::onward::Onward;
use super::parts::{Button, ButtonStyle, Field, Form};
use super::person::{self, Person, holder};
use super::refusal::{Message, Mood, not_now};
use super::said::of_new_password;
use super::shell::Shell;
use super::ticket::{DOOR, quiet};
use super::visitor::Query;
use super::{Visitor, account, form, login, logout};

/// Where it stands.
pub(super) const PATH: &str = "/invitation";
/// The longest name, in code points: as long as the longest that a door takes.
const LONGEST_NAME: usize = 150;

/// The page: who invites to what, how the reader stands to it, and what can be done.
#[derive(Template)]
#[template(path = "invitation.html")]
struct Page {
    shell: Shell,
    text: String,
    role: String,
    state: String,
    forms: Vec<Form>,
}

/// What the form for an account is shown with once more: the name as it was typed, and what is wrong with the password.
#[derive(Default)]
struct Typed {
    name: String,
    error: Option<String>,
}

/// What a form asks for.
const STEP: &str = "step";
/// To join as who is signed in.
const JOIN: &str = "join";
/// To make an account, and join.
const MAKE: &str = "make";
/// To sign in first.
const SIGN_IN: &str = "sign-in";
/// To sign out first.
const SIGN_OUT: &str = "sign-out";
/// To be sent the message that verifies the own address.
const VERIFY: &str = "verify";

pub(super) async fn ask(visitor: Visitor, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let code = Query::of(query).value("code");
    let code = code.or_else(|| Kept::at(&visitor).code(&headers)).unwrap_or_default();
    quiet(shown(&visitor, &headers, &code, StatusCode::OK, Typed::default()).await)
}

/// The page, as it stands to who looks at it.
async fn shown(
    visitor: &Visitor,
    headers: &HeaderMap,
    code: &str,
    status: StatusCode,
    typed: Typed,
) -> Response {
    let opened = match visitor.pages.identity().organizations.opened(&op(visitor), code).await {
        Ok(opened) => opened,
        Err(error) => return refused(visitor, &error),
    };
    match holder(visitor, headers).await {
        // Who must choose another password does so first, by way of the sign-in page.
        Ok(Some((native, caller))) if !caller.user.must_change_password => {
            let person = Person { visitor: visitor.clone(), native, caller };
            to_somebody(&person, code, &opened, status)
        }
        Ok(Some(_)) => {
            to_nobody(visitor, code, &Opened { has_account: true, ..opened }, status, Typed::default())
        }
        Ok(None) => to_nobody(visitor, code, &opened, status, typed),
        Err(error) => person::said(visitor, &error),
    }
}

fn op(visitor: &Visitor) -> Op {
    visitor.context.op(&DOOR, Actor::Anonymous)
}

/// A form that does one thing.
fn step(code: &str, step: &str) -> Form {
    Form::to(PATH).hidden("code", code.to_owned()).hidden(STEP, step.to_owned())
}

fn secondary(label: String) -> Button {
    Button { style: ButtonStyle::Secondary, ..Button::primary(label) }
}

fn page(visitor: &Visitor, shell: Shell, opened: &Opened, state: String, forms: Vec<Form>) -> Page {
    let t = visitor.t;
    let organization = opened.organization.name.as_str();
    let inviter = opened.inviter.as_ref().map(PersonName::as_str).filter(|name| !name.is_empty());
    let text = match inviter {
        Some(inviter) => {
            t.with_all("invitation-by", [("inviter", &inviter), ("organization", &organization)])
        }
        None => t.with("invitation-text", "organization", organization),
    };
    let role = match opened.role {
        OrganizationRole::User => t.say("invitation-as-user"),
        OrganizationRole::Admin => t.say("invitation-as-admin"),
        OrganizationRole::Owner => t.say("invitation-as-owner"),
    };
    Page { shell, text, role, state, forms }
}

/// To who is signed in: as the one who is meant, or as somebody else.
fn to_somebody(person: &Person, code: &str, opened: &Opened, status: StatusCode) -> Response {
    let (t, user) = (person.visitor.t, &person.caller.user);
    let is_meant = user.email.as_deref().and_then(LoginKey::of).as_ref() == Some(opened.address.key());
    let (who, address) = (person.called(), opened.address.as_str());
    let other = step(code, SIGN_OUT).button(secondary(t.say("login-as-other")));
    let (state, forms) = if is_meant && user.email_verified {
        let join = step(code, JOIN).button(Button::primary(t.say("invitation-join")));
        (t.with("invitation-signed-in", "who", who), vec![join, other])
    } else if is_meant {
        let verify = step(code, VERIFY).button(Button::primary(t.say("invitation-verify")));
        (t.with("invitation-unverified", "address", address), vec![verify, other])
    } else {
        (t.with_all("invitation-other", [("who", &who), ("address", &address)]), vec![other])
    };
    let shell = person.shell(title(&person.visitor, opened)).only_here();
    person.answer(status, &page(&person.visitor, shell, opened, state, forms))
}

fn title(visitor: &Visitor, opened: &Opened) -> String {
    visitor.t.with("invitation-title", "organization", opened.organization.name.as_str())
}

/// To who is not signed in: with an account, or without one.
fn to_nobody(visitor: &Visitor, code: &str, opened: &Opened, status: StatusCode, typed: Typed) -> Response {
    let (t, identity) = (visitor.t, visitor.pages.identity());
    let address = opened.address.as_str();
    let sign_in = |button| step(code, SIGN_IN).button(button);
    let (state, forms) = if opened.has_account {
        let button = Button::primary(t.say("invitation-sign-in"));
        (t.with("invitation-has-account", "address", address), vec![sign_in(button)])
    } else if !identity.sign_in.takes_passwords() {
        let button = Button::primary(t.say("invitation-sign-in"));
        (t.with("invitation-sign-in-as", "address", address), vec![sign_in(button)])
    } else {
        let mut forms = vec![account_form(visitor, code, typed)];
        if !identity.federation.providers().is_empty() {
            forms.push(sign_in(secondary(t.say("invitation-otherwise"))));
        }
        (t.with("invitation-new", "address", address), forms)
    };
    let shell = visitor.shell(title(visitor, opened)).only_here();
    visitor.answer(status, &page(visitor, shell, opened, state, forms))
}

fn account_form(visitor: &Visitor, code: &str, Typed { name, error }: Typed) -> Form {
    let t = visitor.t;
    step(code, MAKE)
        .field(Field {
            name: "name",
            label: t.say("invitation-name"),
            value: name,
            autocomplete: "name",
            is_optional: true,
            ..Field::default()
        })
        .field(visitor.new_password("password", error))
        .complaint(t.say("form-complaint"))
        .button(Button::primary(t.say("invitation-make")))
}

pub(super) async fn act(visitor: Visitor, headers: HeaderMap, form::Ticket(sent): form::Ticket) -> Response {
    let code = sent.field("code").cloned().unwrap_or_default();
    quiet(match sent.field(STEP).map(|step| step.as_str()) {
        Some(JOIN) => join(&visitor, &headers, &code).await,
        Some(MAKE) => make(&visitor, &headers, &code, &sent).await,
        Some(VERIFY) => verify(&visitor, &headers, &code).await,
        Some(SIGN_IN) => by_way_of(&visitor, &code, login::PATH).await,
        Some(SIGN_OUT) => by_way_of(&visitor, &code, logout::PATH).await,
        Some(_) | None => {
            let page = shown(&visitor, &headers, &code, StatusCode::BAD_REQUEST, Typed::default()).await;
            Fault::malformed("request_malformed").on(page)
        }
    })
}

/// To another page of ours, and back here with the code in the cookie.
async fn by_way_of(visitor: &Visitor, code: &str, path: &str) -> Response {
    if let Err(error) = visitor.pages.identity().organizations.opened(&op(visitor), code).await {
        return refused(visitor, &error);
    }
    let back = Onward::Place(format!("{}{PATH}", visitor.pages.web().site.origin));
    Kept::at(visitor).keep(person::to(visitor, &back.by_way_of(path)), code, visitor.context.now)
}

/// Somebody who is signed in joins.
async fn join(visitor: &Visitor, headers: &HeaderMap, code: &str) -> Response {
    let (native, caller) = match holder(visitor, headers).await {
        Ok(Some(known)) => known,
        Ok(None) => return by_way_of(visitor, code, login::PATH).await,
        Err(error) => return person::said(visitor, &error),
    };
    if caller.user.must_change_password {
        return by_way_of(visitor, code, login::PATH).await;
    }
    let person = Person { visitor: visitor.clone(), native, caller };
    let joined = person.identity().organizations.accept(&person.op(), &person.caller, code).await;
    match joined {
        Ok(joined) => {
            let t = visitor.t;
            let title = t.with("invitation-joined-title", "organization", joined.organization.name);
            let shell = person.shell(title).only_here();
            let way_on = Some((t.say("nav-account"), account::PATH.to_owned()));
            let text = t.say("invitation-joined-text");
            let page = Message { shell, mood: Mood::Good, text, way_on };
            Kept::at(visitor).forget(person.answer(StatusCode::OK, &page))
        }
        Err(error) if error.kind() == ErrorKind::InvitationNotYours => {
            let page = shown(visitor, headers, code, StatusCode::FORBIDDEN, Typed::default()).await;
            Fault::from(&error).on(page)
        }
        Err(error) => refused(visitor, &error),
    }
}

/// Somebody without an account gets one, and joins.
async fn make(visitor: &Visitor, headers: &HeaderMap, code: &str, sent: &form::Sent) -> Response {
    let password = sent.field("password").cloned().unwrap_or_default();
    let name = sent.field("name").map(|name| name.as_str()).unwrap_or_default();
    let member = NewMember { name: plain(name), password };
    let made = visitor.pages.identity().accounts.join_invited(&op(visitor), code, member).await;
    let error = match made {
        Ok((_, organization)) => {
            let t = visitor.t;
            let title = t.with("invitation-joined-title", "organization", organization.name);
            let shell = visitor.shell(title).only_here();
            let way_on = Some((t.say("nav-sign-in"), login::PATH.to_owned()));
            let text = t.say("invitation-made-text");
            let page = Message { shell, mood: Mood::Good, text, way_on };
            return Kept::at(visitor).forget(visitor.answer(StatusCode::OK, &page));
        }
        Err(error) => error,
    };
    let again = if error.kind() == ErrorKind::LoginNameTaken {
        Some((StatusCode::CONFLICT, None))
    } else {
        of_new_password(visitor.t, error.kind()).map(|complaint| (StatusCode::BAD_REQUEST, Some(complaint)))
    };
    match again {
        Some((status, complaint)) => {
            let typed = Typed { name: name.to_owned(), error: complaint };
            Fault::from(&error).on(shown(visitor, headers, code, status, typed).await)
        }
        None => refused(visitor, &error),
    }
}

/// A name in one line.
fn plain(typed: &str) -> PersonName {
    let name: String = typed.chars().filter(|c| !c.is_control()).collect();
    PersonName::whole(name.trim().chars().take(LONGEST_NAME).collect::<String>())
}

/// Somebody who is signed in and is meant, but has not shown it yet, is sent the message for that.
async fn verify(visitor: &Visitor, headers: &HeaderMap, code: &str) -> Response {
    let (native, caller) = match holder(visitor, headers).await {
        Ok(Some(known)) => known,
        Ok(None) => return by_way_of(visitor, code, login::PATH).await,
        Err(error) => return person::said(visitor, &error),
    };
    let person = Person { visitor: visitor.clone(), native, caller };
    let sent = person.identity().accounts.send_verification(&person.op(), &person.caller).await;
    let t = visitor.t;
    match sent {
        Ok(()) => {
            let shell = person.shell(t.say("invitation-verify-title")).only_here();
            let text = t.say("invitation-verify-text");
            let page = Message { shell, mood: Mood::Good, text, way_on: None };
            person.answer(StatusCode::OK, &page)
        }
        Err(error) => {
            let (status, text) = super::said::said(t, error.kind());
            let shell = person.shell(t.say("not-now-title")).only_here();
            let page = person.answer(status, &Message { shell, mood: Mood::Bad, text, way_on: None });
            Fault::from(&error).on(super::said::later(error.kind(), page))
        }
    }
}

/// Says why not.
fn refused(visitor: &Visitor, error: &Error) -> Response {
    let t = visitor.t;
    let told = |status, title, text, way_on| {
        let shell = visitor.shell(title).only_here();
        visitor.answer(status, &Message { shell, mood: Mood::Bad, text, way_on })
    };
    let kind = error.kind();
    Fault::from(error).on(if kind == ErrorKind::InvitationNotFound {
        let (title, text) = (t.say("invitation-invalid-title"), t.say("invitation-invalid-text"));
        Kept::at(visitor).forget(told(StatusCode::BAD_REQUEST, title, text, None))
    } else if kind == ErrorKind::InvitationUsed {
        let (title, text) = (t.say("invitation-used-title"), t.say("invitation-used-text"));
        let way_on = Some((t.say("nav-sign-in"), login::PATH.to_owned()));
        Kept::at(visitor).forget(told(StatusCode::BAD_REQUEST, title, text, way_on))
    } else if kind == ErrorKind::LoginNameRetired {
        told(StatusCode::CONFLICT, t.say("address-gone-title"), t.say("address-gone-text"), None)
    } else if kind == ErrorKind::PasswordSignInDisabled {
        told(StatusCode::FORBIDDEN, t.say("no-passwords-title"), t.say("no-passwords-text"), None)
    } else {
        not_now(visitor, kind)
    })
}
