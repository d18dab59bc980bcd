//! The crate from outside: forged tokens, keys and sets, properties, and a comparison with another library.
#![cfg(test)]

mod attacks;
mod forge;
mod keys;
mod oracle;
mod properties;
mod segments;
mod sets;
