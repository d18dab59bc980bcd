//! What a request is known by that may be answered at once, and what was said to whoever presented the same secret before. Not
//! for answers themselves: those are made in the lane.

use std::cell::Cell;
use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, AUTHORIZATION, ORIGIN, TRANSFER_ENCODING};
use identity::secret::Sha256Digest;
use identity::user::UserNumber;
use identity::{Actor, Caller, Op, Origin, RequestId, Stay, Timestamp, View};

use super::Lanes;

/// What a request that may be answered at once is known by. It has no query, no `Origin`, no body, and of the headers below at
/// most one each.
pub struct Check<'a> {
    /// All of its headers.
    pub headers: &'a HeaderMap,
    /// When it came.
    pub now: Timestamp,
    /// What can be told of who asks.
    pub view: View<'a>,
    pub(super) plain: Plain<'a>,
    /// What was presented when something was lacking.
    pub(super) before: Option<&'a Presented>,
    pub(super) presented: Cell<Option<Presented>>,
    pub(super) lanes: &'a Lanes,
    pub(super) lane: usize,
    pub(super) id: RequestId,
    pub(super) address: Option<IpAddr>,
    pub(super) is_trusted: bool,
}

/// So many answers are kept, each somewhat longer than its body.
pub(super) const SAID: usize = 32_768;
/// No longer body is kept, so that nobody fills the memory by belonging to very much.
const SAID_BYTES: usize = 4096;

/// Headers that say how a request is to be answered.
#[derive(Default)]
pub(super) struct Plain<'a> {
    accept: Option<&'a [u8]>,
    authorization: Option<&'a [u8]>,
}

impl<'a> Plain<'a> {
    /// `None`: they are not plain.
    pub(super) fn of(headers: &'a HeaderMap) -> Option<Self> {
        let mut plain = Self::default();
        for (name, value) in headers {
            let place = if name == ACCEPT {
                &mut plain.accept
            } else if name == AUTHORIZATION {
                &mut plain.authorization
            } else if name == ORIGIN || name == TRANSFER_ENCODING {
                return None;
            } else {
                continue;
            };
            if place.replace(value.as_bytes()).is_some() {
                return None;
            }
        }
        Some(plain)
    }
}

/// A good answer of a check: 200.
pub struct Checked {
    pub(super) user: UserNumber,
    pub(super) body: Bytes,
}

/// A secret by which somebody may be recognised. One kind is never taken for another.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// A session's, or a token that is of one.
    Session(&'a str),
    /// An API key.
    ApiKey(&'a str),
}

impl<'a> Shown<'a> {
    fn kind_and_secret(self) -> (Kind, &'a str) {
        match self {
            Self::Session(secret) => (Kind::Session, secret),
            Self::ApiKey(secret) => (Kind::ApiKey, secret),
        }
    }
}

/// What a request presents, with its digest.
pub(super) struct Presented {
    secret: Box<str>,
    digest: Sha256Digest,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Session,
    ApiKey,
}

/// What a route said to whoever presented a secret, kept under its digest.
pub(super) struct Said {
    /// For how long it would say the same.
    stay: Stay,
    lane: usize,
    kind: Kind,
    user: UserNumber,
    body: Box<str>,
}

impl Check<'_> {
    /// What the core is told of it.
    pub fn op(&self) -> Op {
        let origin = Origin { address: self.address, is_trusted: self.is_trusted, ..Origin::default() };
        Op { now: self.now, origin, request: self.id, actor: Actor::Anonymous }
    }

    /// What the route says to whoever presents this: what it has said before, if that still holds, or else the body for the
    /// caller that it is known to be of. Both must follow from the caller and what the caller belongs to, and from nothing else
    /// of the request: a caller who stays ([`Stay`]) is told the same again.
    pub fn says(
        &self,
        presented: Shown<'_>,
        known: impl FnOnce(&Sha256Digest) -> Option<Caller>,
        body: impl FnOnce(&Caller) -> Option<String>,
    ) -> Option<Checked> {
        let (kind, secret) = presented.kind_and_secret();
        let before = self.before.filter(|before| *before.secret == *secret);
        let key = before.map_or_else(|| Sha256Digest::of_presented(secret), |before| Some(before.digest))?;
        let (identity, op) = (&self.lanes.web.identity, self.op());
        let said = |said: &Said| {
            let is_this = said.lane == self.lane && said.kind == kind && identity.stays(&op, &said.stay);
            is_this.then(|| Checked { user: said.user, body: Bytes::copy_from_slice(said.body.as_bytes()) })
        };
        if !self.view.was_read()
            && let Some(said) = self.lanes.said.find(&key, said)
        {
            return Some(said);
        }
        let Some(caller) = known(&key) else {
            if self.view.missing().is_some() {
                self.presented.set(Some(Presented { secret: secret.into(), digest: key }));
            }
            return None;
        };
        let (user, body) = (caller.user.number, body(&caller)?);
        if let Some(stay) = caller.stay
            && body.len() <= SAID_BYTES
        {
            let said = Said { stay, lane: self.lane, kind, user, body: body.as_str().into() };
            self.lanes.said.put(key, said);
        }
        Some(Checked { user, body: body.into() })
    }

    /// Whether its client takes JSON, as far as that is plain.
    pub fn takes_json(&self) -> bool {
        matches!(self.plain.accept, None | Some(b"*/*" | b"application/json"))
    }

    /// What stands behind a scheme and one blank in `Authorization`, as far as that is plain.
    pub fn behind(&self, scheme: &str) -> Option<&str> {
        let word = self.plain.authorization?.strip_prefix(scheme.as_bytes())?.strip_prefix(b" ")?;
        std::str::from_utf8(word).ok()
    }

    /// Whether a header speaks for its sender, besides cookies.
    pub fn has_authorization(&self) -> bool {
        self.plain.authorization.is_some()
    }
}
