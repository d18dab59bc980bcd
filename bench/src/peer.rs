//! Servers by others that do the same work, installed from their registries: how they are prepared and started, and what a
//! login and a check look like there. What is measured of them is `measure`'s.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::json;

use crate::client::Connection;
use crate::login::{PASSWORD, User, cookie, told};
use crate::process::{self, Process};
use crate::request;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Django,
    BetterAuth,
}

pub(crate) const PEERS: [Peer; 2] = [Peer::Django, Peer::BetterAuth];

impl Peer {
    /// How tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Django => "Django with django-rest-knox",
            Self::BetterAuth => "better-auth",
        }
    }

    /// The name of its database.
    pub(crate) fn database(self) -> &'static str {
        match self {
            Self::Django => "peer_django",
            Self::BetterAuth => "peer_better_auth",
        }
    }

    /// The program below the folder of all peers.
    fn program(self, peers: &Path) -> PathBuf {
        let folder = match self {
            Self::Django => "django",
            Self::BetterAuth => "better-auth",
        };
        peers.join(folder).join("run")
    }

    /// Its tables and these users, in an empty database.
    pub(crate) fn prepare(self, peers: &Path, url: &str, users: &[User]) -> anyhow::Result<()> {
        let mut command = Command::new(self.program(peers));
        command.args(["prepare", url, PASSWORD]).args(users.iter().map(|user| &user.email));
        ensure!(command.status()?.success(), "{} could not be prepared", self.name());
        Ok(())
    }

    /// It, answering.
    pub(crate) fn start(self, peers: &Path, url: &str) -> anyhow::Result<Process> {
        let address = process::free_address()?;
        let mut command = Command::new(self.program(peers));
        command.args(["serve", url, &address.ip().to_string(), &address.port().to_string()]);
        let path = match self {
            Self::Django => "/ready",
            Self::BetterAuth => "/api/auth/ok",
        };
        Ok(Process::start(&mut command, address, path)?.with_children())
    }

    /// A login; 200 is the status of one that went well.
    pub(crate) fn login(self, User { username, email }: &User) -> Vec<u8> {
        match self {
            Self::Django => {
                request::post("/auth/login/", &json!({"username": username, "password": PASSWORD}))
            }
            Self::BetterAuth => {
                request::post("/api/auth/sign-in/email", &json!({"email": email, "password": PASSWORD}))
            }
        }
    }

    /// Logs in; a check with what that gave.
    pub(crate) fn check(self, connection: &mut Connection, user: &User) -> anyhow::Result<Vec<u8>> {
        const COOKIE: &str = "better-auth.session_token";
        let answer = connection.expect(&self.login(user), 200)?;
        match self {
            Self::Django => told(&answer, "/token")
                .map(|token| request::get("/auth/user/", &format!("Authorization: Token {token}\r\n"))),
            Self::BetterAuth => cookie(&answer, COOKIE)
                .map(|value| request::get("/api/auth/get-session", &format!("Cookie: {COOKIE}={value}\r\n"))),
        }
        .context("an answer to a login holds no credential")
    }
}
