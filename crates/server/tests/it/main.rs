//! Ratchets over the whole repository: who may know whom, what every source file has, and documents that stay true.
//!
//! Nothing here starts a server; that is done by the dialects' tests and by `tests/clients`.
#![cfg(test)]

mod architecture;
mod documents;
mod source;
