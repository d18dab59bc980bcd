//! `[dialects.syntho]`: its keys. Which values are sensible is said by `config/syntho.rs`.

use super::{Key, Kind, key};
use crate::config::{Scope, Wire};

pub(super) const KEYS: &[Key] = &[
    key("dialects.syntho.enabled", Kind::Switch, "true", "Whether the syntho dialect is served."),
    key(
        "dialects.syntho.wire",
        Kind::Choice(Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.syntho.scope",
        Kind::Choice(Scope::NAMES),
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
];
