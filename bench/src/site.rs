//! A Vestibule with its data: users made through the command line and logged in once by both doors, and a server on
//! that data as often as one is wanted. Settings are the defaults but for the log.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::client::Connection;
use crate::door::{DOORS, Door, PASSWORD, User};
use crate::process::{self, Process};

/// So many that tries at one account do not wait for each other: five may be under way at once.
pub(crate) const USERS: usize = 64;

/// Where the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What the server logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    Off,
    /// As nobody configured it: a line a request, here into a file.
    Default,
}

/// One installation.
pub(crate) struct Site {
    pub(crate) engine: Engine,
    server: PathBuf,
    folder: PathBuf,
    database: Option<String>,
    users: Vec<User>,
    /// For each door, the header line of each user.
    credentials: Vec<(Door, Vec<String>)>,
}

impl Site {
    /// On SQLite, in a folder of its own.
    pub(crate) fn on_sqlite(server: &Path, folder: PathBuf) -> anyhow::Result<Self> {
        Self::empty(server, folder, None)?.peopled()
    }

    /// On an empty PostgreSQL database.
    pub(crate) fn on_postgres(server: &Path, folder: PathBuf, url: &str) -> anyhow::Result<Self> {
        Self::empty(server, folder, Some(url.to_owned()))?.peopled()
    }

    /// Without a database yet, which the first start makes.
    pub(crate) fn empty(server: &Path, folder: PathBuf, database: Option<String>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let engine = if database.is_some() { Engine::Postgres } else { Engine::Sqlite };
        Ok(Self { engine, server: server.to_owned(), folder, database, users: vec![], credentials: vec![] })
    }

    fn peopled(mut self) -> anyhow::Result<Self> {
        for number in 10..10 + USERS {
            let username = format!("user-{number}");
            let user = User { email: format!("{username}@example.org"), username };
            self.create(&user)?;
            self.users.push(user);
        }
        let server = self.start(Log::Off)?;
        let mut connection = Connection::open(server.address)?;
        for door in DOORS {
            let log_in = |user| door.credential(&mut connection, user);
            self.credentials.push((door, self.users.iter().map(log_in).collect::<anyhow::Result<_>>()?));
        }
        Ok(self)
    }

    fn create(&self, user: &User) -> anyhow::Result<()> {
        let arguments = ["user", "create", "--username", &user.username, "--email", &user.email];
        let mut child = self
            .command(Log::Off)
            .args(arguments)
            .arg("--password-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child.stdin.take().context("no standard input")?.write_all(PASSWORD.as_bytes())?;
        ensure!(child.wait()?.success(), "a user could not be made");
        Ok(())
    }

    /// A server that answers. It ends when it is dropped.
    pub(crate) fn start(&self, log: Log) -> anyhow::Result<Process> {
        let address = process::free_address()?;
        let output = match log {
            Log::Off => Stdio::null(),
            Log::Default => File::create(self.folder.join("log"))?.into(),
        };
        let mut command = self.command(log);
        command.env("VESTIBULE_LISTEN", address.to_string()).arg("serve").stdout(output);
        Process::start(&mut command, address, "/readyz")
    }

    /// The program with this site's settings and nothing else of our environment.
    fn command(&self, log: Log) -> Command {
        let mut command = Command::new(&self.server);
        command.env_clear().current_dir(&self.folder).env("VESTIBULE_DATA_DIR", self.folder.join("data"));
        if let Some(url) = &self.database {
            command.env("VESTIBULE_DATABASE__URL", url);
        }
        if log == Log::Off {
            command.env("VESTIBULE_LOG__LEVEL", "off");
        }
        command
    }

    /// So many logins, of all users in turn.
    pub(crate) fn logins(&self, door: Door, count: usize) -> Vec<Vec<u8>> {
        self.users.iter().cycle().take(count).map(|user| door.login(user)).collect()
    }

    /// So many checks, with the credentials of all users in turn.
    pub(crate) fn checks(&self, door: Door, count: usize) -> Vec<Vec<u8>> {
        self.credentials(door).cycle().take(count).map(|credential| door.check(credential)).collect()
    }

    /// The header lines with which users show who they are at this door.
    pub(crate) fn credentials(&self, door: Door) -> impl Iterator<Item = &String> + Clone {
        self.credentials.iter().filter(move |(theirs, _)| *theirs == door).flat_map(|(_, all)| all)
    }
}
