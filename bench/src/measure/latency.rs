//! How long checks take at a fixed rate, alone and while others log in, and the server's memory then.

use std::sync::atomic::Ordering;
use std::thread;

use crate::check::CHECKED;
use crate::figures::{Rounds, megabytes, milliseconds, percentile};
use crate::login::Login;
use crate::measure::Plan;
use crate::people::People;
use crate::process::Process;
use crate::report::{Table, section, verdict};
use crate::site::Log;
use crate::{load, now, progress};

/// Checks a second.
const RATE: u32 = 1000;
/// Connections that they come over.
const CLIENTS: usize = 64;
/// Who logs in meanwhile, without a pause.
const STORMS: [usize; 2] = [16, 200];
/// Whose credentials are checked.
const CHECKED_BY: [Login; 2] = [Login::Knox, Login::Syntho];
/// The line: p99 beside logins is at most so many times the one without, or so much more, whichever allows more.
const TIMES: f64 = 2.0;
const MORE_MS: f64 = 5.0;

/// Half and 99 of a hundred, in milliseconds.
#[derive(Clone, Copy)]
struct Times {
    half: f64,
    most: f64,
}

/// Checks in one storm.
struct Stormy {
    times: Times,
    /// Logins a second meanwhile.
    logins: f64,
}

struct Case {
    login: Login,
    /// Without logins, and with each number of clients that log in.
    rounds: Vec<(Times, [Stormy; STORMS.len()])>,
}

impl Case {
    fn rows(&self, people: &People) -> Vec<[String; 9]> {
        let calm = |figure: fn(&Times) -> f64| Rounds::of(self.rounds.iter().map(|(calm, _)| figure(calm)));
        let (half, most) = (calm(|times| times.half), calm(|times| times.most));
        let bound = (most.median * TIMES).max(most.median + MORE_MS);
        let row = |(storm, clients): (usize, usize)| {
            let rounds = |figure: fn(&Stormy) -> f64| {
                let stormy = self.rounds.iter().filter_map(|(_, storms)| storms.get(storm));
                Rounds::of(stormy.map(figure))
            };
            let reached = rounds(|stormy| stormy.times.most);
            [
                self.login.check().name(),
                people.engine().name().to_owned(),
                clients.to_string(),
                format!("{half:.2}"),
                format!("{most:.2}"),
                format!("{:.2}", rounds(|stormy| stormy.times.half)),
                format!("{reached:.2}"),
                format!("{:.0}", rounds(|stormy| stormy.logins)),
                format!("{} (<= {bound:.2} ms)", verdict(reached.median <= bound)),
            ]
        };
        STORMS.into_iter().enumerate().map(row).collect()
    }
}

pub(super) fn measure(people: &[People], plan: &Plan) -> anyhow::Result<String> {
    let mut times = Table::new(&[
        "Check",
        "Engine",
        "login clients",
        "p50, ms",
        "p99, ms",
        "p50 beside logins",
        "p99 beside logins",
        "logins/s",
        "line",
    ]);
    let mut memory = Table::new(&["Engine", "most memory, MB"]);
    for people in people {
        let engine = people.engine().name();
        let server = people.site.start(Log::Off)?;
        let mut cases = CHECKED_BY.map(|login| Case { login, rounds: vec![] });
        for round in 1..=plan.latency_rounds {
            progress(&format!("latency on {engine}, round {round} of {}", plan.latency_rounds));
            for case in &mut cases {
                let checks = people.checks(case.login, CLIENTS);
                let calm = paced(&server, &checks, plan)?;
                let [few, many] = STORMS.map(|clients| storm(people, &server, &checks, clients, plan));
                case.rounds.push((calm, [few?, many?]));
            }
        }
        cases.iter().flat_map(|case| case.rows(people)).for_each(|row| times.row(&row));
        memory.row(&[engine.to_owned(), format!("{:.1}", megabytes(server.memory()?.peak))]);
    }
    let introduction = format!(
        "{RATE} checks a second at fixed times over {CLIENTS} connections, each timed from the moment it was due (so \
         waiting for a late one before it counts), first alone, then while clients log in by `knox` without a pause \
         and keep every core busy. Client and server share the cores, so a late client counts as a late answer. Line: \
         p99 beside logins at most {TIMES} x the one without, or {MORE_MS} ms more, whichever is larger. *Most memory* is \
         the server's in all of this, with 200 logins in flight at the end."
    );
    Ok(section("Latency of checks", &introduction, &[times, memory]))
}

fn paced(server: &Process, checks: &[Vec<u8>], plan: &Plan) -> anyhow::Result<Times> {
    let sorted = load::open_loop(server.address, checks, CHECKED, RATE, plan.latency)?;
    let at = |hundredths| milliseconds(percentile(&sorted, hundredths));
    Ok(Times { half: at(50), most: at(99) })
}

fn storm(
    people: &People,
    server: &Process,
    checks: &[Vec<u8>],
    clients: usize,
    plan: &Plan,
) -> anyhow::Result<Stormy> {
    let logins = people.logins(Login::Knox, clients);
    load::closed_loop(server.address, &logins, clients, Login::Knox.signed_in(), |counter| {
        thread::sleep(plan.warm_up);
        let (began, before) = (now(), counter.load(Ordering::Relaxed));
        let times = paced(server, checks, plan)?;
        let answers = counter.load(Ordering::Relaxed) - before;
        Ok(Stormy { times, logins: answers as f64 / began.elapsed().as_secs_f64() })
    })
}
