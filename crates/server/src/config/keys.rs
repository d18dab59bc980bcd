//! The one table of configuration keys: name, kind, default and meaning.
//!
//! The environment's names, the suggestions for a mistyped key, the defaults themselves, `config show` and
//! `docs/configuration.md` are read from it, so none of them can lag behind. It does not say which values are
//! sensible: that is `check.rs`.

/// One configuration key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The path from the top of the file, levels joined by dots: `dialects.knox.wire`.
    pub path: &'static str,
    /// What is written behind it.
    pub kind: Kind,
    /// What holds when nobody sets it.
    pub preset: Preset,
    /// One sentence on its meaning, with the unit of a number.
    pub doc: &'static str,
}

/// The shape of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string; the text says of what, in words for people ("a URL").
    Text(&'static str),
    /// A string out of a fixed set.
    Choice(&'static [&'static str]),
    /// A string such as `90s`.
    Duration,
    /// A string such as `90s`, or empty.
    OptionalDuration,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// An array of strings; the text says of what ("CIDRs").
    List(&'static str),
}

/// A default.
#[derive(Debug, Clone, Copy)]
pub enum Preset {
    /// As it would be typed in the file.
    Toml(&'static str),
    /// Made of other keys, in words for people.
    Follows(&'static str),
}

impl Key {
    /// The key with this path.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }

    /// The section the key stands in: `dialects.knox` for `dialects.knox.wire`, empty at the top of the file.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// The key's own name within its section.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The environment variable that sets the key: `VESTIBULE_DIALECTS__KNOX__WIRE`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.path.replace('.', "__").to_uppercase())
    }
}

impl Kind {
    /// What is wanted, in words: `a whole number`.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Self::Text(what) => what.to_owned(),
            Self::Choice(names) => {
                format!("one of {}", names.iter().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(", "))
            }
            Self::Duration => "a duration such as \"90s\", \"30m\", \"24h\" or \"14d\"".to_owned(),
            Self::OptionalDuration => {
                "a duration such as \"90s\", \"30m\", \"24h\" or \"14d\", or \"\"".to_owned()
            }
            Self::Number => "a whole number".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::List(what) => format!("a list of {what}"),
        }
    }
}

/// What every environment variable of ours begins with.
pub(super) const VARIABLE_PREFIX: &str = "VESTIBULE_";

/// The path of every section, outer ones included, some of them several times.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    KEYS.iter().flat_map(|key| key.path.match_indices('.').filter_map(|(at, _)| key.path.get(..at)))
}

const fn key(path: &'static str, kind: Kind, preset: &'static str, doc: &'static str) -> Key {
    Key { path, kind, preset: Preset::Toml(preset), doc }
}

const fn follows(path: &'static str, kind: Kind, preset: &'static str, doc: &'static str) -> Key {
    Key { path, kind, preset: Preset::Follows(preset), doc }
}

/// Every key there is, in the order in which people read them; the keys of a section stand together.
pub const KEYS: &[Key] = &[
    key(
        "listen",
        Kind::Text("an IP address with a port"),
        r#""127.0.0.1:8080""#,
        "The address and port that the server listens on.",
    ),
    key(
        "public_url",
        Kind::Text("an http or https URL without a path"),
        r#""http://127.0.0.1:8080""#,
        "The address that people and clients use; it decides links, redirect URIs and whether cookies are \
         `Secure`, and no request's `Host` ever does.",
    ),
    key(
        "data_dir",
        Kind::Text("a path"),
        r#""vestibule-data""#,
        "The folder of everything that Vestibule keeps.",
    ),
    key(
        "master_key_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The file with the key that seals secrets at rest, made at the first start; empty: `master.key` in \
         `data_dir`.",
    ),
    key(
        "trusted_proxies",
        Kind::List("networks in CIDR notation"),
        "[]",
        "The networks of the proxies whose `X-Forwarded-For` is believed.",
    ),
    key(
        "return_urls",
        Kind::List("URLs such as \"https://app.example\" or \"https://app.example/welcome\""),
        "[]",
        "Where people may be led back to, besides `public_url`'s own origin: an origin, or a URL with a path for what \
         stands at or below it. Compared exactly; there are no wildcards.",
    ),
    key(
        "shutdown_timeout",
        Kind::Duration,
        r#""10s""#,
        "How long requests under way may take after SIGTERM before the server ends.",
    ),
    key(
        "limits.body_bytes",
        Kind::Number,
        "65536",
        "The largest request body that is read, in bytes, from 1024 to 16777216.",
    ),
    key(
        "limits.account_failures_free",
        Kind::Number,
        "5",
        "How many failed password logins of one account cost nothing, from 1 to 100; each further one makes \
         the account wait longer, up to 15 minutes.",
    ),
    key(
        "tls.certificate_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The PEM file with the certificate chain; empty, with an empty `key_file`: plain HTTP.",
    ),
    key(
        "tls.key_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The PEM file with the certificate's private key.",
    ),
    key(
        "log.format",
        Kind::Choice(super::LogFormat::NAMES),
        r#""text""#,
        "Whether a log line is text for people or a JSON object.",
    ),
    key(
        "log.level",
        Kind::Choice(super::LogLevel::NAMES),
        r#""info""#,
        "The least important lines that are written; `off` silences the request line too.",
    ),
    follows(
        "database.url",
        Kind::Text("sqlite: with the path of a file, or postgres://user@host/database"),
        "sqlite:{data_dir}/vestibule.db",
        "The database: `sqlite:` and the path of its file, or `postgres://user:password@host:5432/database` for a \
         PostgreSQL database that exists. Behind a `?`: `sslmode` = `disable`, `prefer` (as if not said), `require` or \
         `verify-full`, this with `sslrootcert` = the PEM file of who signs the server's certificate; `host` = the \
         folder of a socket; `port`, `application_name`, `options`. `vestibule config show` hides the password.",
    ),
    key(
        "password.memory_kib",
        Kind::Number,
        "19456",
        "Argon2id's memory for one password, in KiB, at least 8 times `parallelism` and at most 1048576.",
    ),
    key(
        "password.iterations",
        Kind::Number,
        "2",
        "Argon2id's number of passes over that memory, from 1 to 64.",
    ),
    key("password.parallelism", Kind::Number, "1", "Argon2id's number of lanes, from 1 to 16."),
    key(
        "password.hash_threads",
        Kind::Number,
        "0",
        "How many passwords are hashed at the same time, at most 1024; 0: one a processor core.",
    ),
    key(
        "password.hash_queue",
        Kind::Number,
        "256",
        "How many passwords may wait to be hashed, from 1 to 65536; beyond that a login is answered 503 with \
         `Retry-After`.",
    ),
    key(
        "password.min_length",
        Kind::Number,
        "8",
        "The shortest new password, in characters, from 1 to 256; 15 is recommended.",
    ),
    key(
        "password.must_change_blocks",
        Kind::Switch,
        "false",
        "Whether doors that cannot ask for a new password refuse a user who must set one.",
    ),
    key("password.sign_in", Kind::Switch, "true", "Whether anyone can log in with a password, by any door."),
    key(
        "mail.smtp_url",
        Kind::Text("smtp:// or smtps:// with a host, or \"\""),
        r#""""#,
        "The mail server: `smtp://user:password@host:587` encrypts by STARTTLS or does not send at all, except to this \
         machine itself; `smtps://host:465` is encrypted from the start. Behind a `?`: `tls=required` or `tls=none`; \
         `roots` = a PEM file of who signs the server's certificate, instead of the public authorities. Empty: \
         messages are written to `data_dir/outbox`. `vestibule config show` hides the password.",
    ),
    key(
        "mail.smtp_password_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The file with the password for the user in `smtp_url`, instead of one in the URL.",
    ),
    follows(
        "mail.from",
        Kind::Text("a sender such as \"Example <no-reply@example.org>\""),
        "Vestibule <no-reply@{host of public_url}>",
        "Who messages are from.",
    ),
    key(
        "mail.templates",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The folder with templates that replace the built-in ones of the same name; see \
         [operations](operations.md#mail).",
    ),
    key(
        "captcha.verify_url",
        Kind::Text("an http or https URL, or \"\""),
        r#""""#,
        "Where answers to captchas are verified, in the manner of reCAPTCHA, hCaptcha and Turnstile (`siteverify`). \
         Empty: an answer is demanded where the document demands one, and its value is not checked.",
    ),
    key(
        "captcha.secret",
        Kind::Text("text"),
        r#""""#,
        "The site's secret at that service. `vestibule config show` hides it.",
    ),
    key(
        "captcha.secret_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The file with that secret, instead of `secret`.",
    ),
    key("dialects.knox.enabled", Kind::Switch, "true", "Whether the knox dialect is served."),
    key(
        "dialects.knox.wire",
        Kind::Choice(super::Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.knox.scope",
        Kind::Choice(super::Scope::NAMES),
        r#""dialect""#,
        "Whether logging out everywhere ends this dialect's sessions only or all of the account.",
    ),
    key(
        "dialects.knox.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.knox.token_length",
        Kind::Number,
        "64",
        "The length of a new token in hexadecimal characters without the prefix, even, from 32 to 128.",
    ),
    key(
        "dialects.knox.token_prefix",
        Kind::Text("text"),
        r#""""#,
        "What a new token begins with, at most 10 visible ASCII characters.",
    ),
    key(
        "dialects.knox.token_ttl",
        Kind::OptionalDuration,
        r#""""#,
        "How long a token lives; empty: it never ends and its `expiry` is null.",
    ),
    key(
        "dialects.knox.token_limit_per_user",
        Kind::Number,
        "0",
        "How many live tokens a user may have; 0: any number.",
    ),
    key(
        "dialects.knox.auto_refresh",
        Kind::Switch,
        "false",
        "Whether using a token moves its end to `token_ttl` from now; needs `token_ttl`.",
    ),
    key(
        "dialects.knox.auto_refresh_max_ttl",
        Kind::OptionalDuration,
        r#""""#,
        "How long after its making a refreshed token ends at the latest, not shorter than `token_ttl`; empty: \
         no such end.",
    ),
    key(
        "dialects.knox.min_refresh_interval",
        Kind::Duration,
        r#""60s""#,
        "A token's end is moved only when that moves it by more than this.",
    ),
    key("dialects.syntho.enabled", Kind::Switch, "true", "Whether the syntho dialect is served."),
    key(
        "dialects.syntho.wire",
        Kind::Choice(super::Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.syntho.scope",
        Kind::Choice(super::Scope::NAMES),
        r#""dialect""#,
        "How far calls that end all sessions reach; this dialect has none, so it changes nothing yet.",
    ),
    key(
        "dialects.syntho.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.syntho.session_lifetime",
        Kind::Duration,
        r#""14d""#,
        "How long a session lives, counted from the login; also the life of its cookie and the `session_timeout` \
         that clients are told.",
    ),
    key("dialects.probe.enabled", Kind::Switch, "true", "Whether the probe dialect is served."),
    key(
        "dialects.probe.wire",
        Kind::Choice(super::Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.probe.scope",
        Kind::Choice(super::Scope::NAMES),
        r#""dialect""#,
        "Whether listing and ending all sessions reaches this dialect's sessions only or all of the account.",
    ),
    key(
        "dialects.probe.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.probe.long_term",
        Kind::Duration,
        r#""14d""#,
        "How long a session lives whose client asks for a long-term token, as clients do that ask for nothing.",
    ),
    key(
        "dialects.probe.short_term",
        Kind::Duration,
        r#""3h""#,
        "How long a session lives whose client declines a long-term token.",
    ),
    key(
        "dialects.probe.sign_up",
        Kind::Switch,
        "false",
        "Whether anyone can make an account, by a call of our own that the product does not document.",
    ),
];
