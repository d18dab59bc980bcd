//! What a dialect's login and check look like on the wire: whole requests, and where an answer holds the credential.

use anyhow::Context as _;
use serde_json::json;

use crate::client::{Answer, Connection};

/// A dialect, as its clients know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Knox,
    Syntho,
}

pub(crate) const DOORS: [Door; 2] = [Door::Knox, Door::Syntho];
/// The status of every check that went well.
pub(crate) const CHECKED: u16 = 200;

/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who can log in.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) username: String,
    pub(crate) email: String,
}

impl Door {
    /// How tables call its login.
    pub(crate) fn login_name(self) -> &'static str {
        match self {
            Self::Knox => "`POST /auth/login/`",
            Self::Syntho => "`POST /api/v1/auth/`",
        }
    }

    /// How tables call its check.
    pub(crate) fn check_name(self) -> &'static str {
        match self {
            Self::Knox => "`GET /auth/user/`",
            Self::Syntho => "`GET /api/v1/users/me/`",
        }
    }

    /// The status of a login that went well.
    pub(crate) fn signed_in(self) -> u16 {
        match self {
            Self::Knox => 200,
            Self::Syntho => 201,
        }
    }

    /// A login.
    pub(crate) fn login(self, user: &User) -> Vec<u8> {
        let User { username, email } = user;
        let (path, body) = match self {
            Self::Knox => ("/auth/login/", json!({"username": username, "password": PASSWORD})),
            Self::Syntho => ("/api/v1/auth/", json!({"email": email, "password": PASSWORD})),
        };
        let (body, agreed) = (body.to_string(), "Host: localhost\r\nAccept: application/json\r\n");
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\n{agreed}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into()
    }

    /// A check with the credential of a login.
    pub(crate) fn check(self, credential: &str) -> Vec<u8> {
        get(
            match self {
                Self::Knox => "/auth/user/",
                Self::Syntho => "/api/v1/users/me/",
            },
            credential,
        )
    }

    /// Logs in; the header line that goes with every check.
    pub(crate) fn credential(self, connection: &mut Connection, user: &User) -> anyhow::Result<String> {
        let answer = connection.expect(&self.login(user), self.signed_in())?;
        match self {
            Self::Knox => token(&answer).map(|token| format!("Authorization: Token {token}")),
            Self::Syntho => cookie(&answer).map(|cookie| format!("Cookie: {cookie}")),
        }
        .context("an answer to a login holds no credential")
    }
}

/// A GET with a header line that tells who asks.
pub(crate) fn get(path: &str, credential: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{credential}\r\n\r\n")
        .into()
}

fn token(answer: &Answer<'_>) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(answer.body).ok()?;
    Some(body.get("token")?.as_str()?.to_owned())
}

fn cookie(answer: &Answer<'_>) -> Option<String> {
    let (pair, _) = answer.header("set-cookie")?.split_once(';')?;
    pair.starts_with("sessionid=").then(|| pair.to_owned())
}
