//! The benchmark: what the server does, as ratios to a limit measured in the same run. `bench/run` builds everything,
//! calls this program and keeps what it prints in `bench/RESULTS.md`. No test: a line that falls short is told, and
//! nothing fails.
//!
//! | Module | Holds |
//! |---|---|
//! | `measure` | the measurements, and in which order they run |
//! | `site` | a server with its data, users and credentials; how it is started |
//! | `door` | what a dialect's login and check look like on the wire |
//! | `process` | a child process: its processor time, its memory, its end |
//! | `hello` | the limit of checks: a plain answer from the same stack |
//! | `raw` | the limit of logins: the hashing pool alone |
//! | `load` | closed loop (how many), open loop (how late) |
//! | `client` | one kept connection, HTTP/1.1 |
//! | `figures` | medians, percentiles, ratios of rounds |
//! | `report` | tables and verdicts |

mod client;
mod door;
mod figures;
mod hello;
mod load;
mod measure;
mod process;
mod raw;
mod report;
mod site;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
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
        /// An empty PostgreSQL database.
        #[arg(long)]
        postgres: String,
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
        /// The lengths.
        lengths: Vec<usize>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Measure { server, scratch, postgres, quick, parts } => {
            let plan = if quick { measure::QUICK } else { measure::FULL };
            let place = measure::Place { server: &server, scratch: &scratch, postgres: &postgres };
            let tables = measure::run(&place, &parts, &plan)?;
            std::io::stdout().lock().write_all(tables.as_bytes())?;
            Ok(())
        }
        Command::Hello { listen, lengths } => hello::serve(listen, &lengths),
    }
}

/// The stopwatch.
#[expect(clippy::disallowed_methods, reason = "measuring durations is what this crate is for")]
fn now() -> Instant {
    Instant::now()
}

/// Says what is going on, for whoever waits.
fn progress(what: &str) {
    // Nobody is left to be told that nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "bench: {what}");
}
