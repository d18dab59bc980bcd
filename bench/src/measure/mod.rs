//! The measurements. Each limit is measured right before each of its subjects, round after round, so that what the
//! machine does meanwhile meets both.

mod checks;
mod latency;
mod logins;
mod memory;
mod minting;
mod start;

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;

use crate::progress;
use crate::site::Site;

/// How long and how often.
pub(crate) struct Plan {
    rounds: usize,
    warm_up: Duration,
    /// Of logins, of which there are few a second.
    logins: Duration,
    login_rounds: usize,
    /// Of hashes by one backend and by the crate `argon2`, by turns.
    hashes: Duration,
    checks: Duration,
    /// Of tokens and of signatures, by turns.
    minting: Duration,
    /// Of checks at a fixed rate, whose hundredth part the 99th percentile is about.
    latency: Duration,
    latency_rounds: usize,
    flood: Duration,
    starts: usize,
}

/// What is kept in `bench/RESULTS.md`.
pub(crate) const FULL: Plan = Plan {
    rounds: 5,
    warm_up: Duration::from_secs(1),
    logins: Duration::from_secs(3),
    login_rounds: 9,
    hashes: Duration::from_millis(500),
    checks: Duration::from_secs(2),
    minting: Duration::from_millis(300),
    latency: Duration::from_secs(5),
    latency_rounds: 3,
    flood: Duration::from_secs(5),
    starts: 15,
};

/// For trying.
pub(crate) const QUICK: Plan = Plan {
    rounds: 2,
    warm_up: Duration::from_millis(500),
    logins: Duration::from_secs(1),
    login_rounds: 2,
    hashes: Duration::from_millis(100),
    checks: Duration::from_millis(500),
    minting: Duration::from_millis(50),
    latency: Duration::from_secs(1),
    latency_rounds: 1,
    flood: Duration::from_secs(3),
    starts: 3,
};

/// Who logs in at once when logins are measured.
const LOGIN_CLIENTS: usize = 16;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Logins,
    Checks,
    Latency,
    Minting,
    Memory,
    Start,
}

/// What there is to measure with.
pub(crate) struct Place<'a> {
    /// The server's program.
    pub(crate) server: &'a Path,
    /// A folder for data that nobody needs afterwards.
    pub(crate) scratch: &'a Path,
    /// The URL of an empty PostgreSQL database.
    pub(crate) postgres: &'a str,
}

/// The parts that are asked for, as Markdown; none asked for is all.
pub(crate) fn run(place: &Place<'_>, parts: &[Part], plan: &Plan) -> anyhow::Result<String> {
    progress("making users");
    let Place { server, scratch, postgres } = place;
    let sites = [
        Site::on_sqlite(server, scratch.join("sqlite"))?,
        Site::on_postgres(server, scratch.join("postgres"), postgres)?,
    ];
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let sections = parts.iter().map(|part| match part {
        Part::Logins => logins::measure(&sites, scratch, plan),
        Part::Checks => checks::measure(&sites, plan),
        Part::Latency => latency::measure(&sites, plan),
        Part::Minting => minting::measure(plan),
        Part::Memory => memory::measure(&sites, plan),
        Part::Start => start::measure(&sites, place, plan),
    });
    sections.collect()
}
