//! What is known about a request as soon as its head is read: made once, outermost, and handed to every handler.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use identity::{Actor, Op, Origin, RequestId, Timestamp};

use crate::Web;

/// The request's time, number and sender.
#[derive(Debug, Clone)]
pub struct Context {
    /// When it came.
    pub now: Timestamp,
    /// Its number.
    pub id: RequestId,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// Whether what fails from there is not counted by the address (`[limits] trusted_addresses`).
    pub is_trusted: bool,
    /// What the client calls itself.
    pub user_agent: String,
}

impl Context {
    /// The context of a request with these headers that came at this time from this address.
    pub(crate) fn new(
        web: &Web,
        id: RequestId,
        now: Timestamp,
        address: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Self {
        let is_trusted = address.is_some_and(|address| web.trusted_addresses.holds(address));
        Self { now, id, address, is_trusted, user_agent: user_agent(headers) }
    }

    /// A number for a request that comes now.
    pub(crate) fn number(web: &Web, now: Timestamp) -> RequestId {
        let mut random = [0; 10];
        web.entropy.fill(&mut random);
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        RequestId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// What the core is told about this request, by a door, on somebody's behalf.
    pub fn op(&self, door: &identity::Door, actor: Actor) -> Op {
        let origin = Origin {
            address: self.address,
            is_trusted: self.is_trusted,
            user_agent: self.user_agent.clone(),
            door: Some(door.clone()),
        };
        Op { now: self.now, origin, request: self.id, actor }
    }
}

/// The header without control characters, cut to what the ledger keeps.
fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map(|value| value.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_control())
        .take(Origin::USER_AGENT_CHARS)
        .collect()
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // `trace::layer` puts it there. A router without that layer is a test of its own making; it gets the
        // beginning of time and no address, with which nothing can be trusted or lives long.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            now: Timestamp::from_millis(0),
            id: RequestId(uuid::Uuid::nil()),
            address: None,
            is_trusted: false,
            user_agent: String::new(),
        }))
    }
}
