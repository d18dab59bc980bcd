//! `/docs`: the explorer. A page for each dialect, and one for each of its calls, made from its OpenAPI document.
//!
//! It is our own because the common ones are 1.9 MB (Swagger UI 5.35: 460 KB compressed) and 4.4 MB (Scalar 1.72:
//! 1.3 MB compressed, and fonts from elsewhere) of script that shows nothing where scripts are off, and styles its parts
//! inline, which the policy of our pages forbids. Here a page is some 10 to 40 KB, there is an address for every call, and
//! a script of 4 KB only adds copying and trying out.

mod document;
mod operation;
mod sample;
mod schema;

use std::sync::OnceLock;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use web::{Dialect, Fault, Refusal};

use self::document::{Document, Group, Scheme};
use self::operation::Operation;
use super::home::Door;
use super::markdown::to_html;
use super::refusal::Told;
use super::shell::Shell;
use super::{Pages, Visitor, assets, dress};

/// A dialect's document, read when it is first looked at.
pub(super) struct Shelf {
    pub(super) dialect: &'static Dialect,
    document: OnceLock<Document>,
}

impl Shelf {
    pub(super) fn new(dialect: &'static Dialect) -> Self {
        Self { dialect, document: OnceLock::new() }
    }

    fn document(&self) -> &Document {
        self.document.get_or_init(|| Document::read(self.dialect.document))
    }
}

#[derive(Template)]
#[template(path = "docs/index.html")]
struct Index {
    shell: Shell,
    doors: Vec<Door>,
}

#[derive(Template)]
#[template(path = "docs/dialect.html")]
struct DialectPage {
    shell: Shell,
    name: &'static str,
    summary: String,
    /// HTML.
    description: String,
    schemes: Vec<Scheme>,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "docs/operation.html")]
struct OperationPage {
    shell: Shell,
    name: &'static str,
    operation: Operation,
}

pub(super) async fn index(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let doors = pages.shelves().iter().map(|shelf| Door::of(&pages, shelf.dialect)).collect();
    let shell = visitor.shell(visitor.t.say("docs-title")).wide();
    visitor.answer(StatusCode::OK, &Index { shell, doors })
}

pub(super) async fn dialect(
    State(pages): State<Pages>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Response {
    match pages.shelf(&name) {
        Some(shelf) => overview(&visitor, shelf),
        None => missing(&visitor),
    }
}

/// contracts 1.1: the product's explorer.
pub(super) async fn playground(State(pages): State<Pages>, visitor: Visitor) -> Response {
    match pages.shelf("syntho") {
        Some(shelf) => overview(&visitor, shelf),
        None => missing(&visitor),
    }
}

fn overview(visitor: &Visitor, shelf: &Shelf) -> Response {
    let document = shelf.document();
    let page = DialectPage {
        shell: visitor.shell(document.text("/info/title")).wide(),
        name: shelf.dialect.name,
        summary: document.text("/info/summary"),
        description: to_html(&document.text("/info/description")),
        schemes: document.schemes(),
        groups: document.groups(),
    };
    visitor.answer(StatusCode::OK, &page)
}

pub(super) async fn operation(
    State(pages): State<Pages>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
) -> Response {
    let Some(shelf) = pages.shelf(&name) else { return missing(&visitor) };
    let Some(operation) = Operation::find(shelf.document(), &id, &pages.web().site.origin) else {
        return missing(&visitor);
    };
    let shell =
        visitor.shell(format!("{} {}", operation.method, operation.path)).wide().scripted(&assets::EXPLORER);
    let page = OperationPage { shell, name: shelf.dialect.name, operation };
    let mut response = visitor.answer(StatusCode::OK, &page);
    let policy = HeaderValue::from_static(dress::POLICY_OF_EXPLORER);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn missing(visitor: &Visitor) -> Response {
    Fault::from(&Refusal::NotFound).on(Told::Missing.to(visitor))
}

#[cfg(test)]
mod tests;
