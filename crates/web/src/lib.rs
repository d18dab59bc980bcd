//! What every HTTP surface shares: the request's context, the shape of a dialect, origin checks, the client's
//! address, bounded bodies, cookies, the one log line a request, and Django REST Framework's manners.
//!
//! It holds mechanism. A decision about users, sessions or limits belongs in `identity`, a spelling in a dialect.

pub mod address;
pub mod authorization;
pub mod body;
pub mod clock;
pub mod cookie;
pub mod dialect;
pub mod drf;
pub mod express;
pub mod fault;
pub mod form;
pub mod headers;
pub mod json;
pub mod json_depth;
pub mod limits;
pub mod mount;
pub mod origin;
pub mod refusal;
pub mod request;
pub mod return_url;
pub mod time;
pub mod trace;

use std::ops::Deref;
use std::sync::Arc;

use identity::Identity;
use identity::ports::Entropy;

pub use crate::address::{Networks, TrustedProxies};
pub use crate::clock::Clock;
pub use crate::cookie::CredentialCookie;
pub use crate::dialect::{Dialect, Endpoint, Silence, Wire};
pub use crate::express::{Check, Checked, Express, First, Lacking, Lanes, Shown};
pub use crate::fault::Fault;
pub use crate::limits::Limits;
pub use crate::mount::{Door, Mounted};
pub use crate::origin::{Origins, Site};
pub use crate::refusal::Refusal;
pub use crate::request::Context;
pub use crate::return_url::{ReturnUrl, ReturnUrls};

/// What every surface is given: a handle, for each route and each request has its own.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

/// What is behind it.
pub struct Shared {
    /// The core.
    pub identity: Identity,
    /// The time, read once a request.
    pub clock: Arc<dyn Clock>,
    /// Random bytes for request numbers.
    pub entropy: Arc<dyn Entropy>,
    /// Where the outside world finds this server.
    pub site: Site,
    /// Where people may be led back to.
    pub return_urls: ReturnUrls,
    /// Whose word about the client's address counts.
    pub proxies: TrustedProxies,
    /// Whose failures are not counted by the address (`[limits] trusted_addresses`).
    pub trusted_addresses: Networks,
    /// How large and how slow a request may be.
    pub limits: Limits,
}

impl Web {
    /// A handle to these.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
