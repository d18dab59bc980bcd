//! Checks as sessions grow, those of a hot set and those of any session, in turn over databases of every size.

use crate::check::{CHECKED, Check};
use crate::client::Connection;
use crate::crowd::{Crowd, HOT, Size};
use crate::figures::Rounds;
use crate::load::{self, Window};
use crate::measure::{CALM, CALM_BEFORE, CLIENTS, Plan, asked};
use crate::process::Process;
use crate::report::{Table, section, verdict};
use crate::site::Log;
use crate::{hello, progress};

/// What a check of a hot session takes among the most sessions, of what it takes among the fewest: at most.
const LINE: f64 = 1.10;

/// A database of one size on one engine, and the servers on it.
struct Ground<'a> {
    crowd: &'a Crowd,
    server: Process,
    limit: Process,
    /// What asks the limit.
    plain: Vec<Vec<u8>>,
    hot: Vec<Vec<u8>>,
    rounds: Vec<Round>,
}

struct Round {
    limit: Window,
    hot: Window,
    /// Where there are more than the hot ones.
    cold: Option<Window>,
}

impl<'a> Ground<'a> {
    fn new(crowd: &'a Crowd) -> anyhow::Result<Self> {
        let server = crowd.site.start(Log::Off)?;
        let hot = crowd.hot(Check::Knox);
        let mut connection = Connection::open(server.address)?;
        let mut length = 0;
        for request in hot.iter().take(1) {
            length = connection.expect(request, CHECKED)?.body.len();
        }
        let limit = hello::start(&[length], crowd.site.database.as_deref())?;
        let plain = crowd
            .headers(Check::Knox)
            .map(|header| hello::request(Check::Knox.reads(), length, &header))
            .collect();
        Ok(Self { crowd, server, limit, plain, hot, rounds: vec![] })
    }

    /// What was not used for a minute is first used now, and that written down, before and beside the limit.
    fn round(&mut self, seed: u64, plan: &Plan) -> anyhow::Result<()> {
        load::each_once(self.server.address, &self.hot, CLIENTS, CHECKED)?;
        let limit = asked(&self.limit, &self.plain, plan)?;
        self.server.rest(CALM)?;
        let hot = asked(&self.server, &self.hot, plan)?;
        let cold = match self.crowd.size.sessions > HOT {
            true => Some(asked(&self.server, &self.crowd.cold(plan.cold, seed), plan)?),
            false => None,
        };
        self.server.rest(CALM_BEFORE)?;
        self.rounds.push(Round { limit, hot, cold });
        Ok(())
    }

    fn rounds(&self, figure: impl Fn(&Round) -> Option<f64>) -> Rounds {
        Rounds::of(self.rounds.iter().filter_map(figure))
    }

    /// What a hot check takes here, round by round, of what it takes there.
    fn growth(&self, least: &Self) -> Rounds {
        let both = self.rounds.iter().zip(&least.rounds);
        Rounds::of(both.map(|(here, there)| here.hot.processor_us() / there.hot.processor_us()))
    }

    fn row(&self, least: &Self) -> [String; 8] {
        let growth = self.growth(least);
        let cold = self.rounds(|round| Some(round.cold?.processor_us()));
        let cold_rate = self.rounds(|round| Some(round.cold?.rate()));
        let or_none =
            |rounds: Rounds, text: String| if rounds.median.is_nan() { String::new() } else { text };
        let Size { sessions } = self.crowd.size;
        [
            format!("{sessions}"),
            format!("{:.1}", self.rounds(|round| Some(round.limit.processor_us()))),
            format!("{:.1}", self.rounds(|round| Some(round.hot.processor_us()))),
            format!("{growth:.2}"),
            format!("{} (<= {LINE:.2})", verdict(growth.median <= LINE)),
            format!("{:.0}", self.rounds(|round| Some(round.hot.rate()))),
            or_none(cold, format!("{cold:.1}")),
            or_none(cold_rate, format!("{cold_rate:.0}")),
        ]
    }
}

pub(super) fn measure(crowds: &[[Crowd; 2]], plan: &Plan) -> anyhow::Result<String> {
    let mut tables = Vec::new();
    for engine in 0..2 {
        let of_engine = crowds.iter().filter_map(|both| both.get(engine));
        let mut grounds = of_engine.map(Ground::new).collect::<anyhow::Result<Vec<_>>>()?;
        for (round, seed) in (1..=plan.rounds).zip(1..) {
            progress(&format!("checks as sessions grow, round {round} of {}", plan.rounds));
            grounds.iter_mut().try_for_each(|ground| ground.round(seed, plan))?;
        }
        tables.extend(table(&grounds));
    }
    let introduction = format!(
        "`GET /auth/user/` with a token, no log. *Hot*: {HOT} sessions, or all where there are fewer, each asked about in \
         turn; the line is for what one takes among so many sessions, of what it takes among the fewest. *Cold*: any \
         session of all, each once; so each is used for the first time in a minute, and that is written down, which is \
         in the figure as far as it was done in the window. The limit is that of the checks above."
    );
    Ok(section("Checks as sessions grow", &introduction, &tables))
}

fn table(grounds: &[Ground<'_>]) -> Option<Table> {
    let least = grounds.first()?;
    let sessions = format!("Sessions on {}", least.crowd.engine().name());
    let mut table = Table::new(&[
        &sessions,
        "limit, CPU us",
        "hot check, CPU us",
        "of the fewest's",
        "line",
        "hot checks/s",
        "cold check, CPU us",
        "cold checks/s",
    ]);
    grounds.iter().for_each(|ground| table.row(&ground.row(least)));
    Some(table)
}
