//! How every handler begins: what was asked, and in which voice a refusal is told. No route looks at a body.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use identity::{Actor, Error, Identity, Op};
use web::Context;
use web::form::Sent;

use super::BixArena;
use super::error::{Refused, Voice};

/// A request of whoever it is.
pub(super) struct Visit {
    pub(super) arena: BixArena,
    pub(super) context: Context,
    pub(super) headers: HeaderMap,
    uri: Uri,
}

impl FromRequestParts<BixArena> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, arena: &BixArena) -> Result<Self, Infallible> {
        let Ok(context) = Context::from_request_parts(head, arena).await;
        let (headers, uri) = (std::mem::take(&mut head.headers), head.uri.clone());
        Ok(Self { arena: arena.clone(), context, headers, uri })
    }
}

impl Visit {
    pub(super) fn identity(&self) -> &Identity {
        &self.arena.web.identity
    }

    /// What the core is told of it while nobody was recognised.
    pub(super) fn op(&self) -> Op {
        self.op_as(Actor::Anonymous)
    }

    pub(super) fn op_as(&self, actor: Actor) -> Op {
        self.context.op(&self.arena.surface.door, actor)
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    /// What the query holds under this name.
    pub(super) fn sent(&self, name: &str) -> Sent {
        Sent::of(self.uri.query(), name)
    }

    /// The core's refusal, in this voice.
    pub(super) fn refused(&self, voice: Voice) -> impl Fn(Error) -> Refused {
        move |error| Refused(voice.say(&error, self.path()))
    }
}
