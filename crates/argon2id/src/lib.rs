//! Argon2id, version 0x13 (RFC 9106), with the vector instructions that the processor has. A leaf: bytes and numbers go
//! in, a tag comes out. It knows no password policy, no PHC string and no thread, and takes its memory from the caller.
//!
//! | Module | Holds |
//! |---|---|
//! | `hash` | [`Backend::hash`]: the inputs' digest, the passes over the memory, the tag |
//! | `blake2b` | the variable-length hash H', on the BLAKE2b of another crate |
//! | `segment` | which blocks are filled in which order from which others |
//! | `block` | [`Block`], the unit of memory |
//! | `backend` | [`Backend`]: which instructions; the only `unsafe` code of the project |
//! | `portable`, `avx2`, `avx512` | the compression function G, once for each |
//!
//! All backends give the same tags. They differ in how fast they are, and in where in a block they keep which word,
//! so memory that one of them has filled means nothing to another.
//!
//! The lanes of one hash are computed one after the other, on the caller's thread.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod backend;
mod blake2b;
mod block;
mod hash;
mod portable;
mod segment;

pub use backend::Backend;
pub use block::Block;
pub use hash::{Error, Inputs, Params};
