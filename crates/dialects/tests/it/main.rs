//! Exchanges with each dialect, replayed in process.
#![cfg(test)]

mod doors;
mod knox;
mod probe;
mod ratchet;
mod syntho;
