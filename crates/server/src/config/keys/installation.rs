//! The keys of the installation as a whole: top of the file, `[limits]` to `[pages]`. The providers and the dialects have
//! files of their own.

use super::{Key, Kind, follows, key};
use crate::config::{Argon2Backend, LogFormat, LogLevel};

pub(super) const KEYS: &[Key] = &[
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
        "limits.json_depth",
        Kind::Number,
        "64",
        "How many arrays and objects may stand inside each other in a request body in JSON, from 8 to 64.",
    ),
    key(
        "limits.target_bytes",
        Kind::Number,
        "8192",
        "The longest path with its query, in bytes, from 1024 to 32768; a longer one is answered 414.",
    ),
    key(
        "limits.header_bytes",
        Kind::Number,
        "32768",
        "The largest head of a request, in bytes: its first line and all header fields. From 4096 to 262144; a \
         larger one is answered 431, by the dialect up to twice that size and by a bare answer beyond.",
    ),
    key(
        "limits.header_fields",
        Kind::Number,
        "64",
        "The most header fields of a request, from 16 to 1000; more are answered 431, as above.",
    ),
    key(
        "limits.head_timeout",
        Kind::Duration,
        r#""15s""#,
        "How long the head of a request may take, from the opening of the connection or, over HTTP/1, from the \
         answer before it; then the connection is closed.",
    ),
    key(
        "limits.body_timeout",
        Kind::Duration,
        r#""20s""#,
        "How long the body of a request may take as a whole; then the answer is 408.",
    ),
    key(
        "limits.request_timeout",
        Kind::Duration,
        r#""60s""#,
        "How long an answer may take to begin, from the end of the head on; then it is 503. A full queue for \
         hashing and a wait for an account's turn stay below the default.",
    ),
    key(
        "limits.answer_timeout",
        Kind::Duration,
        r#""30s""#,
        "How long a client may leave an answer unread while its buffers are full; then the connection is closed.",
    ),
    key(
        "limits.idle_timeout",
        Kind::Duration,
        r#""60s""#,
        "How long an HTTP/2 connection may be open without a request, whatever else passes over it. Over HTTP/1 \
         `head_timeout` counts.",
    ),
    key(
        "limits.connections",
        Kind::Number,
        "10000",
        "How many connections there may be at a time, from 1 to 1000000; fewer where the system does not allow as \
         many open files.",
    ),
    key(
        "limits.network_connections",
        Kind::Number,
        "0",
        "How many of them one IPv4 address, or IPv6 /64, may hold, at most 1000000; 0: half of those there may \
         be. Proxies of `trusted_proxies` may hold all.",
    ),
    key(
        "limits.http2_streams",
        Kind::Number,
        "64",
        "How many requests may be under way on one HTTP/2 connection, from 1 to 1000.",
    ),
    key(
        "limits.account_failures_free",
        Kind::Number,
        "5",
        "How many failed password logins of one account cost nothing, from 1 to 100; each further one makes \
         the account wait longer, up to 15 minutes.",
    ),
    key(
        "limits.address_failures_per_hour",
        Kind::Number,
        "300",
        "How many failed password logins from one IPv4 address, or IPv6 /64, at all accounts in an hour cost nothing, \
         from 1 to 1000000; each further one makes the address wait longer, up to 15 minutes, but for who has signed in \
         from there before. Counted by each process.",
    ),
    key(
        "limits.address_mails_per_hour",
        Kind::Number,
        "60",
        "How many messages strangers may ask for from one such address in an hour, by signing up and by forgetting \
         passwords, from 1 to 1000000. Counted by each process.",
    ),
    key(
        "limits.account_tokens_per_minute",
        Kind::Number,
        "300",
        "How many tokens and API keys one account may have made in a minute, logins aside, from 1 to 1000000. Counted by \
         each process.",
    ),
    key(
        "limits.trusted_addresses",
        Kind::List("networks in CIDR notation"),
        "[]",
        "The networks that the limits by address do not count: an office behind one address, a back end that \
         logs many people in. The limits by account hold there too.",
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
        Kind::Choice(LogFormat::NAMES),
        r#""text""#,
        "Whether a log line is text for people or a JSON object.",
    ),
    key(
        "log.level",
        Kind::Choice(LogLevel::NAMES),
        r#""info""#,
        "The least important lines that are written; `off` silences the request line too.",
    ),
    key(
        "audit.retention",
        Kind::OptionalDuration,
        r#""365d""#,
        "How long it is on record what happened (`vestibule audit list`), at least 1d; empty: for ever. An event holds ids \
         and an address.",
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
        "password.argon2_backend",
        Kind::Choice(Argon2Backend::NAMES),
        r#""auto""#,
        "The instructions that Argon2id is computed with; the hashes are the same. `auto`: the fastest that the machine \
         has; `portable`: none that not every processor has. One that the machine lacks ends the start.",
    ),
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
        "password.min_strength",
        Kind::Number,
        "3",
        "How many guesses a new password has to withstand, as zxcvbn estimates them: 0: any number, 1: 10^3, 2: 10^6, 3: \
         10^8, 4: 10^10. With 3, eight random characters pass as a rule, and so do two words with something between \
         them; a word with a year does not. Somebody who has stolen the database tries 10^6 hashes in hours. Common \
         passwords, and names of the user and of this installation, are refused with 0 too.",
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
    key(
        "pages.name",
        Kind::Text("a name of at most 60 characters"),
        r#""Vestibule""#,
        "What people see at the head of every page: the name of your service, or your own.",
    ),
    key(
        "pages.security_contact",
        Kind::List("URIs such as \"mailto:security@example.org\" or \"https://example.org/security\""),
        "[]",
        "Whom to tell of weaknesses, the preferred one first, for `/.well-known/security.txt` (RFC 9116). Empty: there \
         is no such file, because one without a contact is none.",
    ),
];
