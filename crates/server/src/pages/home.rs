//! `/`: what this is, and where things are.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use web::Dialect;

use super::shell::Shell;
use super::{Pages, Visitor};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    shell: Shell,
    doors: Vec<Door>,
}

/// One dialect that is served.
pub(super) struct Door {
    /// Its name in the configuration.
    pub(super) name: &'static str,
    /// What it is, in English.
    pub(super) title: &'static str,
    /// How the addresses of its calls begin.
    pub(super) bases: Vec<String>,
}

impl Door {
    pub(super) fn of(pages: &Pages, dialect: &Dialect) -> Self {
        let origin = &pages.web().site.origin;
        let mut prefixes: Vec<&str> = dialect.silence.iter().map(|silence| silence.prefix).collect();
        prefixes.dedup();
        let bases = prefixes.into_iter().map(|prefix| format!("{origin}{prefix}")).collect();
        Self { name: dialect.name, title: dialect.title, bases }
    }
}

pub(super) async fn show(State(pages): State<Pages>, visitor: Visitor) -> Response {
    let doors = pages.shelves().iter().map(|shelf| Door::of(&pages, shelf.dialect)).collect();
    let shell = visitor.shell(visitor.t.say("home-title")).wide();
    visitor.answer(StatusCode::OK, &Home { shell, doors })
}
