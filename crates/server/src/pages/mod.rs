//! Vestibule's own pages: the ones that people see in a browser. Rendered here, complete without scripts.
//!
//! A page decides nothing about users or sessions: it calls a use case of the core and words the outcome, as a dialect
//! does.
//!
//! # How a page is added
//!
//! 1. **Its words** go into `locales/en` and `locales/de`, one file a topic, whole sentences with named arguments. A test
//!    compares the languages, and asks for every text that is named and for a use of every text that is there.
//! 2. **Its template** goes into `templates`, extends `base.html`, and takes texts by `shell.t.say("key")` and
//!    `shell.t.with("key", "argument", value)`. What it is made of stands in [`parts`]: forms with their fields, errors and
//!    buttons, notices, lists with actions, facts, secrets that are shown once. Each is a value that a template shows
//!    with `|safe`. There is one style sheet, `static/style.css`, with logical properties only, so that it holds from right
//!    to left too.
//! 3. **Its handler** takes a [`Visitor`], fills a struct that derives `askama::Template` with `shell:`
//!    [`Visitor::shell`], and answers with [`Visitor::answer`]. The route goes into [`routes`], where the layer
//!    ([`dress`]) gives every answer its headers and every panic an end.
//! 4. **A form** that changes something carries `visitor.form_token(PATH)` (a [`parts::Form`] made by
//!    [`Visitor::form`] has it), and its handler takes a [`form::Signed`] in place of the request: what is foreign,
//!    altered or stale has been answered before the handler runs. Answer a success with 303.
//! 5. **A way to another site** that begins with a form ends on [`parts::Leaving`], never in a redirect: `form-action`
//!    forbids that, and Chromium holds the whole chain of redirects to it.
//! 6. It gets a line in `tests/clients/test_pages.py`, which looks at it with the keyboard, in both themes, at both
//!    sizes, from right to left, without scripts, and with axe.
//!
//! # Pages of somebody
//!
//! A page that is somebody's own takes a [`person::Person`]: whoever has no session is led to `/login` and back. They
//! stand at the door `native` with its cookie and its use cases, and are not served without it ([`person`]).

mod account;
mod ask;
mod assets;
mod change_password;
mod docs;
mod dress;
mod forgot;
mod form;
mod home;
mod invitation;
mod language;
mod login;
mod logout;
mod markdown;
mod onward;
mod parts;
mod person;
mod refusal;
mod said;
mod set_up;
mod shell;
mod texts;
mod ticket;
mod visitor;
mod well_known;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use dialects::native::Native;
use identity::Identity;
use web::{Dialect, Web};

use self::docs::Shelf;
use crate::config::Config;
pub(crate) use login::PATH as SIGN_IN;
pub(crate) use set_up::PATH as SET_UP;
pub(crate) use visitor::Visitor;

/// What every page is given.
#[derive(Clone)]
pub(crate) struct Pages(Arc<Inner>);

struct Inner {
    web: Web,
    /// `[pages] name`
    name: String,
    /// `[pages] security_contact`
    security_contact: Vec<String>,
    /// The dialects that are served, in the order of the list, with their documents.
    shelves: Vec<Shelf>,
    /// The door that pages for people stand at; `None`: it is not served, and neither are they.
    native: Option<Native>,
    /// `[captcha]`
    has_captcha: bool,
    /// `[mail] smtp_url`
    has_mail_server: bool,
}

impl Pages {
    pub(crate) fn new(
        config: &Config,
        web: &Web,
        dialects: &[&'static Dialect],
        native: Option<Native>,
    ) -> Self {
        Self(Arc::new(Inner {
            web: web.clone(),
            name: config.pages.name.clone(),
            security_contact: config.pages.security_contact.iter().map(ToString::to_string).collect(),
            shelves: dialects.iter().copied().map(Shelf::new).collect(),
            native,
            has_captcha: config.captcha.is_some(),
            has_mail_server: config.mail.smtp.is_some(),
        }))
    }

    fn web(&self) -> &Web {
        &self.0.web
    }

    fn identity(&self) -> &Identity {
        &self.0.web.identity
    }

    /// Whether whoever forgot a password is to be led to the page for that.
    fn mails_passwords(&self) -> bool {
        !self.has_captcha()
    }

    /// Whether answers to captchas are judged here: no page has one to show.
    fn has_captcha(&self) -> bool {
        self.0.has_captcha
    }

    /// Whether messages leave by themselves.
    fn has_mail_server(&self) -> bool {
        self.0.has_mail_server
    }

    /// The door that pages for people stand at.
    fn native(&self) -> Option<&Native> {
        self.0.native.as_ref()
    }

    fn shelves(&self) -> &[Shelf] {
        &self.0.shelves
    }

    /// The document of a dialect that is served.
    fn shelf(&self, dialect: &str) -> Option<&Shelf> {
        self.0.shelves.iter().find(|shelf| shelf.dialect.name == dialect)
    }
}

/// The routes of all pages.
pub(crate) fn routes(pages: &Pages) -> Router {
    let mut router = Router::new()
        .route("/", get(home::show))
        .route("/docs", get(docs::index))
        .route("/docs/{dialect}", get(docs::dialect))
        .route("/docs/{dialect}/{operation}", get(docs::operation))
        .route("/verify-email", get(ticket::ask_to_verify).post(ticket::verify))
        .route("/confirm-address", get(ticket::ask_to_agree).post(ticket::agree))
        .route("/restore-password", get(ticket::ask_for_password).post(ticket::restore))
        .route(set_up::PATH, get(set_up::ask).post(set_up::set_up))
        .route(forgot::PATH, get(forgot::ask).post(forgot::send))
        .route("/.well-known/change-password", get(well_known::change_password))
        .route("/.well-known/security.txt", get(well_known::security))
        .route("/robots.txt", get(well_known::robots));
    if pages.shelf("syntho").is_some() {
        // contracts 1.1: where the product has its explorer.
        router = router.route("/api/playground/", get(docs::playground));
    }
    if pages.native().is_some() {
        router = router
            .route(login::PATH, get(login::ask).post(login::sign_in))
            .route(login::PROVIDER, post(login::leave_for_provider))
            .route(login::CONFIRM, get(login::ask_again).post(login::confirm))
            .route(login::HAND_OVER, post(login::hand_over))
            .route(invitation::PATH, get(invitation::ask).post(invitation::act))
            .route(change_password::PATH, get(change_password::ask).post(change_password::change))
            .route(logout::PATH, get(logout::ask).post(logout::sign_out))
            .merge(account::routes());
    }
    router
        .method_not_allowed_fallback(refusal::method_not_allowed)
        .layer(from_fn_with_state(pages.clone(), dress::layer))
        .with_state(pages.clone())
        .merge(assets::routes())
}
