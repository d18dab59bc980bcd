//! Use cases of the ledger: recognise a presented secret, sign out, and what an operator does. What people do with
//! their own sessions stands in [`super::own`].

use crate::rule::Rule;
use std::sync::Arc;
use std::time::Duration;

use super::caller::{Caller, Credential};
use super::lookup::View;
use super::stay::Stay;
use super::touches::Use;
use super::{EndReason, Session, SessionId, State, Touch};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Op, Timestamp};
use crate::ports::{Change, Commit, Conflict, SessionQuery, StoreError};
use crate::secret::{Secret, Sha256Digest};
use crate::surface::Surface;
use crate::token::KnownToken;
use crate::user::{Status, User, UserNumber};

/// With less life left than this, a use is written at once.
const WRITE_AT_ONCE: Duration = Duration::from_mins(2);
/// How many sessions one page of a listing holds.
const PAGE: u32 = 500;

/// The ledger of sessions.
#[derive(Clone)]
pub struct Sessions {
    pub(crate) core: Arc<Core>,
}

impl Sessions {
    /// Recognises the secret that a request presents at a door: opaque, or a token where the surface signs those.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: unknown, ended, expired, or of another door.
    /// [`ErrorKind::UserInactive`]: good, but its owner may not act. [`ErrorKind::Unavailable`].
    pub async fn check(&self, op: &Op, surface: &Surface, presented: &Secret) -> Result<Caller> {
        let (digest, named) = match &surface.token {
            None => (presented.digest(), None),
            Some(form) => {
                let token = self.core.session_of_token(op, form, presented).await?;
                (token.digest, Some(token.session))
            }
        };
        let found = self.core.store.session_by_digest(&digest).await?;
        let Some((session, user)) = found else {
            return Err(invalid(
                Rule::CredentialUnknown,
                "a secret that opens no session",
                "one that a login here gave out",
            ));
        };
        judge(op.now, surface, named, &session, &user)?;
        match session.touch(surface, op.now) {
            Some(touch) if ends_soon(&session, &touch, op.now) => {
                self.commit(vec![Change::TouchSession(touch)], vec![]).await?;
            }
            Some(touch) => self.core.touches.note(Use::Session(touch)),
            None => {}
        }
        Ok(Caller { user, credential: Credential::Session(session), stay: None })
    }

    /// Recognises what a request presents, by its digest, where nothing has to be waited for and all is well: then this is what
    /// [`Sessions::check`] would say. `None` says nothing.
    pub fn known(
        &self,
        view: &View<'_>,
        now: Timestamp,
        surface: &Surface,
        presented: &Sha256Digest,
    ) -> Option<Caller> {
        let (digest, token) = match &surface.token {
            None => (*presented, None),
            Some(form) => {
                let known = view.token(presented, form);
                let token = known.or_else(|| self.core.token_known_by(now, form, presented))?;
                (token.digest(), Some(token))
            }
        };
        let named_by = token.clone().map(|token| (*presented, token));
        let (session, user, stamp) = view.session(&self.core, &digest, named_by)?;
        judge(now, surface, token.as_ref().map(KnownToken::session), &session, &user).ok()?;
        let touch = session.touch(surface, now);
        let noted = touch.is_some();
        match touch {
            Some(touch) if ends_soon(&session, &touch, now) => return None,
            Some(touch) => self.core.touches.note(Use::Session(touch)),
            None => {}
        }
        let stay = stamp.map(|stamp| {
            let stay = Stay::of_session(stamp, &session, surface, now, noted);
            token.map_or(stay, |token| stay.by_token(token.rings, token.until))
        });
        Some(Caller { user, credential: Credential::Session(session), stay })
    }

    /// Writes down the uses that wait for it; called by a background job and before the process stops.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`]; the uses are kept for the next time.
    pub async fn flush(&self) -> Result<()> {
        let touches = self.core.touches.take();
        for some in touches.chunks(256) {
            let changes = some.iter().copied().map(Change::from).collect();
            if let Err(error) = self.commit(changes, vec![]).await {
                for touch in touches {
                    self.core.touches.note(touch);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends one session by its own owner's wish: sign-out.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`] when something else ended it first. [`ErrorKind::SessionNotFound`]: the caller
    /// came with an API key, which no sign-out ends. [`ErrorKind::Unavailable`].
    pub async fn sign_out(&self, op: &Op, caller: &Caller) -> Result<()> {
        let Some(session) = caller.session() else { return Err(no_session()) };
        let event = Event::new(op, EventKind::SessionEnded)
            .of(&caller.user)
            .with_session(session.id)
            .saying(EndReason::SignedOut.as_str());
        let end = Change::EndSession { session: session.id, at: op.now, reason: EndReason::SignedOut };
        match self.core.store.commit(Commit { changes: vec![end], events: vec![event] }).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::SessionEnded)) => {
                Err(invalid(Rule::SessionEnded, "a session that was ended meanwhile", "a live one"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends all sessions of the caller, the presented one among them, as far as the surface's scope reaches.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::Unavailable`].
    pub async fn sign_out_everywhere(&self, op: &Op, surface: &Surface, caller: &Caller) -> Result<u64> {
        caller.must_be_whole()?;
        self.end_all(op, &caller.user, surface.reach(), EndReason::SignedOutEverywhere).await
    }

    /// Ends all sessions of a user by every door: the operator's call.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn end_all_of(&self, op: &Op, user: &User) -> Result<u64> {
        self.end_all(op, user, None, EndReason::Revoked).await
    }

    async fn end_all(
        &self,
        op: &Op,
        user: &User,
        door: Option<crate::Door>,
        reason: EndReason,
    ) -> Result<u64> {
        let event = Event::new(op, EventKind::SessionsEnded).of(user).saying(reason.as_str());
        let end = Change::EndSessions { user: user.number, door, except: None, at: op.now, reason };
        self.commit(vec![end], vec![event]).await
    }

    /// Ends one session by its id: the operator's call.
    ///
    /// # Errors
    /// [`ErrorKind::SessionNotFound`]: there is none, or it does not live. [`ErrorKind::Unavailable`].
    pub async fn revoke(&self, op: &Op, id: SessionId) -> Result<Session> {
        let session = self.core.store.session(id).await?.ok_or(ErrorKind::SessionNotFound)?;
        if session.state(op.now) != State::Live {
            return Err(ErrorKind::SessionNotFound.into());
        }
        let mut event =
            Event::new(op, EventKind::SessionEnded).with_session(id).saying(EndReason::Revoked.as_str());
        event.user = self.core.store.user(session.user).await?.map(|user| user.id);
        let end = Change::EndSession { session: id, at: op.now, reason: EndReason::Revoked };
        self.commit(vec![end], vec![event]).await?;
        Ok(session)
    }

    /// The sessions of a user, oldest first: the live ones, or with `all` the ended ones too.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn list(&self, op: &Op, user: UserNumber, all: bool) -> Result<Vec<Session>> {
        let mut sessions = Vec::new();
        let mut query = SessionQuery { live_at: (!all).then_some(op.now), after: None, limit: PAGE };
        loop {
            let page = self.core.store.sessions(user, query).await?;
            let Some(last) = page.last() else { return Ok(sessions) };
            query.after = Some(last.id);
            sessions.extend(page);
        }
    }

    pub(super) async fn commit(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<u64> {
        let done = self.core.store.commit(Commit { changes, events }).await?;
        Ok(done.affected.last().copied().unwrap_or(0))
    }
}

/// Whether this session, of this owner, is good at this door now; `named` is the one that a token says it is of.
fn judge(
    now: Timestamp,
    surface: &Surface,
    named: Option<SessionId>,
    session: &Session,
    user: &User,
) -> Result<()> {
    if session.door != surface.door || named.is_some_and(|named| named != session.id) {
        return Err(invalid(
            Rule::CredentialOtherDoor,
            "a secret of another door",
            "one that a login by this door gave out",
        ));
    }
    match session.state(now) {
        State::Live if user.is_active() => Ok(()),
        State::Live => Err(inactive(user)),
        // Suspension ends the session too; the owner is told the cause for as long as it lasts.
        State::Ended { reason: EndReason::Suspended | EndReason::UserDeleted, .. } if !user.is_active() => {
            Err(inactive(user))
        }
        State::Ended { .. } => Err(invalid(Rule::SessionEnded, "a session that was ended", "a live one")),
        State::Expired => Err(invalid(Rule::SessionExpired, "a session past its end", "a live one")),
    }
}

/// Whether a use has to be written before the answer: another node might end the session otherwise.
fn ends_soon(session: &Session, touch: &Touch, now: Timestamp) -> bool {
    touch.idle_end.is_some() && session.expires().is_some_and(|end| end.since(now) < WRITE_AT_ONCE)
}

pub(crate) fn invalid(rule: Rule, seen: &'static str, wanted: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(rule, seen, wanted)
}

fn no_session() -> Error {
    Error::new(ErrorKind::SessionNotFound).because(
        Rule::SessionNotFound,
        "an API key, which is no session",
        "a session",
    )
}

pub(crate) fn inactive(user: &User) -> Error {
    let seen = match (user.deleted, user.status) {
        (Some(_), _) => "a deleted user",
        (None, Status::Pending) => "a pending user",
        (None, Status::Suspended) => "a suspended user",
        (None, Status::Active) => "an active user",
    };
    Error::new(ErrorKind::UserInactive).because(Rule::AccountState, seen, "an active user")
}
