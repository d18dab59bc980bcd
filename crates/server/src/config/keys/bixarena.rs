//! `[dialects.bixarena]`: its keys, and those of its service clients. Which values are sensible is said by
//! `config/bixarena.rs`.

use super::{Array, Key, Kind, key, required};
use crate::config::{Scope, Subject, TokenAlgorithm, Wire};

pub(super) const SERVICE_CLIENTS: Array = Array {
    path: "dialects.bixarena.service_clients",
    doc: "The services that may ask for internal tokens of their own, with their id and secret by HTTP Basic, one an \
          entry. In the file they may also be written as `service_clients = [{ id = \"...\", secret_file = \"...\" }]`.",
    example: r#"[[dialects.bixarena.service_clients]]
id = "leaderboard"
secret_file = "/etc/vestibule/leaderboard-secret"
roles = ["service"]"#,
};

pub(super) const KEYS: &[Key] = &[
    key("dialects.bixarena.enabled", Kind::Switch, "true", "Whether the bixarena dialect is served."),
    key(
        "dialects.bixarena.wire",
        Kind::Choice(Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.bixarena.scope",
        Kind::Choice(Scope::NAMES),
        r#""dialect""#,
        "How far calls that end all sessions reach; this dialect has none, so it changes nothing yet.",
    ),
    key(
        "dialects.bixarena.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.bixarena.session_idle",
        Kind::Duration,
        r#""30m""#,
        "How long a session lives without being used.",
    ),
    key(
        "dialects.bixarena.token_ttl",
        Kind::Duration,
        r#""10m""#,
        "How long an internal token lives, at most 24h. Who verifies it by the published keys alone takes it that long \
         after a logout.",
    ),
    key(
        "dialects.bixarena.issuer",
        Kind::Text("visible ASCII text, or \"\""),
        r#""""#,
        "The `iss` of internal tokens, such as a URL or `urn:bixarena:auth`; empty: `public_url`.",
    ),
    key(
        "dialects.bixarena.audience",
        Kind::Text("visible ASCII text"),
        r#""vestibule""#,
        "The `aud` of internal tokens for which nobody asks for another one.",
    ),
    key(
        "dialects.bixarena.subject",
        Kind::Choice(Subject::NAMES),
        r#""uuid""#,
        "What the `sub` of internal tokens calls a user: by UUID, or by username, as the product did at first.",
    ),
    key(
        "dialects.bixarena.algorithm",
        Kind::Choice(TokenAlgorithm::NAMES),
        r#""RS256""#,
        "How internal tokens are signed. After a change the server publishes a new key at its start, which signs a \
         quarter of an hour later.",
    ),
    key(
        "dialects.bixarena.rsa_bits",
        Kind::Number,
        "2048",
        "The length of a new key for `RS256` in bits, 2048 or 3072. 2048 is the product's own shape and about 112 bits \
         strong; 3072, about 128 bits strong, is recommended.",
    ),
    key(
        "dialects.bixarena.rotate_every",
        Kind::OptionalDuration,
        r#""90d""#,
        "How old a signing key becomes before the next one signs, at least 1h; empty: keys change by `vestibule \
         signing-key rotate` only.",
    ),
    key(
        "dialects.bixarena.provider",
        Kind::Text("the `id` of one of `[[providers]]`, or \"\""),
        r#""""#,
        "The provider that people sign in with; empty: the only one there is.",
    ),
    key(
        "dialects.bixarena.ui_url",
        Kind::Text("an http or https URL, or \"\""),
        r#""""#,
        "Where a browser is sent after the login; empty: `public_url`.",
    ),
    required(
        "dialects.bixarena.service_clients.*.id",
        "visible ASCII text without a colon",
        "The service's name; no two are the same.",
    ),
    required(
        "dialects.bixarena.service_clients.*.secret_file",
        "a path",
        "The file with the service's secret: one line of at least 16 characters. It is read at the start.",
    ),
    key(
        "dialects.bixarena.service_clients.*.roles",
        Kind::List("roles such as \"service\""),
        r#"["service"]"#,
        "The `roles` of its tokens.",
    ),
];
