//! Checks by every door and kind of credential: what one costs the server, against a plain answer of the same stack, and on
//! PostgreSQL against that and one bare read.

use crate::check::{CHECKED, CHECKS, Check};
use crate::client::Connection;
use crate::crowd::Crowd;
use crate::figures::Rounds;
use crate::load::{self, Window};
use crate::measure::{CALM, CALM_BEFORE, CLIENTS, Plan, asked_for};
use crate::process::Process;
use crate::report::{Table, section, verdict};
use crate::site::{Engine, Log};
use crate::{hello, progress};

/// The least share of a check's processor time that a plain answer's is, on SQLite.
const LINE: f64 = 0.90;
/// The same with the line in the log that each request has by default.
const LINE_LOGGING: f64 = 0.75;
/// On PostgreSQL: the most that a check takes, of a plain answer with one bare read.
const LINE_POSTGRES: f64 = 1.25;

struct Case<'a> {
    check: Check,
    /// On the server that is asked: without a log, and with the default one.
    servers: &'a [Process; 2],
    requests: Vec<Vec<u8>>,
    limit: Vec<Vec<u8>>,
    /// The body of an answer, in bytes.
    length: usize,
    rounds: Vec<Round>,
}

/// So many times a round each is measured in turn. A machine with few cores is at times slower for a second, as its threads happen
/// to lie: more and shorter windows tell more of what is usual than few long ones.
const TURNS: u32 = 3;

struct Round {
    limit: Window,
    quiet: Window,
    logging: Window,
}

impl<'a> Case<'a> {
    fn new(crowd: &Crowd, check: Check, servers: &'a [Process; 2]) -> anyhow::Result<Self> {
        let requests = crowd.hot(check);
        let [server, _] = servers;
        let mut connection = Connection::open(server.address)?;
        let mut length = 0;
        for request in requests.iter().take(1) {
            length = connection.expect(request, CHECKED)?.body.len();
        }
        // As many and as different ones: what clients send takes its share of the caches that they share with the server.
        let limit =
            crowd.headers(check).map(|header| hello::request(check.reads(), length, &header)).collect();
        Ok(Self { check, servers, requests, limit, length, rounds: vec![] })
    }

    /// What was not used for a minute is used first, which is written down within a second; then it is used again, because what
    /// was written down is read anew once.
    fn round(&mut self, limit: &Process, plan: &Plan) -> anyhow::Result<()> {
        let [quiet, logging] = self.servers;
        let once = |server: &Process| load::each_once(server.address, &self.requests, CLIENTS, CHECKED);
        once(quiet)?;
        once(logging)?;
        quiet.rest(CALM_BEFORE)?;
        logging.rest(CALM)?;
        once(quiet)?;
        once(logging)?;
        for _ in 0..TURNS {
            let asked = |server, requests| asked_for(server, requests, plan.warm_up / 6, plan.checks / TURNS);
            let limit = asked(limit, &self.limit)?;
            let quiet = asked(quiet, &self.requests)?;
            let logging = asked(logging, &self.requests)?;
            self.rounds.push(Round { limit, quiet, logging });
        }
        Ok(())
    }

    fn row(&self, engine: Engine) -> [String; 9] {
        let rounds = |figure: &dyn Fn(&Round) -> f64| Rounds::of(self.rounds.iter().map(figure));
        let (limit, quiet) =
            (rounds(&|round| round.limit.processor_us()), rounds(&|round| round.quiet.processor_us()));
        let logging = rounds(&|round| round.logging.processor_us());
        let share = |of: fn(&Round) -> Window| {
            rounds(&|round| {
                let (limit, check) = (round.limit.processor_us(), of(round).processor_us());
                if engine == Engine::Sqlite { limit / check } else { check / limit }
            })
        };
        let (ratio, ratio_logging) = (share(|round| round.quiet), share(|round| round.logging));
        let (line, line_logging) = match engine {
            Engine::Sqlite => (
                format!("{} (>= {LINE:.2})", verdict(ratio.median >= LINE)),
                format!("{} (>= {LINE_LOGGING})", verdict(ratio_logging.median >= LINE_LOGGING)),
            ),
            Engine::Postgres => (
                format!("{} (<= {LINE_POSTGRES})", verdict(ratio.median <= LINE_POSTGRES)),
                "reported".to_owned(),
            ),
        };
        [
            self.check.name(),
            format!("{limit:.1}"),
            format!("{quiet:.1}"),
            format!("{ratio:.2}"),
            line,
            format!("{logging:.1}"),
            format!("{ratio_logging:.2}"),
            line_logging,
            format!("{:.0}", rounds(&|round| round.quiet.rate())),
        ]
    }
}

pub(super) fn measure(crowds: &[Crowd], plan: &Plan) -> anyhow::Result<String> {
    let mut tables = Vec::new();
    for crowd in crowds {
        tables.push(table(crowd, plan)?);
    }
    let sizes: Vec<String> = crowds.iter().take(1).map(said).collect();
    let introduction = format!(
        "By each door and each kind of credential, {}. 16 connections ask without a pause. *CPU us* is the server's \
         processor time for one answered request, user and system, in microseconds; PostgreSQL's own time is not in it. \
         The limit on SQLite is a plain answer (*hello world*) of axum, hyper and tokio with the server's runtime, \
         connection settings and build profile, with a body of the same length and type and no other header of its \
         own; told is the share of a check that it is. The limit on PostgreSQL is the same server with one read before \
         its answer, by the bare driver with a prepared statement, of a session with its owner, and with what the \
         owner belongs to where the door tells it and the check reads it, too; told is how many of it a check is. Both limits are sent the \
         same credentials in as many different requests, because clients and server share the caches. Checks a second are the machine's for client and server together, without the log.",
        sizes.concat()
    );
    Ok(section("Checks", &introduction, &tables))
}

fn said(crowd: &Crowd) -> String {
    let size = crowd.size;
    format!(
        "for a hot set of {} users, each asked about in turn, among {} users with {} sessions",
        size.hot(),
        size.users(),
        size.sessions
    )
}

fn table(crowd: &Crowd, plan: &Plan) -> anyhow::Result<Table> {
    let servers = [crowd.site.start(Log::Off)?, crowd.site.start(Log::Default)?];
    let mut cases = Vec::new();
    for check in CHECKS {
        cases.push(Case::new(crowd, check, &servers)?);
    }
    let mut lengths: Vec<usize> = cases.iter().map(|case| case.length).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let limit = hello::start(&lengths, crowd.site.database.as_deref())?;
    let engine = crowd.engine();
    for round in 1..=plan.rounds {
        progress(&format!("checks on {}, round {round} of {}", engine.name(), plan.rounds));
        cases.iter_mut().try_for_each(|case| case.round(&limit, plan))?;
    }
    let check = format!("Check on {}", engine.name());
    let mut table = Table::new(&[
        &check,
        "limit, CPU us",
        "check, CPU us",
        "ratio",
        "line",
        "with a log, CPU us",
        "ratio",
        "line",
        "checks/s",
    ]);
    cases.iter().for_each(|case| table.row(&case.row(engine)));
    Ok(table)
}
