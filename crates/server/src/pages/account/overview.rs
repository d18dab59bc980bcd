//! `/account`: everything of somebody's own on one page, with what can be done about it.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use identity::user::{Role, User};
use identity::{Error, ErrorKind};
use web::Fault;

use super::{Done, PATH, email, identities, keys, sessions};
use crate::pages::change_password;
use crate::pages::parts::list::{Badge, Fact, Facts, Listing, Row};
use crate::pages::parts::{Form, Notice, Tone};
use crate::pages::person::{self, Person};
use crate::pages::said::{later, said};
use crate::pages::shell::Shell;
use crate::pages::texts::Texts;
use crate::pages::visitor::Query;

#[derive(Template)]
#[template(path = "account/overview.html")]
struct Page {
    shell: Shell,
    who: String,
    notice: Option<Notice>,
    profile: Facts,
    /// Ways to pages: labels and paths.
    ways: Vec<(String, String)>,
    /// Where the address is not verified.
    verify: Option<Form>,
    sessions: Part,
    keys: Part,
    /// Where there are providers.
    providers: Option<Part>,
}

/// One list with what belongs to it.
pub(super) struct Part {
    pub(super) listing: Listing,
    /// Ways to the rest of the list: labels and paths.
    pub(super) more: Vec<(String, String)>,
    /// What can be done beyond its rows.
    pub(super) forms: Vec<Form>,
}

/// Which rows of a list are shown: people have ten thousand sessions, and a page does not.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The list's name in the query, and its id on the page.
    name: &'static str,
    from: usize,
}

impl Window {
    /// How many rows are shown at once. A page with two full lists stays below what a page may weigh.
    const ROWS: usize = 20;

    fn of_query(query: &Query, name: &'static str) -> Self {
        let from = query.value(name).and_then(|from| from.parse().ok()).unwrap_or_default();
        Self { name, from }
    }

    /// The rows, and the ways to the others.
    pub(super) fn of<T>(
        self,
        t: Texts,
        all: &[T],
        row: impl Fn(&T) -> Row,
    ) -> (Vec<Row>, Vec<(String, String)>) {
        let from = if self.from < all.len() { self.from } else { 0 };
        let rows: Vec<Row> = all.iter().skip(from).take(Self::ROWS).map(row).collect();
        let behind = all.len().saturating_sub(from + rows.len());
        let name = self.name;
        let first = (from > 0).then(|| (t.say("list-first"), format!("{PATH}#{name}")));
        let next = (behind > 0).then(|| {
            let label = t.with("list-more", "count", behind);
            (label, format!("{PATH}?{name}={}#{name}", from + rows.len()))
        });
        (rows, first.into_iter().chain(next).collect())
    }
}

pub(super) async fn show(person: Person, RawQuery(query): RawQuery) -> Response {
    let query = Query::of(query);
    let notice =
        Done::of(&query).map(|done| Notice { tone: Tone::Success, text: done.said(person.visitor.t) });
    page(&person, StatusCode::OK, notice, &query).await
}

/// The answer to an action that was refused: the page, and why. What wants a fresh login leads to one and back.
pub(super) async fn refused(person: &Person, error: &Error) -> Response {
    let kind = error.kind();
    if kind == ErrorKind::FreshLoginRequired {
        return Fault::from(error).on(person.to_confirm(PATH));
    }
    let (status, text) = said(person.visitor.t, kind);
    let notice = Notice { tone: Tone::Error, text };
    let page = page(person, status, Some(notice), &Query::of(None)).await;
    Fault::from(error).on(later(kind, page))
}

async fn page(person: &Person, status: StatusCode, notice: Option<Notice>, query: &Query) -> Response {
    match gathered(person, notice, query).await {
        Ok(page) => person.answer(status, &page),
        Err(error) => person::said(&person.visitor, &error),
    }
}

async fn gathered(person: &Person, notice: Option<Notice>, query: &Query) -> identity::Result<Page> {
    let t = person.visitor.t;
    Ok(Page {
        shell: person.shell(t.say("account-title")).wide(),
        who: person.called(),
        notice,
        profile: profile(person).await?,
        ways: ways(person),
        verify: email::verify_form(person),
        sessions: sessions::part(person, Window::of_query(query, "sessions")).await?,
        keys: keys::part(person, Window::of_query(query, "keys")).await?,
        providers: identities::part(person, Window::of_query(query, "providers")).await?,
    })
}

async fn profile(person: &Person) -> identity::Result<Facts> {
    let (t, user) = (person.visitor.t, &person.caller.user);
    let mut facts = Facts::default();
    if !user.name.as_str().is_empty() {
        facts = facts.and(t.say("profile-name"), user.name.as_str());
    }
    if let Some(username) = &user.username {
        facts = facts.and(t.say("profile-username"), username.as_str());
    }
    facts = facts.and_fact(address(t, user)).and(t.say("profile-role"), role(t, user.role));
    let memberships = person.identity().organizations.memberships_by(&person.caller).await?;
    let names: Vec<&str> = memberships.iter().map(|(organization, _)| organization.name.as_str()).collect();
    if !names.is_empty() {
        facts = facts.and(t.say("profile-organizations"), names.join(", "));
    }
    Ok(facts)
}

fn address(t: Texts, user: &User) -> Fact {
    let name = t.say("profile-email");
    let Some(email) = user.email.clone() else {
        return Fact { name, value: t.say("email-none"), ..Fact::default() };
    };
    let text = if user.email_verified { t.say("email-verified") } else { t.say("email-not-verified") };
    let badge = Some(Badge { text, stands_out: user.email_verified });
    Fact { name, value: email, badge, ..Fact::default() }
}

fn role(t: Texts, role: Role) -> String {
    match role {
        Role::Root => t.say("role-root"),
        Role::Admin => t.say("role-admin"),
        Role::User => t.say("role-user"),
        Role::Sub => t.say("role-sub"),
    }
}

fn ways(person: &Person) -> Vec<(String, String)> {
    let t = person.visitor.t;
    let mut ways = vec![(t.say("email-title"), email::PATH.to_owned())];
    if person.identity().sign_in.takes_passwords() {
        let has_one = person.caller.user.has_password;
        let label = if has_one { t.say("password-way") } else { t.say("password-way-first") };
        ways.push((label, change_password::PATH.to_owned()));
    }
    ways
}
