//! Fuzz targets: one function a reader of what strangers write, from bytes to a check of what was read.
//!
//! A target asserts more than that nothing panics: what is accepted is held against a second, plainer reading, is read
//! again from what is written of it, and never says what was not there. The same functions are driven by the tests of this
//! crate, a little and with a seed, and by libFuzzer for as long as one likes (`README.md`). No part of what is shipped.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a target that cannot set up its surroundings fails at once"
)]

mod authorization;
mod bodies;
mod configuration;
mod cookies;
mod forms;
mod forwarded;
mod headers;
mod json;
mod key_set;
pub mod mutation;
mod return_targets;
mod token;

/// One target.
pub struct Target {
    /// What it is called, and the folder of its corpus.
    pub name: &'static str,
    /// How many mutated inputs the tests try: some seconds' worth.
    pub rounds: usize,
    /// Reads the bytes and panics when something is wrong with what was read.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "authorization", rounds: 20_000, run: authorization::run },
    Target { name: "bodies", rounds: 1_000, run: bodies::run },
    Target { name: "configuration", rounds: 1_000, run: configuration::run },
    Target { name: "cookies", rounds: 20_000, run: cookies::run },
    Target { name: "forms", rounds: 20_000, run: forms::run },
    Target { name: "forwarded", rounds: 20_000, run: forwarded::run },
    Target { name: "json", rounds: 20_000, run: json::run },
    Target { name: "key_set", rounds: 2_000, run: key_set::run },
    Target { name: "return_targets", rounds: 20_000, run: return_targets::run },
    Target { name: "token", rounds: 1_000, run: token::run },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs the target of this name, for a driver from outside.
///
/// # Panics
/// When there is none, or when something is wrong with what was read.
pub fn run(name: &str, data: &[u8]) {
    (target(name).expect("a target").run)(data);
}
