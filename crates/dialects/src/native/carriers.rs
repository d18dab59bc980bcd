//! What pages of the same house use of this door: who holds its cookie, and how a browser gets and loses it. They decide
//! no more than a handler does; the core does.

use axum::http::HeaderMap;
use axum::response::Response;
use identity::federation::providers::LoginBegun;
use identity::{Actor, Caller, Error, ErrorKind, Op, SignedIn, Surface, Timestamp};
use web::Context;

use super::{HouseDoor, Native, caller};

impl Native {
    /// What sessions of this door look like.
    #[must_use]
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// Every door there is, this one among them.
    #[must_use]
    pub fn doors(&self) -> &[HouseDoor] {
        &self.doors
    }

    /// What people know a door by; one that this build does not have goes by its name.
    #[must_use]
    pub fn product<'a>(&'a self, door: &'a str) -> &'a str {
        self.doors.iter().find(|known| known.name == door).map_or(door, |known| known.product)
    }

    /// What the core is told of a request at this door.
    #[must_use]
    pub fn op(&self, context: &Context, actor: Actor) -> Op {
        context.op(&self.surface.door, actor)
    }

    /// Whom the cookie stands for; `None`: nobody, any more. A header opens no page.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn holder(&self, context: &Context, headers: &HeaderMap) -> Result<Option<Caller>, Error> {
        match caller::by_cookie(self, context, headers).await {
            Ok(caller) => Ok(Some(caller)),
            Err(error) if caller::is_stale(&error) || error.kind() == ErrorKind::CredentialMissing => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Everybody whom the cookies under its name stand for: a neighbouring site may have planted a second one.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn holders(&self, context: &Context, headers: &HeaderMap) -> Result<Vec<Caller>, Error> {
        caller::everybody(self, context, headers).await
    }

    /// The answer that gives a browser its session. The cookie stays as long as the session may live; when that ends
    /// unused is the ledger's to say.
    #[must_use]
    pub fn give(&self, response: Response, signed_in: &SignedIn, now: Timestamp) -> Response {
        let SignedIn { session, secret, .. } = signed_in;
        self.cookie.set(response, secret.expose(), now, session.absolute_end)
    }

    /// The answer that takes it back.
    #[must_use]
    pub fn take_back(&self, response: Response) -> Response {
        self.cookie.clear(response)
    }

    /// The answer that a browser leaves for a provider with, and is known by when it comes back.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] for one that was known already: no browser is, where it leaves from here.
    pub fn see_off(&self, response: Response, begun: &LoginBegun, now: Timestamp) -> Result<Response, Error> {
        let browser = begun.browser.as_ref().ok_or(ErrorKind::Internal)?;
        Ok(self.flow_cookie.set(response, browser.expose(), now, Some(begun.expires)))
    }
}
