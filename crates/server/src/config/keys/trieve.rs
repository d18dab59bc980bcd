//! `[dialects.trieve]`: its keys. Which values are sensible is said by `config/trieve.rs`.

use super::{Key, Kind, key};
use crate::config::{Scope, Wire};

pub(super) const KEYS: &[Key] = &[
    key("dialects.trieve.enabled", Kind::Switch, "true", "Whether the trieve dialect is served."),
    key(
        "dialects.trieve.wire",
        Kind::Choice(Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.trieve.scope",
        Kind::Choice(Scope::NAMES),
        r#""dialect""#,
        "How far calls that end all sessions reach; this dialect has none, so it changes nothing yet.",
    ),
    key(
        "dialects.trieve.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.trieve.session_lifetime",
        Kind::Duration,
        r#""24h""#,
        "How long a session lives, counted from the login; also the life of its cookie. Use does not lengthen it.",
    ),
    key(
        "dialects.trieve.provider",
        Kind::Text("the `id` of one of `[[providers]]`, or \"\""),
        r#""""#,
        "The provider that people sign in with; empty: the only one there is.",
    ),
];
