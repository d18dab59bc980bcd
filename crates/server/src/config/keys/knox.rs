//! `[dialects.knox]`: its keys. Which values are sensible is said by `config/knox.rs`.

use super::{Key, Kind, key};
use crate::config::{Scope, Wire};

pub(super) const KEYS: &[Key] = &[
    key("dialects.knox.enabled", Kind::Switch, "true", "Whether the knox dialect is served."),
    key(
        "dialects.knox.wire",
        Kind::Choice(Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.knox.scope",
        Kind::Choice(Scope::NAMES),
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
];
