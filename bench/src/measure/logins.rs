//! Logins a second, against hashes a second of the pool alone.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use password::Backend;

use crate::figures::{Rounds, milliseconds, percentile};
use crate::load::{self, Window};
use crate::login::{LOGINS, Login};
use crate::measure::{LOGIN_CLIENTS, Plan};
use crate::people::{People, USERS};
use crate::process::Process;
use crate::raw::{self, Beside};
use crate::report::{Table, section, verdict};
use crate::site::Log;
use crate::{now, progress};

/// The least share of a login's processor time that must be the hash's. By time, not by rate: client and database run on
/// the same cores, and what they take is no cost of the server's.
const LINE: f64 = 0.95;

/// Of the disk in each round.
const FLUSHES: usize = 50;

struct Case<'a> {
    people: &'a People,
    server: &'a Process,
    login: Login,
    rounds: Vec<Round>,
}

struct Round {
    /// Hashes a second, right before and right behind the logins.
    limit: f64,
    /// The processor time of one of those, in milliseconds.
    hash: f64,
    /// Logins a second.
    logins: f64,
    /// The server's processor time for a login, in milliseconds.
    processor: f64,
    /// The client's, likewise.
    client: f64,
}

impl Case<'_> {
    fn logins(&self, plan: &Plan) -> anyhow::Result<Window> {
        let requests = self.people.logins(self.login, LOGIN_CLIENTS);
        load::closed_loop(self.server.address, &requests, LOGIN_CLIENTS, self.login.signed_in(), |counter| {
            load::window(counter, Some(self.server), plan.warm_up, plan.logins)
        })
    }

    fn row(&self) -> [String; 10] {
        let rounds = |figure: &dyn Fn(&Round) -> f64| Rounds::of(self.rounds.iter().map(figure));
        let ratio = rounds(&|round| round.logins / round.limit);
        let by_processor = rounds(&|round| round.hash / round.processor);
        [
            self.login.name(),
            self.people.engine().name().to_owned(),
            format!("{:.1}", rounds(&|round| round.limit)),
            format!("{:.1}", rounds(&|round| round.logins)),
            format!("{ratio:.3}"),
            format!("{:.2}", rounds(&|round| round.client)),
            format!("{:.2}", rounds(&|round| round.hash)),
            format!("{:.2}", rounds(&|round| round.processor)),
            format!("{by_processor:.3}"),
            format!("{} (>= {LINE})", verdict(by_processor.median >= LINE)),
        ]
    }
}

/// One way to compute hashes, and its rounds.
struct Hashing {
    backend: Backend,
    rounds: Vec<Beside>,
}

impl Hashing {
    /// Of each backend that the machine has, the one that the server uses first.
    fn all() -> Vec<Self> {
        let backends = [Backend::avx512(), Backend::avx2(), Some(Backend::portable())];
        backends.into_iter().flatten().map(|backend| Self { backend, rounds: vec![] }).collect()
    }

    fn row(&self) -> [String; 4] {
        let rounds = |figure: &dyn Fn(&Beside) -> f64| Rounds::of(self.rounds.iter().map(figure));
        [
            format!("`{}`", self.backend.name()),
            format!("{:.1}", rounds(&|beside| beside.backend)),
            format!("{:.1}", rounds(&|beside| beside.argon2)),
            format!("{:.2}", rounds(&|beside| beside.backend / beside.argon2)),
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

pub(super) fn measure(people: &[People], scratch: &Path, plan: &Plan) -> anyhow::Result<String> {
    let servers: Vec<Process> =
        people.iter().map(|people| people.site.start(Log::Off)).collect::<anyhow::Result<_>>()?;
    let at = |(people, server)| LOGINS.map(|login| Case { people, server, login, rounds: vec![] });
    let mut cases: Vec<Case<'_>> = people.iter().zip(&servers).flat_map(at).collect();
    let mut flushed = Vec::new();
    let mut hashing = Hashing::all();
    let limit = || raw::verified(LOGIN_CLIENTS, plan.warm_up, plan.logins);
    for round in 1..=plan.rounds {
        progress(&format!("logins, round {round} of {}", plan.rounds));
        flushed.extend(flushes(scratch)?);
        for Hashing { backend, rounds } in &mut hashing {
            rounds.push(raw::beside_argon2(*backend, plan.hashes)?);
        }
        let mut before = limit()?;
        for case in &mut cases {
            let logins = case.logins(plan)?;
            let behind = limit()?;
            case.rounds.push(Round {
                limit: f64::midpoint(before.rate(), behind.rate()),
                hash: f64::midpoint(before.client_us(), behind.client_us()) / 1e3,
                logins: logins.rate(),
                processor: logins.processor_us() / 1e3,
                client: logins.client_us() / 1e3,
            });
            before = behind;
        }
    }
    let mut table = Table::new(&[
        "Login",
        "Engine",
        "hashes/s",
        "logins/s",
        "ratio by rate",
        "client, ms",
        "hash, ms",
        "server, ms",
        "ratio by CPU",
        "line",
    ]);
    let mut backends =
        Table::new(&["Backend", "hashes/s, one thread", "the crate `argon2` 0.6, hashes/s", "ratio"]);
    hashing.iter().for_each(|hashing| backends.row(&hashing.row()));
    cases.iter().for_each(|case| table.row(&case.row()));
    flushed.sort_unstable();
    let flush = |hundredths| milliseconds(percentile(&flushed, hundredths));
    let introduction = format!(
        "The limit is the rate at which the pool of the `password` crate verifies one password with the server's own \
         settings (one thread a core, default cost, the first backend of the second table), nothing around it: the \
         mean of what it is right before and right behind the logins. {LOGIN_CLIENTS} clients log in, each as soon as it was answered, each as a user of \
         its own, of {USERS}; {LOGIN_CLIENTS} verifications are under way in the limit as well. Clients and database \
         take their time from the same cores, so the ratio *by rate* is the machine's for all of them. *client*, *hash* \
         and *server* are processor time: of the client's process for a login, of the limit's for a hash, and of the \
         server's for a login with its hash. The ratio *by CPU*, which the line is for, is the hash's to the server's. A \
         flush of one page to the disk under SQLite took {:.2} ms (p50) and {:.2} ms (p99) between the rounds; \
         PostgreSQL's data is not flushed here. The second table holds one hashing thread against the crate `argon2`, \
         hash by hash in turn.",
        flush(50),
        flush(99)
    );
    Ok(section("Logins", &introduction, &[table, backends]))
}
