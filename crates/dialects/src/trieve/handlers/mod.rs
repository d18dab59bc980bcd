//! One file an endpoint or tight group: build the command, call one use case, convert the outcome.

pub(super) mod health;
pub(super) mod invitations;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod me;
pub(super) mod organization_keys;
pub(super) mod user_keys;
