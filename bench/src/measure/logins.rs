//! Logins a second, against hashes a second of the pool alone.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::door::{DOORS, Door};
use crate::figures::{Rounds, milliseconds, percentile};
use crate::measure::{LOGIN_CLIENTS, Plan};
use crate::process::Process;
use crate::report::{Table, section, verdict};
use crate::site::{Log, Site, USERS};
use crate::{load, now, progress, raw};

/// The least share of the hashes that must be logins.
const LINE: f64 = 0.95;

/// Of the disk in each round.
const FLUSHES: usize = 50;

struct Case<'a> {
    site: &'a Site,
    server: &'a Process,
    door: Door,
    /// Hashes and logins a second, of each round.
    rates: Vec<(f64, f64)>,
}

impl Case<'_> {
    fn round(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let limit = raw::verified(LOGIN_CLIENTS, plan.warm_up, plan.logins)?;
        let requests = self.site.logins(self.door, LOGIN_CLIENTS);
        let logins = load::closed_loop(self.server.address, &requests, self.door.signed_in(), |counter| {
            load::window(counter, None, plan.warm_up, plan.logins)
        })?;
        self.rates.push((limit.rate(), logins.rate()));
        Ok(())
    }

    fn row(&self) -> [String; 6] {
        let hashes = Rounds::of(self.rates.iter().map(|(limit, _)| *limit));
        let logins = Rounds::of(self.rates.iter().map(|(_, logins)| *logins));
        let ratio = Rounds::of(self.rates.iter().map(|(limit, logins)| logins / limit));
        [
            self.door.login_name().to_owned(),
            self.site.engine.name().to_owned(),
            format!("{hashes:.1}"),
            format!("{logins:.1}"),
            format!("{ratio:.3}"),
            format!("{} (>= {LINE})", verdict(ratio.median >= LINE)),
        ]
    }
}

/// How long the disk takes to keep a page, sorted. A login on SQLite waits for two such flushes, which it shares with
/// others; where something else writes to the disk, they are what is measured.
fn flushes(scratch: &Path) -> anyhow::Result<Vec<Duration>> {
    let mut file = File::create(scratch.join("flushes"))?;
    let one = |_| {
        let began = now();
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        Ok(began.elapsed())
    };
    let mut times = (0..FLUSHES).map(one).collect::<anyhow::Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times)
}

pub(super) fn measure(sites: &[Site], scratch: &Path, plan: &Plan) -> anyhow::Result<String> {
    let servers: Vec<Process> =
        sites.iter().map(|site| site.start(Log::Off)).collect::<anyhow::Result<_>>()?;
    let at = |(site, server)| DOORS.map(|door| Case { site, server, door, rates: vec![] });
    let mut cases: Vec<Case<'_>> = sites.iter().zip(&servers).flat_map(at).collect();
    let mut flushed = Vec::new();
    for round in 1..=plan.rounds {
        progress(&format!("logins, round {round} of {}", plan.rounds));
        flushed.extend(flushes(scratch)?);
        cases.iter_mut().try_for_each(|case| case.round(plan))?;
    }
    let mut table = Table::new(&["Login", "Engine", "hashes/s", "logins/s", "ratio", "line"]);
    cases.iter().for_each(|case| table.row(&case.row()));
    flushed.sort_unstable();
    let flush = |hundredths| milliseconds(percentile(&flushed, hundredths));
    let introduction = format!(
        "The limit is the rate at which the pool of the `password` crate verifies one password with the server's own \
         settings (one thread a core, default cost), nothing around it. {LOGIN_CLIENTS} clients log in, each as \
         soon as it was answered, each as a user of its own, of {USERS}; {LOGIN_CLIENTS} verifications are under \
         way in the limit as well. A flush of one page to the disk under SQLite took {:.2} ms (p50) and {:.2} ms \
         (p99) between the rounds; PostgreSQL's data is not flushed here.",
        flush(50),
        flush(99)
    );
    Ok(section("Logins", &introduction, &[table]))
}
