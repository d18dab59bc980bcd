//! Checks of a token and of a session: what one costs the server, and how many there are a second, against a plain
//! answer of the same stack.

use crate::client::Connection;
use crate::door::{CHECKED, DOORS, Door};
use crate::figures::Rounds;
use crate::load::{self, Window};
use crate::measure::Plan;
use crate::process::Process;
use crate::report::{Table, section};
use crate::site::{Engine, Log, Site};
use crate::{hello, progress};

/// Connections that ask without a pause.
const CLIENTS: usize = 16;

struct Case<'a> {
    site: &'a Site,
    log: Log,
    door: Door,
    server: &'a Process,
    /// The body of an answer, in bytes.
    length: usize,
    /// The limit and the subject of each round.
    windows: Vec<(Window, Window)>,
}

impl<'a> Case<'a> {
    fn new(site: &'a Site, log: Log, door: Door, server: &'a Process) -> anyhow::Result<Self> {
        let mut connection = Connection::open(server.address)?;
        let requests = site.checks(door, 1);
        let mut length = 0;
        for request in &requests {
            length = connection.expect(request, CHECKED)?.body.len();
        }
        Ok(Self { site, log, door, server, length, windows: vec![] })
    }

    fn round(&mut self, hello: &Process, plan: &Plan) -> anyhow::Result<()> {
        let credentials = self.site.credentials(self.door).cycle().take(CLIENTS);
        let hellos: Vec<_> = credentials.map(|credential| hello::request(self.length, credential)).collect();
        let limit = asked(hello, &hellos, plan)?;
        let subject = asked(self.server, &self.site.checks(self.door, CLIENTS), plan)?;
        self.windows.push((limit, subject));
        Ok(())
    }

    fn row(&self) -> [String; 8] {
        let rounds = |figure: fn(&(Window, Window)) -> f64| Rounds::of(self.windows.iter().map(figure));
        [
            self.door.check_name().to_owned(),
            self.site.engine.name().to_owned(),
            format!("{:.1}", rounds(|(limit, _)| limit.processor_us())),
            format!("{:.1}", rounds(|(_, subject)| subject.processor_us())),
            format!("{:.2}", rounds(|(limit, subject)| limit.processor_us() / subject.processor_us())),
            format!("{:.0}", rounds(|(limit, _)| limit.rate())),
            format!("{:.0}", rounds(|(_, subject)| subject.rate())),
            format!("{:.2}", rounds(|(limit, subject)| subject.rate() / limit.rate())),
        ]
    }
}

fn asked(server: &Process, requests: &[Vec<u8>], plan: &Plan) -> anyhow::Result<Window> {
    load::closed_loop(server.address, requests, CHECKED, |counter| {
        load::window(counter, Some(server), plan.warm_up / 2, plan.checks)
    })
}

pub(super) fn measure(sites: &[Site], plan: &Plan) -> anyhow::Result<String> {
    let of = |log: Log| move |site: &Site| site.start(log);
    let quiet: Vec<Process> = sites.iter().map(of(Log::Off)).collect::<anyhow::Result<_>>()?;
    let logging: Vec<&Site> = sites.iter().filter(|site| site.engine == Engine::Sqlite).collect();
    let loud: Vec<Process> = logging.iter().copied().map(of(Log::Default)).collect::<anyhow::Result<_>>()?;

    let mut cases = Vec::new();
    for (site, server) in sites.iter().zip(&quiet) {
        for door in DOORS {
            cases.push(Case::new(site, Log::Off, door, server)?);
        }
    }
    for (site, server) in logging.into_iter().zip(&loud) {
        cases.push(Case::new(site, Log::Default, Door::Knox, server)?);
    }
    let mut lengths: Vec<usize> = cases.iter().map(|case| case.length).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let hello = hello::start(&lengths)?;
    for round in 1..=plan.rounds {
        progress(&format!("checks, round {round} of {}", plan.rounds));
        cases.iter_mut().try_for_each(|case| case.round(&hello, plan))?;
    }
    Ok(section("Checks", &introduction(&cases), &[table(&cases, Log::Off), table(&cases, Log::Default)]))
}

fn table(cases: &[Case<'_>], log: Log) -> Table {
    let check = match log {
        Log::Off => "Check",
        Log::Default => "Check, logging as by default",
    };
    let mut table = Table::new(&[
        check,
        "Engine",
        "limit, CPU us",
        "check, CPU us",
        "ratio",
        "limit, 1/s",
        "checks/s",
        "ratio",
    ]);
    cases.iter().filter(|case| case.log == log).for_each(|case| table.row(&case.row()));
    table
}

fn introduction(cases: &[Case<'_>]) -> String {
    let length = |door| cases.iter().find(|case| case.door == door).map_or(0, |case| case.length);
    format!(
        "The limit is a plain answer (*hello world*) of axum, hyper and tokio with the server's runtime, connection \
         settings and build profile, with a body of the same length and type ({} bytes by `knox`, {} by `syntho`) \
         and no other header of its own. *CPU us* is the server's processor time for one answered request, user and \
         system, in microseconds; PostgreSQL's own time is not in it. {CLIENTS} connections ask without a pause; \
         they share the cores with the server, so the rates are the machine's for both together. Reported without \
         a line to hold.",
        length(Door::Knox),
        length(Door::Syntho)
    )
}
