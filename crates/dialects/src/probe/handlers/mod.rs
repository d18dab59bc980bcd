//! One file an endpoint or tight group: build the command, call one use case, convert the outcome.

pub(super) mod account;
pub(super) mod api_token;
pub(super) mod current_password;
pub(super) mod jwt;
pub(super) mod restore;
pub(super) mod session;
pub(super) mod sign_in;
pub(super) mod sign_out;
pub(super) mod user;
pub(super) mod user_password;
