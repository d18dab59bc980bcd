//! How long checks take at a fixed rate, alone and while others log in, and the server's memory then.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crate::door::{CHECKED, DOORS, Door};
use crate::figures::{Rounds, megabytes, milliseconds, percentile};
use crate::measure::{LOGIN_CLIENTS, Plan};
use crate::process::{Memory, Process};
use crate::report::{Table, section, verdict};
use crate::site::{Engine, Log, Site};
use crate::{load, now, progress};

/// Checks a second.
const RATE: u32 = 1000;
/// Connections that they come over.
const CLIENTS: usize = 64;
/// The line: p99 beside logins is at most so many times the one without, or so much more, whichever allows more.
const TIMES: f64 = 3.0;
const MORE_MS: f64 = 5.0;

/// One round; times in milliseconds.
struct Round {
    calm: (f64, f64),
    storm: (f64, f64),
    /// Logins a second meanwhile.
    logins: f64,
}

struct Case {
    engine: Engine,
    door: Door,
    rounds: Vec<Round>,
}

impl Case {
    fn row(&self) -> [String; 8] {
        let rounds = |figure: fn(&Round) -> f64| Rounds::of(self.rounds.iter().map(figure));
        let (calm, storm) = (rounds(|round| round.calm.1), rounds(|round| round.storm.1));
        let most = (calm.median * TIMES).max(calm.median + MORE_MS);
        [
            self.door.check_name().to_owned(),
            self.engine.name().to_owned(),
            format!("{:.2}", rounds(|round| round.calm.0)),
            format!("{calm:.2}"),
            format!("{:.2}", rounds(|round| round.storm.0)),
            format!("{storm:.2}"),
            format!("{:.0}", rounds(|round| round.logins)),
            format!("{} (<= {most:.2} ms)", verdict(storm.median <= most)),
        ]
    }
}

pub(super) fn measure(sites: &[Site], plan: &Plan) -> anyhow::Result<String> {
    let mut times = Table::new(&[
        "Check",
        "Engine",
        "p50, ms",
        "p99, ms",
        "p50 beside logins",
        "p99 beside logins",
        "logins/s",
        "line",
    ]);
    let mut memory = Table::new(&["Engine", "memory beside logins, MB", "at most so far, MB"]);
    for site in sites {
        let server = site.start(Log::Off)?;
        let mut cases = DOORS.map(|door| Case { engine: site.engine, door, rounds: vec![] });
        let mut held = Memory { resident: 0, peak: 0 };
        for round in 1..=plan.latency_rounds {
            progress(&format!("latency on {}, round {round} of {}", site.engine.name(), plan.latency_rounds));
            for case in &mut cases {
                let (round, seen) = one(site, &server, case.door, plan)?;
                case.rounds.push(round);
                held = seen;
            }
        }
        cases.iter().for_each(|case| times.row(&case.row()));
        let figure = |bytes| format!("{:.1}", megabytes(bytes));
        memory.row(&[site.engine.name().to_owned(), figure(held.resident), figure(held.peak)]);
    }
    let introduction = format!(
        "{RATE} checks a second at fixed times over {CLIENTS} connections, each timed from the moment it was due (so \
         waiting for a late one before it counts), first alone, then while {LOGIN_CLIENTS} clients log in by `knox` \
         without a pause and keep every core busy. Client and server share the cores, so a late client counts as \
         a late answer. Line: p99 beside logins at most {TIMES} x the one without, or {MORE_MS} ms more, whichever is \
         larger."
    );
    Ok(section("Latency of checks", &introduction, &[times, memory]))
}

fn one(site: &Site, server: &Process, door: Door, plan: &Plan) -> anyhow::Result<(Round, Memory)> {
    let checks = site.checks(door, CLIENTS);
    let run = || load::open_loop(server.address, &checks, CHECKED, RATE, plan.latency);
    let calm = run()?;
    let logins = site.logins(Door::Knox, LOGIN_CLIENTS);
    let (storm, logins, memory) =
        load::closed_loop(server.address, &logins, Door::Knox.signed_in(), |counter| {
            thread::sleep(plan.warm_up);
            let (began, before) = (now(), counter.load(Ordering::Relaxed));
            let times = run()?;
            let answers = counter.load(Ordering::Relaxed) - before;
            Ok((times, answers as f64 / began.elapsed().as_secs_f64(), server.memory()?))
        })?;
    Ok((Round { calm: both(&calm), storm: both(&storm), logins }, memory))
}

/// p50 and p99.
fn both(sorted: &[Duration]) -> (f64, f64) {
    (milliseconds(percentile(sorted, 50)), milliseconds(percentile(sorted, 99)))
}
