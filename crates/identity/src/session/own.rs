//! People and their own sessions: see them, end one, end all the others. How far that reaches is the surface's to say:
//! the sessions of one door, or of every door.

use super::caller::Caller;
use super::ledger::Sessions;
use super::{EndReason, Session, SessionId, State};
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::surface::Surface;

impl Sessions {
    /// The caller's live sessions as far as the surface's scope reaches, oldest first.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::Unavailable`].
    pub async fn list_own(&self, op: &Op, surface: &Surface, caller: &Caller) -> Result<Vec<Session>> {
        caller.must_be_whole()?;
        let mut sessions = self.list(op, caller.user.number, false).await?;
        if let Some(door) = surface.reach() {
            sessions.retain(|session| session.door == door);
        }
        Ok(sessions)
    }

    /// One live session of the caller's, as far as the surface's scope reaches.
    ///
    /// # Errors
    /// [`ErrorKind::SessionNotFound`]: there is none, it does not live, or it is not the caller's to see.
    /// [`ErrorKind::Forbidden`], [`ErrorKind::Unavailable`].
    pub async fn own(&self, op: &Op, surface: &Surface, caller: &Caller, id: SessionId) -> Result<Session> {
        caller.must_be_whole()?;
        let found = self.core.store.session(id).await?.filter(|session| {
            session.user == caller.user.number
                && session.state(op.now) == State::Live
                && surface.reach().is_none_or(|door| session.door == door)
        });
        found.ok_or_else(|| ErrorKind::SessionNotFound.into())
    }

    /// Ends one of the caller's own sessions, the presented one or another.
    ///
    /// # Errors
    /// As [`Sessions::own`].
    pub async fn end_own(&self, op: &Op, surface: &Surface, caller: &Caller, id: SessionId) -> Result<()> {
        let session = self.own(op, surface, caller, id).await?;
        let reason = EndReason::EndedByOwner;
        let event = Event::new(op, EventKind::SessionEnded)
            .of(&caller.user)
            .with_session(session.id)
            .saying(reason.as_str());
        self.commit(vec![Change::EndSession { session: id, at: op.now, reason }], vec![event]).await?;
        Ok(())
    }

    /// Ends all of the caller's sessions but the presented one, as far as the surface's scope reaches, and tells how many
    /// there were. Of two sessions that do this to each other at once one is left.
    ///
    /// # Errors
    /// [`ErrorKind::SessionNotFound`]: the caller came with no session. [`ErrorKind::Conflict`]: something else ended the
    /// presented one, or changed the account, meanwhile. [`ErrorKind::Forbidden`], [`ErrorKind::Unavailable`].
    pub async fn end_others(&self, op: &Op, surface: &Surface, caller: &Caller) -> Result<u64> {
        caller.must_be_whole()?;
        let kept = caller.session().ok_or(ErrorKind::SessionNotFound)?.id;
        let (user, reason) = (caller.user.number, EndReason::SignedOutEverywhere);
        let (door, except) = (surface.reach(), Some(kept));
        // Whoever ends sessions by every door raises the version: who was ended by that ends nobody any more.
        let hold = Change::HoldUser { user, version: caller.user.credential_version };
        let end = Change::EndSessions { user, door, except, at: op.now, reason };
        let event = Event::new(op, EventKind::SessionsEnded).of(&caller.user).saying(reason.as_str());
        self.commit(vec![hold, end], vec![event.with_session(kept)]).await
    }
}
