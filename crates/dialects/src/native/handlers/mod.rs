//! One file an endpoint or tight group: build the command, call one use case, convert the outcome.

pub(super) mod email;
pub(super) mod identities;
pub(super) mod keys;
pub(super) mod login;
pub(super) mod me;
pub(super) mod password;
pub(super) mod provider_login;
pub(super) mod providers;
pub(super) mod sessions;
