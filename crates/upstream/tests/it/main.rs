//! The relying party against a provider over real HTTP that lies and fails on request. Tests are named after the rows of
//! the tables of defects and requirements that they hold, and after clauses of OpenID Connect.
#![cfg(test)]

// The provider alone: with the rest of testkit, the whole server would have to be built before its client can be tested.
#[path = "../../../testkit/src/provider/mod.rs"]
pub mod provider;

mod access;
mod code_flow;
mod discovery;
mod failures;
mod house;
mod id_token;
mod keys;
mod private;
mod secrets;
mod userinfo;
