//! Where a person goes on to after signing in: a place of this site, one that the configuration allows, or a door that
//! waits for somebody to sign in at our own page.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::{Door, Result, Secret};
use url::Url;

use super::parts::{Form, Leaving};
use super::refusal::Told;
use super::visitor::Query;
use super::{Pages, Visitor, account, form};

/// The parameter and field of a place.
pub(super) const RETURN_TO: &str = "return_to";
/// The parameter and field of a door that waits: the `state` of its login, which opens nothing by itself.
pub(super) const CONTINUE: &str = "continue";

/// One of them.
#[derive(Clone)]
pub(super) enum Onward {
    /// The usual place.
    Home,
    /// A place, as an absolute address.
    Place(String),
    /// A door that waits, by the `state` of its login.
    Door { state: Secret, door: Door },
    /// One that does not wait any more.
    Over,
}

impl Onward {
    /// What the query of a page asks for.
    ///
    /// # Errors
    /// Of the core: it cannot be told now.
    pub(super) async fn of_query(visitor: &Visitor, query: &Query) -> Result<Self> {
        Self::of(visitor, query.value(CONTINUE), query.value(RETURN_TO)).await
    }

    /// What a form brings back.
    ///
    /// # Errors
    /// Of the core: it cannot be told now.
    pub(super) async fn of_form(visitor: &Visitor, sent: &form::Sent) -> Result<Self> {
        let field = |name| sent.field(name).map(|value| value.to_string());
        Self::of(visitor, field(CONTINUE), field(RETURN_TO)).await
    }

    async fn of(visitor: &Visitor, state: Option<String>, place: Option<String>) -> Result<Self> {
        let pages = &visitor.pages;
        if let Some(state) = state {
            let (Some(state), Some(native)) = (Secret::presented(&state), pages.native()) else {
                return Ok(Self::Over);
            };
            let op = native.op(&visitor.context, identity::Actor::Anonymous);
            let waiting = pages.identity().federation.waiting(&op, &state).await?;
            return Ok(waiting.map_or(Self::Over, |door| Self::Door { state, door }));
        }
        let place = place.and_then(|place| pages.web().return_urls.place(&place));
        Ok(place.map_or(Self::Home, Self::Place))
    }

    /// The form, which brings it back.
    pub(super) fn within(&self, form: Form) -> Form {
        match self {
            Self::Home | Self::Over => form,
            Self::Place(url) => form.hidden(RETURN_TO, url.clone()),
            Self::Door { state, .. } => form.hidden(CONTINUE, state.expose().to_owned()),
        }
    }

    /// The path of a page of ours that leads on in the same way.
    pub(super) fn by_way_of(&self, page: &str) -> String {
        let (name, value) = match self {
            Self::Home | Self::Over => return page.to_owned(),
            Self::Place(url) => (RETURN_TO, url.as_str()),
            Self::Door { state, .. } => (CONTINUE, state.expose()),
        };
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let sign = if page.contains('?') { '&' } else { '?' };
        format!("{page}{sign}{name}={value}")
    }

    /// The address that a browser is led to; a door that waits is reached by the sign-in page only.
    pub(super) fn address(&self, pages: &Pages) -> String {
        match self {
            Self::Home | Self::Over => account::PATH.to_owned(),
            Self::Place(url) => url.clone(),
            Self::Door { .. } => format!("{}{}", pages.web().site.origin, self.by_way_of(super::login::PATH)),
        }
    }
}

/// The answer that leads a browser to an address which was approved. Beyond this site it is a page in between: a
/// redirect in answer to a form is held to `form-action`, and so are those of the other site.
pub(super) fn lead(visitor: &Visitor, address: &str) -> Response {
    let own = address.strip_prefix(visitor.pages.web().site.origin.as_str());
    match own.unwrap_or(address) {
        "" => see_other("/").unwrap_or_else(|| Told::Broken.to(visitor)),
        path if path.starts_with('/') && !path.starts_with("//") => {
            see_other(path).unwrap_or_else(|| Told::Broken.to(visitor))
        }
        _ => {
            let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
            leave(visitor, host.unwrap_or_default(), address)
        }
    }
}

/// The page that leads to another site, or through a page of ours to one.
pub(super) fn leave(visitor: &Visitor, name: String, address: &str) -> Response {
    let shell = visitor.shell(visitor.t.say("leaving-title")).only_here();
    visitor.answer(StatusCode::OK, &Leaving { shell, name, url: address.to_owned() })
}

/// 303, which a browser follows by GET.
pub(super) fn see_other(path: &str) -> Option<Response> {
    let location = HeaderValue::from_str(path).ok()?;
    Some((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}
