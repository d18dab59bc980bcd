//! The wire-compatible API surfaces, one self-contained module each. No module names a sibling.
//!
//! A dialect translates and nothing else: wire to command, core, outcome to wire. There is no `if` here about
//! users, passwords, sessions, time or limits.

pub mod bixarena;
pub mod knox;
pub mod native;
pub mod probe;
pub mod syntho;
pub mod trieve;
