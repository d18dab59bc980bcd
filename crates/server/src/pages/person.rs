//! Whose page it is: somebody who holds a session of the door `native`. Whoever does not is led to sign in, and back.
//!
//! A person can do here what the native API lets them do, by the same use cases; no page has a way of its own.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use dialects::native::Native;
use identity::{Actor, Caller, Error, Identity, Op};
use web::Fault;
use web::fault::concerning;

use super::onward::{Onward, see_other};
use super::refusal::{Told, not_now};
use super::shell::Shell;
use super::{Pages, Visitor, account, change_password, login};

/// A request of somebody who is signed in. One who must choose another password is led to do so first, and one whose
/// session has ended is led to sign in.
pub(crate) struct Person {
    pub(super) visitor: Visitor,
    pub(super) native: Native,
    pub(super) caller: Caller,
}

impl FromRequestParts<Pages> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, pages).await?;
        let holder = holder(&visitor, &parts.headers).await.map_err(|error| said(&visitor, &error))?;
        let path = parts.uri.path();
        // A form cannot be sent once more by a link: its page is opened instead.
        let back = if parts.method == Method::GET { path } else { account::PATH };
        let Some((native, caller)) = holder else {
            let back = Onward::Place(format!("{}{back}", pages.web().site.origin));
            return Err(to(&visitor, &back.by_way_of(login::PATH)));
        };
        if caller.user.must_change_password && path != change_password::PATH {
            return Err(to(&visitor, change_password::PATH));
        }
        Ok(Self { visitor, native, caller })
    }
}

/// Who is signed in, if anybody is.
///
/// # Errors
/// Of the core: it cannot be told now.
pub(super) async fn holder(
    visitor: &Visitor,
    headers: &HeaderMap,
) -> identity::Result<Option<(Native, Caller)>> {
    let Some(native) = visitor.pages.native() else { return Ok(None) };
    let caller = native.holder(&visitor.context, headers).await?;
    Ok(caller.map(|caller| (native.clone(), caller)))
}

/// What is said when the core could not tell.
pub(super) fn said(visitor: &Visitor, error: &Error) -> Response {
    Fault::from(error).on(not_now(visitor, error.kind()))
}

/// To another page of ours.
pub(super) fn to(visitor: &Visitor, path: &str) -> Response {
    see_other(path).unwrap_or_else(|| Told::Broken.to(visitor))
}

impl Person {
    pub(super) fn identity(&self) -> &Identity {
        self.visitor.pages.identity()
    }

    /// What the core is told of the request.
    pub(super) fn op(&self) -> Op {
        let actor: Actor = self.caller.actor();
        self.native.op(&self.visitor.context, actor)
    }

    /// What stands around a page of theirs.
    pub(super) fn shell(&self, title: String) -> Shell {
        self.visitor.shell(title).of_somebody()
    }

    /// The answer with a page.
    pub(super) fn answer(&self, status: StatusCode, page: &impl askama::Template) -> Response {
        self.concerning(self.visitor.answer(status, page))
    }

    /// To another page of ours.
    pub(super) fn to(&self, path: &str) -> Response {
        self.concerning(to(&self.visitor, path))
    }

    /// To show once more who they are, and then to this page.
    pub(super) fn to_confirm(&self, path: &str) -> Response {
        let back = Onward::Place(format!("{}{path}", self.visitor.pages.web().site.origin));
        self.to(&back.by_way_of(login::CONFIRM))
    }

    /// For the log: whose request it was.
    pub(super) fn concerning(&self, response: Response) -> Response {
        concerning(self.caller.user.number, response)
    }

    /// What people call them.
    pub(super) fn called(&self) -> String {
        let user = &self.caller.user;
        let name = Some(user.name.as_str()).filter(|name| !name.is_empty());
        name.or(user.username.as_deref()).or(user.email.as_deref()).unwrap_or_default().to_owned()
    }
}
