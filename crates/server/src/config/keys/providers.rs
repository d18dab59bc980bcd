//! `[[providers]]`: the keys of an entry. Which values are sensible is said by `config/provider.rs`.

use super::{Array, Key, Kind, key, required};

pub(super) const ARRAY: Array = Array {
    path: "providers",
    doc: "The OpenID Connect providers that people sign in with, one an entry, in the order in which they are shown. \
          At the provider, register this server as a confidential client with the authorization code flow, or as a \
          public one; PKCE is always used.",
    example: r#"[[providers]]
id = "acme"
name = "Acme SSO"
issuer = "https://login.acme.example"
client_id = "vestibule"
client_secret_file = "/etc/vestibule/acme-secret""#,
};

pub(super) const KEYS: &[Key] = &[
    required(
        "providers.*.id",
        "a name in lowercase letters, digits, `-`, `_` and `.`",
        "Your name for the provider, at most 64 characters; no two are the same. It stands in URLs and in the log; people's \
         links to the provider are kept by its issuer.",
    ),
    key("providers.*.name", Kind::Text("text"), r#""""#, "What people call the provider; empty: the `id`."),
    required(
        "providers.*.issuer",
        "an https URL without query and fragment",
        "The provider's issuer identifier, exactly as it writes it itself: the `issuer` of what it answers at \
         `/.well-known/openid-configuration` below this URL. No two providers have the same.",
    ),
    required(
        "providers.*.client_id",
        "text",
        "Who this server is to the provider, as the provider said when it was registered.",
    ),
    key(
        "providers.*.client_secret",
        Kind::Text("text"),
        r#""""#,
        "This server's secret at the provider; empty, with an empty `client_secret_file`: a public client. `vestibule \
         config show` hides it.",
    ),
    key(
        "providers.*.client_secret_file",
        Kind::Text("a path, or \"\""),
        r#""""#,
        "The file with that secret, instead of `client_secret`.",
    ),
    key(
        "providers.*.scopes",
        Kind::List("scopes such as \"profile\""),
        r#"["openid", "profile", "email"]"#,
        "What the provider is asked for; `openid` is added where it lacks.",
    ),
    key(
        "providers.*.allow_private_addresses",
        Kind::Switch,
        "false",
        "Whether the provider may be on a private or loopback address, and its issuer begin with `http://`.",
    ),
    key(
        "providers.*.sign_up",
        Kind::Switch,
        "true",
        "Whether the first login of somebody unknown makes a user.",
    ),
    key(
        "providers.*.link_verified_email",
        Kind::Switch,
        "false",
        "Whether somebody unknown joins the user with the same e-mail address, when both sides have verified it. Only for \
         a provider that you trust with every account here.",
    ),
];
