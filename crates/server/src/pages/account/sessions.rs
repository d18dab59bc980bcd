//! Sessions by every door: seen, one ended, all others ended.

use std::cmp::Reverse;

use axum::response::Response;
use identity::session::{Session, SessionId};

use super::overview::{self, Part, Window};
use super::{Done, ID, device, id, when};
use crate::pages::parts::list::{Badge, Facts, Listing, Row};
use crate::pages::parts::{Button, ButtonStyle};
use crate::pages::person::Person;
use crate::pages::{form, login};

/// Where a form goes that ends one.
pub(super) const END: &str = "/account/sessions/end";
/// Where a form goes that ends all others.
pub(super) const END_OTHERS: &str = "/account/sessions/end-others";

/// The list: this one first, then the newest.
pub(super) async fn part(person: &Person, window: Window) -> identity::Result<Part> {
    let t = person.visitor.t;
    let surface = person.native.surface();
    let mut sessions = person.identity().sessions.list_own(&person.op(), surface, &person.caller).await?;
    let current = person.caller.session().map(|session| session.id);
    sessions.sort_by_key(|session| (Some(session.id) != current, Reverse(session.created)));
    let others = sessions.len() > 1;
    let (rows, more) = window.of(t, &sessions, |session| row(person, session, Some(session.id) == current));
    let form = others.then(|| {
        let button = Button::danger(t.say("sessions-end-others"));
        person.visitor.form(END_OTHERS).button(button)
    });
    Ok(Part {
        // Whoever looks has one.
        listing: Listing { rows, empty: String::new(), form: Some(person.visitor.form(END)) },
        more,
        forms: form.into_iter().collect(),
    })
}

fn row(person: &Person, session: &Session, is_this: bool) -> Row {
    let t = person.visitor.t;
    let device = device::called(t, &session.user_agent);
    let door = person.native.product(session.door.as_str());
    let mut facts = Facts::default().and(t.say("door"), door);
    if !session.address.is_empty() {
        facts = facts.and(t.say("session-address"), session.address.as_str());
    }
    let facts = facts.and_fact(when::fact(t, t.say("session-first"), session.created)).and_fact(when::fact(
        t,
        t.say("session-last"),
        session.last_seen,
    ));
    let value = Some((ID, session.id.to_string()));
    let button = if is_this {
        Button { label: t.say("logout-button"), in_full: None, style: ButtonStyle::Secondary, value }
    } else {
        let since = when::told(t, session.created);
        let in_full = t.with_all("session-end-full", [("device", &device), ("since", &since)]);
        Button { label: t.say("end"), in_full: Some(in_full), style: ButtonStyle::Danger, value }
    };
    let badge = is_this.then(|| Badge { text: t.say("session-this"), stands_out: true });
    Row { title: device, badges: badge.into_iter().collect(), facts, button: Some(button) }
}

pub(super) async fn end(person: Person, form::Signed(sent): form::Signed) -> Response {
    let id = SessionId(id(&sent));
    let is_this = person.caller.session().is_some_and(|session| session.id == id);
    let (op, surface) = (person.op(), person.native.surface());
    match person.identity().sessions.end_own(&op, surface, &person.caller, id).await {
        Ok(()) if is_this => {
            // As whoever signs out leaves nothing to whoever comes next.
            person.visitor.browser.renew(person.visitor.pages.web());
            person.native.take_back(person.to(login::PATH))
        }
        Ok(()) => person.to(&Done::SessionEnded.path()),
        Err(error) => overview::refused(&person, &error).await,
    }
}

pub(super) async fn end_others(person: Person, _: form::Signed) -> Response {
    let (op, surface) = (person.op(), person.native.surface());
    match person.identity().sessions.end_others(&op, surface, &person.caller).await {
        Ok(_) => person.to(&Done::OthersEnded.path()),
        Err(error) => overview::refused(&person, &error).await,
    }
}
