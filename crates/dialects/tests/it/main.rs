//! Exchanges with each dialect, replayed in process.
#![cfg(test)]

mod doors;
mod knox;
mod ratchet;
mod syntho;
