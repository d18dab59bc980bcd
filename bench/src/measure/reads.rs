//! Other answers that are asked for often: the published keys, and the sessions of users who have one and many.

use crate::check::CHECKED;
use crate::client::Connection;
use crate::crowd::{Crowd, LISTED};
use crate::figures::Rounds;
use crate::hello::Read;
use crate::load::Window;
use crate::measure::{CLIENTS, Plan, asked};
use crate::process::Process;
use crate::report::{Table, section};
use crate::site::{Engine, Log};
use crate::{hello, progress, request};

struct Case<'a> {
    name: String,
    engine: Engine,
    server: &'a Process,
    request: Vec<u8>,
    /// The body of an answer, in bytes.
    length: usize,
    /// The limit and the subject of each round.
    windows: Vec<(Window, Window)>,
}

impl<'a> Case<'a> {
    fn new(name: String, engine: Engine, server: &'a Process, request: Vec<u8>) -> anyhow::Result<Self> {
        let length = Connection::open(server.address)?.expect(&request, CHECKED)?.body.len();
        Ok(Self { name, engine, server, request, length, windows: vec![] })
    }

    fn round(&mut self, hello: &Process, plan: &Plan) -> anyhow::Result<()> {
        let limit = asked(hello, &vec![hello::request(Read::Session, self.length, ""); CLIENTS], plan)?;
        let subject = asked(self.server, &vec![self.request.clone(); CLIENTS], plan)?;
        self.windows.push((limit, subject));
        Ok(())
    }

    fn row(&self) -> [String; 7] {
        let rounds = |figure: fn(&(Window, Window)) -> f64| Rounds::of(self.windows.iter().map(figure));
        [
            self.name.clone(),
            self.engine.name().to_owned(),
            self.length.to_string(),
            format!("{:.1}", rounds(|(limit, _)| limit.processor_us())),
            format!("{:.1}", rounds(|(_, subject)| subject.processor_us())),
            format!("{:.2}", rounds(|(limit, subject)| limit.processor_us() / subject.processor_us())),
            format!("{:.0}", rounds(|(_, subject)| subject.rate())),
        ]
    }
}

pub(super) fn measure(crowds: &[Crowd], plan: &Plan) -> anyhow::Result<String> {
    let mut servers = Vec::new();
    for crowd in crowds {
        servers.push((crowd, crowd.site.start(Log::Off)?));
    }
    let mut cases = Vec::new();
    for (crowd, server) in &servers {
        let mut case = |name, request| {
            cases.push(Case::new(name, crowd.engine(), server, request)?);
            anyhow::Ok(())
        };
        let path = "/.well-known/jwks.json";
        case(format!("`GET {path}`"), request::get(path, ""))?;
        for sessions in LISTED {
            let path = "/id/v1/sessions";
            case(format!("`GET {path}`, of {sessions}"), request::get(path, &crowd.listed(sessions)))?;
        }
    }
    let mut lengths: Vec<usize> = cases.iter().map(|case| case.length).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let hello = hello::start(&lengths, None)?;
    for round in 1..=plan.rounds {
        progress(&format!("other answers, round {round} of {}", plan.rounds));
        cases.iter_mut().try_for_each(|case| case.round(&hello, plan))?;
    }
    let mut table =
        Table::new(&["Request", "Engine", "bytes", "limit, CPU us", "CPU us", "ratio", "answers/s"]);
    cases.iter().for_each(|case| table.row(&case.row()));
    let introduction = "The published keys, and the live sessions of users who have so many. The limit is a plain answer of \
                        as many bytes; no line to hold.";
    Ok(section("Keys and lists", introduction, &[table]))
}
