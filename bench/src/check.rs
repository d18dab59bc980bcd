//! Checks: a request that tells its client whom its credential stands for, by each door and each kind of credential.
//! What one looks like on the wire; what it leaves in a database is `crowd`'s.

use crate::hello::Read;
use crate::request;

/// A kind of credential, at the door that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Check {
    Knox,
    Syntho,
    /// A signed token, which is made by a login only.
    Probe,
    ProbeKey,
    Trieve,
    TrieveKey,
    BixArena,
    Native,
    NativeKey,
}

pub(crate) const CHECKS: [Check; 9] = [
    Check::Knox,
    Check::Syntho,
    Check::Probe,
    Check::Trieve,
    Check::BixArena,
    Check::Native,
    Check::ProbeKey,
    Check::TrieveKey,
    Check::NativeKey,
];

/// The status of every check that went well.
pub(crate) const CHECKED: u16 = 200;

impl Check {
    /// How tables call it.
    pub(crate) fn name(self) -> String {
        format!("`GET {}`, {}", self.path(), self.credential())
    }

    /// The door as the ledger calls it.
    pub(crate) fn door(self) -> &'static str {
        match self {
            Self::Knox => "knox",
            Self::Syntho => "syntho",
            Self::Probe | Self::ProbeKey => "probe",
            Self::Trieve | Self::TrieveKey => "trieve",
            Self::BixArena => "bixarena",
            Self::Native | Self::NativeKey => "native",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Knox => "/auth/user/",
            Self::Syntho => "/api/v1/users/me/",
            Self::Probe | Self::ProbeKey => "/frontend/api/v1/user/current",
            Self::Trieve | Self::TrieveKey => "/api/auth/me",
            Self::BixArena => "/userinfo",
            Self::Native | Self::NativeKey => "/id/v1/me",
        }
    }

    fn credential(self) -> &'static str {
        match self {
            Self::Knox => "token",
            Self::Syntho | Self::Trieve | Self::BixArena | Self::Native => "cookie",
            Self::Probe => "JWT",
            Self::ProbeKey | Self::TrieveKey | Self::NativeKey => "API key",
        }
    }

    /// What it reads of a database, where it asks one.
    pub(crate) fn reads(self) -> Read {
        match self {
            Self::Trieve | Self::TrieveKey => Read::Memberships,
            Self::Knox
            | Self::Syntho
            | Self::Probe
            | Self::ProbeKey
            | Self::BixArena
            | Self::Native
            | Self::NativeKey => Read::Session,
        }
    }

    /// The header line that carries a secret, with its line break.
    pub(crate) fn header(self, secret: &str) -> String {
        match self {
            Self::Knox => format!("Authorization: Token {secret}\r\n"),
            Self::Syntho => format!("Cookie: sessionid={secret}\r\n"),
            Self::Trieve => format!("Cookie: vault={secret}\r\n"),
            Self::BixArena => format!("Cookie: JSESSIONID={secret}\r\n"),
            Self::Native => format!("Cookie: vestibule={secret}\r\n"),
            Self::Probe | Self::ProbeKey | Self::TrieveKey | Self::NativeKey => {
                format!("Authorization: Bearer {secret}\r\n")
            }
        }
    }

    /// Its request.
    pub(crate) fn of(self, secret: &str) -> Vec<u8> {
        request::get(self.path(), &self.header(secret))
    }
}
