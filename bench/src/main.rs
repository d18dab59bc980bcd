//! The benchmark: what the server does, as ratios to a limit measured in the same run. `bench/run` builds everything,
//! calls this program and keeps what it prints in `bench/RESULTS.md`. No test: a line that falls short is told, and
//! nothing fails.
//!
//! | Module | Holds |
//! |---|---|
//! | `measure` | the measurements, and in which order they run |
//! | `site` | an installation: its folder and database; how its server is started |
//! | `people` | a few users of a site, who log in as users do |
//! | `crowd` | a million of them, written straight into the database |
//! | `login`, `check`, `request` | what a door's login and check look like on the wire |
//! | `peer` | servers by others that do the same work |
//! | `process` | a child process: its processor time, its memory, its end |
//! | `postgres` | databases of the benchmark's own |
//! | `hello` | the limits of checks: a plain answer from the same stack, and one with a bare read before it |
//! | `raw` | the limit of logins: the hashing pool alone |
//! | `load` | closed loop (how many), open loop (how late) |
//! | `client` | one kept connection, HTTP/1.1 |
//! | `figures` | medians, percentiles, ratios of rounds |
//! | `report` | tables and verdicts |

mod check;
mod client;
mod crowd;
mod figures;
mod hello;
mod load;
mod login;
mod measure;
mod peer;
mod people;
mod postgres;
mod process;
mod raw;
mod report;
mod request;
mod site;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Instant;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures, and prints the tables.
    Measure {
        /// The server's program.
        #[arg(long)]
        server: PathBuf,
        /// A folder for data that nobody needs afterwards.
        #[arg(long)]
        scratch: PathBuf,
        /// The URL of a PostgreSQL where databases may be made, without one.
        #[arg(long)]
        postgres: String,
        /// The folder of the peers' programs.
        #[arg(long)]
        peers: PathBuf,
        /// Fewer and shorter rounds, for trying.
        #[arg(long)]
        quick: bool,
        /// Only these parts.
        parts: Vec<measure::Part>,
    },
    /// Answers GET /LENGTH with that many bytes, until it is ended.
    Hello {
        /// Where it listens.
        #[arg(long)]
        listen: SocketAddr,
        /// Where a session is read before each answer.
        #[arg(long)]
        database: Option<String>,
        /// The lengths.
        lengths: Vec<usize>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Measure { server, scratch, postgres, peers, quick, parts } => {
            let plan = if quick { measure::QUICK } else { measure::FULL };
            let place = measure::Place {
                server: &server,
                scratch: &scratch,
                peers: &peers,
                postgres: postgres::Postgres(&postgres),
            };
            measure::run(&place, &parts, &plan, &mut std::io::stdout().lock())
        }
        Command::Hello { listen, database, lengths } => hello::serve(listen, database.as_deref(), &lengths),
    }
}

/// The stopwatch.
#[expect(clippy::disallowed_methods, reason = "measuring durations is what this crate is for")]
fn now() -> Instant {
    Instant::now()
}

/// Says what is going on, and since when, for whoever waits.
fn progress(what: &str) {
    static BEGUN: LazyLock<Instant> = LazyLock::new(now);
    let passed = BEGUN.elapsed().as_secs();
    // Nobody is left to be told that nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "bench: {passed:4} s: {what}");
}
