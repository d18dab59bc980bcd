//! What the typed settings mean, and whether they make sense alone and together: the only way to a [`Config`].
//!
//! `mail.rs`, `captcha.rs`, `pages.rs`, `provider.rs` and the files of the dialects judge their own sections. Every fault is
//! collected, so that one start shows them all; each is a sentence that says what is wanted.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use password::{Cost, InvalidCost};
use web::ReturnUrl;

use super::keys::{Key, Kind};
use super::layers::{Layers, Problem};
use super::{Argon2Backend, LogFormat, LogLevel, Scope, Wire, duration, raw};
use super::{Config, DatabaseUrl, Dialects, Log, Password, PublicUrl, Tls, WebOrigin};

/// What became of a set of settings. `config` is absent only beside a problem.
pub(super) struct Checked {
    pub(super) config: Option<Config>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

/// Judges the settings. Those that were never set are right by their defaults.
pub(super) fn check(layers: &Layers) -> Checked {
    let mut judge = Judge { layers, problems: Vec::new(), warnings: Vec::new() };
    let config = match layers.raw() {
        Ok(raw) => judge.config(&raw),
        Err(error) => {
            judge.wrong("", format!("the table of keys does not fit the settings: {}", error.message()));
            None
        }
    };
    Checked { config, problems: judge.problems, warnings: judge.warnings }
}

pub(super) struct Judge<'a> {
    layers: &'a Layers,
    problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl Judge<'_> {
    fn config(&mut self, raw: &raw::Raw) -> Option<Config> {
        let listen = raw.listen.parse::<SocketAddr>();
        let listen = self.take(
            "listen",
            listen.map_err(|_| {
                "an IP address with a port is wanted, such as \"0.0.0.0:8080\" or \"[::]:8080\"".to_owned()
            }),
        );
        let public_url = self.take("public_url", PublicUrl::parse(&raw.public_url));
        let data_dir = self.take("data_dir", path(&raw.data_dir));
        let proxies = raw.trusted_proxies.iter().map(|text| network(text));
        let trusted_proxies = self.take("trusted_proxies", proxies.collect());
        let return_urls = raw.return_urls.iter().map(|text| ReturnUrl::parse(text));
        let return_urls = self.take("return_urls", return_urls.collect());
        let shutdown_timeout = self.take("shutdown_timeout", lasting(&raw.shutdown_timeout));
        let limits = self.limits(&raw.limits);
        let tls = self.tls(&raw.tls);
        let log = self.log(&raw.log);
        let audit = self.audit(&raw.audit);
        let database = self.database(raw.database.url.as_deref(), data_dir.as_deref());
        let password = self.password(&raw.password);
        let mail = self.mail(&raw.mail, public_url.as_ref());
        let captcha = self.captcha(&raw.captcha);
        let pages = self.pages(&raw.pages);
        let providers = self.providers(&raw.providers);
        let knox = self.knox(&raw.dialects.knox);
        let syntho = self.syntho(&raw.dialects.syntho);
        let probe = self.probe(&raw.dialects.probe);
        let bixarena = self.bixarena(&raw.dialects.bixarena, &raw.providers, public_url.as_ref());
        let trieve = self.trieve(&raw.dialects.trieve, &raw.providers);
        let native = self.native(&raw.dialects.native);
        let data_dir = data_dir?;
        let config = Config {
            listen: listen?,
            public_url: public_url?,
            master_key_file: optional_path(&raw.master_key_file)
                .unwrap_or_else(|| data_dir.join("master.key")),
            data_dir,
            trusted_proxies: trusted_proxies?,
            return_urls: return_urls?,
            shutdown_timeout: shutdown_timeout?,
            limits: limits?,
            tls: tls?,
            log: log?,
            audit: audit?,
            database: database?,
            password: password?,
            mail: mail?,
            captcha: captcha?,
            pages: pages?,
            providers: providers?,
            dialects: Dialects {
                knox: knox?,
                syntho: syntho?,
                probe: probe?,
                bixarena: bixarena?,
                trieve: trieve?,
                native: native?,
            },
        };
        self.public_address(&config);
        self.way_back(&config);
        Some(config)
    }

    fn tls(&mut self, raw: &raw::Tls) -> Option<Option<Tls>> {
        match (optional_path(&raw.certificate_file), optional_path(&raw.key_file)) {
            (Some(certificate_file), Some(key_file)) => Some(Some(Tls { certificate_file, key_file })),
            (None, None) => Some(None),
            (Some(_), None) => self.lone("tls.certificate_file", "tls.key_file"),
            (None, Some(_)) => self.lone("tls.key_file", "tls.certificate_file"),
        }
    }

    fn lone<T>(&mut self, set: &str, absent: &str) -> Option<T> {
        self.wrong(set, format!("{absent} is wanted beside it: TLS needs both files, plain HTTP neither"));
        None
    }

    fn log(&mut self, raw: &raw::Log) -> Option<Log> {
        let format = self.choice("log.format", LogFormat::from_name(&raw.format));
        let level = self.choice("log.level", LogLevel::from_name(&raw.level));
        Some(Log { format: format?, level: level? })
    }

    fn database(&mut self, url: Option<&str>, data_dir: Option<&Path>) -> Option<DatabaseUrl> {
        match url {
            Some(url) => self.take("database.url", DatabaseUrl::parse(url)),
            // Parsed again, because not every folder's name can stand behind `sqlite:`.
            None => self.take("data_dir", DatabaseUrl::parse(&DatabaseUrl::within(data_dir?).to_string())),
        }
    }

    fn password(&mut self, raw: &raw::Password) -> Option<Password> {
        let memory_kib = self.number("password.memory_kib", raw.memory_kib, 1..=i64::from(u32::MAX));
        let iterations = self.number("password.iterations", raw.iterations, 1..=i64::from(u32::MAX));
        let parallelism = self.number("password.parallelism", raw.parallelism, 1..=i64::from(u32::MAX));
        let argon2_backend =
            self.choice("password.argon2_backend", Argon2Backend::from_name(&raw.argon2_backend));
        let hash_threads = self.number("password.hash_threads", raw.hash_threads, 0..=1024);
        let hash_queue = self.number("password.hash_queue", raw.hash_queue, 1..=65_536);
        let min_length = self.number("password.min_length", raw.min_length, 1..=256);
        let min_strength = self.number("password.min_strength", raw.min_strength, 0..=4);
        let cost = Cost { memory_kib: memory_kib?, iterations: iterations?, parallelism: parallelism? };
        Some(Password {
            cost: self.cost(cost)?,
            argon2_backend: argon2_backend?,
            hash_threads: hash_threads?,
            hash_queue: hash_queue?,
            min_length: min_length?,
            min_strength: min_strength?,
            must_change_blocks: raw.must_change_blocks,
            sign_in: raw.sign_in,
        })
    }

    fn cost(&mut self, cost: Cost) -> Option<Cost> {
        if let Err(error) = cost.check() {
            let path = match error {
                InvalidCost::Memory { .. } => "password.memory_kib",
                InvalidCost::Iterations { .. } => "password.iterations",
                InvalidCost::Parallelism { .. } => "password.parallelism",
            };
            self.wrong(path, error.to_string());
            return None;
        }
        // The OWASP Password Storage Cheat Sheet's equally strong minimum settings for Argon2id.
        let accepted = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
        if !accepted.iter().any(|&(memory, passes)| cost.memory_kib >= memory && cost.iterations >= passes) {
            self.warnings.push(format!(
                "password: {} KiB with {} iterations is weaker than OWASP's weakest advice for Argon2id, such as \
                 memory_kib = 19456 with iterations = 2",
                cost.memory_kib, cost.iterations
            ));
        }
        Some(cost)
    }

    pub(super) fn wire(&mut self, dialect: &str, typed: &str) -> Option<Wire> {
        self.choice(&format!("dialects.{dialect}.wire"), Wire::from_name(typed))
    }

    pub(super) fn scope(&mut self, dialect: &str, typed: &str) -> Option<Scope> {
        self.choice(&format!("dialects.{dialect}.scope"), Scope::from_name(typed))
    }

    pub(super) fn origins(&mut self, dialect: &str, typed: &[String]) -> Option<Vec<WebOrigin>> {
        let origins = typed.iter().map(|text| WebOrigin::parse(text)).collect();
        self.take(&format!("dialects.{dialect}.allowed_origins"), origins)
    }

    /// Odd pairs of listener and public address. They are right behind a proxy, so nothing is refused.
    fn public_address(&mut self, config: &Config) {
        let given = self.layers.is_set("public_url");
        if !given && (self.layers.is_set("listen") || config.tls.is_some()) {
            self.warnings.push(format!(
                "public_url is not set: links, redirects and cookies are made for {}, which may not be the address \
                 that people use",
                config.public_url
            ));
        } else if config.tls.is_some() && !config.public_url.is_https() {
            self.warnings.push(
                "public_url begins with http:// though [tls] is set: cookies will lack `Secure`".to_owned(),
            );
        }
    }

    pub(super) fn take<T>(&mut self, path: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.wrong(path, message)).ok()
    }

    pub(super) fn choice<T>(&mut self, path: &str, chosen: Option<T>) -> Option<T> {
        let wanted = Key::find(path).map_or(Kind::Text("another value"), |key| key.kind).wanted();
        self.take(path, chosen.ok_or_else(|| format!("{wanted} is wanted")))
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        path: &str,
        number: i64,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        let fits = range.contains(&number).then(|| T::try_from(number).ok()).flatten();
        let wanted = || format!("a number from {} to {} is wanted, not {number}", range.start(), range.end());
        self.take(path, fits.ok_or_else(wanted))
    }

    /// Says of each entry of an array of tables that has the same value as an earlier one that it must not.
    pub(super) fn distinct(&mut self, array: &str, name: &str, values: &[&str]) {
        for (index, value) in values.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            if let Some(first) = values.iter().take(index).position(|earlier| earlier == value) {
                let message =
                    format!("{array}.{first}.{name} is the same: no two entries may have one {name}");
                self.wrong(&format!("{array}.{index}.{name}"), message);
            }
        }
    }

    pub(super) fn wrong(&mut self, path: &str, message: String) {
        self.problems.push(Problem { place: self.layers.place(path), path: path.to_owned(), message });
    }
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    optional_path(text).ok_or_else(|| "a path is wanted".to_owned())
}

pub(super) fn optional_path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

pub(super) fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no network: CIDR notation is wanted, such as \"10.0.0.0/8\""))
}

pub(super) fn lasting(text: &str) -> Result<Duration, String> {
    let parsed = duration::parse(text)?;
    if parsed.is_zero() { Err("a duration longer than zero is wanted".to_owned()) } else { Ok(parsed) }
}

pub(super) fn optional_lasting(text: &str) -> Result<Option<Duration>, String> {
    if text.is_empty() { Ok(None) } else { lasting(text).map(Some) }
}
