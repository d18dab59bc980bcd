//! The configuration of the binary: what can be set, where it comes from, and what it means once it holds.
//!
//! Two steps: what was typed (`raw.rs`, laid together by `layers.rs` from defaults, `file.rs` and `env.rs`) and
//! what it means ([`Config`], made by `check.rs` and valid by construction; providers, dialects and some sections
//! judge themselves in files of their own). The keys with their defaults and meanings are one table, [`keys()`]. Nothing is opened, bound or created here, and no default depends on the
//! machine.

mod audit;
mod bixarena;
mod captcha;
mod check;
mod choice;
mod database_url;
pub mod duration;
pub mod env;
mod file;
mod keys;
mod knox;
mod layers;
mod limits;
mod load;
mod mail;
mod native;
mod origin;
mod pages;
mod probe;
mod provider;
mod public_url;
mod raw;
mod secret;
mod show;
mod suggest;
mod syntho;

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;
mod trieve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use web::ReturnUrl;

pub use audit::Audit;
pub use bixarena::{BixArena, ServiceClient};
pub use captcha::Captcha;
pub use choice::{Argon2Backend, LogFormat, LogLevel, Scope, Subject, TokenAlgorithm, Wire};
pub use database_url::DatabaseUrl;
pub use keys::{ARRAYS, Array, Key, Kind, Preset, keys};
pub use knox::Knox;
pub use limits::Limits;
pub use load::{ConfigError, DEFAULT_FILE, Loaded, load, parse};
pub use mail::{Mail, Sender, SmtpLogin, SmtpSecurity, SmtpUrl};
pub use native::Native;
pub use origin::WebOrigin;
pub use pages::Pages;
pub use probe::Probe;
pub use provider::Provider;
pub use public_url::PublicUrl;
pub use secret::{Hidden, SecretSource};
pub use show::{show, show_json};
pub use syntho::Syntho;
pub use trieve::Trieve;

/// Everything that an operator decides. `docs/configuration.md` describes each key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the server listens; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The address that people and clients use.
    pub public_url: PublicUrl,
    /// The folder of everything that is kept; relative paths start at the working directory.
    pub data_dir: PathBuf,
    /// The file of the key that seals secrets at rest; it may not exist yet.
    pub master_key_file: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where people may be led back to, besides the own origin.
    pub return_urls: Vec<ReturnUrl>,
    /// How long a graceful end may take; longer than zero.
    pub shutdown_timeout: Duration,
    /// What a request may cost.
    pub limits: Limits,
    /// The listener's certificate; without one it speaks plain HTTP.
    pub tls: Option<Tls>,
    /// How log lines look and which are written.
    pub log: Log,
    /// How long it is on record what happened.
    pub audit: Audit,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// How passwords are hashed and what is asked of them.
    pub password: Password,
    /// How messages leave, and from whom.
    pub mail: Mail,
    /// Who verifies answers to captchas; none: nobody does.
    pub captcha: Option<Captcha>,
    /// What people see of this installation.
    pub pages: Pages,
    /// The providers that people sign in with, in the order in which they are shown; ids and issuers are unique.
    pub providers: Vec<Provider>,
    /// Each dialect's own settings.
    pub dialects: Dialects,
}

/// `[tls]`, when both files are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain, in PEM.
    pub certificate_file: PathBuf,
    /// The private key, in PEM.
    pub key_file: PathBuf,
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// The least important lines that are written.
    pub level: LogLevel,
}

/// `[password]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// What one Argon2id hash costs.
    pub cost: password::Cost,
    /// The instructions that it is computed with.
    pub argon2_backend: Argon2Backend,
    /// Passwords hashed at the same time; 0: one a processor core.
    pub hash_threads: usize,
    /// Passwords that may wait to be hashed; at least 1.
    pub hash_queue: usize,
    /// The shortest new password, in characters; 1 to 256.
    pub min_length: usize,
    /// What a new password has to withstand, from 0, which judges no guesses, to 4.
    pub min_strength: u8,
    /// Whether doors that cannot ask for a new password refuse a user who must set one.
    pub must_change_blocks: bool,
    /// Whether anyone can log in with a password.
    pub sign_in: bool,
}

/// `[dialects]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialects {
    /// `[dialects.knox]`
    pub knox: Knox,
    /// `[dialects.syntho]`
    pub syntho: Syntho,
    /// `[dialects.probe]`
    pub probe: Probe,
    /// `[dialects.bixarena]`
    pub bixarena: BixArena,
    /// `[dialects.trieve]`
    pub trieve: Trieve,
    /// `[dialects.native]`
    pub native: Native,
}
