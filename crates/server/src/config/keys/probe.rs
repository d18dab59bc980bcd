//! `[dialects.probe]`: its keys. Which values are sensible is said by `config/probe.rs`.

use super::{Key, Kind, key};
use crate::config::{Scope, Wire};

pub(super) const KEYS: &[Key] = &[
    key("dialects.probe.enabled", Kind::Switch, "true", "Whether the probe dialect is served."),
    key(
        "dialects.probe.wire",
        Kind::Choice(Wire::NAMES),
        r#""documented""#,
        "Whether answers are those of the document or those of the deployed product, where the two differ.",
    ),
    key(
        "dialects.probe.scope",
        Kind::Choice(Scope::NAMES),
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
