//! Who looks at a page, as far as that can be told from the request's head: the language, the browser, the way there.
//!
//! Not who that person is: a page that must know asks the core with its own cookie.

use axum::extract::FromRequestParts;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use web::Context;

use super::form::Browser;
use super::language::Language;
use super::parts::{Field, FieldKind, Form};
use super::shell::Shell;
use super::texts::Texts;
use super::{Pages, refusal};

/// A request for a page, made by [`super::dress::layer`].
#[derive(Clone)]
pub(crate) struct Visitor {
    /// What every page is given.
    pub(super) pages: Pages,
    /// The request's time, number and sender.
    pub(super) context: Context,
    /// What pages say to this person.
    pub(super) t: Texts,
    /// What forms are bound to.
    pub(super) browser: Browser,
    /// The path of the page that was asked for; none where a form was sent.
    here: Option<String>,
}

impl Visitor {
    pub(super) fn of(
        pages: &Pages,
        context: Context,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Self {
        let language = Language::chosen(uri.query()).unwrap_or_else(|| Language::wanted(headers));
        Self {
            pages: pages.clone(),
            context,
            t: Texts { language },
            browser: Browser::of(pages.web(), headers),
            here: method.is_safe().then(|| uri.path().to_owned()),
        }
    }

    /// What stands around a page with this title.
    pub(super) fn shell(&self, title: String) -> Shell {
        Shell::new(&self.pages, self.t, title, self.here.clone())
    }

    /// The token for a form that is sent to this path, by this browser, within [`super::form::LIFE`].
    pub(super) fn form_token(&self, path: &str) -> String {
        self.browser.token(self.pages.web(), self.context.now, path)
    }

    /// A form that is sent to this path and will be taken from there.
    pub(super) fn form(&self, path: &str) -> Form {
        Form::to(path).hidden(super::form::FIELD, self.form_token(path))
    }

    /// The field for a password that is chosen now, with what is wrong with the one before.
    pub(super) fn new_password(&self, name: &'static str, error: Option<String>) -> Field {
        let least = self.pages.identity().accounts.shortest_password();
        Field {
            name,
            label: self.t.say("password-new"),
            kind: FieldKind::Password,
            autocomplete: "new-password",
            hint: Some(self.t.with("password-hint", "least", least)),
            error,
            least: Some(least),
            ..Field::default()
        }
    }

    /// The answer with a page.
    pub(super) fn answer(&self, status: StatusCode, page: &impl askama::Template) -> Response {
        rendered(status, page).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

/// What stands behind the `?` of an address.
pub(super) struct Query(web::form::Pairs);

impl Query {
    pub(super) fn of(query: Option<String>) -> Self {
        Self(web::form::pairs(query.unwrap_or_default().as_bytes()).unwrap_or_default())
    }

    /// The value of a parameter; the first one where there are several.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.to_string())
    }
}

/// A page as HTML.
fn rendered(status: StatusCode, page: &impl askama::Template) -> askama::Result<Response> {
    let mut response = (status, page.render()?).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Ok(response)
}

impl FromRequestParts<Pages> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        // The layer puts it there; without it a page would lack its headers.
        if let Some(visitor) = parts.extensions.get::<Self>() {
            return Ok(visitor.clone());
        }
        let Ok(context) = Context::from_request_parts(parts, pages).await;
        let visitor = Self::of(pages, context, &parts.method, &parts.uri, &parts.headers);
        Err(refusal::Told::Broken.to(&visitor))
    }
}
