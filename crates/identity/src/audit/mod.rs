//! The audit trail: what happened, to whom, by whom, by which door - recorded in the same commit as the fact.
//!
//! An event holds ids and fixed words, never a secret, a password or a name that somebody typed. [`told`] holds every
//! commit to it, [`trail`] reads it, and forgets what is old.

mod kind;
mod told;
pub mod trail;

use uuid::Uuid;

use crate::op::{Op, RequestId, Timestamp};
use crate::organization::OrganizationId;
use crate::session::SessionId;
use crate::surface::Door;
use crate::user::User;

pub use kind::{EventKind, Outcome};
pub(crate) use told::Ledger;

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// To whom; `None`: nobody we know.
    pub user: Option<Uuid>,
    /// By what kind of actor: [`crate::Actor::kind`].
    pub actor: String,
    /// By whom; `None`: by nobody who was recognised, or by no user.
    pub by: Option<Uuid>,
    /// By which door.
    pub door: Option<Door>,
    /// Which session it is about.
    pub session: Option<SessionId>,
    /// From where, as the system writes addresses; empty: not from a network, or not known.
    pub address: String,
    /// In which request.
    pub request: RequestId,
    /// More: one fixed word, a name out of the configuration, or the id of an organization.
    pub detail: String,
}

impl Event {
    /// Something that happened in this request.
    pub fn new(op: &Op, kind: EventKind) -> Self {
        Self {
            at: op.now,
            kind,
            user: None,
            actor: op.actor.kind().to_owned(),
            by: op.actor.user_id(),
            door: op.origin.door.clone(),
            session: None,
            address: op.origin.address.map(|address| address.to_canonical().to_string()).unwrap_or_default(),
            request: op.request,
            detail: String::new(),
        }
    }

    /// ... to this user.
    #[must_use]
    pub fn of(mut self, user: &User) -> Self {
        self.user = Some(user.id);
        self
    }

    /// ... with this session.
    #[must_use]
    pub fn with_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// ... and this to add.
    #[must_use]
    pub fn saying(mut self, detail: &'static str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// ... in this organization.
    #[must_use]
    pub fn in_organization(mut self, organization: OrganizationId) -> Self {
        self.detail = organization.to_string();
        self
    }

    /// ... by way of this, which the configuration names.
    #[must_use]
    pub fn by_way_of(mut self, name: &str) -> Self {
        name.clone_into(&mut self.detail);
        self
    }
}
