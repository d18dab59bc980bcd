//! A few users of a site, with passwords at the server's own cost: made through the command line and logged in once by
//! every door that takes passwords.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, ensure};

use crate::client::Connection;
use crate::login::{LOGINS, Login, PASSWORD, User};
use crate::site::{Engine, Log, Site};

/// So many that tries at one account do not wait for each other: five may be under way at once.
pub(crate) const USERS: usize = 64;

/// A site with its few.
pub(crate) struct People {
    pub(crate) site: Site,
    pub(crate) users: Vec<User>,
    /// For each door, what stands for the session of each user.
    secrets: Vec<(Login, Vec<String>)>,
}

impl People {
    /// At a site without anybody.
    pub(crate) fn at(site: Site) -> anyhow::Result<Self> {
        let numbers = 10..10 + USERS;
        let users = numbers.map(|number| {
            let username = format!("user-{number}");
            User { email: format!("{username}@example.org"), username }
        });
        let mut people = Self { site, users: users.collect(), secrets: vec![] };
        for user in &people.users {
            people.create(user)?;
        }
        let server = people.site.start(Log::Off)?;
        let mut connection = Connection::open(server.address)?;
        for login in LOGINS {
            let secrets = people.users.iter().map(|user| login.secret(&mut connection, user));
            let secrets = secrets.collect::<anyhow::Result<_>>()?;
            people.secrets.push((login, secrets));
        }
        Ok(people)
    }

    fn create(&self, user: &User) -> anyhow::Result<()> {
        let arguments = ["user", "create", "--username", &user.username, "--email", &user.email];
        let mut child = self
            .site
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

    pub(crate) fn engine(&self) -> Engine {
        self.site.engine
    }

    /// So many logins, of all users in turn.
    pub(crate) fn logins(&self, login: Login, count: usize) -> Vec<Vec<u8>> {
        self.users.iter().cycle().take(count).map(|user| login.of(user)).collect()
    }

    /// So many checks with what logins by this door gave, of all users in turn.
    pub(crate) fn checks(&self, login: Login, count: usize) -> Vec<Vec<u8>> {
        let theirs = self.secrets.iter().filter(|(door, _)| *door == login);
        let secrets: Vec<&String> = theirs.flat_map(|(_, secrets)| secrets).collect();
        secrets.into_iter().cycle().take(count).map(|secret| login.check().of(secret)).collect()
    }
}
