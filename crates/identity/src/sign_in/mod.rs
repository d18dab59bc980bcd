//! Signing in: everything between a claim of who somebody is and an open session.
//!
//! [`password`] tells the story of a password login, [`federated`] that of one by a provider, [`confirm`] that of one by
//! who is signed in already, [`attempt`] that of one try at a password, which a change of
//! the password needs as well, [`reservation`] its place among all others. However somebody proved who they are, [`Core::opening`]
//! makes the session, so that no way in can forget a lifetime, a limit or the fresh secret.

pub(crate) mod attempt;
mod confirm;
mod federated;
mod password;
mod reservation;

use std::sync::Arc;

use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::secret::Secret;
use crate::session::caller::Caller;
use crate::session::{EndReason, NewSession, Session, SessionId};
use crate::surface::Surface;
use crate::token;
use crate::user::{Permissions, User, UserNumber};

pub(crate) use self::federated::not_this;
pub use self::federated::{ProviderAnswer, ProviderSignedIn, ProviderTokenSignIn};
pub use self::password::PasswordSignIn;

/// The ways in.
#[derive(Clone)]
pub struct SignIn {
    pub(crate) core: Arc<Core>,
}

/// A login that went well.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The session that was opened.
    pub session: Session,
    /// Its secret, to be shown to its owner now and never again.
    pub secret: Secret,
}

impl SignIn {
    /// Whether anybody can sign in with a password, for doors that tell.
    pub fn takes_passwords(&self) -> bool {
        self.core.policy.password_sign_in
    }
}

/// What ends when a session is opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    /// The session that the client held until now, with its owner.
    pub(crate) replaced: Option<(Arc<User>, SessionId)>,
    /// Whether every other session ends, as far as the surface's scope reaches.
    pub(crate) others: bool,
}

impl Ends {
    /// A new secret at each login, and nothing from before a login is valid after it (ASVS 7.2.4).
    pub(crate) fn new(surface: &Surface, presented: Option<&Caller>, others: bool) -> Self {
        let replaced = presented.filter(|_| surface.one_per_client);
        let replaced = replaced.and_then(|caller| Some((caller.user.clone(), caller.session()?.id)));
        Self { replaced, others }
    }
}

/// A session about to be opened, and the commit that opens it.
pub(crate) struct Opening {
    /// The row.
    pub(crate) session: NewSession,
    /// What its owner is shown: the secret, or the token that carries it.
    pub(crate) secret: Secret,
    /// In their order.
    pub(crate) changes: Vec<Change>,
}

impl Core {
    /// A session as this surface declares them, with a fresh secret. A commit that misses with
    /// [`crate::ports::Conflict::SigningKeyChanged`] is to be made anew.
    pub(crate) async fn opening(
        &self,
        op: &Op,
        surface: &Surface,
        user: &User,
        permissions: Option<Permissions>,
        claims: Option<&serde_json::Map<String, serde_json::Value>>,
        replaces: Option<SessionId>,
    ) -> Result<Opening> {
        let (mut session, mut secret) = self.new_session(op, surface, user.number);
        session.permissions = permissions;
        let mut changes = Vec::new();
        if let Some(form) = &surface.token {
            let ring = self.signing_ring(op, form.key_use).await?;
            let key = ring.newest().ok_or(ErrorKind::Internal)?;
            secret = token::sign(form, key, user.id, &session, &secret, claims)?;
            session.signing_key = Some(key.id);
            changes.push(Change::HoldSigningKey { key: key.id });
        }
        changes.push(Change::OpenSession {
            session: session.clone(),
            version: user.credential_version,
            limit: surface.limit_per_user,
            replaces,
        });
        Ok(Opening { session, secret, changes })
    }

    /// The opening of a session with everything that ends by it, and what is told of that.
    pub(crate) async fn opening_with(
        &self,
        op: &Op,
        surface: &Surface,
        user: &User,
        ends: &Ends,
    ) -> Result<(Opening, Vec<Event>)> {
        let old = ends.replaced.as_ref().map(|(_, session)| *session);
        let mut opening = self.opening(op, surface, user, None, None, old).await?;
        let mut events = Vec::new();
        if let Some((owner, session)) = &ends.replaced {
            let ended = Event::new(op, EventKind::SessionEnded).of(owner).with_session(*session);
            events.push(ended.saying(EndReason::Replaced.as_str()));
        }
        if ends.others {
            let reason = EndReason::SignedOutEverywhere;
            let (door, except) = (surface.reach(), Some(opening.session.id));
            opening.changes.push(Change::EndSessions { user: user.number, door, except, at: op.now, reason });
            events.push(Event::new(op, EventKind::SessionsEnded).of(user).saying(reason.as_str()));
        }
        Ok((opening, events))
    }

    fn new_session(&self, op: &Op, surface: &Surface, user: UserNumber) -> (NewSession, Secret) {
        let secret = surface.form.make(&*self.entropy);
        let absolute_end = surface.absolute.map(|life| op.now + life);
        let idle_end = surface.idle.map(|idle| {
            let end = op.now + idle.life;
            absolute_end.map_or(end, |absolute| end.min(absolute))
        });
        let session = NewSession {
            id: SessionId(self.uuid(op.now)),
            user,
            door: surface.door.clone(),
            digest: secret.digest(),
            created: op.now,
            idle_end,
            absolute_end,
            address: op.origin.address.map(|address| address.to_canonical().to_string()).unwrap_or_default(),
            user_agent: op.origin.user_agent.clone(),
            permissions: None,
            signing_key: None,
        };
        (session, secret)
    }
}

impl From<NewSession> for Session {
    fn from(new: NewSession) -> Self {
        Self {
            id: new.id,
            user: new.user,
            door: new.door,
            created: new.created,
            last_seen: new.created,
            idle_end: new.idle_end,
            absolute_end: new.absolute_end,
            ended: None,
            address: new.address,
            user_agent: new.user_agent,
            permissions: new.permissions,
        }
    }
}
