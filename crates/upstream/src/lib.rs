//! The services outside that the server asks, behind the core's ports, and the one way out to them.
//!
//! The map: [`tls`] whose certificates are believed, [`http`] the guarded HTTP client, [`captcha`] who tells people
//! from programs, [`provider`] the relying party of OpenID Connect. It decides nothing about users: it asks, verifies, and
//! reports what it was told.

pub mod captcha;
pub mod http;
pub mod provider;
pub mod tls;
