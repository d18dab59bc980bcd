//! Our own sign-in page in the place of a provider: a door that knows no passwords sends a browser there, and the page
//! hands whoever signs in over to the door. It is no OpenID provider: nobody else can ask it for anything.
//!
//! The code that the browser takes back is made from the login's `state` with the master key and told to nobody but the
//! browser in which somebody agreed; the door takes it from the browser alone that began the login. So a link to the
//! page, sent to somebody else, signs nobody in where they did not begin.

use super::providers::Federation;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::{self, Flow};
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::rule::Rule;
use crate::secret::Secret;
use crate::session::caller::Caller;
use crate::surface::Door;

impl Federation {
    /// The door that waits for somebody to sign in at our own page; `None`: none does, by this `state`.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn waiting(&self, op: &Op, state: &Secret) -> Result<Option<Door>> {
        Ok(self.waiting_flow(op, state).await?.map(|(flow, _)| flow.door))
    }

    /// Hands the caller over to the door that waits, and tells where to send the browser: back to the door, with a
    /// one-time code. Whoever was handed over once, nobody else is.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the caller came with no session, or with one that may less than its owner.
    /// [`ErrorKind::PasswordChangeRequired`], [`ErrorKind::FlowInvalid`], [`ErrorKind::Conflict`]: the user was changed
    /// meanwhile. [`ErrorKind::Unavailable`].
    pub async fn hand_over(&self, op: &Op, caller: &Caller, state: &Secret) -> Result<String> {
        caller.must_be_whole()?;
        let session = caller.session().ok_or_else(|| {
            Error::new(ErrorKind::Forbidden).because(Rule::Permission, "no session", "a session")
        })?;
        if caller.user.must_change_password {
            return Err(ErrorKind::PasswordChangeRequired.into());
        }
        let (flow, callback) = self.waiting_flow(op, state).await?.ok_or_else(over)?;
        let (user, version) = (caller.user.number, caller.user.credential_version);
        let hand = Change::HandOver { flow: flow.id, user, version, at: op.now };
        let event = Event::new(op, EventKind::HandedOver).of(&caller.user).with_session(session.id);
        let events = vec![event.by_way_of(flow.door.as_str())];
        match self.core.store.commit(Commit { changes: vec![hand], events }).await {
            Ok(_) => {
                let code = flow::code(&self.core.master_key, state);
                Ok(format!("{callback}?code={}&state={}", *code, state.expose()))
            }
            Err(StoreError::Conflict(Conflict::FlowGone)) => Err(over()),
            Err(error) => Err(error.into()),
        }
    }

    /// A login that waits at our own page, and where it leads back to.
    async fn waiting_flow(&self, op: &Op, state: &Secret) -> Result<Option<(Flow, String)>> {
        let found = self.core.store.flow_by_digest(&state.digest()).await?;
        Ok(found.filter(|flow| flow.expires > op.now).and_then(|flow| {
            let callback = flow.hand_over.as_ref()?.callback.clone();
            Some((flow, callback))
        }))
    }
}

fn over() -> Error {
    let seen = "one that was used, is older than ten minutes, or is another person's";
    Error::new(ErrorKind::FlowInvalid).because(Rule::LoginState, seen, "one that waits at our own page")
}
