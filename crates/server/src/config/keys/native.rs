//! `[dialects.native]`: its keys. Which values are sensible is said by `config/native.rs`.

use super::{Key, Kind, key};

pub(super) const KEYS: &[Key] = &[
    key("dialects.native.enabled", Kind::Switch, "true", "Whether Vestibule's own API is served."),
    key(
        "dialects.native.allowed_origins",
        Kind::List("origins such as \"https://app.example\""),
        "[]",
        "The foreign origins whose pages may call this dialect from a browser.",
    ),
    key(
        "dialects.native.session_idle",
        Kind::Duration,
        r#""7d""#,
        "How long a session lives without being used, at most `session_lifetime`.",
    ),
    key(
        "dialects.native.session_lifetime",
        Kind::Duration,
        r#""30d""#,
        "How long a session lives at most, counted from the login.",
    ),
];
