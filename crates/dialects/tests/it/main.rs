//! Exchanges with each dialect, replayed in process.
#![cfg(test)]

mod bixarena;
mod doors;
mod express;
mod knox;
mod native;
mod probe;
mod ratchet;
mod syntho;
mod throttle;
mod trieve;
