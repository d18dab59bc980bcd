//! Links to providers: seen, made, taken away.

use axum::response::Response;
use identity::federation::providers::BeginLogin;
use identity::federation::{ExternalIdentity, ExternalIdentityId, Provider};
use identity::organization::joining::Joining;
use identity::{Error, ErrorKind};

use super::overview::{self, Part, Window};
use super::{Done, ID, id, when};
use crate::pages::form;
use crate::pages::onward::leave;
use crate::pages::parts::list::{Facts, Listing, Row};
use crate::pages::parts::{Button, ButtonStyle, Form};
use crate::pages::person::Person;

/// Where a form goes that links one.
pub(super) const LINK: &str = "/account/providers/link";
/// Where a form goes that takes a link away.
pub(super) const UNLINK: &str = "/account/providers/unlink";

/// The list, where there is anything to list or to link.
pub(super) async fn part(person: &Person, window: Window) -> identity::Result<Option<Part>> {
    let (t, federation) = (person.visitor.t, &person.identity().federation);
    let linked = federation.linked(&person.op(), &person.caller).await?;
    let providers = federation.providers();
    if linked.is_empty() && providers.is_empty() {
        return Ok(None);
    }
    let (rows, more) = window.of(t, &linked, |identity| row(person, identity));
    let is_linked = |provider: &&Provider| linked.iter().any(|linked| linked.issuer == provider.issuer);
    let forms =
        providers.iter().filter(|provider| !is_linked(provider)).map(|provider| link_form(person, provider));
    let form = Some(person.visitor.form(UNLINK));
    let listing = Listing { rows, empty: t.say("providers-none"), form };
    Ok(Some(Part { listing, more, forms: forms.collect() }))
}

fn row(person: &Person, identity: &ExternalIdentity) -> Row {
    let t = person.visitor.t;
    let providers = person.identity().federation.providers();
    let provider = providers.iter().find(|provider| provider.issuer == identity.issuer);
    let title = provider.map_or(identity.issuer.as_str(), |provider| provider.name.as_str()).to_owned();
    let facts = Facts::default()
        .and(t.say("provider-subject"), identity.subject.as_str())
        .and_fact(when::fact(t, t.say("provider-since"), identity.created));
    let button = Button {
        in_full: Some(t.with("provider-unlink-full", "name", title.as_str())),
        value: Some((ID, identity.id.to_string())),
        ..Button::danger(t.say("provider-unlink"))
    };
    Row { title, badges: Vec::new(), facts, button: Some(button) }
}

fn link_form(person: &Person, provider: &Provider) -> Form {
    let button = Button {
        label: person.visitor.t.with("provider-link", "name", provider.name.as_str()),
        in_full: None,
        style: ButtonStyle::Provider,
        value: Some(("provider", provider.id.as_str().to_owned())),
    };
    person.visitor.form(LINK).button(button)
}

pub(super) async fn link(person: Person, form::Signed(sent): form::Signed) -> Response {
    let id = sent.field("provider").map(|id| id.to_string()).unwrap_or_default();
    match to_provider(&person, id).await {
        Ok(response) => person.concerning(response),
        Err(error) => overview::refused(&person, &error).await,
    }
}

async fn to_provider(person: &Person, id: String) -> Result<Response, Error> {
    let federation = &person.identity().federation;
    let name = federation.providers().iter().find(|provider| provider.id.as_str() == id);
    let name = name.ok_or(ErrorKind::ProviderUnknown)?.name.clone();
    let begin = BeginLogin {
        provider: Some(id),
        redirect_uri: person.native.redirect_uri(),
        browser: None,
        return_to: format!("{}{}", person.visitor.pages.web().site.origin, Done::ProviderLinked.path()),
        joining: Joining::default(),
    };
    let begun = federation.begin_link(&person.op(), person.native.surface(), &person.caller, begin).await?;
    let page = leave(&person.visitor, name, &begun.location);
    person.native.see_off(page, &begun, person.visitor.context.now)
}

pub(super) async fn unlink(person: Person, form::Signed(sent): form::Signed) -> Response {
    let id = ExternalIdentityId(id(&sent));
    match person.identity().federation.unlink(&person.op(), &person.caller, id).await {
        Ok(()) => person.to(&Done::ProviderUnlinked.path()),
        Err(error) => overview::refused(&person, &error).await,
    }
}
