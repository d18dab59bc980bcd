//! Exchanges with each dialect, replayed in process.
#![cfg(test)]

mod knox;
mod ratchet;
