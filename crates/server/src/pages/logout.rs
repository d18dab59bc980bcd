//! `/logout`: the session of this browser ends. A link leads to the question, because programs and other sites open links
//! too; the button ends it.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use identity::ErrorKind;
use web::fault::concerning;

use super::ask::Ask;
use super::onward::{Onward, lead};
use super::parts::Button;
use super::refusal::{Message, Mood};
use super::visitor::Query;
use super::{Visitor, form, login, person};

/// Where it stands.
pub(super) const PATH: &str = "/logout";

pub(super) async fn ask(visitor: Visitor, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let onward = match Onward::of_query(&visitor, &Query::of(query)).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    match person::holder(&visitor, &headers).await {
        Ok(Some((native, caller))) => {
            let person = person::Person { visitor, native, caller };
            let t = person.visitor.t;
            let button = Button::primary(t.say("logout-button"));
            let form = onward.within(person.visitor.form(PATH)).button(button);
            let text = t.with("logout-text", "who", person.called());
            let shell = person.shell(t.say("logout-title")).only_here();
            person.answer(StatusCode::OK, &Ask::new(shell, text, form))
        }
        Ok(None) => signed_out(&visitor, &onward),
        Err(error) => person::said(&visitor, &error),
    }
}

pub(super) async fn sign_out(
    visitor: Visitor,
    headers: HeaderMap,
    form::Signed(sent): form::Signed,
) -> Response {
    match end(&visitor, &headers, &sent).await {
        Ok(response) => response,
        Err(error) => person::said(&visitor, &error),
    }
}

async fn end(visitor: &Visitor, headers: &HeaderMap, sent: &form::Sent) -> identity::Result<Response> {
    let onward = Onward::of_form(visitor, sent).await?;
    let mut response = signed_out(visitor, &onward);
    let Some(native) = visitor.pages.native() else { return Ok(response) };
    for caller in native.holders(&visitor.context, headers).await? {
        let op = native.op(&visitor.context, caller.actor());
        match visitor.pages.identity().sessions.sign_out(&op, &caller).await {
            Ok(()) => response = concerning(caller.user.number, response),
            // Something else was first: it is as wanted.
            Err(error) if error.kind() == ErrorKind::CredentialInvalid => {}
            Err(error) => return Err(error),
        }
    }
    visitor.browser.renew(visitor.pages.web());
    Ok(native.take_back(response))
}

fn signed_out(visitor: &Visitor, onward: &Onward) -> Response {
    if let Onward::Place(address) = onward {
        return lead(visitor, address);
    }
    let t = visitor.t;
    let shell = visitor.shell(t.say("signed-out-title")).only_here();
    let way_on = Some((t.say("nav-sign-in"), login::PATH.to_owned()));
    visitor
        .answer(StatusCode::OK, &Message { shell, mood: Mood::Good, text: t.say("signed-out-text"), way_on })
}
