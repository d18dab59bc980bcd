//! Logins a second, against hashes a second of the pool alone; and what a login costs beside its hash, where that leaves the
//! caches alone.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use password::{Backend, Cost};

use crate::figures::{Rounds, milliseconds, percentile};
use crate::load::{self, Window};
use crate::login::{LOGINS, Login};
use crate::measure::{LOGIN_CLIENTS, Place, Plan};
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

/// Short turns instead of one long one: the machine is slower for a second now and then.
const TURNS: u32 = 3;

/// A hash of as many blocks by so many times more passes over so much less memory: what the caches hold.
const SMALLER: u32 = 32;
/// Who logs in with such: the cheapest login and the dearest.
const WITH_SMALL_HASHES: [Login; 2] = [Login::Knox, Login::Probe];

/// The names of the server's hashing threads begin so.
const HASHING: &str = "hash-";

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
    /// Of that, the hashing threads'.
    hashing: f64,
    /// The client's, likewise.
    client: f64,
}

impl Case<'_> {
    /// So many logins, and the hashing threads' time meanwhile.
    fn logins(&self, plan: &Plan) -> anyhow::Result<(Window, Duration)> {
        let requests = self.people.logins(self.login, LOGIN_CLIENTS);
        load::closed_loop(self.server.address, &requests, LOGIN_CLIENTS, self.login.signed_in(), |counter| {
            thread::sleep(plan.warm_up / TURNS);
            let before = self.server.time_of_threads(HASHING)?;
            let window = load::window(counter, Some(self.server), Duration::ZERO, plan.logins / TURNS)?;
            let hashing = self.server.time_of_threads(HASHING)?.saturating_sub(before);
            Ok((window, hashing))
        })
    }

    fn rounds(&self, figure: impl Fn(&Round) -> f64) -> Rounds {
        Rounds::of(self.rounds.iter().map(figure))
    }

    /// What is told of both hashes: processor time of hash, server and the rest of the server, and the ratio.
    fn processor(&self) -> ([String; 3], Rounds) {
        let told = [
            self.rounds(|round| round.hash),
            self.rounds(|round| round.processor),
            self.rounds(|round| round.processor - round.hashing),
        ];
        (told.map(|time| format!("{time:.2}")), self.rounds(|round| round.hash / round.processor))
    }

    fn row_small(&self) -> [String; 6] {
        let ([hash, server, rest], ratio) = self.processor();
        [self.login.name(), self.people.engine().name().to_owned(), hash, server, rest, format!("{ratio:.3}")]
    }

    fn row(&self) -> [String; 11] {
        let ([hash, server, rest], by_processor) = self.processor();
        let rounds = |figure: &dyn Fn(&Round) -> f64| self.rounds(figure);
        let ratio = rounds(&|round| round.logins / round.limit);
        [
            self.login.name(),
            self.people.engine().name().to_owned(),
            format!("{:.1}", rounds(&|round| round.limit)),
            format!("{:.1}", rounds(&|round| round.logins)),
            format!("{ratio:.3}"),
            format!("{:.2}", rounds(&|round| round.client)),
            hash,
            server,
            rest,
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

/// Logins at these, by these doors, each between two limits.
struct Cases<'a> {
    cost: Cost,
    cases: Vec<Case<'a>>,
}

impl<'a> Cases<'a> {
    fn new(cost: Cost, people: &'a [People], servers: &'a [Process], logins: &[Login]) -> Self {
        let at = |(people, server)| {
            logins.iter().map(move |&login| Case { people, server, login, rounds: vec![] })
        };
        Self { cost, cases: people.iter().zip(servers).flat_map(at).collect() }
    }

    fn round(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let limit = || raw::verified(self.cost, LOGIN_CLIENTS, plan.warm_up / TURNS, plan.logins / TURNS);
        for _ in 0..TURNS {
            let mut before = limit()?;
            for case in &mut self.cases {
                let (logins, hashing) = case.logins(plan)?;
                let behind = limit()?;
                case.rounds.push(Round {
                    limit: f64::midpoint(before.rate(), behind.rate()),
                    hash: f64::midpoint(before.client_us(), behind.client_us()) / 1e3,
                    logins: logins.rate(),
                    processor: logins.processor_us() / 1e3,
                    hashing: logins.share_us(hashing) / 1e3,
                    client: logins.client_us() / 1e3,
                });
                before = behind;
            }
        }
        Ok(())
    }
}

/// What a hash costs that stays in the caches.
fn small() -> Cost {
    let Cost { memory_kib, iterations, parallelism } = Cost::default();
    Cost { memory_kib: memory_kib / SMALLER, iterations: iterations * SMALLER, parallelism }
}

fn servers(people: &[People]) -> anyhow::Result<Vec<Process>> {
    people.iter().map(|people| people.site.start(Log::Off)).collect()
}

pub(super) fn measure(people: &[People], place: &Place<'_>, plan: &Plan) -> anyhow::Result<String> {
    let with_small_hashes = place.people_with("small_hashes", small())?;
    let (servers, servers_small) = (servers(people)?, servers(&with_small_hashes)?);
    let mut cases = Cases::new(Cost::default(), people, &servers, &LOGINS);
    let mut cases_small = Cases::new(small(), &with_small_hashes, &servers_small, &WITH_SMALL_HASHES);
    let mut flushed = Vec::new();
    let mut hashing = Hashing::all();
    for round in 1..=plan.rounds {
        progress(&format!("logins, round {round} of {}", plan.rounds));
        flushed.extend(flushes(place.scratch)?);
        for Hashing { backend, rounds } in &mut hashing {
            rounds.push(raw::beside_argon2(*backend, plan.hashes)?);
        }
        cases.round(plan)?;
        cases_small.round(plan)?;
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
        "of it beside hashing, ms",
        "ratio by CPU",
        "line",
    ]);
    let mut small = Table::new(&[
        "Login",
        "Engine",
        "hash, ms",
        "server, ms",
        "of it beside hashing, ms",
        "ratio by CPU",
    ]);
    let mut backends =
        Table::new(&["Backend", "hashes/s, one thread", "the crate `argon2` 0.6, hashes/s", "ratio"]);
    cases.cases.iter().for_each(|case| table.row(&case.row()));
    cases_small.cases.iter().for_each(|case| small.row(&case.row_small()));
    hashing.iter().for_each(|hashing| backends.row(&hashing.row()));
    flushed.sort_unstable();
    Ok(section("Logins", &introduction(&flushed), &[table, small, backends]))
}

fn introduction(flushed: &[Duration]) -> String {
    let flush = |hundredths| milliseconds(percentile(flushed, hundredths));
    let Cost { memory_kib, iterations, .. } = small();
    format!(
        "The limit is the rate at which the pool of the `password` crate verifies one password with the server's own \
         settings (one thread a core, default cost, the first backend of the third table), nothing around it: the \
         mean of what it is right before and right behind the logins. {LOGIN_CLIENTS} clients log in, each as soon as it was answered, each as a user of \
         its own, of {USERS}; {LOGIN_CLIENTS} verifications are under way in the limit as well. Clients and database \
         take their time from the same cores, so the ratio *by rate* is the machine's for all of them. *client*, *hash* \
         and *server* are processor time: of the client's process for a login, of the limit's for a hash, and of the \
         server's for a login with its hash, whose part *beside hashing* is that of all its threads but the hashing \
         ones. The ratio *by CPU*, which the line is for, is the hash's to the server's. A \
         flush of one page to the disk under SQLite took {:.2} ms (p50) and {:.2} ms (p99) between the rounds; \
         PostgreSQL's data is not flushed here.\n\n\
         The second table is for understanding the first, and has no line: the same logins with a hash of as many blocks \
         that stays in the processor's caches ({memory_kib} KiB, {iterations} passes). What a login costs beside hashing is \
         there what it is by itself; what it costs more in the first table is for going to memory again for all that a hash has \
         driven out of the caches, and what a hash costs more with a login around it, for what that drove out. The third table holds one \
         hashing thread against the crate `argon2`, hash by hash in turn.",
        flush(50),
        flush(99)
    )
}
