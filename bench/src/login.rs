//! Logins with a password: what one looks like on the wire at each door that takes passwords, and where its answer holds
//! the credential.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::check::Check;
use crate::client::{Answer, Connection};
use crate::request;

/// A door that takes passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    Knox,
    Syntho,
    Probe,
    Native,
}

pub(crate) const LOGINS: [Login; 4] = [Login::Knox, Login::Syntho, Login::Probe, Login::Native];

/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who can log in.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) username: String,
    pub(crate) email: String,
}

impl Login {
    /// How tables call it.
    pub(crate) fn name(self) -> String {
        format!("`POST {}`", self.path())
    }

    fn path(self) -> &'static str {
        match self {
            Self::Knox => "/auth/login/",
            Self::Syntho => "/api/v1/auth/",
            Self::Probe => "/frontend/api/v1/auth/sign-in",
            Self::Native => "/id/v1/login",
        }
    }

    /// The status of one that went well.
    pub(crate) fn signed_in(self) -> u16 {
        match self {
            Self::Syntho => 201,
            Self::Knox | Self::Probe | Self::Native => 200,
        }
    }

    /// The check that its credential is good for.
    pub(crate) fn check(self) -> Check {
        match self {
            Self::Knox => Check::Knox,
            Self::Syntho => Check::Syntho,
            Self::Probe => Check::Probe,
            Self::Native => Check::Native,
        }
    }

    /// Its request.
    pub(crate) fn of(self, User { username, email }: &User) -> Vec<u8> {
        let body = match self {
            Self::Knox => json!({"username": username, "password": PASSWORD}),
            Self::Syntho | Self::Probe => json!({"email": email, "password": PASSWORD}),
            Self::Native => json!({"identifier": username, "password": PASSWORD}),
        };
        request::post(self.path(), &body)
    }

    /// Logs in; what stands for the session.
    pub(crate) fn secret(self, connection: &mut Connection, user: &User) -> anyhow::Result<String> {
        let answer = connection.expect(&self.of(user), self.signed_in())?;
        match self {
            Self::Knox => told(&answer, "/token"),
            Self::Probe => told(&answer, "/jwt-token/token"),
            Self::Syntho => cookie(&answer, "sessionid"),
            Self::Native => cookie(&answer, "vestibule"),
        }
        .context("an answer to a login holds no credential")
    }
}

/// A text in an answer's JSON.
pub(crate) fn told(answer: &Answer<'_>, pointer: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(answer.body).ok()?;
    Some(body.pointer(pointer)?.as_str()?.to_owned())
}

/// The value of the cookie that an answer sets first.
pub(crate) fn cookie(answer: &Answer<'_>, name: &str) -> Option<String> {
    let (pair, _) = answer.header("set-cookie")?.split_once(';')?;
    Some(pair.strip_prefix(name)?.strip_prefix('=')?.to_owned())
}
