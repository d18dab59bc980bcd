//! `postgres://user:password@host:port/database?sslmode=...`, as operators know it from libpq, and never printed with
//! its password.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

const SHAPE: &str = "postgres://user:password@host:5432/database is wanted, with what is not a letter or a digit in \
    the password written as in any URL, such as %40 for @";
const OPTIONS: &str = "behind the question mark sslmode, sslrootcert, host, port, application_name and options are \
    known; the password stands behind the user's name";
const SSLMODE: &str = "sslmode is disable, prefer, require or verify-full";

/// The address of a PostgreSQL database.
#[derive(Clone)]
pub struct PostgresUrl {
    /// Without the password.
    shown: String,
    encryption: Encryption,
    config: Box<Config>,
}

/// How far the way to the server is protected: `sslmode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encryption {
    /// `disable`
    None,
    /// `prefer`: when the server can. The server's certificate is not looked at.
    Preferred,
    /// `require`: always. The server's certificate is not looked at.
    Required,
    /// `verify-full`: always, with a server that has a certificate for its host's name.
    Verified {
        /// PEM file of the certificates that may sign it: `sslrootcert`.
        roots: PathBuf,
    },
}

impl PostgresUrl {
    /// Whether a text means to be one.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("postgres:") || text.starts_with("postgresql:")
    }

    /// Reads an address.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong. It repeats nothing of the text: that may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        // The first `@` ends the credentials, as the driver reads it.
        let rest =
            text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")).ok_or(SHAPE)?;
        let (credentials, address) = match rest.split_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, rest),
        };
        // A second one stood in a password: the rest of that would be taken for a host.
        if address.contains('@') {
            return Err(SHAPE.to_owned());
        }
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let (encryption, kept) = options(query)?;
        let user = credentials.map(|text| format!("{text}@")).unwrap_or_default();
        let separator = if kept.is_empty() { "" } else { "?" };
        let config: Config =
            format!("postgres://{user}{address}{separator}{kept}").parse().map_err(|_| SHAPE.to_owned())?;
        if config.get_hosts().is_empty() {
            return Err(SHAPE.to_owned());
        }
        let shown = match credentials.and_then(|credentials| credentials.split_once(':')) {
            None => text.to_owned(),
            Some((user, _)) => {
                let mark = if query.is_empty() { "" } else { "?" };
                format!("postgres://{user}:***@{address}{mark}{query}")
            }
        };
        Ok(Self { shown, encryption, config: Box::new(config) })
    }

    /// Where that is, for messages: hosts, ports and database.
    pub(super) fn place(&self) -> String {
        let port = |index: usize| {
            let ports = self.config.get_ports();
            ports.get(index).or_else(|| ports.first()).copied().unwrap_or(5432)
        };
        let hosts = self.config.get_hosts().iter().enumerate().map(|(index, host)| match host {
            Host::Tcp(name) => format!("{name}:{}", port(index)),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}:{}", folder.display(), port(index)),
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        self.config.get_dbname().map_or(hosts.clone(), |name| format!("{hosts}/{name}"))
    }

    /// Whether every host is this machine, by its name, a loopback address or a socket in a folder.
    pub(super) fn is_local(&self) -> bool {
        self.config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                let bare = name.trim_start_matches('[').trim_end_matches(']');
                name.eq_ignore_ascii_case("localhost")
                    || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
    }

    pub(super) fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// What is ours of a query, and what is left of it for the driver.
fn options(query: &str) -> Result<(Encryption, String), String> {
    let (mut mode, mut roots, mut kept) = (None, None, Vec::new());
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or(OPTIONS)?;
        let value = percent_decode_str(value).decode_utf8().map_err(|_| OPTIONS)?;
        match name {
            "sslmode" => mode = Some(value.into_owned()),
            "sslrootcert" => roots = Some(PathBuf::from(value.into_owned())),
            "host" | "port" | "application_name" | "options" => kept.push(option),
            _ => return Err(OPTIONS.to_owned()),
        }
    }
    let encryption = match (mode.as_deref(), roots) {
        (Some("verify-full"), Some(roots)) => Encryption::Verified { roots },
        (Some("verify-full"), None) => {
            return Err(
                "sslmode=verify-full wants sslrootcert beside it, the PEM file of the certificates that may \
                 sign the server's"
                    .to_owned(),
            );
        }
        (_, Some(_)) => return Err("sslrootcert is read with sslmode=verify-full only".to_owned()),
        (Some("disable"), None) => Encryption::None,
        (None | Some("prefer"), None) => Encryption::Preferred,
        (Some("require"), None) => Encryption::Required,
        (Some(_), None) => return Err(SSLMODE.to_owned()),
    };
    Ok((encryption, kept.join("&")))
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({})", self.shown)
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.encryption == other.encryption && self.config == other.config
    }
}

impl Eq for PostgresUrl {}

#[cfg(test)]
mod tests;
