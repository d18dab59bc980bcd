//! `vestibule doctor`: looks at an installation from all sides and says what is wrong, each with what to do about it.
//!
//! One file a check, each with its rules; [`finding`] what they come to, [`report`] how that is told. The way from outside is
//! gone for real: [`question`] what is asked, [`answer`] the server's side of it, `round_trip` ours. Every check has a
//! limit of time, and all are made whatever the others found. Nothing is changed: no database is made or migrated, no key
//! is made, no message leaves unless one is asked for.

mod answer;
mod certificate;
mod clock;
mod configuration;
mod database;
mod disk;
mod doors;
mod exchange;
mod files;
pub mod finding;
mod hash;
mod limits;
mod listener;
mod mail;
mod master_key;
mod origins;
mod providers;
mod proxy;
pub mod question;
pub mod report;
mod round_trip;
mod site;
mod x509;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use store::{Condition, Engine};
use tokio::sync::oneshot;
use tokio::time::timeout;
use web::Clock as _;
use web::clock::SystemClock;

pub use self::answer::Answers;
use self::clock::Sighted;
use self::finding::{Finding, Rule};
use self::report::Report;
use self::round_trip::{Luggage, Met};
use crate::config::{Config, ConfigError, Loaded};

/// How long one check may take; with several providers more than one of them may hang.
const PATIENCE: Duration = Duration::from_secs(30);

static RULES: &[&Rule] = &[&UNFINISHED];

static UNFINISHED: Rule = Rule::fault(
    "unfinished",
    "",
    "a check did not come to its end",
    "Look at what it looks at: a disk, a name server or a network that hangs",
);

/// What an operator may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Who is sent a message, to try all of the way.
    pub mail_to: Option<Mailbox>,
    /// Authorities that are believed at `public_url` besides the public ones: a PEM file.
    pub roots: Option<PathBuf>,
}

/// Every rule, in the order of the checks.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let all = [
        configuration::RULES,
        files::RULES,
        database::RULES,
        disk::RULES,
        master_key::RULES,
        certificate::RULES,
        site::RULES,
        listener::RULES,
        round_trip::RULES,
        proxy::RULES,
        providers::RULES,
        mail::RULES,
        hash::RULES,
        limits::RULES,
        origins::RULES,
        doors::RULES,
        clock::RULES,
        RULES,
    ];
    all.concat()
}

/// Looks at everything.
pub async fn examine(loaded: Result<&Loaded, &ConfigError>, options: Options) -> Report {
    let mut report = Report::default();
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            report.add("configuration", configuration::faults(error));
            report.add("everything", vec![Finding::skipped("there is no configuration to look by")]);
            return report;
        }
    };
    report.add("configuration", configuration::look(loaded));
    let config = Arc::new(loaded.config.clone());
    let has_address = !loaded.warnings.iter().any(|warning| warning.starts_with(configuration::NO_ADDRESS));
    let mut visit = Visit { report, config, clocks: Vec::new(), has_address };
    visit.all(options).await;
    visit.report
}

/// One examination under way.
struct Visit {
    report: Report,
    config: Arc<Config>,
    clocks: Vec<Sighted>,
    /// Whether somebody has said what the public address is.
    has_address: bool,
}

impl Visit {
    async fn all(&mut self, options: Options) {
        let config = Arc::clone(&self.config);
        self.plain("files", async move { off_runtime(move || files::look(&config)).await }).await;
        let config = Arc::clone(&self.config);
        let condition = self.check("database", async move { database::look(&config).await }).await.flatten();
        self.note_clock(condition.as_ref());
        let (key, findings) = master_key::look(&self.config, condition.as_ref());
        let is_certain = !findings.iter().any(Finding::is_wrong);
        self.report.add("master key", findings);
        let (leaf, findings) = certificate::look(&self.config, SystemClock.now());
        self.report.add("certificate", findings);
        let fine = "public_url and trusted_proxies can be as they are";
        self.report.add("site", or_fine(site::look(&self.config), fine));
        let met = self.go_the_way(Luggage { key, is_certain, leaf, roots: options.roots }).await;
        let config = Arc::clone(&self.config);
        let clocks = self.check("providers", async move { providers::look(&config).await }).await;
        for (whose, date) in clocks.unwrap_or_default() {
            self.clocks.extend(Sighted::by_date(whose, &date, SystemClock.now()));
        }
        let (config, to) = (Arc::clone(&self.config), options.mail_to);
        self.plain("mail", async move { Some(mail::look(&config, to).await) }).await;
        let config = Arc::clone(&self.config);
        self.plain("hashing", async move { Some(hash::look(&config).await) }).await;
        self.report.add("limits", limits::look(met.running.as_ref()));
        let fine = "every origin and return URL can do what it is there for";
        self.report.add("origins", or_fine(origins::look(&self.config), fine));
        self.report.add("doors", doors::look(&self.config));
        self.report.add("clock", clock::look(SystemClock.now(), &self.clocks));
    }

    async fn go_the_way(&mut self, luggage: Luggage) -> Met {
        if !self.has_address {
            self.report.add("round trip", vec![Finding::skipped("public_url is not set")]);
            return Met::default();
        }
        let config = Arc::clone(&self.config);
        let met = self.check("round trip", async move { round_trip::look(&config, luggage).await }).await;
        let met = met.unwrap_or_default();
        let date = met.date.as_deref();
        self.clocks.extend(date.and_then(|date| Sighted::by_date("public_url", date, SystemClock.now())));
        met
    }

    fn note_clock(&mut self, condition: Option<&Condition>) {
        if let Some(Engine::Postgres(postgres)) = condition.map(|condition| &condition.engine) {
            self.clocks.push(Sighted::new("the database", postgres.clock, SystemClock.now()));
        }
    }

    /// A check that finds something out besides.
    async fn check<T: Send + 'static>(
        &mut self,
        name: &'static str,
        check: impl Future<Output = (T, Vec<Finding>)> + Send + 'static,
    ) -> Option<T> {
        let seen = match timeout(PATIENCE, tokio::spawn(check)).await {
            Ok(Ok((found, findings))) => {
                self.report.add(name, findings);
                return Some(found);
            }
            Ok(Err(_)) => "it ended by a defect of this program".to_owned(),
            Err(_) => format!("it did not end within {} seconds", PATIENCE.as_secs()),
        };
        self.report.add(name, vec![UNFINISHED.met(seen)]);
        None
    }

    async fn plain(
        &mut self,
        name: &'static str,
        check: impl Future<Output = Option<Vec<Finding>>> + Send + 'static,
    ) {
        let ended = async {
            let nothing = || vec![UNFINISHED.met("it ended by a defect of this program")];
            ((), check.await.unwrap_or_else(nothing))
        };
        self.check(name, ended).await;
    }
}

fn or_fine(findings: Vec<Finding>, fine: &str) -> Vec<Finding> {
    if findings.is_empty() { vec![Finding::fine(fine)] } else { findings }
}

/// Does what may hang, such as a look at a disk, on a thread of its own, which nobody waits for at the end. None: it
/// panicked, or there was no thread.
async fn off_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, waiting) = oneshot::channel();
    let spawned = std::thread::Builder::new().name("doctor".to_owned()).spawn(move || done.send(work()).ok());
    spawned.ok()?;
    waiting.await.ok()
}
