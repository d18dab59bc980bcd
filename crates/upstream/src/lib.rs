//! The services outside that the server asks, behind the core's ports, and the one way out to them.
//!
//! The map: [`tls`] whose certificates are believed, [`http`] the guarded HTTP client, [`captcha`] who tells people
//! from programs. It decides nothing about users: it asks, and reports what it was told.

pub mod captcha;
pub mod http;
pub mod tls;
