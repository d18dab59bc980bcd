//! The measurements. Each limit is measured right before each of its subjects, round after round, so that what the
//! machine does meanwhile meets both.

mod checks;
mod latency;
mod logins;
mod memory;
mod minting;
mod peers;
mod reads;
mod scale;
mod start;

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use clap::ValueEnum;
use password::Cost;

use crate::check::CHECKED;
use crate::crowd::{Crowd, Size};
use crate::load::{self, Window};
use crate::people::People;
use crate::postgres::Postgres;
use crate::process::Process;
use crate::progress;
use crate::site::Site;

/// How long and how often.
pub(crate) struct Plan {
    rounds: usize,
    warm_up: Duration,
    /// Of logins, of which there are few a second.
    logins: Duration,
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
    /// Sessions, from the fewest to the most.
    sizes: [Size; 3],
    /// Sessions that are asked about once each in a window: more than a server answers in it.
    cold: usize,
}

/// What is kept in `bench/RESULTS.md`.
pub(crate) const FULL: Plan = Plan {
    rounds: 5,
    warm_up: Duration::from_secs(1),
    logins: Duration::from_secs(3),
    hashes: Duration::from_millis(500),
    checks: Duration::from_millis(1500),
    minting: Duration::from_millis(300),
    latency: Duration::from_secs(5),
    latency_rounds: 3,
    flood: Duration::from_secs(5),
    starts: 15,
    sizes: [Size { sessions: 1000 }, Size { sessions: 100_000 }, Size { sessions: 5_000_000 }],
    cold: 200_000,
};

/// For trying.
pub(crate) const QUICK: Plan = Plan {
    rounds: 2,
    warm_up: Duration::from_millis(500),
    logins: Duration::from_secs(1),
    hashes: Duration::from_millis(100),
    checks: Duration::from_millis(400),
    minting: Duration::from_millis(50),
    latency: Duration::from_secs(1),
    latency_rounds: 1,
    flood: Duration::from_secs(3),
    starts: 3,
    sizes: [Size { sessions: 1000 }, Size { sessions: 20_000 }, Size { sessions: 200_000 }],
    cold: 50_000,
};

/// Who logs in at once when logins are measured.
const LOGIN_CLIENTS: usize = 16;
/// Connections that ask without a pause.
const CLIENTS: usize = 16;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Logins,
    Peers,
    Checks,
    Scale,
    Reads,
    Latency,
    Minting,
    Memory,
    Start,
}

impl Part {
    /// Whether it asks servers with few users.
    fn wants_people(self) -> bool {
        matches!(self, Self::Logins | Self::Peers | Self::Latency | Self::Memory)
    }

    /// How many of the crowds it asks, from the largest on.
    fn crowds(self) -> usize {
        match self {
            Self::Scale => 3,
            Self::Checks | Self::Reads | Self::Start => 1,
            Self::Logins | Self::Peers | Self::Latency | Self::Minting | Self::Memory => 0,
        }
    }
}

/// What there is to measure with.
pub(crate) struct Place<'a> {
    /// The server's program.
    pub(crate) server: &'a Path,
    /// A folder for data that nobody needs afterwards.
    pub(crate) scratch: &'a Path,
    /// The folder of the peers' programs.
    pub(crate) peers: &'a Path,
    /// Where databases may be made.
    pub(crate) postgres: Postgres<'a>,
}

impl Place<'_> {
    fn people(&self) -> anyhow::Result<[People; 2]> {
        self.people_with("people", Cost::default())
    }

    /// On SQLite and on PostgreSQL, whose passwords cost this.
    fn people_with(&self, name: &str, cost: Cost) -> anyhow::Result<[People; 2]> {
        progress(&format!("making users: {name}"));
        let people = |engine: &str, database| {
            let folder = self.scratch.join(format!("{name}-{engine}"));
            People::at(Site::empty(self.server, folder, database)?.with_cost(cost))
        };
        Ok([people("sqlite", None)?, people("postgres", Some(self.postgres.create(name)?))?])
    }

    /// On SQLite and on PostgreSQL.
    fn crowds(&self, size: Size) -> anyhow::Result<[Crowd; 2]> {
        let Size { sessions } = size;
        progress(&format!("making {} users with {sessions} sessions on each engine", size.users()));
        let crowd = |name: &str, database| {
            let folder = self.scratch.join(format!("crowd-{name}-{sessions}"));
            Crowd::at(self.server, folder, database, size)
        };
        let database = self.postgres.create(&format!("crowd_{sessions}"))?;
        thread::scope(|scope| {
            let postgres = scope.spawn(|| crowd("postgres", Some(database)));
            let sqlite = crowd("sqlite", None)?;
            Ok([sqlite, postgres.join().map_err(|_| anyhow!("a crowd could not be made"))??])
        })
    }
}

/// The parts that are asked for, as Markdown, each as soon as it is there; none asked for is all.
pub(crate) fn run(
    place: &Place<'_>,
    parts: &[Part],
    plan: &Plan,
    page: &mut dyn Write,
) -> anyhow::Result<()> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let people = match parts.iter().any(|part| part.wants_people()) {
        true => place.people()?.into(),
        false => vec![],
    };
    let crowds = parts.iter().map(|part| part.crowds()).max().unwrap_or_default();
    let sizes = plan.sizes.iter().skip(plan.sizes.len() - crowds);
    let mut crowds = sizes.map(|size| place.crowds(*size)).collect::<anyhow::Result<Vec<_>>>()?;
    if parts.contains(&Part::Checks)
        && let Some([sqlite, postgres]) = crowds.pop()
    {
        progress("logging the hot ones in");
        crowds.push([sqlite.with_tokens()?, postgres.with_tokens()?]);
    }
    let largest = crowds.last().map(<[Crowd; 2]>::as_slice).unwrap_or_default();
    for part in parts {
        let section = match part {
            Part::Logins => logins::measure(&people, place, plan),
            Part::Peers => peers::measure(&people, place, plan),
            Part::Checks => checks::measure(largest, plan),
            Part::Scale => scale::measure(&crowds, plan),
            Part::Reads => reads::measure(largest, plan),
            Part::Latency => latency::measure(&people, plan),
            Part::Minting => minting::measure(plan),
            Part::Memory => memory::measure(&people, plan),
            Part::Start => start::measure(largest, place, plan),
        }?;
        page.write_all(section.as_bytes())?;
        page.flush()?;
    }
    Ok(())
}

/// How long a server rests that has begun to write down what it was asked.
const CALM: Duration = Duration::from_millis(300);
/// How long one that may not have begun yet.
const CALM_BEFORE: Duration = Duration::from_millis(1100);

/// What a server answers in a window in which it is asked without a pause.
fn asked(server: &Process, requests: &[Vec<u8>], plan: &Plan) -> anyhow::Result<Window> {
    asked_for(server, requests, plan.warm_up / 3, plan.checks)
}

/// The same for so long, after so long.
fn asked_for(
    server: &Process,
    requests: &[Vec<u8>],
    warm_up: Duration,
    length: Duration,
) -> anyhow::Result<Window> {
    load::closed_loop(server.address, requests, CLIENTS, CHECKED, |counter| {
        load::window(counter, Some(server), warm_up, length)
    })
}
