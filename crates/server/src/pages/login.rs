//! `/login`: who are you? By a password or by a provider, for a page of ours, for another site that the configuration
//! allows, or for a door that leads here because it knows no passwords.
//!
//! Who is signed in already is not asked again, but for what wants a login of the last minutes ([`ask_again`]). What
//! comes after a good password stands here too: another one must be chosen, or the door takes over.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use dialects::native::Native;
use identity::federation::providers::BeginLogin;
use identity::organization::joining::Joining;
use identity::{Actor, Caller, Credential, Error, ErrorKind, PasswordSignIn, SignedIn};
use web::Fault;

use super::onward::{Onward, lead, leave};
use super::parts::{Button, ButtonStyle, Field, FieldKind, Form, Notice, Tone};
use super::person::{self, Person, holder};
use super::refusal::Told;
use super::said::{came_back, later, said};
use super::shell::Shell;
use super::visitor::Query;
use super::{Pages, Visitor, account, change_password, form};

/// Where it stands.
pub(crate) const PATH: &str = "/login";
/// Where a form goes that leads to a provider.
pub(super) const PROVIDER: &str = "/login/provider";
/// Where somebody shows once more who they are.
pub(super) const CONFIRM: &str = "/login/confirm";
/// Where a form goes that hands somebody over who is signed in already.
pub(super) const HAND_OVER: &str = "/login/continue";

/// The parameter that asks for the form though somebody is signed in.
const OTHER: &str = "other";
/// The parameter that says why a provider sent somebody back in vain.
const REFUSED: &str = "refused";

/// The page: what is to be known, a form, and other ways in.
#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    shell: Shell,
    text: String,
    notice: Option<Notice>,
    form: Option<Form>,
    providers: Vec<Form>,
    /// A link below: its text and path.
    link: Option<(String, String)>,
}

pub(super) async fn ask(visitor: Visitor, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = Query::of(query);
    let onward = match Onward::of_query(&visitor, &query).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    let refused = query.value(REFUSED).and_then(|name| came_back(visitor.t, &name)).map(bad);
    let known = match holder(&visitor, &headers).await {
        Ok(known) => known.filter(|_| query.value(OTHER).is_none()),
        Err(error) => return person::said(&visitor, &error),
    };
    match (known, refused) {
        (None, refused) => asked(&visitor, StatusCode::OK, &onward, refused, ""),
        (Some((_, caller)), _) if caller.user.must_change_password => {
            person::to(&visitor, &onward.by_way_of(change_password::PATH))
        }
        (Some((native, caller)), refused) => {
            let person = Person { visitor, native, caller };
            if refused.is_none() && !matches!(onward, Onward::Door { .. } | Onward::Over) {
                return person.concerning(lead(&person.visitor, &onward.address(&person.visitor.pages)));
            }
            recognised(&person, &onward, refused)
        }
    }
}

/// Somebody is signed in already, and says whether to go on like that.
fn recognised(person: &Person, onward: &Onward, notice: Option<Notice>) -> Response {
    let (visitor, t) = (&person.visitor, person.visitor.t);
    let form = match onward {
        Onward::Door { .. } => {
            let button = Button::primary(t.with("login-go-on", "who", person.called()));
            Some(onward.within(visitor.form(HAND_OVER)).button(button))
        }
        Onward::Home | Onward::Place(_) | Onward::Over => None,
    };
    let link = match onward {
        Onward::Door { .. } => (t.say("login-as-other"), onward.by_way_of(&format!("{PATH}?{OTHER}=1"))),
        Onward::Home | Onward::Place(_) | Onward::Over => (t.say("nav-account"), account::PATH.to_owned()),
    };
    let text = match onward {
        Onward::Door { door, .. } => t.with("login-for", "door", person.native.product(door.as_str())),
        Onward::Home | Onward::Place(_) | Onward::Over => t.with("login-known", "who", person.called()),
    };
    let notice = notice.or_else(|| over(visitor, onward));
    let shell = person.shell(t.say("login-title")).only_here();
    let page = Page { shell, text, notice, form, providers: vec![], link: Some(link) };
    person.answer(StatusCode::OK, &page)
}

fn bad(text: String) -> Notice {
    Notice { tone: Tone::Error, text }
}

fn over(visitor: &Visitor, onward: &Onward) -> Option<Notice> {
    matches!(onward, Onward::Over).then(|| bad(visitor.t.say("said-flow")))
}

/// The form, with what went wrong and the name that was typed.
fn asked(
    visitor: &Visitor,
    status: StatusCode,
    onward: &Onward,
    notice: Option<Notice>,
    typed: &str,
) -> Response {
    let t = visitor.t;
    let takes_passwords = visitor.pages.identity().sign_in.takes_passwords();
    let providers = provider_forms(visitor, onward);
    let form = takes_passwords.then(|| {
        onward
            .within(visitor.form(PATH))
            .field(Field {
                name: "identifier",
                label: t.say("login-identifier"),
                value: typed.to_owned(),
                autocomplete: "username",
                ..Field::default()
            })
            .field(password_field(visitor))
            .button(Button::primary(t.say("login-button")))
    });
    let text = match onward {
        Onward::Door { door, .. } => {
            let native = visitor.pages.native();
            t.with("login-for", "door", native.map_or(door.as_str(), |native| native.product(door.as_str())))
        }
        Onward::Home | Onward::Place(_) | Onward::Over if form.is_none() && providers.is_empty() => {
            t.say("login-no-way")
        }
        Onward::Home | Onward::Place(_) | Onward::Over => t.say("login-text"),
    };
    let notice = notice.or_else(|| over(visitor, onward));
    let forgotten = takes_passwords && visitor.pages.mails_passwords();
    let link = forgotten.then(|| (t.say("login-forgotten"), "/forgot-password".to_owned()));
    let shell = visitor.shell(t.say("login-title")).only_here();
    visitor.answer(status, &Page { shell, text, notice, form, providers, link })
}

fn password_field(visitor: &Visitor) -> Field {
    Field {
        name: "password",
        label: visitor.t.say("login-password"),
        kind: FieldKind::Password,
        autocomplete: "current-password",
        ..Field::default()
    }
}

/// A button for each provider, in a form of its own: it wants neither name nor password.
fn provider_forms(visitor: &Visitor, onward: &Onward) -> Vec<Form> {
    let providers = visitor.pages.identity().federation.providers();
    let form = |provider: &identity::federation::Provider| {
        let button = Button {
            label: visitor.t.with("login-with", "provider", provider.name.as_str()),
            in_full: None,
            style: ButtonStyle::Provider,
            value: Some(("provider", provider.id.as_str().to_owned())),
        };
        onward.within(visitor.form(PROVIDER)).button(button)
    };
    providers.iter().map(form).collect()
}

pub(super) async fn sign_in(
    State(pages): State<Pages>,
    visitor: Visitor,
    headers: HeaderMap,
    form::Signed(sent): form::Signed,
) -> Response {
    let Some(native) = pages.native() else { return Told::Missing.to(&visitor) };
    let field = |name| sent.field(name).cloned().unwrap_or_default();
    let (typed, password) = (field("identifier"), field("password"));
    let onward = match Onward::of_form(&visitor, &sent).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    let signed_in = match native.holders(&visitor.context, &headers).await {
        Ok(holders) => {
            let command = PasswordSignIn {
                name: typed.to_string(),
                password: password.to_string(),
                presented: holders.into_iter().next(),
                end_others: false,
            };
            let op = native.op(&visitor.context, Actor::Anonymous);
            pages.identity().sign_in.with_password(&op, native.surface(), command).await
        }
        Err(error) => Err(error),
    };
    match signed_in {
        Ok(signed_in) => opened(&visitor, native, &onward, &signed_in).await,
        Err(error) => {
            let (status, text) = said(visitor.t, error.kind());
            let page = asked(&visitor, status, &onward, Some(bad(text)), &typed);
            Fault::from(&error).on(later(error.kind(), page))
        }
    }
}

/// What comes after a good password. The browser is another one to forms from now on.
async fn opened(visitor: &Visitor, native: &Native, onward: &Onward, signed_in: &SignedIn) -> Response {
    let session = Credential::Session(Arc::new(signed_in.session.clone()));
    let caller = Caller { user: Arc::new(signed_in.user.clone()), credential: session, stay: None };
    let person = Person { visitor: visitor.clone(), native: native.clone(), caller };
    let response = if person.caller.user.must_change_password {
        person.to(&onward.by_way_of(change_password::PATH))
    } else if let Onward::Door { .. } = onward {
        handed_over(&person, onward).await
    } else {
        person.concerning(lead(visitor, &onward.address(&visitor.pages)))
    };
    visitor.browser.renew(visitor.pages.web());
    native.give(response, signed_in, visitor.context.now)
}

/// Somebody who is signed in goes on to a door that waits.
pub(super) async fn hand_over(person: Person, form::Signed(sent): form::Signed) -> Response {
    match Onward::of_form(&person.visitor, &sent).await {
        Ok(onward) => handed_over(&person, &onward).await,
        Err(error) => person::said(&person.visitor, &error),
    }
}

async fn handed_over(person: &Person, onward: &Onward) -> Response {
    let Onward::Door { state, door } = onward else { return recognised(person, &Onward::Over, None) };
    match person.identity().federation.hand_over(&person.op(), &person.caller, state).await {
        Ok(address) => {
            let name = person.native.product(door.as_str()).to_owned();
            person.concerning(leave(&person.visitor, name, &address))
        }
        Err(error) => {
            let (_, text) = said(person.visitor.t, error.kind());
            Fault::from(&error).on(recognised(person, &Onward::Over, Some(bad(text))))
        }
    }
}

/// To a provider.
pub(super) async fn leave_for_provider(
    State(pages): State<Pages>,
    visitor: Visitor,
    form::Signed(sent): form::Signed,
) -> Response {
    let Some(native) = pages.native() else { return Told::Missing.to(&visitor) };
    let onward = match Onward::of_form(&visitor, &sent).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&visitor, &error),
    };
    let id = sent.field("provider").map(|id| id.to_string()).unwrap_or_default();
    match to_provider(&visitor, native, &onward, id).await {
        Ok(response) => response,
        Err(error) => {
            let (status, text) = said(visitor.t, error.kind());
            Fault::from(&error).on(asked(&visitor, status, &onward, Some(bad(text)), ""))
        }
    }
}

async fn to_provider(
    visitor: &Visitor,
    native: &Native,
    onward: &Onward,
    id: String,
) -> Result<Response, Error> {
    let pages = &visitor.pages;
    let federation = &pages.identity().federation;
    let name = federation.providers().iter().find(|provider| provider.id.as_str() == id);
    let name = name.ok_or(ErrorKind::ProviderUnknown)?.name.clone();
    let origin = &pages.web().site.origin;
    let address = onward.address(pages);
    let begin = BeginLogin {
        provider: Some(id),
        redirect_uri: native.redirect_uri(),
        browser: None,
        return_to: if address.starts_with('/') { format!("{origin}{address}") } else { address },
        joining: Joining::default(),
    };
    let op = native.op(&visitor.context, Actor::Anonymous);
    let begun = federation.begin(&op, native.surface(), begin).await?;
    native.see_off(leave(visitor, name, &begun.location), &begun, visitor.context.now)
}

/// Somebody who is signed in shows once more who they are, before what could take the account away.
pub(super) async fn ask_again(person: Person, RawQuery(query): RawQuery) -> Response {
    match Onward::of_query(&person.visitor, &Query::of(query)).await {
        Ok(onward) => asked_again(&person, StatusCode::OK, &onward, None),
        Err(error) => person::said(&person.visitor, &error),
    }
}

fn asked_again(person: &Person, status: StatusCode, onward: &Onward, notice: Option<Notice>) -> Response {
    let (visitor, t) = (&person.visitor, person.visitor.t);
    let has_password = person.caller.user.has_password && person.identity().sign_in.takes_passwords();
    let form = has_password.then(|| {
        let form = onward.within(visitor.form(CONFIRM));
        form.field(password_field(visitor)).button(Button::primary(t.say("confirm-button")))
    });
    let page = Page {
        shell: person.shell(t.say("confirm-title")).only_here(),
        text: t.with("confirm-text", "who", person.called()),
        notice,
        form,
        providers: provider_forms(visitor, onward),
        link: Some((t.say("back-to-account"), account::PATH.to_owned())),
    };
    person.answer(status, &page)
}

pub(super) async fn confirm(person: Person, form::Signed(sent): form::Signed) -> Response {
    let onward = match Onward::of_form(&person.visitor, &sent).await {
        Ok(onward) => onward,
        Err(error) => return person::said(&person.visitor, &error),
    };
    let password = sent.field("password").cloned().unwrap_or_default();
    let (op, sign_in) = (person.op(), &person.identity().sign_in);
    match sign_in.confirm(&op, person.native.surface(), &person.caller, &password).await {
        Ok(signed_in) => opened(&person.visitor, &person.native, &onward, &signed_in).await,
        Err(error) => {
            let (status, text) = said(person.visitor.t, error.kind());
            let page = asked_again(&person, status, &onward, Some(bad(text)));
            Fault::from(&error).on(later(error.kind(), page))
        }
    }
}
