//! An installation of Vestibule: a folder, a database, and a server on them as often as one is wanted. Settings are the
//! defaults but for the log, and for what a password costs where that is what is measured. Who is in it is `people`'s and `crowd`'s.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use password::Cost;

use crate::process::{self, Process};

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
    /// The URL of its database; none on SQLite.
    pub(crate) database: Option<String>,
    server: PathBuf,
    folder: PathBuf,
    /// What is set otherwise than by default, as environment variables.
    settings: Vec<(&'static str, String)>,
}

impl Site {
    /// Without a database yet, which the first start makes; on PostgreSQL it is there, and empty.
    pub(crate) fn empty(server: &Path, folder: PathBuf, database: Option<String>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let engine = if database.is_some() { Engine::Postgres } else { Engine::Sqlite };
        Ok(Self { engine, database, server: server.to_owned(), folder, settings: vec![] })
    }

    /// The same where passwords cost this.
    pub(crate) fn with_cost(mut self, cost: Cost) -> Self {
        let Cost { memory_kib, iterations, parallelism } = cost;
        let set = |name, value: u32| (name, value.to_string());
        self.settings.extend([
            set("VESTIBULE_PASSWORD__MEMORY_KIB", memory_kib),
            set("VESTIBULE_PASSWORD__ITERATIONS", iterations),
            set("VESTIBULE_PASSWORD__PARALLELISM", parallelism),
        ]);
        self
    }

    /// A server that answers. It ends when it is dropped.
    pub(crate) fn start(&self, log: Log) -> anyhow::Result<Process> {
        self.start_with(log, &[])
    }

    /// The same with more settings, as environment variables.
    pub(crate) fn start_with(&self, log: Log, settings: &[(&str, &str)]) -> anyhow::Result<Process> {
        let address = process::free_address()?;
        let output = match log {
            Log::Off => Stdio::null(),
            Log::Default => File::create(self.folder.join("log"))?.into(),
        };
        let mut command = self.command(log);
        command.envs(settings.iter().copied());
        command.env("VESTIBULE_LISTEN", address.to_string()).arg("serve").stdout(output);
        Process::start(&mut command, address, "/readyz")
    }

    /// The program with this site's settings and nothing else of our environment.
    pub(crate) fn command(&self, log: Log) -> Command {
        let mut command = Command::new(&self.server);
        command.env_clear().current_dir(&self.folder).env("VESTIBULE_DATA_DIR", self.data());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        if let Some(url) = &self.database {
            command.env("VESTIBULE_DATABASE__URL", url);
        }
        if log == Log::Off {
            command.env("VESTIBULE_LOG__LEVEL", "off");
        }
        command
    }

    /// The folder of what it keeps.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}
