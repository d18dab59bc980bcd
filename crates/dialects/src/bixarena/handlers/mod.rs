//! One file an endpoint or tight group: build the command, call one use case, convert the outcome.

pub(super) mod jwks;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod token;
pub(super) mod userinfo;
