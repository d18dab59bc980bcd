//! Many users and sessions, written straight into the database of a server that has made its tables and is stopped:
//! what logins would have taken hours for. Which secret opens what is told by a number, so that none is kept.
//!
//! Of the sessions, each user has the same number by `knox`. Some, spread evenly over all of them, are the *hot* ones; whose
//! they are has a credential of every other kind, too, and an organization. Nothing here is more than a server accepts;
//! nothing is asked of one, but for signed tokens, which only a server makes.

mod postgres;
mod rows;
mod sqlite;

use std::path::Path;

use password::{Cost, HashPool, Lane, Password, PoolSettings};

use crate::check::Check;
use crate::client::Connection;
use crate::login::{Login, PASSWORD, User};
use crate::process::Process;
use crate::site::{Engine, Log, Site};

/// Sessions of each user.
const SESSIONS_EACH: u32 = 5;
/// Who is asked about over and over, at most.
pub(crate) const HOT: u32 = 10_000;
/// How many sessions by `native` the users have whose sessions are listed.
pub(crate) const LISTED: [u32; 3] = [1, 100, 10_000];

/// What a hash costs that is verified so often; what is logged in with it is a token, not a figure.
const CHEAP: Cost = Cost { memory_kib: 8, iterations: 1, parallelism: 1 };

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Of `knox`; the hot users' others come on top.
    pub(crate) sessions: u32,
}

impl Size {
    pub(crate) fn users(self) -> u32 {
        self.sessions / SESSIONS_EACH
    }

    /// How many sessions are hot.
    pub(crate) fn hot(self) -> u32 {
        self.sessions.min(HOT)
    }

    /// The number of a hot session among all by `knox`.
    fn hot_session(self, hot: u32) -> u32 {
        hot * (self.sessions / self.hot())
    }

    /// Whose the session of this number is; users count from 1.
    fn owner(self, session: u32) -> u32 {
        session / SESSIONS_EACH + 1
    }
}

/// A site with its many.
pub(crate) struct Crowd {
    pub(crate) site: Site,
    pub(crate) size: Size,
    /// The tokens of the hot users by `probe`, where they were asked for.
    tokens: Vec<String>,
}

/// Where rows go.
trait Sink {
    /// Writes rows into a table.
    fn write(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Cell>>,
    ) -> anyhow::Result<()>;
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Crowd {
    /// Fills what the first start of a server makes. `database`: of PostgreSQL, an empty one.
    pub(crate) fn at(
        server: &Path,
        folder: std::path::PathBuf,
        database: Option<String>,
        size: Size,
    ) -> anyhow::Result<Self> {
        let site = Site::empty(server, folder, database)?;
        drop(site.start(Log::Off)?);
        let hash = cheap_hash()?;
        match &site.database {
            None => sqlite::fill(&site.data().join("vestibule.db"), |sink| rows::write(sink, size, &hash))?,
            Some(url) => postgres::fill(url, |sink| rows::write(sink, size, &hash))?,
        }
        Ok(Self { site, size, tokens: vec![] })
    }

    /// Gets the hot users their tokens, which checks of those need.
    pub(crate) fn with_tokens(mut self) -> anyhow::Result<Self> {
        self.tokens = self.log_in()?;
        Ok(self)
    }

    /// The tokens of a server to which the cheap hashes are not out of date.
    fn log_in(&self) -> anyhow::Result<Vec<String>> {
        let server = self.site.start_with(
            Log::Off,
            &[
                ("VESTIBULE_PASSWORD__MEMORY_KIB", &CHEAP.memory_kib.to_string()),
                ("VESTIBULE_PASSWORD__ITERATIONS", &CHEAP.iterations.to_string()),
            ],
        )?;
        let hot: Vec<u32> = (0..self.size.hot()).collect();
        let clients = hot.chunks(hot.len().div_ceil(16));
        std::thread::scope(|scope| {
            let logins = clients.map(|some| scope.spawn(|| self.log_some_in(&server, some)));
            let logins: Vec<_> = logins.collect();
            let mut tokens = Vec::new();
            for some in logins {
                tokens.append(&mut some.join().map_err(|_| anyhow::anyhow!("a client panicked"))??);
            }
            Ok(tokens)
        })
    }

    fn log_some_in(&self, server: &Process, hot: &[u32]) -> anyhow::Result<Vec<String>> {
        let mut connection = Connection::open(server.address)?;
        let log_in = |hot: &u32| {
            let user = user(self.size.owner(self.size.hot_session(*hot)));
            Login::Probe.secret(&mut connection, &user)
        };
        hot.iter().map(log_in).collect()
    }

    /// A check by each hot user in turn.
    pub(crate) fn hot(&self, check: Check) -> Vec<Vec<u8>> {
        (0..self.size.hot()).map(|hot| check.of(&self.hot_secret(check, hot))).collect()
    }

    /// The header lines of their credentials.
    pub(crate) fn headers(&self, check: Check) -> impl Iterator<Item = String> {
        (0..self.size.hot()).map(move |hot| check.header(&self.hot_secret(check, hot)))
    }

    fn hot_secret(&self, check: Check, hot: u32) -> String {
        match check {
            Check::Probe => self.tokens.get(hot as usize).cloned().unwrap_or_default(),
            Check::Knox => rows::secret(check, self.size.hot_session(hot)),
            Check::Syntho
            | Check::ProbeKey
            | Check::Trieve
            | Check::TrieveKey
            | Check::BixArena
            | Check::Native
            | Check::NativeKey => rows::secret(check, hot),
        }
    }

    /// So many checks by `knox`, each with any session of all of them: the same ones at every call with this seed.
    pub(crate) fn cold(&self, count: usize, seed: u64) -> Vec<Vec<u8>> {
        let mut drawn = Drawn(seed);
        let any = std::iter::repeat_with(|| drawn.below(self.size.sessions));
        any.take(count).map(|session| Check::Knox.of(&rows::secret(Check::Knox, session))).collect()
    }

    /// The header line of the user with so many sessions by `native`: of one of [`LISTED`].
    pub(crate) fn listed(&self, sessions: u32) -> String {
        Check::Native.header(&rows::secret(Check::Native, rows::first_listed(sessions)))
    }

    pub(crate) fn engine(&self) -> Engine {
        self.site.engine
    }
}

/// The user with this number.
fn user(number: u32) -> User {
    let username = format!("person-{number:07}");
    User { email: format!("{username}@example.org"), username }
}

fn cheap_hash() -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let pool = HashPool::start(PoolSettings { cost: CHEAP, threads: 1, ..PoolSettings::default() })?;
    let hash = runtime.block_on(pool.hash(Lane(0), Password::new(PASSWORD)?, [7; 16]))?;
    Ok(hash.as_str().to_owned())
}

/// Numbers without a pattern that matters here (`SplitMix64`).
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        u32::try_from(mixed % u64::from(bound.max(1))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
