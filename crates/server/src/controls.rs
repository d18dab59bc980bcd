//! Which controls stand at which door (ASVS 6.1.3, 6.3.4): the table of `vestibule dialects --controls`.
//!
//! Cells are made of what the doors are mounted with: their surfaces, their cookies, their origins, and the configuration.
//! What no data says is listed in [`WAYS`]. A test asks a server, door by door, and holds every cell to what it sees; the
//! same test finds a way in that is not listed.

use std::time::Duration;

use identity::Surface;

use crate::config::{Config, duration};
use crate::mount::{DIALECTS, Entry};

/// What a route has to do with passwords and programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It opens a session for a name and a password.
    Password,
    /// It opens a session for a token of a provider.
    ProviderToken,
    /// It takes a new password.
    NewPassword,
    /// It asks for an answer to a captcha, which is verified where `[captcha]` says by whom.
    Captcha,
}

/// A route with such a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Which door it is of. Our own pages stand at the native one.
    pub door: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Its path, as the router spells it.
    pub path: &'static str,
}

const fn way(door: &'static str, kind: Kind, path: &'static str) -> Way {
    Way { door, kind, path }
}

/// Every such route.
pub const WAYS: &[Way] = &[
    way("knox", Kind::Password, "/auth/login/"),
    way("knox", Kind::Password, "/api/auth/login/"),
    way("syntho", Kind::Password, "/api/v1/auth/"),
    way("syntho", Kind::NewPassword, "/api/v1/users/me/password/"),
    way("probe", Kind::Password, "/frontend/api/v1/auth/sign-in"),
    way("probe", Kind::ProviderToken, "/frontend/api/v1/auth/oauth-sign-in"),
    way("probe", Kind::NewPassword, "/frontend/api/v1/auth/current/password"),
    way("probe", Kind::NewPassword, "/frontend/api/v1/auth/{user-id}/password"),
    way("probe", Kind::NewPassword, "/frontend/api/v1/auth/sign-up"),
    way("probe", Kind::Captcha, "/frontend/api/v1/auth/sign-up"),
    way("probe", Kind::Captcha, "/frontend/api/v1/auth/verify"),
    way("probe", Kind::Captcha, "/frontend/api/v1/auth/password-restore"),
    way("probe", Kind::Captcha, "/frontend/api/v1/auth/password-restore-verify"),
    way("native", Kind::Password, "/id/v1/login"),
    way("native", Kind::Password, "/login"),
    way("native", Kind::NewPassword, "/id/v1/password"),
];

/// Where there is nothing to be controlled.
pub const NOTHING: &str = "-";

/// One control at every door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub control: &'static str,
    /// Each door with what stands there, in the order of the list of dialects.
    pub doors: Vec<(&'static str, String)>,
}

impl Row {
    /// What stands at a door.
    pub fn at(&self, door: &str) -> Option<&str> {
        self.doors.iter().find(|(name, _)| *name == door).map(|(_, cell)| cell.as_str())
    }
}

/// The table under this configuration; doors that are not served stand in it as they would be.
pub fn table(config: &Config) -> Vec<Row> {
    let doors: Vec<At<'_>> =
        DIALECTS.iter().map(|entry| At { entry, config, surface: (entry.surface)(config) }).collect();
    let row = |(control, cell): &(&'static str, Cell)| Row {
        control,
        doors: doors.iter().map(|at| (at.entry.dialect.name, cell(at))).collect(),
    };
    CELLS.iter().map(row).collect()
}

/// A door under a configuration.
struct At<'a> {
    entry: &'a Entry,
    config: &'a Config,
    surface: Surface,
}

/// How a cell is made.
type Cell = fn(&At<'_>) -> String;

const CELLS: &[(&str, Cell)] = &[
    ("served", |at| if (at.entry.is_enabled)(at.config) { "yes" } else { "no" }.to_owned()),
    ("password login", |at| at.paths(Kind::Password)),
    ("back from a provider", |at| at.entry.callback.unwrap_or(NOTHING).to_owned()),
    ("token of a provider", |at| at.paths(Kind::ProviderToken)),
    ("sent to our page", |at| if at.surface.own_page { "yes" } else { NOTHING }.to_owned()),
    ("API keys", |at| if (at.entry.keys)().is_some() { "yes" } else { NOTHING }.to_owned()),
    ("failures of an account", |at| {
        at.of(Kind::Password, || format!("{} free, then waits", at.config.limits.account_failures_free))
    }),
    ("failures of an address", |at| {
        at.of(Kind::Password, || format!("{} an hour", at.config.limits.address_failures_per_hour))
    }),
    ("suspended user", |_| "refused".to_owned()),
    ("must change password", |at| at.must_change()),
    ("new password", |at| at.paths(Kind::NewPassword)),
    ("password policy", |at| {
        let asked = &at.config.password;
        at.of(Kind::NewPassword, || {
            format!("{} characters, strength {}", asked.min_length, asked.min_strength)
        })
    }),
    ("captcha", |at| match at.config.captcha {
        Some(_) => at.paths(Kind::Captcha),
        None => at.of(Kind::Captcha, || "not configured".to_owned()),
    }),
    ("audit trail", |_| "every login".to_owned()),
    ("cookie", |at| at.cookie()),
    ("foreign page", |at| match at.entry.dialect.cookies {
        [] => "no cookie to misuse".to_owned(),
        [..] => "changes nothing".to_owned(),
    }),
    ("CORS", |at| match (at.entry.allowed_origins)(at.config) {
        none if none.is_empty() => "own pages only".to_owned(),
        origins => origins.join(", "),
    }),
    ("largest body", |at| format!("{} bytes", at.config.limits.body_bytes)),
    ("answers kept", |_| "never".to_owned()),
    ("session unused", |at| life(at.surface.idle.map(|idle| idle.life))),
    ("session at most", |at| life(at.surface.absolute)),
    ("sessions of a user", |at| match at.surface.limit_per_user {
        Some(limit) => limit.to_string(),
        None => "any number".to_owned(),
    }),
];

impl At<'_> {
    fn paths(&self, kind: Kind) -> String {
        let ours = WAYS.iter().filter(|way| way.door == self.entry.dialect.name && way.kind == kind);
        let paths: Vec<&str> = ours.map(|way| way.path).collect();
        if paths.is_empty() { NOTHING.to_owned() } else { paths.join(", ") }
    }

    /// What stands at a door that has routes of this kind.
    fn of(&self, kind: Kind, cell: impl FnOnce() -> String) -> String {
        let has = WAYS.iter().any(|way| way.door == self.entry.dialect.name && way.kind == kind);
        if has { cell() } else { NOTHING.to_owned() }
    }

    fn must_change(&self) -> String {
        let cell = match (self.surface.asks_for_new_password, self.config.password.must_change_blocks) {
            (true, _) => "told",
            (false, true) => "refused",
            (false, false) => "let in",
        };
        self.of(Kind::Password, || cell.to_owned())
    }

    fn cookie(&self) -> String {
        let secure = self.config.public_url.is_https();
        let names = self.entry.dialect.cookies;
        // A browser takes a name with this prefix by https only.
        let prefixed = names.iter().find(|name| name.starts_with("__Host-")).filter(|_| secure);
        let Some(name) = prefixed.or_else(|| names.last()) else { return NOTHING.to_owned() };
        format!("{name}; HttpOnly; SameSite=Lax{}", if secure { "; Secure" } else { "" })
    }
}

fn life(life: Option<Duration>) -> String {
    life.map_or_else(|| "any time".to_owned(), duration::format)
}
